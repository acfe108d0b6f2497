// Cache operation latency in seconds, by operation.
/*kpi
name    = "cache_latency_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1]

[panel]
title = "Cache Latency by Operation"
kind  = "timeseries"
unit  = "s"
expr  = 'histogram_quantile(0.95, sum by (le, operation) (rate(cache_latency_seconds_bucket[5m])))'
*/
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'cache' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.action, 'unknown') AS operation, c.duration_ms / 1000.0 AS value
