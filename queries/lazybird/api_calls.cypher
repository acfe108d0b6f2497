// The calls to external APIs, and what they took.
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
help  = "Calls to external APIs, failed ones included."
type  = "counter"
value = "calls"
*/
// A call that takes longer than 5 s is in +Inf: no quantile can show more than that, sum by count can.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'api' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS service, c.duration_ms AS duration_ms, 1 AS calls
