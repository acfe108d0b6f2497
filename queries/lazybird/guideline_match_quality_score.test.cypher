// Tests of lazybird_guideline_match_quality_score.

/*test
name   = "a bound is inclusive, and what exceeds the last one is in +Inf"
expect = '''
lazybird_guideline_match_quality_score_bucket{le="0.1"} 0
lazybird_guideline_match_quality_score_bucket{le="0.3"} 1
lazybird_guideline_match_quality_score_bucket{le="0.5"} 1
lazybird_guideline_match_quality_score_bucket{le="0.7"} 1
lazybird_guideline_match_quality_score_bucket{le="0.9"} 1
lazybird_guideline_match_quality_score_bucket{le="+Inf"} 2
lazybird_guideline_match_quality_score_sum 1.25
lazybird_guideline_match_quality_score_count 2
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'guideline_match', score: 0.3, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'guideline_match', score: 0.95, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'guideline_match', timestamp: datetime()});
