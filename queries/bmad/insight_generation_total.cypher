// Insights generated so far, counted as those that the graph still holds.
/*kpi
type = "counter"

[panel]
title = "Insights Generated per Day"
kind  = "timeseries"
expr  = 'increase(bmad_insight_generation_total[1d])'
*/
// A snapshot, so removing decayed insights looks like a counter reset. It becomes a window counter over
// i.created_at > $since AND i.created_at <= $until, which counts every insight once, whatever is removed later.
MATCH (i:Insight)
WHERE i.system IS NULL
RETURN count(i) AS value
