// Insights with a confidence below 0.3.
/*kpi
[panel]
title      = "Decayed Insights"
kind       = "stat"
thresholds = [{ from = 0, color = "green" }, { from = 10, color = "yellow" }, { from = 50, color = "red" }]
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.confidence_score >= 0 AND i.confidence_score < 0.3
RETURN count(i) AS value
