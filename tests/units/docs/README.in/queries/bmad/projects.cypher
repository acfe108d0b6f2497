// Projects in the graph, by status.
/*kpi
evry = "1m"
*/
MATCH (p:Project)
RETURN coalesce(p.status, 'unknown') AS status, count(p) AS value
