// Checkpoint evaluation latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [50, 100, 200, 500]
*/
// What takes longer than 500 ms is in +Inf: no quantile can show more than that, sum by count can.
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'checkpoint' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN s.duration_ms AS value
