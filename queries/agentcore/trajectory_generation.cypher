// Time to generate a trajectory batch in seconds, by the agent that owns the job.
/*kpi
name    = "training_trajectory_generation_duration_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [1, 5, 10, 30, 60, 120, 300]

[panel]
title = "Trajectory Generation Time (p95)"
kind  = "timeseries"
unit  = "s"
expr  = 'training:trajectory_generation_p95:5m'

[[alert]]
name        = "SlowTrajectoryGeneration"
expr        = 'training:trajectory_generation_p95:5m > 60'
for         = "15m"
severity    = "warning"
summary     = "The 95th percentile of the time to generate a trajectory batch for {{ $labels.agent_id }} is {{ $value | humanizeDuration }}"
description = "Check the load of the environment and of the model that generate the trajectories."
*/
// A step is counted once, for the first owner of its job by name.
MATCH (s:Step)
WHERE s.system = 'agentcore' AND s.kind = 'trajectory_generation' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(:TrainingJob)<-[:PART_OF]-(s)
WITH s, min(a.name) AS owner
RETURN coalesce(owner, 'unknown') AS agent_id, s.duration_ms / 1000.0 AS value
