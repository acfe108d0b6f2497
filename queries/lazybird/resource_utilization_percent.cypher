// Resource utilization in percent, by resource: the newest sample of the last hour.
/*kpi
unit   = "percent"
params = { range = "PT1H" }

[panel]
title = "Resource Utilization"
kind  = "timeseries"
unit  = "percent"
*/
MATCH (s:Sample)
WHERE s.system = 'lazybird' AND s.name = 'resource_utilization' AND s.value >= 0
  AND s.timestamp >= datetime() - duration($range) AND s.timestamp <= datetime()
WITH coalesce(s.resource, 'unknown') AS resource, s.timestamp AS taken, s.value AS sample
ORDER BY taken DESC, sample DESC
RETURN resource, head(collect(sample)) AS value
