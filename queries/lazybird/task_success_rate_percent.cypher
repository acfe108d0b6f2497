// Percentage of the tasks finished in the last 24 hours that succeeded; absent while none was.
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
summary     = 'Only {{ $value | printf "%.0f" }} % of the tasks succeed'
description = "The target is 95 % of the tasks finished in the last 24 hours."

[[alert]]
name        = "LazybirdTaskFailuresCritical"
when        = "< 50"
for         = "5m"
severity    = "critical"
summary     = 'Only {{ $value | printf "%.0f" }} % of the tasks succeed'
description = "The target is 95 % of the tasks finished in the last 24 hours."
*/
MATCH (t:Task)
WHERE t.system = 'lazybird' AND t.finished_at >= datetime() - duration($range) AND t.finished_at <= datetime()
WITH count(CASE WHEN t.status = 'success' THEN 1 END) AS successes, count(*) AS tasks
WHERE tasks > 0
RETURN 100.0 * successes / tasks AS value
