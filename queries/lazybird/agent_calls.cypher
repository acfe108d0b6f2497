// Finished calls to agents: latency, number and tokens.
/*kpi
mode = "window"

[[metric]]
name    = "lazybird_agent_latency_ms"
help    = "Agent inference latency, in milliseconds."
type    = "histogram"
value   = "duration_ms"
buckets = [500, 1000, 2000, 5000, 10000]

[[metric]]
name  = "lazybird_agent_usage_total"
help  = "Finished calls to agents."
type  = "counter"
value = "calls"

[[metric]]
name  = "lazybird_token_usage_total"
help  = "Total tokens consumed, input and output."
type  = "counter"
value = "tokens"
*/
// Calls that take longer than 10 s are in the +Inf bucket, so quantiles never exceed 10 s; the mean (sum / count) has no such limit.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, c.duration_ms AS duration_ms, 1 AS calls,
       CASE WHEN c.tokens_in >= 0 THEN c.tokens_in ELSE 0 END
       + CASE WHEN c.tokens_out >= 0 THEN c.tokens_out ELSE 0 END AS tokens
