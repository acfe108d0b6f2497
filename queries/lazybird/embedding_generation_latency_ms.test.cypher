// Tests of lazybird_embedding_generation_latency_ms.

/*test
name   = "a bound is inclusive, and what exceeds the last one is in +Inf"
expect = '''
lazybird_embedding_generation_latency_ms_bucket{le="100.0"} 1
lazybird_embedding_generation_latency_ms_bucket{le="500.0"} 1
lazybird_embedding_generation_latency_ms_bucket{le="1000.0"} 1
lazybird_embedding_generation_latency_ms_bucket{le="2000.0"} 1
lazybird_embedding_generation_latency_ms_bucket{le="+Inf"} 2
lazybird_embedding_generation_latency_ms_sum 3100
lazybird_embedding_generation_latency_ms_count 2
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'embedding', duration_ms: 100, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'embedding', duration_ms: 3000, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'embedding', timestamp: datetime()});
