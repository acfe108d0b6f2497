// Average cost of a call in the last 24 hours, in USD, by agent; calls without a known cost are left out.
/*kpi
params = { range = "P1D" }

[panel]
title = "Cost per Call by Agent"
kind  = "timeseries"
unit  = "currencyUSD"
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent' AND c.cost_usd >= 0
  AND c.timestamp >= datetime() - duration($range) AND c.timestamp <= datetime()
RETURN coalesce(c.target, 'unknown') AS agent, avg(c.cost_usd) AS value
