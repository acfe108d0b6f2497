// Training jobs created, by the agent that owns them.
/*kpi
name  = "training_jobs_created_total"
type  = "counter"
mode  = "window"
every = "1m"
panel = false
*/
// A job with several owners is counted once, for the first owner by name.
MATCH (j:TrainingJob)
WHERE j.system = 'agentcore' AND j.created_at > $since AND j.created_at <= $until
OPTIONAL MATCH (a:AIAgent)-[:OWNS]->(j)
WITH j, min(a.name) AS owner
RETURN coalesce(owner, 'unknown') AS agent_id, count(*) AS value
