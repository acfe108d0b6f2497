// Tests of bmad_insight_accuracy.

/*test
name   = "insights weigh by their number of applications"
expect = 'bmad_insight_accuracy{group_id="a"} 0.8'
*/
CREATE (:Insight {group_id: 'a', times_applied: 8, success_rate: 1.0}), (:Insight {group_id: 'a', times_applied: 2, success_rate: 0.0}),
       (:Insight {group_id: 'a', times_applied: 0, success_rate: 0.5});

/*test
name   = "without applications there is no value"
expect = ''
*/
CREATE (:Insight {group_id: 'a', times_applied: 0, success_rate: 0.0});
