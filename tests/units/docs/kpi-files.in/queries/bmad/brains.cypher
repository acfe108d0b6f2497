// Brains by last use.
/*kpi
every = "5"
*/
MATCH (b:Brain) SET b.seen = true
RETURN b.name AS brain, count(*) AS value
