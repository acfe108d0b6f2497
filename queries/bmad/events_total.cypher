// Events captured, including archived ones, by type and project group.
/*kpi
type         = "counter"
on_duplicate = "sum"
*/
// Archiving an event moves it into the count of an EventSummary, so the sum of both never decreases.
CALL () {
  MATCH (e:Event)
  WHERE e.system IS NULL
  RETURN e.event_type AS kind, e.group_id AS project, count(e) AS events
  UNION ALL
  MATCH (s:EventSummary)
  WHERE s.system IS NULL
  RETURN s.event_type AS kind, s.group_id AS project, sum(CASE WHEN s.count >= 0 THEN s.count END) AS events
}
RETURN coalesce(kind, 'unknown') AS event_type, coalesce(project, 'unknown') AS group_id, sum(events) AS value
