// Finished skill invocations, by skill, workflow phase (unknown if there is none) and whether they completed.
/*kpi
name   = "skill_invocations_total"
type   = "counter"
mode   = "window"
every  = "1m"
expect = { completed = ["true", "false"] }

[[panel]]
title = "Skill Invocation Rate"
kind  = "timeseries"
unit  = "opm"
expr  = 'sum by (skill_name) (rate(skill_invocations_total[5m])) * 60'

[[panel]]
title = "Successful Invocations by Skill"
kind  = "timeseries"
unit  = "ops"
expr  = 'sum by (skill_name) (rate(skill_invocations_total{completed="true"}[5m]))'

[[panel]]
title = "Top Skills by Invocations (24h)"
kind  = "table"
expr  = 'topk(10, sum by (skill_name) (increase(skill_invocations_total[24h])))'

[[panel]]
title = "Workflow Phase Distribution"
kind  = "piechart"
expr  = 'sum by (workflow_phase) (increase(skill_invocations_total[1h]))'

[[alert]]
name        = "SessionBuddyHighInvocationRate"
expr        = 'sum by (skill_name) (rate(skill_invocations_total[5m])) > 100'
for         = "5m"
severity    = "warning"
summary     = '{{ $labels.skill_name }} is invoked {{ $value | printf "%.1f" }} times per second'
description = "Check whether a session or a hook invokes the skill in a loop."

[[alert]]
name        = "SessionBuddyCrackerjackIntegrationFailing"
expr        = 'sum by (skill_name) (rate(skill_invocations_total{skill_name=~".*-fail",workflow_phase="execution"}[5m])) > 0.1'
for         = "5m"
severity    = "warning"
summary     = '{{ $labels.skill_name }} is invoked {{ $value | printf "%.1f" }} times per second'
description = "Invocations in the execution phase of a skill whose name ends in -fail. Check the last runs of the Crackerjack integration."

[[alert]]
name        = "SessionBuddyCICDPipelineFailure"
expr        = '''
sum(rate(skill_invocations_total{workflow_phase="execution",completed="false"}[5m]))
/ (sum(rate(skill_invocations_total{workflow_phase="execution"}[5m])) > 0) > 0.2
'''
for         = "3m"
severity    = "critical"
summary     = "{{ $value | humanizePercentage }} of the skill invocations in the execution phase failed"
description = "More than 20 % of the invocations in the execution phase did not complete in the last 5 minutes. Check the CI/CD pipeline that runs them."
*/
MATCH (c:Call)
WHERE c.system = 'session_buddy' AND c.kind = 'skill' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS skill_name,
       CASE WHEN c.action = '' THEN 'unknown' ELSE coalesce(c.action, 'unknown') END AS workflow_phase,
       CASE WHEN c.status = 'success' THEN 'true' ELSE 'false' END AS completed,
       count(*) AS value
