// Insights of one agent that were shared with another agent, by both agents; removing one later does not lower the total.
/*kpi
type = "counter"
mode = "window"

[panel]
title = "Knowledge Transfers per Week"
kind  = "timeseries"
expr  = 'increase(bmad_knowledge_transfers_total[7d])'
*/
// A transfer is identified by its time: written twice it counts once, repeated later it counts again, and without `shared_at` it
// does not count.
MATCH (teacher:AIAgent)-[:LEARNED]->(i:Insight)<-[shared:CAN_APPLY]-(learner:AIAgent)
WHERE shared.shared_at > $since AND shared.shared_at <= $until
  AND teacher <> learner AND teacher.system IS NULL AND i.system IS NULL AND learner.system IS NULL
WITH DISTINCT teacher, i, learner, shared.shared_at AS at
RETURN coalesce(teacher.name, 'unknown') AS from_agent, coalesce(learner.name, 'unknown') AS to_agent, count(*) AS value
