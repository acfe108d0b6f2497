// Share (0 to 1) of the applications of insights that succeeded, by project group; absent while none was applied.
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
summary     = "Insights of {{ $labels.group_id }} are right only {{ $value | humanizePercentage }} of the time"
description = "The success rate of the insights, weighted by how often each was applied. The target is 85 %."
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.times_applied > 0 AND i.success_rate >= 0
RETURN coalesce(i.group_id, 'unknown') AS group_id,
       1.0 * sum(i.success_rate * i.times_applied) / sum(i.times_applied) AS value
