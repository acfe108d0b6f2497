// Insights in the graph, by project group and by what they apply to. A gauge despite its name: it falls when decayed insights are removed.
/*kpi
on_duplicate = "sum"

[panel]
title = "Insights by Domain"
kind  = "timeseries"
*/
MATCH (i:Insight)
WHERE i.system IS NULL
RETURN coalesce(i.group_id, 'unknown') AS group_id, coalesce(i.applies_to, 'unknown') AS applies_to, count(i) AS value
