// Progress of the training jobs that are active or finished in the last hour.
/*kpi
every  = "1m"
params = { range = "PT1H" }

[[metric]]
name  = "training_iteration_current"
help  = "Current iteration of each training job that is active or finished in the last hour."
value = "iteration"

[[metric]]
name  = "training_iteration_total"
help  = "Planned iterations of each training job that is active or finished in the last hour; a gauge despite its name."
value = "iterations"

[[metric]]
name  = "training_loss"
help  = "Current loss of each training job that is active or finished in the last hour."
value = "loss"

[[metric]]
name  = "training_reward_mean"
help  = "Mean reward across trajectories of each training job that is active or finished in the last hour."
value = "reward"

[[panel]]
title = "Training Progress"
kind  = "gauge"
unit  = "percent"
expr  = '100 * training_iteration_current / (training_iteration_total > 0)'

[[panel]]
title = "Training Loss"
kind  = "timeseries"
expr  = 'training_loss'

[[panel]]
title = "Mean Reward"
kind  = "timeseries"
expr  = 'training_reward_mean'
*/
// A job without an id has no series, and a job with several owners belongs to the first owner by name. The id is checked last,
// because otherwise the planner uses the index on it and reads all jobs.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore'
  AND (j.status IN ['queued', 'running'] OR j.finished_at >= datetime() - duration($range) AND j.finished_at <= datetime())
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
WHERE j.id IS NOT NULL AND coalesce(j.iteration, j.iterations_total, j.loss, j.reward_mean) IS NOT NULL
RETURN coalesce(owner, 'unknown') AS agent_id, j.id AS job_id,
       j.iteration AS iteration, j.iterations_total AS iterations, j.loss AS loss, j.reward_mean AS reward
