// Cache size by layer, in MB: the newest sample of the last hour.
/*kpi
unit   = "mb"
params = { range = "PT1H" }

[panel]
title = "Cache Size by Layer"
kind  = "timeseries"
unit  = "decmbytes"
*/
MATCH (s:Sample)
WHERE s.system = 'lazybird' AND s.name = 'cache_size_mb' AND s.value >= 0
  AND s.timestamp >= datetime() - duration($range) AND s.timestamp <= datetime()
WITH coalesce(s.cache_layer, 'unknown') AS cache_layer, s.timestamp AS taken, s.value AS sample
ORDER BY taken DESC, sample DESC
RETURN cache_layer, head(collect(sample)) AS value
