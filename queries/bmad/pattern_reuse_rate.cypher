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
summary     = "Only {{ $value | humanizePercentage }} of the events of {{ $labels.group_id }} used a known pattern"
description = "The target is 60 % of the events with an outcome in the last 7 days. Check that agents look up patterns, and that known patterns cover the work."
*/
// `toString`, because group_id may be a string on one node and a number on another; two ratios of one project cannot be summed.
MATCH (e:Event)
WHERE e.system IS NULL AND e.timestamp >= datetime() - duration($range) AND e.timestamp <= datetime()
  AND EXISTS { (e)-[:HAS_OUTCOME]->(:Outcome) }
WITH coalesce(toString(e.group_id), 'unknown') AS group_id, EXISTS { (e)-[:USED_PATTERN]->(:Pattern) } AS reused
RETURN group_id, 1.0 * count(CASE WHEN reused THEN 1 END) / count(*) AS value
