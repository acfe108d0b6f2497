// Agents in the graph.
/*kpi
[panel]
title = "Registered Agents"
kind  = "stat"
*/
MATCH (a:AIAgent)
WHERE a.system IS NULL
RETURN count(a) AS value
