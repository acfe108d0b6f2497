// Percentage of cache lookups in the last 24 hours that were hits, by layer.
/*kpi
unit   = "percent"
params = { range = "P1D" }

[panel]
title      = "Cache Hit Rate by Layer"
kind       = "timeseries"
unit       = "percent"
thresholds = [{ from = 0, color = "red" }, { from = 45, color = "green" }]

[[alert]]
name        = "LazybirdCacheHitRateLow"
when        = "< 45"
for         = "30m"
severity    = "warning"
summary     = 'Only {{ $value | printf "%.0f" }} % of the lookups in the cache layer {{ $labels.cache_layer }} are hits'
description = "The target is 45 %. Check the size of the layer (lazybird_cache_size_mb) and how long its entries are kept."
*/
MATCH (c:Call)
WHERE c.system = 'lazybird' AND c.kind = 'cache' AND c.action = 'get'
  AND c.timestamp >= datetime() - duration($range) AND c.timestamp <= datetime()
RETURN coalesce(c.target, 'unknown') AS cache_layer,
       100.0 * count(CASE WHEN c.status = 'hit' THEN 1 END) / count(*) AS value
