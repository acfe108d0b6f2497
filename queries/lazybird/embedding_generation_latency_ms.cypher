// Embedding generation latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [100, 500, 1000, 2000]
*/
// What takes longer than 2 s is in +Inf: no quantile can show more than that, sum by count can.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'embedding' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN c.duration_ms AS value
