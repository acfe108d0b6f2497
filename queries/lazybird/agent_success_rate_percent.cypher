// Percentage of calls in the last 24 hours that succeeded, by agent.
/*kpi
unit   = "percent"
params = { range = "P1D" }

[panel]
title = "Success Rate by Agent"
kind  = "timeseries"
unit  = "percent"
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'agent'
  AND c.timestamp >= datetime() - duration($range) AND c.timestamp <= datetime()
RETURN coalesce(c.target, 'unknown') AS agent,
       100.0 * count(CASE WHEN c.status = 'success' THEN 1 END) / count(*) AS value
