// Tests of bmad_avg_confidence_score.

/*test
name   = "only insights with a confidence are averaged"
expect = 'bmad_avg_confidence_score 0.5'
*/
CREATE (:Insight {confidence_score: 0.2}), (:Insight {confidence_score: 0.8}), (:Insight), (:Insight {confidence_score: 1.0, system: 'x'});

/*test
name   = "without insights there is no value"
expect = ''
*/
