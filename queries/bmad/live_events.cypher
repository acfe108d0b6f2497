// Events in the graph that are not archived, by project group.
/*kpi
on_duplicate = "sum"

[[alert]]
name        = "BmadManyEvents"
when        = "> 100000"
for         = "1h"
severity    = "warning"
summary     = "{{ $labels.group_id }} has {{ $value | humanize }} events that are not archived"
description = "Lookups slow down above 100 000 events per group. Archive old events."
*/
MATCH (e:Event)
WHERE e.system IS NULL
RETURN coalesce(e.group_id, 'unknown') AS group_id, count(e) AS value
