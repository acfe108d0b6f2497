// Skill execution duration in seconds, by skill and workflow phase; includes failed executions, but not those without a duration.
/*kpi
name    = "skill_duration_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300]

[[panel]]
title = "Skill Duration p50/p95/p99"
kind  = "timeseries"
unit  = "s"
expr  = '''
label_replace(histogram_quantile(0.5, sum by (le, skill_name) (rate(skill_duration_seconds_bucket[5m]))), "quantile", "p50", "", "")
or label_replace(histogram_quantile(0.95, sum by (le, skill_name) (rate(skill_duration_seconds_bucket[5m]))), "quantile", "p95", "", "")
or label_replace(histogram_quantile(0.99, sum by (le, skill_name) (rate(skill_duration_seconds_bucket[5m]))), "quantile", "p99", "", "")
'''

[[panel]]
title = "Skill Duration Distribution"
kind  = "heatmap"
unit  = "s"
expr  = 'sum by (le) (increase(skill_duration_seconds_bucket[5m]))'

[[alert]]
name        = "SessionBuddySlowSkillExecution"
expr        = 'histogram_quantile(0.95, sum by (le, skill_name) (rate(skill_duration_seconds_bucket[5m]))) > 30'
for         = "5m"
severity    = "warning"
summary     = "The 95th percentile of the duration of {{ $labels.skill_name }} is {{ $value | humanizeDuration }}"
description = "The label workflow_phase of skill_duration_seconds shows which phase takes the time."

[[alert]]
name        = "SessionBuddyVerySlowSkillExecution"
expr        = 'histogram_quantile(0.95, sum by (le, skill_name) (rate(skill_duration_seconds_bucket[5m]))) > 60'
for         = "2m"
severity    = "critical"
summary     = "The 95th percentile of the duration of {{ $labels.skill_name }} is {{ $value | humanizeDuration }}"
description = "The label workflow_phase of skill_duration_seconds shows which phase takes the time."
*/
MATCH (c:Call)
WHERE c.system = 'session_buddy' AND c.kind = 'skill' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS skill_name,
       CASE WHEN c.action = '' THEN 'unknown' ELSE coalesce(c.action, 'unknown') END AS workflow_phase,
       c.duration_ms / 1000.0 AS value
