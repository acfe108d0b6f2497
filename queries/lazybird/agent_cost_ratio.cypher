// Average cost ratio of the agent switches in the last 24 hours: cost of the new agent divided by cost of the old one.
/*kpi
params = { range = "P1D" }

[panel]
title = "Cost Ratio of Agent Switches"
kind  = "timeseries"
*/
MATCH (w:AgentSwitch)
WHERE w.system = 'lazybird' AND w.cost_ratio >= 0
  AND w.timestamp >= datetime() - duration($range) AND w.timestamp <= datetime()
RETURN coalesce(w.from_agent, 'unknown') AS from_agent, coalesce(w.to_agent, 'unknown') AS to_agent,
       avg(w.cost_ratio) AS value
