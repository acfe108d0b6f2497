// Insights learned by one agent that another agent can apply, by both; shared twice counts once.
/*kpi
type = "counter"

[panel]
title = "Knowledge Transfers per Week"
kind  = "timeseries"
expr  = 'increase(bmad_knowledge_transfers_total[7d])'
*/
MATCH (teacher:AIAgent)-[:LEARNED]->(i:Insight)<-[:CAN_APPLY]-(learner:AIAgent)
WHERE teacher <> learner AND teacher.system IS NULL AND i.system IS NULL AND learner.system IS NULL
WITH DISTINCT teacher, i, learner
RETURN coalesce(teacher.name, 'unknown') AS from_agent, coalesce(learner.name, 'unknown') AS to_agent, count(*) AS value
