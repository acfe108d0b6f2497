// Events in the graph that are not yet archived, by project group.
/*kpi
on_duplicate = "sum"

[[alert]]
name        = "BmadManyEvents"
when        = "> 100000"
for         = "1h"
severity    = "warning"
summary     = "{{ $labels.group_id }} holds {{ $value | humanize }} events"
description = "Above 100 000 events in one group its lookups slow down: archive the old ones."
*/
MATCH (e:Event)
WHERE e.system IS NULL
RETURN coalesce(e.group_id, 'unknown') AS group_id, count(e) AS value
