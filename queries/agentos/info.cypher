// AgentOS service information: version, protocols and service name.
/*kpi
type = "info"

# An info metric has no useful graph, so the panels of this KPI are the overview of the pack.
[[panel]]
title = "A2A Requests (5m)"
kind  = "stat"
expr  = 'sum(increase(a2a_requests_total[5m]))'

[[panel]]
title      = "A2A p95 Latency"
kind       = "stat"
unit       = "s"
expr       = 'histogram_quantile(0.95, sum by (le) (rate(a2a_request_duration_seconds_bucket[5m])))'
thresholds = [{ from = 0, color = "green" }, { from = 0.5, color = "yellow" }, { from = 1, color = "red" }]

[[panel]]
title      = "A2A Error Rate"
kind       = "stat"
unit       = "percentunit"
expr       = 'sum(rate(a2a_requests_total{status="error"}[5m])) / (sum(rate(a2a_requests_total[5m])) > 0)'
thresholds = [{ from = 0, color = "green" }, { from = 0.01, color = "yellow" }, { from = 0.05, color = "red" }]

[[panel]]
title      = "Active Tasks"
kind       = "stat"
expr       = 'sum(a2a_active_tasks)'
thresholds = [{ from = 0, color = "green" }, { from = 5, color = "yellow" }, { from = 10, color = "red" }]

[[panel]]
title = "CCR Tokens (1h)"
kind  = "stat"
expr  = 'sum(increase(ccr_tokens_total[1h]))'

[[panel]]
title      = "Rate Limit Denials"
kind       = "stat"
expr       = 'sum(increase(rate_limit_hits_total{result="denied"}[5m]))'
thresholds = [{ from = 0, color = "green" }, { from = 5, color = "yellow" }, { from = 20, color = "red" }]
*/
MATCH (s:System)
WHERE s.system = 'agentos' AND s.name = 'AgentOS'
RETURN DISTINCT coalesce(s.version, 'unknown') AS version,
                coalesce(s.protocols, 'unknown') AS protocols,
                coalesce(s.service, 'unknown') AS service
