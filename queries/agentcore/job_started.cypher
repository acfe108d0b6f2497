// Start time of each running training job, in seconds since the Unix epoch.
/*kpi
name  = "training_job_started_timestamp_seconds"
every = "1m"
panel = false

[[alert]]
name        = "LongRunningTrainingJob"
expr        = 'time() - training_job_started_timestamp_seconds > 3600'
for         = "30m"
severity    = "warning"
summary     = "Training job {{ $labels.job_id }} of {{ $labels.agent_id }} has been running for {{ $value | humanizeDuration }}"
description = "Check that training_iteration_current still increases. Cancel the job if it hangs."
*/
// A job without an id has no series, and a job with several owners belongs to the first owner by name. The id is checked last,
// because otherwise the planner uses the index on it and reads all jobs.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore' AND j.status = 'running' AND j.started_at <= datetime()
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
WHERE j.id IS NOT NULL
RETURN coalesce(owner, 'unknown') AS agent_id, j.id AS job_id, j.started_at.epochSeconds AS value
