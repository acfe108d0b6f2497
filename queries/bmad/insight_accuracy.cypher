// Share (0 to 1) of insight applications that succeeded, by project group; absent if none was applied.
/*kpi
[panel]
title      = "Insight Accuracy"
kind       = "timeseries"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.85, color = "green" }]

[[alert]]
name        = "BmadInsightAccuracyLow"
when        = "< 0.85"
for         = "1h"
severity    = "warning"
summary     = "Insights of {{ $labels.group_id }} succeed in only {{ $value | humanizePercentage }} of their applications"
description = "The success rate is weighted by how often each insight was applied; the target is 85 %. Review the insights that are applied often and have a low success_rate."
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.times_applied > 0 AND i.success_rate >= 0
RETURN coalesce(i.group_id, 'unknown') AS group_id,
       1.0 * sum(i.success_rate * i.times_applied) / sum(i.times_applied) AS value
