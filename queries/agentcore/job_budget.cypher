// Budgets of the training jobs that are active or finished in the last hour.
/*kpi
every  = "1m"
params = { range = "PT1H" }

[[metric]]
name  = "training_budget_usage_usd"
help  = "Budget used by each training job that is active or finished in the last hour, in USD."
value = "usage"

[[metric]]
name  = "training_budget_limit_usd"
help  = "Budget limit of each training job that is active or finished in the last hour, in USD."
value = "budget"

[[metric]]
name  = "training_budget_utilization_percent"
help  = "Budget used by each training job that is active or finished in the last hour, in percent of its limit: above 100 if exceeded, 0 for a limit of 0."
value = "utilization"

[[panel]]
title      = "Budget Utilization by Job"
kind       = "timeseries"
unit       = "percent"
expr       = 'training_budget_utilization_percent'
thresholds = [{ from = 0, color = "green" }, { from = 75, color = "yellow" }, { from = 90, color = "red" }]

[[panel]]
title = "Total Budget Usage"
kind  = "gauge"
unit  = "currencyUSD"
expr  = 'sum(training_budget_usage_usd)'

[[panel]]
title = "Budget Usage vs Limit"
kind  = "timeseries"
unit  = "currencyUSD"
expr  = '''
label_replace(training_budget_usage_usd, "budget", "usage", "", "")
or label_replace(training_budget_limit_usd, "budget", "limit", "", "")
'''

[[panel]]
title = "Jobs Near Budget Limit"
kind  = "table"
unit  = "percent"
expr  = 'training_budget_utilization_percent > 90'

[[alert]]
name        = "TrainingBudgetExceeded"
expr        = 'training_budget_utilization_percent > 100'
for         = "1m"
severity    = "critical"
summary     = "Training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"
description = "Cancel the job or raise its budget."

[[alert]]
name        = "TrainingBudgetWarning"
expr        = 'training_budget_utilization_percent > 90 and training_budget_utilization_percent <= 100'
for         = "5m"
severity    = "warning"
summary     = "Training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"
description = "Check the progress of the job, and decide whether to cancel it or to raise its budget."

[[alert]]
name        = "TrainingBudgetNotice"
expr        = 'training_budget_utilization_percent > 75 and training_budget_utilization_percent <= 90'
for         = "5m"
severity    = "info"
summary     = "Training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"
description = "No action is needed yet. TrainingBudgetWarning fires above 90 %."
*/
// A job without an id has no series, and a job with several owners belongs to the first owner by name. The id is checked last,
// because otherwise the planner uses the index on it and reads all jobs.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore'
  AND (j.status IN ['queued', 'running'] OR j.finished_at >= datetime() - duration($range) AND j.finished_at <= datetime())
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
WITH j, owner, CASE WHEN j.cost_usd >= 0 THEN j.cost_usd END AS usage
WHERE j.id IS NOT NULL AND coalesce(usage, j.budget_usd) IS NOT NULL
RETURN coalesce(owner, 'unknown') AS agent_id, j.id AS job_id, usage, j.budget_usd AS budget,
       CASE WHEN j.budget_usd > 0 THEN 100.0 * usage / j.budget_usd WHEN j.budget_usd <= 0 THEN 0.0 END AS utilization
