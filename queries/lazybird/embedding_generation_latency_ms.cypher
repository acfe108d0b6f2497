// Embedding generation latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [100, 500, 1000, 2000]
*/
// Generations that take longer than 2 s are in the +Inf bucket, so quantiles never exceed 2 s; the mean (sum / count) has no such limit.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'embedding' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN c.duration_ms AS value
