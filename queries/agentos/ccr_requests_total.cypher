// CCR routing requests, by provider, task type and status (success, fallback, error).
/*kpi
name  = "ccr_requests_total"
type  = "counter"
mode  = "window"
every = "1m"

[[panel]]
title = "CCR Request Rate by Provider"
kind  = "timeseries"
unit  = "reqps"
expr  = 'sum by (provider) (rate(ccr_requests_total[5m]))'

[[panel]]
title = "CCR Requests by Task Type"
kind  = "timeseries"
unit  = "reqps"
expr  = 'sum by (task_type) (rate(ccr_requests_total[5m]))'
*/
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'ccr' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS provider, coalesce(c.action, 'unknown') AS task_type,
       coalesce(c.status, 'unknown') AS status, count(*) AS value
