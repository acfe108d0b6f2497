// Time to save a checkpoint in seconds, by the agent that owns the job.
/*kpi
name    = "training_checkpoint_save_duration_seconds"
type    = "histogram"
mode    = "window"
every   = "1m"
buckets = [0.1, 0.5, 1, 2, 5, 10]

[panel]
title = "Checkpoint Save Time (p95)"
kind  = "timeseries"
unit  = "s"
expr  = 'training:checkpoint_save_p95:5m'
*/
// A step is counted once, for the first owner of its job by name.
MATCH (s:Step)
WHERE s.system = 'agentcore' AND s.kind = 'checkpoint_save' AND s.duration_ms IS NOT NULL
  AND s.timestamp > $since AND s.timestamp <= $until
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(:TrainingJob)<-[:PART_OF]-(s)
WITH s, min(a.name) AS owner
RETURN coalesce(owner, 'unknown') AS agent_id, s.duration_ms / 1000.0 AS value
