// External API call errors, by service and error type; 0 with the type unknown for a service without errors.
/*kpi
type = "counter"
mode = "window"
*/
// The 0 is the base from which the first errors of a service increase, because their types are not known in advance.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'api' AND c.timestamp > $since AND c.timestamp <= $until
WITH coalesce(c.target, 'unknown') AS service, c.error_type AS type, CASE WHEN c.status = 'error' THEN 1 ELSE 0 END AS failed
RETURN service, CASE WHEN failed = 1 THEN coalesce(type, 'unknown') ELSE 'unknown' END AS error_type, sum(failed) AS value
