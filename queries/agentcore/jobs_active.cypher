// Training jobs that are queued or running.
/*kpi
name  = "training_jobs_active"
every = "1m"

[panel]
title = "Active Jobs"
kind  = "gauge"
*/
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore' AND j.status IN ['queued', 'running']
RETURN count(j) AS value
