// Tests of lazybird_database_latency_ms.

/*test
name   = "a bound is inclusive, and what exceeds the last one is in +Inf"
expect = '''
lazybird_database_latency_ms_bucket{le="1.0"} 0
lazybird_database_latency_ms_bucket{le="5.0"} 1
lazybird_database_latency_ms_bucket{le="10.0"} 1
lazybird_database_latency_ms_bucket{le="50.0"} 1
lazybird_database_latency_ms_bucket{le="100.0"} 1
lazybird_database_latency_ms_bucket{le="500.0"} 1
lazybird_database_latency_ms_bucket{le="+Inf"} 2
lazybird_database_latency_ms_sum 506
lazybird_database_latency_ms_count 2
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'db', duration_ms: 5, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'db', duration_ms: 501, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'db', timestamp: datetime()});
