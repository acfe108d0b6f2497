// Finished A2A requests.
/*kpi
mode   = "window"
every  = "1m"
expect = { status = ["success", "error"] }

[[metric]]
name  = "a2a_requests_total"
type  = "counter"
help  = "Finished A2A requests, by agent, operation and status (success, error)."
value = "requests"

[[metric]]
name    = "a2a_request_duration_seconds"
type    = "histogram"
help    = "A2A request duration in seconds; requests without a duration are left out."
value   = "seconds"
buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

[[panel]]
title = "A2A Request Rate by Agent"
kind  = "timeseries"
unit  = "reqps"
expr  = 'sum by (agent) (rate(a2a_requests_total[5m]))'

[[panel]]
title = "A2A Request Duration Percentiles"
kind  = "timeseries"
unit  = "s"
expr  = '''
label_replace(histogram_quantile(0.5, sum by (le, agent) (rate(a2a_request_duration_seconds_bucket[5m]))), "quantile", "p50", "", "")
or label_replace(histogram_quantile(0.95, sum by (le, agent) (rate(a2a_request_duration_seconds_bucket[5m]))), "quantile", "p95", "", "")
or label_replace(histogram_quantile(0.99, sum by (le, agent) (rate(a2a_request_duration_seconds_bucket[5m]))), "quantile", "p99", "", "")
'''

[[panel]]
title = "A2A Success vs Error Rate"
kind  = "timeseries"
unit  = "reqps"
expr  = 'sum by (status) (rate(a2a_requests_total[5m]))'

[[alert]]
name        = "AgentOsErrorRateHigh"
expr        = 'sum by (agent) (rate(a2a_requests_total{status="error"}[15m])) / (sum by (agent) (rate(a2a_requests_total[15m])) > 0) > 0.05'
for         = "5m"
severity    = "warning"
summary     = "{{ $value | humanizePercentage }} of the A2A requests to {{ $labels.agent }} fail"
description = "The label operation of a2a_requests_total shows which requests fail. Check the log of the agent."

[[alert]]
name        = "AgentOsRequestsSlow"
expr        = 'histogram_quantile(0.95, sum by (le, agent) (rate(a2a_request_duration_seconds_bucket[15m]))) > 0.5'
for         = "10m"
severity    = "warning"
summary     = "The 95th percentile of the A2A request duration of {{ $labels.agent }} is {{ $value | humanizeDuration }}"
description = "The target is 500 ms. Compare the operations of the agent by a2a_request_duration_seconds, and check its load."

[[alert]]
name        = "AgentOsRequestsVerySlow"
expr        = 'histogram_quantile(0.95, sum by (le, agent) (rate(a2a_request_duration_seconds_bucket[15m]))) > 1'
for         = "10m"
severity    = "critical"
summary     = "The 95th percentile of the A2A request duration of {{ $labels.agent }} is {{ $value | humanizeDuration }}"
description = "The target is 500 ms. Compare the operations of the agent by a2a_request_duration_seconds, and check its load."
*/
// Requests that take longer than 10 s are in the +Inf bucket, so quantiles never exceed 10 s.
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'a2a' AND c.status IN ['success', 'error']
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, coalesce(c.action, 'unknown') AS operation, c.status AS status,
       1 AS requests, c.duration_ms / 1000.0 AS seconds
