// Tests of the metrics of finished tasks.

/*test
name   = "a finished task is observed in each histogram, and saves the difference to its baseline"
expect = '''
lazybird_task_latency_ms_bucket{le="100.0"} 0
lazybird_task_latency_ms_bucket{le="500.0"} 0
lazybird_task_latency_ms_bucket{le="1000.0"} 0
lazybird_task_latency_ms_bucket{le="2000.0"} 1
lazybird_task_latency_ms_bucket{le="5000.0"} 1
lazybird_task_latency_ms_bucket{le="10000.0"} 1
lazybird_task_latency_ms_bucket{le="+Inf"} 1
lazybird_task_latency_ms_sum 2000
lazybird_task_latency_ms_count 1
lazybird_quality_score_bucket{le="10.0"} 0
lazybird_quality_score_bucket{le="20.0"} 0
lazybird_quality_score_bucket{le="30.0"} 0
lazybird_quality_score_bucket{le="40.0"} 0
lazybird_quality_score_bucket{le="50.0"} 0
lazybird_quality_score_bucket{le="60.0"} 0
lazybird_quality_score_bucket{le="70.0"} 0
lazybird_quality_score_bucket{le="80.0"} 0
lazybird_quality_score_bucket{le="90.0"} 1
lazybird_quality_score_bucket{le="100.0"} 1
lazybird_quality_score_bucket{le="+Inf"} 1
lazybird_quality_score_sum 85
lazybird_quality_score_count 1
lazybird_test_coverage_percent_bucket{le="10.0"} 0
lazybird_test_coverage_percent_bucket{le="20.0"} 0
lazybird_test_coverage_percent_bucket{le="30.0"} 0
lazybird_test_coverage_percent_bucket{le="40.0"} 1
lazybird_test_coverage_percent_bucket{le="50.0"} 1
lazybird_test_coverage_percent_bucket{le="60.0"} 1
lazybird_test_coverage_percent_bucket{le="70.0"} 1
lazybird_test_coverage_percent_bucket{le="80.0"} 1
lazybird_test_coverage_percent_bucket{le="90.0"} 1
lazybird_test_coverage_percent_bucket{le="100.0"} 1
lazybird_test_coverage_percent_bucket{le="+Inf"} 1
lazybird_test_coverage_percent_sum 40
lazybird_test_coverage_percent_count 1
lazybird_cost_per_task_usd_bucket{le="0.01"} 0
lazybird_cost_per_task_usd_bucket{le="0.05"} 0
lazybird_cost_per_task_usd_bucket{le="0.1"} 0
lazybird_cost_per_task_usd_bucket{le="0.2"} 1
lazybird_cost_per_task_usd_bucket{le="0.5"} 1
lazybird_cost_per_task_usd_bucket{le="+Inf"} 1
lazybird_cost_per_task_usd_sum 0.2
lazybird_cost_per_task_usd_count 1
lazybird_early_termination_total 1
lazybird_cost_savings_usd_total 0.3
'''
*/
CREATE (:Task {system: 'lazybird', duration_ms: 2000, quality: 85, coverage: 40, cost_usd: 0.2, baseline_cost_usd: 0.5, early_terminated: true, finished_at: datetime()}),
       (:Task {system: 'lazybird', status: 'running'});
