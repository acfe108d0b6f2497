// Share (0 to 1) of the events with an outcome in the last 7 days that used a known pattern, by project group.
/*kpi
params = { range = "P7D" }

[panel]
title      = "Pattern Reuse Rate by Group"
kind       = "timeseries"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.6, color = "green" }]

[[alert]]
name        = "BmadPatternReuseLow"
when        = "< 0.6"
for         = "1h"
severity    = "warning"
summary     = "{{ $labels.group_id }} reuses patterns in only {{ $value | humanizePercentage }} of its work"
description = "The target is 60 % of the last 7 days' events with an outcome."
*/
// `toString`: a ratio cannot be added up when a project is written as a text here and as a number there.
MATCH (e:Event)
WHERE e.system IS NULL AND e.timestamp >= datetime() - duration($range) AND e.timestamp <= datetime()
  AND EXISTS { (e)-[:HAS_OUTCOME]->(:Outcome) }
WITH coalesce(toString(e.group_id), 'unknown') AS group_id, EXISTS { (e)-[:USED_PATTERN]->(:Pattern) } AS reused
RETURN group_id, 1.0 * count(CASE WHEN reused THEN 1 END) / count(*) AS value
