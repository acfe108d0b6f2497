// Tests of lazybird_iteration_duration_ms.

/*test
name   = "a bound is inclusive, and what exceeds the last one is in +Inf"
expect = '''
lazybird_iteration_duration_ms_bucket{le="500.0"} 0
lazybird_iteration_duration_ms_bucket{le="1000.0"} 1
lazybird_iteration_duration_ms_bucket{le="2000.0"} 1
lazybird_iteration_duration_ms_bucket{le="5000.0"} 1
lazybird_iteration_duration_ms_bucket{le="+Inf"} 2
lazybird_iteration_duration_ms_sum 10000
lazybird_iteration_duration_ms_count 2
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'iteration', duration_ms: 1000, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'iteration', duration_ms: 9000, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'iteration', timestamp: datetime()});
