// Of a graph that nobody knows.
/*kpi graph = "esat" */
MATCH (a:Agent) RETURN count(a) AS value
