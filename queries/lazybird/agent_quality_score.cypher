// Average quality score (0 to 100) of the tasks that finished in the last 24 hours, by the agent that performed them.
/*kpi
params = { range = "P1D" }

[panel]
title      = "Quality Score by Agent"
kind       = "timeseries"
thresholds = [{ from = 0, color = "red" }, { from = 60, color = "yellow" }, { from = 85, color = "green" }]
*/
MATCH (a:AIAgent)-[:PERFORMED]->(t:Task)
WHERE a.system = 'lazybird' AND t.system = 'lazybird' AND t.quality >= 0
  AND t.finished_at >= datetime() - duration($range) AND t.finished_at <= datetime()
WITH DISTINCT a, t
RETURN coalesce(a.name, 'unknown') AS agent, avg(t.quality) AS value
