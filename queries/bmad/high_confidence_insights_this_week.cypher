// Insights of the last 7 days with a confidence above 0.7, by project group; 0 for an active group without any.
/*kpi
params       = { range = "P7D" }
on_duplicate = "sum"

[panel]
title      = "High-Confidence Insights This Week"
kind       = "timeseries"
thresholds = [{ from = 0, color = "red" }, { from = 15, color = "green" }]

[[alert]]
name        = "BmadFewHighConfidenceInsights"
when        = "< 15"
for         = "1d"
severity    = "info"
summary     = "{{ $labels.group_id }} generated only {{ $value }} high-confidence insights in the last 7 days"
description = "The target is 15 insights with a confidence above 0.7 per week and active project. Check that insight generation is running."
*/
CALL () {
  MATCH (e:Event)
  WHERE e.system IS NULL AND e.timestamp >= datetime() - duration($range) AND e.timestamp <= datetime()
  RETURN DISTINCT coalesce(e.group_id, 'unknown') AS project, 0 AS insights
  UNION ALL
  MATCH (i:Insight)
  WHERE i.system IS NULL AND i.created_at >= datetime() - duration($range) AND i.created_at <= datetime()
  RETURN coalesce(i.group_id, 'unknown') AS project, count(CASE WHEN i.confidence_score > 0.7 THEN 1 END) AS insights
}
RETURN project AS group_id, sum(insights) AS value
