// Tests of lazybird_evaluation_latency_ms, lazybird_parallel_eval_speedup, lazybird_type_errors_total and lazybird_test_failures_total.

/*test
name   = "an evaluation has a latency and a speedup, and adds its findings"
expect = '''
lazybird_evaluation_latency_ms_bucket{le="500.0"} 0
lazybird_evaluation_latency_ms_bucket{le="1000.0"} 1
lazybird_evaluation_latency_ms_bucket{le="2000.0"} 1
lazybird_evaluation_latency_ms_bucket{le="5000.0"} 1
lazybird_evaluation_latency_ms_bucket{le="10000.0"} 1
lazybird_evaluation_latency_ms_bucket{le="+Inf"} 1
lazybird_evaluation_latency_ms_sum 1000
lazybird_evaluation_latency_ms_count 1
lazybird_parallel_eval_speedup_bucket{le="1.0"} 0
lazybird_parallel_eval_speedup_bucket{le="1.2"} 0
lazybird_parallel_eval_speedup_bucket{le="1.4"} 0
lazybird_parallel_eval_speedup_bucket{le="1.6"} 1
lazybird_parallel_eval_speedup_bucket{le="1.8"} 1
lazybird_parallel_eval_speedup_bucket{le="2.0"} 1
lazybird_parallel_eval_speedup_bucket{le="+Inf"} 1
lazybird_parallel_eval_speedup_sum 1.5
lazybird_parallel_eval_speedup_count 1
lazybird_type_errors_total 3
lazybird_test_failures_total 2
'''
*/
CREATE (:Step {system: 'lazybird', kind: 'evaluation', duration_ms: 1000, serial_ms: 1500, type_errors: 3, test_failures: 1, timestamp: datetime()}),
       (:Step {system: 'lazybird', kind: 'evaluation', type_errors: -5, test_failures: 1, timestamp: datetime()});
