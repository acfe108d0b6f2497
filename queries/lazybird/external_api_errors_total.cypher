// External API call errors.
/*kpi
type = "counter"
mode = "window"
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'api' AND c.status = 'error'
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.target, 'unknown') AS service, coalesce(c.error_type, 'unknown') AS error_type, count(*) AS value
