// Cache lookup latency by layer, in milliseconds, of hits and misses.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [1, 5, 10, 50, 100]
*/
// Lookups that take longer than 100 ms are in the +Inf bucket, so quantiles never exceed 100 ms; the mean (sum / count) has no such limit.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'cache' AND c.action = 'get' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS cache_layer, c.duration_ms AS value
