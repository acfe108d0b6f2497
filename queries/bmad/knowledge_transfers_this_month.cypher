// Insights that an agent came to share from another one in the last 30 days.
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
summary     = "Agents shared only {{ $value }} insights in a month"
description = "The target is 5 in 30 days, by the time in CAN_APPLY.shared_at."
*/
// Asked of the graph, since increase() over the counter misses the first transfer of every pair of agents.
MATCH (teacher:AIAgent)-[:LEARNED]->(i:Insight)<-[shared:CAN_APPLY]-(learner:AIAgent)
WHERE shared.shared_at >= datetime() - duration($range) AND shared.shared_at <= datetime()
  AND teacher <> learner AND teacher.system IS NULL AND i.system IS NULL AND learner.system IS NULL
WITH DISTINCT i, learner
RETURN count(*) AS value
