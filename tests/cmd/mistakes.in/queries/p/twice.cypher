// The same name.
/*kpi name = "p_good" */
MATCH (a:Agent) RETURN count(a) AS value
