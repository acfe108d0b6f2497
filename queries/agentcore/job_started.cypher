// When the training jobs that run now were started, in seconds since 1970.
/*kpi
name  = "training_job_started_timestamp_seconds"
every = "1m"
panel = false

[[alert]]
name     = "LongRunningTrainingJob"
expr     = 'time() - training_job_started_timestamp_seconds > 3600'
for      = "30m"
severity = "warning"
summary  = "The training job {{ $labels.job_id }} of {{ $labels.agent_id }} has been running for {{ $value | humanizeDuration }}"
*/
// A job without an id has no series of its own, and one with several owners belongs to the first by name. The id is asked for
// last: else the index on it is taken, and all jobs there ever were are read.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore' AND j.status = 'running' AND j.started_at <= datetime()
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
WHERE j.id IS NOT NULL
RETURN coalesce(owner, 'unknown') AS agent_id, j.id AS job_id, j.started_at.epochSeconds AS value
