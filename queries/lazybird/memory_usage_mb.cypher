// Process memory usage in MB: the newest sample of the last hour.
/*kpi
unit   = "mb"
params = { range = "PT1H" }

[panel]
title = "Memory Usage"
kind  = "timeseries"
unit  = "decmbytes"
*/
MATCH (s:Sample)
WHERE s.system = 'lazybird' AND s.name = 'memory_usage_mb' AND s.value >= 0
  AND s.timestamp >= datetime() - duration($range) AND s.timestamp <= datetime()
WITH s.timestamp AS taken, s.value AS sample
ORDER BY taken DESC, sample DESC
LIMIT 1
RETURN sample AS value
