// Tests of bmad_events_total.

/*test
name   = "live and archived events are added up"
expect = '''
bmad_events_total{event_type="deployment",group_id="a"} 5
bmad_events_total{event_type="review",group_id="a"} 1
'''
*/
CREATE (:Event {event_type: 'deployment', group_id: 'a'}), (:Event {event_type: 'deployment', group_id: 'a'}),
       (:Event {event_type: 'review', group_id: 'a'}), (:EventSummary {event_type: 'deployment', group_id: 'a', count: 3});

/*test
name   = "archiving does not change the total"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
  'bmad_events_total{event_type="bugfix",group_id="a"} 2',
  'bmad_events_total{event_type="bugfix",group_id="a"} 2',
]
*/
CREATE (:Event {event_type: 'bugfix', group_id: 'a'}), (:Event {event_type: 'bugfix', group_id: 'a'});
MATCH (e:Event) WITH collect(e) AS events, count(e) AS n
CREATE (s:EventSummary) SET s.event_type = 'bugfix', s.group_id = 'a', s.count = n
WITH events UNWIND events AS e DETACH DELETE e;

/*test
name   = "type and group may be unknown"
expect = 'bmad_events_total{event_type="unknown",group_id="unknown"} 1'
*/
CREATE (:Event);
