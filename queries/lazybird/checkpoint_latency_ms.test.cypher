// Tests of lazybird_checkpoint_latency_ms.

/*test
name   = "a bound is inclusive, and what exceeds the last one is in +Inf"
expect = '''
lazybird_checkpoint_latency_ms_bucket{le="50.0"} 1
lazybird_checkpoint_latency_ms_bucket{le="100.0"} 1
lazybird_checkpoint_latency_ms_bucket{le="200.0"} 1
lazybird_checkpoint_latency_ms_bucket{le="500.0"} 1
lazybird_checkpoint_latency_ms_bucket{le="+Inf"} 2
lazybird_checkpoint_latency_ms_sum 650
lazybird_checkpoint_latency_ms_count 2
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'checkpoint', duration_ms: 50, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'checkpoint', duration_ms: 600, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'checkpoint', timestamp: datetime()});
