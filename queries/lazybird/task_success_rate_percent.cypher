// Percentage of tasks finished in the last 24 hours that succeeded; absent if none finished.
/*kpi
unit   = "percent"
params = { range = "P1D" }

[panel]
title      = "Task Success Rate"
kind       = "stat"
unit       = "percent"
thresholds = [{ from = 0, color = "red" }, { from = 80, color = "yellow" }, { from = 95, color = "green" }]

[[alert]]
name        = "LazybirdTaskFailuresHigh"
when        = "< 80"
for         = "15m"
severity    = "warning"
summary     = 'Only {{ $value | printf "%.0f" }} % of the tasks finished in the last 24 hours succeeded'
description = "The target is 95 %. Check the failed tasks of the last 24 hours and the agents that performed them."

[[alert]]
name        = "LazybirdTaskFailuresCritical"
when        = "< 50"
for         = "5m"
severity    = "critical"
summary     = 'Only {{ $value | printf "%.0f" }} % of the tasks finished in the last 24 hours succeeded'
description = "The target is 95 %. Check the failed tasks of the last 24 hours and the agents that performed them."
*/
MATCH (t:Task)
WHERE t.system = 'lazybird' AND t.finished_at >= datetime() - duration($range) AND t.finished_at <= datetime()
WITH count(CASE WHEN t.status = 'success' THEN 1 END) AS successes, count(*) AS tasks
WHERE tasks > 0
RETURN 100.0 * successes / tasks AS value
