// Rate limit decisions, by endpoint (the ids in its path as `:id`), workspace and result (allowed, denied).
/*kpi
name   = "rate_limit_hits_total"
type   = "counter"
mode   = "window"
every  = "1m"
expect = { result = ["allowed", "denied"] }

[panel]
title = "Rate Limit Decisions"
kind  = "timeseries"
unit  = "reqps"
expr  = 'sum by (result) (rate(rate_limit_hits_total[5m]))'

[[alert]]
name     = "AgentOsRateLimitDenials"
expr     = 'sum(increase(rate_limit_hits_total{result="denied"}[5m])) > 20'
for      = "5m"
severity = "warning"
summary  = "Rate limits denied {{ $value | humanize }} requests in 5 minutes"
*/
// Raw paths would make a series for each id in them: what is a number, or long and has a digit, is taken for an id.
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'rate_limit' AND c.timestamp > $since AND c.timestamp <= $until
WITH c, split(split(coalesce(c.target, 'unknown'), '?')[0], '/') AS parts
WITH c, reduce(path = '', part IN parts | path + '/' + CASE
       WHEN part =~ '[0-9]+' OR (size(part) >= 16 AND part =~ '.*[0-9].*') THEN ':id' ELSE part END) AS path
RETURN substring(path, 1) AS endpoint, coalesce(c.workspace_id, 'unknown') AS workspace_id,
       coalesce(c.status, 'unknown') AS result, count(*) AS value
