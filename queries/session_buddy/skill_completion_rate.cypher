// Share (0 to 1) of the skill invocations of the last 24 hours that completed, by skill.
/*kpi
name   = "skill_completion_rate"
every  = "1m"
params = { range = "P1D" }

[[panel]]
title      = "Skill Completion Rates"
kind       = "gauge"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.7, color = "yellow" }, { from = 0.9, color = "green" }]

[[panel]]
title      = "Skill Completion Rate"
kind       = "timeseries"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.7, color = "green" }]

[[alert]]
name        = "SessionBuddySkillPerformanceDrop"
expr        = 'skill_completion_rate{skill_name!="test"} < 0.7'
for         = "5m"
severity    = "warning"
summary     = "Only {{ $value | humanizePercentage }} of the invocations of {{ $labels.skill_name }} completed in the last 24 hours"
description = "Check the failed invocations of the skill and recent changes to it."

[[alert]]
name        = "SessionBuddySkillCriticalFailure"
expr        = 'skill_completion_rate{skill_name!="test"} < 0.5'
for         = "2m"
severity    = "critical"
summary     = "Only {{ $value | humanizePercentage }} of the invocations of {{ $labels.skill_name }} completed in the last 24 hours"
description = "Check the failed invocations of the skill and recent changes to it."

[[alert]]
name        = "SessionBuddyMissingSkillMetrics"
expr        = '(count(skill_completion_rate) or vector(0)) < 10'
for         = "10m"
severity    = "info"
summary     = "Only {{ $value }} skills were invoked in the last 24 hours"
description = "At least 10 are expected. Check that session tracking is running."
*/
MATCH (c:Call)
WHERE c.system = 'session_buddy' AND c.kind = 'skill'
  AND c.timestamp >= datetime() - duration($range) AND c.timestamp <= datetime()
WITH coalesce(c.target, 'unknown') AS skill_name, c.status = 'success' AS completed
RETURN skill_name, 1.0 * count(CASE WHEN completed THEN 1 END) / count(*) AS value
