// Tests of bmad_live_events.

/*test
name   = "events count by group"
expect = '''
bmad_live_events{group_id="a"} 2
bmad_live_events{group_id="unknown"} 1
'''
*/
CREATE (:Event {group_id: 'a'}), (:Event {group_id: 'a'}), (:Event), (:Event {group_id: 'a', system: 'x'}), (:EventSummary {group_id: 'a', count: 7});

/*test
name   = "without events there is no series"
expect = ''
*/
