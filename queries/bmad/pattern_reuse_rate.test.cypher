// Tests of bmad_pattern_reuse_rate.

/*test
name   = "the share of events with an outcome that used a pattern"
expect = 'bmad_pattern_reuse_rate{group_id="a"} 0.5'
*/
CREATE (e:Event {group_id: 'a', timestamp: datetime()}), (e)-[:HAS_OUTCOME]->(:Outcome), (e)-[:USED_PATTERN]->(:Pattern),
       (:Event {group_id: 'a', timestamp: datetime() - duration('P7D')})-[:HAS_OUTCOME]->(:Outcome),
       (:Event {group_id: 'a', timestamp: datetime()})-[:USED_PATTERN]->(:Pattern);

/*test
name   = "older events do not count"
expect = ''
*/
CREATE (:Event {group_id: 'a', timestamp: datetime() - duration('P7DT1S')})-[:HAS_OUTCOME]->(:Outcome);

/*test
name   = "groups may be numbers"
expect = 'bmad_pattern_reuse_rate{group_id="7"} 0'
*/
CREATE (:Event {group_id: 7, timestamp: datetime()})-[:HAS_OUTCOME]->(:Outcome);
