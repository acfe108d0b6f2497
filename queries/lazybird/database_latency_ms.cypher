// Database query latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [1, 5, 10, 50, 100, 500]
*/
// Queries that take longer than 500 ms are in the +Inf bucket, so quantiles never exceed 500 ms; the mean (sum / count) has no such limit.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'db' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN c.duration_ms AS value
