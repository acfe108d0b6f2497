// Database queries executed, by operation.
/*kpi
type   = "counter"
mode   = "window"
expect = { operation = ["select", "insert", "update", "delete"] }
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'db' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.action, 'unknown') AS operation, count(*) AS value
