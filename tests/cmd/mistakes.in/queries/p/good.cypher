// Number of agents.
MATCH (a:Agent) RETURN count(a) AS value
