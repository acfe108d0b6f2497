// Agents, by name.
/*kpi
*/
MATCH (a:Agent) RETURN a.name AS name, a.value AS value
