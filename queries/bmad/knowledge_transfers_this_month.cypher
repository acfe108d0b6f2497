// Insights of one agent that were shared with another agent in the last 30 days; an insight counts once per receiving agent.
/*kpi
params = { range = "P30D" }

[panel]
title      = "Knowledge Transfers This Month"
kind       = "stat"
thresholds = [{ from = 0, color = "red" }, { from = 5, color = "green" }]

[[alert]]
name        = "BmadFewKnowledgeTransfers"
when        = "< 5"
for         = "1d"
severity    = "info"
summary     = "Agents shared only {{ $value }} insights in the last 30 days"
description = "The target is 5 in 30 days. Check that agents share insights, and that each CAN_APPLY relationship has shared_at: without it a transfer is not counted."
*/
// Counted in the graph, because increase() over the counter misses the first transfer of each pair of agents.
MATCH (teacher:AIAgent)-[:LEARNED]->(i:Insight)<-[shared:CAN_APPLY]-(learner:AIAgent)
WHERE shared.shared_at >= datetime() - duration($range) AND shared.shared_at <= datetime()
  AND teacher <> learner AND teacher.system IS NULL AND i.system IS NULL AND learner.system IS NULL
WITH DISTINCT i, learner
RETURN count(*) AS value
