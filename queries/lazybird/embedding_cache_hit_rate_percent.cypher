// Percentage of embedding cache lookups in the last 24 hours that were hits; absent if there were none.
/*kpi
unit   = "percent"
params = { range = "P1D" }

[panel]
title = "Embedding Cache Hit Rate"
kind  = "stat"
unit  = "percent"
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'cache' AND c.action = 'get' AND c.target = 'embedding'
  AND c.timestamp >= datetime() - duration($range) AND c.timestamp <= datetime()
WITH count(CASE WHEN c.status = 'hit' THEN 1 END) AS hits, count(*) AS lookups
WHERE lookups > 0
RETURN 100.0 * hits / lookups AS value
