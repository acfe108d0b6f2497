// Average success rate (0 to 1) of patterns that were used more than 5 times, by project group.
/*kpi
[panel]
title      = "Average Pattern Success Rate"
kind       = "timeseries"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.6, color = "green" }]

[[alert]]
name        = "BmadPatternSuccessLow"
when        = "< 0.6"
for         = "1h"
severity    = "warning"
summary     = "Patterns of {{ $labels.group_id }} succeed in only {{ $value | humanizePercentage }} of their uses"
description = "The target is 60 %. Review the patterns that are used often and have a low success_rate."
*/
MATCH (p:Pattern)
WHERE p.system IS NULL AND p.times_used > 5 AND p.success_rate >= 0
RETURN coalesce(p.group_id, 'unknown') AS group_id, avg(p.success_rate) AS value
