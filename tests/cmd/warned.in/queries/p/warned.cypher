// A parameter for nothing.
/*kpi params = { days = 7 } */
MATCH (a:Agent) RETURN count(a) AS value
