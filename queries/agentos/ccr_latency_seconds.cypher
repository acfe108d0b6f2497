// CCR routing latency in seconds, by provider.
/*kpi
name    = "ccr_latency_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

[panel]
title = "CCR Request Latency by Provider"
kind  = "timeseries"
unit  = "s"
expr  = 'histogram_quantile(0.95, sum by (le, provider) (rate(ccr_latency_seconds_bucket[5m])))'
*/
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'ccr' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS provider, c.duration_ms / 1000.0 AS value
