// Not only reading.
MATCH (a:Agent) SET a.seen = true RETURN count(a) AS value
