// Health as a number: 1 healthy (no orphaned agents), 2 degraded (1 to 4), 3 unhealthy (5 or more); absent if there are no agents.
/*kpi
[panel]
title      = "System Health"
kind       = "stat"
thresholds = [
  { from = 1, color = "green", name = "healthy" },
  { from = 2, color = "yellow", name = "degraded" },
  { from = 3, color = "red", name = "unhealthy" },
]
*/
MATCH (a:AIAgent)
WHERE a.system IS NULL
WITH count(a) AS agents, count(CASE WHEN NOT EXISTS { (a)-[:HAS_MEMORY_IN]->(:Brain) } THEN 1 END) AS orphans
WHERE agents > 0
RETURN CASE WHEN orphans = 0 THEN 1 WHEN orphans < 5 THEN 2 ELSE 3 END AS value
