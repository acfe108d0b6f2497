// Cache lookup latency by layer, in milliseconds; hits and misses alike.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [1, 5, 10, 50, 100]
*/
// A lookup that takes longer than 100 ms is in +Inf: no quantile can show more than that, sum by count can.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'cache' AND c.action = 'get' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS cache_layer, c.duration_ms AS value
