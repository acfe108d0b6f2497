// Time to update the policy after a training iteration in seconds, by the agent that owns the job.
/*kpi
name    = "training_policy_update_duration_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [0.1, 0.5, 1, 2, 5, 10, 30]

[panel]
title = "Policy Update Time (p95)"
kind  = "timeseries"
unit  = "s"
expr  = 'training:policy_update_p95:5m'
*/
// A step is counted once, for the first owner of its job by name.
MATCH (s:Step)
WHERE s.system = 'agentcore' AND s.kind = 'policy_update' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(:TrainingJob)<-[:PART_OF]-(s)
WITH s, min(a.name) AS owner
RETURN coalesce(owner, 'unknown') AS agent_id, s.duration_ms / 1000.0 AS value
