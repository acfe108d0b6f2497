// Running A2A tasks, by agent; 0 for an AgentOS agent without any.
/*kpi
name  = "a2a_active_tasks"
every = "15s"

[panel]
title = "Active Tasks by Agent"
kind  = "timeseries"
*/
CALL () {
  MATCH (a:AIAgent)
  WHERE a.system = 'agentos'
  RETURN a.name AS name, 0 AS tasks
  UNION ALL
  MATCH (c:Call)
  WHERE c.system = 'agentos' AND c.kind = 'a2a' AND c.status = 'running'
  RETURN c.target AS name, 1 AS tasks
}
RETURN coalesce(name, 'unknown') AS agent, sum(tasks) AS value
