// Tests of bmad_high_confidence_insights_this_week.

/*test
name   = "insights of the last 7 days above 0.7 count"
expect = 'bmad_high_confidence_insights_this_week{group_id="a"} 1'
*/
CREATE (:Insight {group_id: 'a', confidence_score: 0.8, created_at: datetime() - duration('P7D')}),
       (:Insight {group_id: 'a', confidence_score: 0.7, created_at: datetime()}),
       (:Insight {group_id: 'a', confidence_score: 0.9, created_at: datetime() - duration('P7DT1S')});

/*test
name   = "an active group without insights is 0"
expect = 'bmad_high_confidence_insights_this_week{group_id="b"} 0'
*/
CREATE (:Event {group_id: 'b', timestamp: datetime() - duration('P1D')});

/*test
name   = "a group without recent events is absent"
expect = ''
*/
CREATE (:Event {group_id: 'b', timestamp: datetime() - duration('P8D')});
