// Rate limit decisions, by endpoint (ids in its path replaced by `:id`), workspace and result (allowed, denied).
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

# A difference of sums instead of `increase`, which does not see the first value of a series, such as that of a new workspace. The
# first run counts the whole past, so the alert starts only when the KPI has been up to date for five minutes.
[[alert]]
name        = "AgentOsRateLimitDenials"
expr        = '''
sum(rate_limit_hits_total{result="denied"}) - (sum(rate_limit_hits_total{result="denied"} offset 5m) or vector(0)) > 20
and on () max(cypher_exporter_kpi_window_lag_seconds{kpi="agentos/rate_limit_hits_total"} offset 5m) < 60
'''
for         = "5m"
severity    = "warning"
summary     = "Rate limits denied {{ $value | humanize }} requests in 5 minutes"
description = "The labels endpoint and workspace_id of rate_limit_hits_total show which clients exceed their limit."
*/
// Raw paths would create a series for each id in them. A part of a path is an id if it contains an `@`, two digits or a separate digit
// (`7`, `ag_7`); versions (`v2beta1`) and words with a year are not ids.
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'rate_limit' AND c.timestamp > $since AND c.timestamp <= $until
WITH c, split(split(coalesce(c.target, 'unknown'), '?')[0], '/') AS parts
WITH c, reduce(path = '', part IN parts | path + '/' + CASE
       WHEN part =~ '.*@.*' OR (part =~ '.*[0-9].*[0-9].*|(.*[^0-9A-Za-z])?[0-9]([^0-9A-Za-z].*)?'
            AND NOT part =~ 'v[0-9.]+([a-z]+[0-9]*)?|([^0-9]+[-_.])?(19|20)[0-9][0-9][-_.][^0-9]+|[^0-9]+[-_.](19|20)[0-9][0-9]')
       THEN ':id' ELSE part END) AS path
RETURN substring(path, 1) AS endpoint, coalesce(c.workspace_id, 'unknown') AS workspace_id,
       coalesce(c.status, 'unknown') AS result, count(*) AS value
