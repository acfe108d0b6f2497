// Total cost of calls to agents, in USD.
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
name        = "LazybirdDailyCostHigh"
expr        = 'sum(increase(lazybird_api_cost_usd_total[1d])) > 50'
for         = "5m"
severity    = "warning"
summary     = 'Calls to agents cost {{ $value | printf "%.2f" }} USD in the last 24 hours'
description = "The limit is 50 USD per day. The labels agent and operation of lazybird_api_cost_usd_total show where the cost arises."
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS agent, coalesce(c.action, 'unknown') AS operation,
       sum(CASE WHEN c.cost_usd >= 0 THEN c.cost_usd END) AS value
