// Total cost of the calls to agents, in USD.
/*kpi
type = "counter"
unit = "usd"
mode = "window"

[[panel]]
title = "Cost by Agent per Hour"
kind  = "timeseries"
unit  = "currencyUSD"
expr  = 'sum by (agent) (increase(lazybird_api_cost_usd_total[1h]))'

[[panel]]
title = "Cost Today"
kind  = "stat"
unit  = "currencyUSD"
expr  = 'sum(increase(lazybird_api_cost_usd_total[1d]))'

[[alert]]
name     = "LazybirdDailyCostHigh"
expr     = 'sum(increase(lazybird_api_cost_usd_total[1d])) > 50'
for      = "5m"
severity = "warning"
summary  = 'The agents cost {{ $value | printf "%.2f" }} USD in 24 hours'
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, coalesce(c.action, 'unknown') AS operation,
       sum(CASE WHEN c.cost_usd >= 0 THEN c.cost_usd END) AS value
