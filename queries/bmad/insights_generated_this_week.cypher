// Insights generated in the last 7 days, by project group; 0 for a group with events but no insights.
/*kpi
params       = { range = "P7D" }
on_duplicate = "sum"

[panel]
title = "New Insights This Week"
kind  = "timeseries"
*/
CALL () {
  MATCH (e:Event)
  WHERE e.system IS NULL AND e.timestamp >= datetime() - duration($range) AND e.timestamp <= datetime()
  RETURN DISTINCT coalesce(e.group_id, 'unknown') AS project, 0 AS insights
  UNION ALL
  MATCH (i:Insight)
  WHERE i.system IS NULL AND i.created_at >= datetime() - duration($range) AND i.created_at <= datetime()
  RETURN coalesce(i.group_id, 'unknown') AS project, count(i) AS insights
}
RETURN project AS group_id, sum(insights) AS value
