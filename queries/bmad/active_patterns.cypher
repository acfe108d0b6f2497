// Patterns with a success rate of at least 0.6, by project group; 0 for a group whose patterns are all below.
/*kpi
on_duplicate = "sum"

[panel]
title      = "Active Patterns"
kind       = "stat"
expr       = 'sum(bmad_active_patterns)'
thresholds = [{ from = 0, color = "red" }, { from = 5, color = "yellow" }, { from = 20, color = "green" }]
*/
MATCH (p:Pattern)
WHERE p.system IS NULL
RETURN coalesce(p.group_id, 'unknown') AS group_id, count(CASE WHEN p.success_rate >= 0.6 THEN 1 END) AS value
