// Database query latency, in milliseconds.
/*kpi
type    = "histogram"
unit    = "ms"
mode    = "window"
buckets = [1, 5, 10, 50, 100, 500]
*/
// A query that takes longer than 500 ms is in +Inf: no quantile can show more than that, sum by count can.
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'db' AND c.duration_ms IS NOT NULL
  AND c.timestamp > $since AND c.timestamp <= $until
RETURN c.duration_ms AS value
