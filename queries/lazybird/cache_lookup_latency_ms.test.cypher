// Tests of lazybird_cache_lookup_latency_ms.

/*test
name   = "only lookups are observed"
expect = '''
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="1.0"} 0
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="5.0"} 1
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="10.0"} 1
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="50.0"} 1
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="100.0"} 1
lazybird_cache_lookup_latency_ms_bucket{cache_layer="l1",le="+Inf"} 2
lazybird_cache_lookup_latency_ms_sum{cache_layer="l1"} 155
lazybird_cache_lookup_latency_ms_count{cache_layer="l1"} 2
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', duration_ms: 5, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', duration_ms: 150, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'set', target: 'l1', duration_ms: 2, timestamp: datetime()});
