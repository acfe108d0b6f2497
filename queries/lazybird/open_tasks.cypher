// Queued and running tasks.
/*kpi
[[metric]]
name  = "lazybird_task_queue_depth"
help  = "Tasks in the queue."
value = "queued"

[[metric]]
name  = "lazybird_active_tasks_count"
help  = "Running tasks."
value = "running"

[[panel]]
title = "Active Tasks"
kind  = "stat"
expr  = 'sum(lazybird_active_tasks_count)'

[[panel]]
title = "Task Queue Depth"
kind  = "timeseries"
expr  = 'lazybird_task_queue_depth'
*/
MATCH (t:Task)
WHERE t.system = 'lazybird' AND t.status IN ['queued', 'running']
RETURN count(CASE WHEN t.status = 'queued' THEN 1 END) AS queued,
       count(CASE WHEN t.status = 'running' THEN 1 END) AS running
