// Cache operations, by operation (get, set, delete) and result (hit, miss, success, error).
/*kpi
name  = "cache_operations_total"
type  = "counter"
mode  = "window"
every = "1m"

[[panel]]
title = "Cache Hit/Miss Rate"
kind  = "timeseries"
unit  = "ops"
expr  = 'sum by (result) (rate(cache_operations_total[5m]))'

[[panel]]
title      = "Cache Hit Ratio"
kind       = "gauge"
unit       = "percentunit"
expr       = '''
(sum(rate(cache_operations_total{operation="get",result="hit"}[5m])) or vector(0))
/ (sum(rate(cache_operations_total{operation="get"}[5m])) > 0)
'''
thresholds = [{ from = 0, color = "red" }, { from = 0.5, color = "yellow" }, { from = 0.8, color = "green" }]

[[alert]]
name        = "AgentOsCacheHitRatioLow"
expr        = '''
(sum(rate(cache_operations_total{operation="get",result="hit"}[15m])) or vector(0))
/ (sum(rate(cache_operations_total{operation="get"}[15m])) > 0) < 0.5
'''
for         = "15m"
severity    = "warning"
summary     = "Only {{ $value | humanizePercentage }} of the cache lookups are hits"
description = "Check the size of the cache, and how long its entries are kept."
*/
MATCH (c:Call)
WHERE c.system = 'agentos' AND c.kind = 'cache' AND c.timestamp > $since AND c.timestamp <= $until
RETURN coalesce(c.action, 'unknown') AS operation, coalesce(c.status, 'unknown') AS result, count(*) AS value
