// Tests of bmad_decayed_insights.

/*test
name   = "insights below a confidence of 0.3 count"
expect = 'bmad_decayed_insights 2'
*/
CREATE (:Insight {confidence_score: 0.29}), (:Insight {confidence_score: 0.0}), (:Insight {confidence_score: 0.3}), (:Insight);

/*test
name   = "an empty graph has none"
expect = 'bmad_decayed_insights 0'
*/
