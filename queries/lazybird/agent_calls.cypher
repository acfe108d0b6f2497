// The calls to agents that ended, and what they took.
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
help  = "Calls by agent."
type  = "counter"
value = "calls"

[[metric]]
name  = "lazybird_token_usage_total"
help  = "Total tokens consumed, read and written."
type  = "counter"
value = "tokens"
*/
// A call that takes longer than 10 s is in +Inf: no quantile can show more than that, sum by count can.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, c.duration_ms AS duration_ms, 1 AS calls,
       CASE WHEN c.tokens_in >= 0 THEN c.tokens_in ELSE 0 END
       + CASE WHEN c.tokens_out >= 0 THEN c.tokens_out ELSE 0 END AS tokens
