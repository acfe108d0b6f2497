// Average confidence of all insights that have one, 0 to 1; absent while there are none.
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
name     = "BmadConfidenceLow"
when     = "< 0.6"
for      = "1h"
severity = "warning"
summary  = "Insights are trusted only to {{ $value | humanizePercentage }} on average"
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.confidence_score >= 0
WITH avg(i.confidence_score) AS value
WHERE value IS NOT NULL
RETURN value
