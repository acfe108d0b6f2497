// Insights generated; the former name of bmad_insight_generation_total.
/*kpi
type  = "counter"
mode  = "window"
panel = false
*/
MATCH (i:Insight)
WHERE i.system IS NULL AND i.created_at > $since AND i.created_at <= $until
RETURN count(i) AS value
