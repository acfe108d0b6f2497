// Budgets of the training jobs that are live or finished in the last hour.
/*kpi
every  = "1m"
params = { range = "PT1H" }

[[metric]]
name  = "training_budget_usage_usd"
help  = "Budget used in USD, of each training job that is live or finished in the last hour."
value = "usage"

[[metric]]
name  = "training_budget_limit_usd"
help  = "Budget limit in USD, of each training job that is live or finished in the last hour."
value = "budget"

[[metric]]
name  = "training_budget_utilization_percent"
help  = "Budget used in percent of the limit, above 100 when it is exceeded, of each training job that is live or finished in the last hour; 0 for a limit of 0."
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
name     = "TrainingBudgetExceeded"
expr     = 'training_budget_utilization_percent > 100'
for      = "1m"
severity = "critical"
summary  = "The training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"

[[alert]]
name     = "TrainingBudgetWarning"
expr     = 'training_budget_utilization_percent > 90 and training_budget_utilization_percent <= 100'
for      = "5m"
severity = "warning"
summary  = "The training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"

[[alert]]
name     = "TrainingBudgetNotice"
expr     = 'training_budget_utilization_percent > 75 and training_budget_utilization_percent <= 90'
for      = "5m"
severity = "info"
summary  = "The training job {{ $labels.job_id }} of {{ $labels.agent_id }} has used {{ $value | humanize }} % of its budget"
*/
// A job without an id has no series of its own, and one with several owners belongs to the first by name. The id is asked for
// last: else the index on it is taken, and all jobs there ever were are read.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore'
  AND (j.status IN ['queued', 'running'] OR j.finished_at >= datetime() - duration($range) AND j.finished_at <= datetime())
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
WITH j, owner, CASE WHEN j.cost_usd >= 0 THEN j.cost_usd END AS usage
WHERE j.id IS NOT NULL AND coalesce(usage, j.budget_usd) IS NOT NULL
RETURN coalesce(owner, 'unknown') AS agent_id, j.id AS job_id, usage, j.budget_usd AS budget,
       CASE WHEN j.budget_usd > 0 THEN 100.0 * usage / j.budget_usd WHEN j.budget_usd <= 0 THEN 0.0 END AS utilization
