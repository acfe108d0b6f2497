// Finished training jobs, by the agent that owns them.
/*kpi
type  = "counter"
mode  = "window"
every = "1m"

[[metric]]
name  = "training_jobs_completed_total"
help  = "Training jobs that completed successfully, by the agent that owns them; 0 from its first job on."
value = "completed"

[[metric]]
name  = "training_jobs_failed_total"
help  = "Training jobs that failed, by the agent that owns them; 0 from its first job on."
value = "failed"

[[metric]]
name  = "training_jobs_cancelled_total"
help  = "Training jobs that were cancelled, by the agent that owns them; 0 from its first job on."
value = "cancelled"

[[panel]]
title      = "Job Success Rate"
kind       = "timeseries"
unit       = "percentunit"
expr       = 'training:job_success_rate:1d'
thresholds = [{ from = 0, color = "red" }, { from = 0.8, color = "green" }]

[[panel]]
title = "Jobs Created/Completed/Failed"
kind  = "timeseries"
expr  = '''
label_replace(sum by (agent_id) (increase(training_jobs_created_total[1h])), "jobs", "created", "", "")
or label_replace(sum by (agent_id) (increase(training_jobs_completed_total[1h])), "jobs", "completed", "", "")
or label_replace(sum by (agent_id) (increase(training_jobs_failed_total[1h])), "jobs", "failed", "", "")
'''

# Relative to the jobs that finished, because the jobs created in the same hours are different ones.
[[alert]]
name        = "HighTrainingFailureRate"
expr        = '1 - training:job_success_rate:1d > 0.2'
for         = "10m"
severity    = "critical"
summary     = "{{ $value | humanizePercentage }} of the training jobs of {{ $labels.agent_id }} failed in the last 24 hours"
description = "Failed jobs relative to completed and failed ones. Check the errors of the failed jobs."
*/
// The creation of a job adds a 0 to each metric of its owner, so that `increase` sees the first failure. A job with several owners is
// counted once, for the first owner by name.
CALL () {
  MATCH (j:TrainingJob)
  WHERE j.system = 'agentcore' AND j.status IN ['completed', 'failed', 'cancelled']
    AND j.finished_at > $since AND j.finished_at <= $until
  RETURN j, j.status AS outcome
  UNION ALL
  MATCH (j:TrainingJob)
  WHERE j.system = 'agentcore' AND j.created_at > $since AND j.created_at <= $until
  RETURN j, 'created' AS outcome
}
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, outcome, min(a.name) AS owner
RETURN coalesce(owner, 'unknown') AS agent_id,
       count(CASE WHEN outcome = 'completed' THEN 1 END) AS completed,
       count(CASE WHEN outcome = 'failed' THEN 1 END) AS failed,
       count(CASE WHEN outcome = 'cancelled' THEN 1 END) AS cancelled
