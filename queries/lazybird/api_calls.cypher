// Finished calls to external APIs: latency and number.
/*kpi
mode = "window"

[[metric]]
name    = "lazybird_api_call_latency_ms"
help    = "External API call latency, in milliseconds."
type    = "histogram"
value   = "duration_ms"
buckets = [100, 500, 1000, 2000, 5000]

[[metric]]
name  = "lazybird_external_api_calls_total"
help  = "Calls to external APIs, including failed ones."
type  = "counter"
value = "calls"
*/
// Calls that take longer than 5 s are in the +Inf bucket, so quantiles never exceed 5 s; the mean (sum / count) has no such limit.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'api' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS service, c.duration_ms AS duration_ms, 1 AS calls
