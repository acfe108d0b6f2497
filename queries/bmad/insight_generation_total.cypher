// Insights generated; removing one later does not lower the total.
/*kpi
type = "counter"
mode = "window"

[panel]
title = "Insights Generated per Day"
kind  = "timeseries"
expr  = 'increase(bmad_insight_generation_total[1d])'
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.created_at > $since AND i.created_at <= $until
RETURN count(i) AS value
