// Tests of bmad_insights_generated_this_week.

/*test
name   = "insights of the last 7 days count"
expect = 'bmad_insights_generated_this_week{group_id="a"} 2'
*/
CREATE (:Insight {group_id: 'a', created_at: datetime()}), (:Insight {group_id: 'a', created_at: datetime() - duration('P7D')}),
       (:Insight {group_id: 'a', created_at: datetime() - duration('P7DT1S')}), (:Insight {group_id: 'a', created_at: datetime() + duration('PT1S')});

/*test
name   = "a group with events but no insights is 0"
expect = 'bmad_insights_generated_this_week{group_id="b"} 0'
*/
CREATE (:Event {group_id: 'b', timestamp: datetime() - duration('P1D')});
