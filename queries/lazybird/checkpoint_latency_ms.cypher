// Checkpoint evaluation latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [50, 100, 200, 500]
*/
// Evaluations that take longer than 500 ms are in the +Inf bucket, so quantiles never exceed 500 ms; the mean (sum / count) has no such limit.
MATCH (s:Step)
WHERE s.system = 'lazybird' AND s.kind = 'checkpoint' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
RETURN s.duration_ms AS value
