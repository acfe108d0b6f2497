// Agents without a brain: they remember nothing of what they learn.
/*kpi
[panel]
title      = "Orphaned Agents"
kind       = "stat"
thresholds = [{ from = 0, color = "green" }, { from = 1, color = "yellow" }, { from = 5, color = "red" }]

[[alert]]
name        = "BmadOrphanedAgents"
when        = ">= 1"
for         = "15m"
severity    = "warning"
summary     = "{{ $value }} agents have no brain"
description = "An agent needs (:AIAgent)-[:HAS_MEMORY_IN]->(:Brain) to remember what it learns. Run the orphan repair, or create the relationship by hand."

[[alert]]
name        = "BmadManyOrphanedAgents"
when        = ">= 5"
for         = "15m"
severity    = "critical"
summary     = "{{ $value }} agents have no brain"
description = "So many orphaned agents suggest that a Brain was deleted, or that an initial load did not link its agents. Restore the Brain or repeat the load, then run the orphan repair."
*/
MATCH (a:AIAgent)
WHERE a.system IS NULL AND NOT EXISTS { (a)-[:HAS_MEMORY_IN]->(:Brain) }
RETURN count(a) AS value
