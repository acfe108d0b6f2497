// Average confidence (0 to 1) of the insights that have one; absent if there are none.
/*kpi
[[panel]]
title      = "Avg Confidence Score"
kind       = "stat"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.6, color = "yellow" }, { from = 0.8, color = "green" }]

[[panel]]
title      = "Average Confidence Score Trend"
kind       = "timeseries"
unit       = "percentunit"
thresholds = [{ from = 0, color = "red" }, { from = 0.6, color = "yellow" }, { from = 0.8, color = "green" }]

[[alert]]
name        = "BmadConfidenceLow"
when        = "< 0.6"
for         = "1h"
severity    = "warning"
summary     = "The average confidence of insights is only {{ $value | humanizePercentage }}"
description = "The target is 60 %. Review the insights with a low confidence_score; bmad_decayed_insights counts those below 0.3."
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.confidence_score >= 0
WITH avg(i.confidence_score) AS value
WHERE value IS NOT NULL
RETURN value
