// Tests of cache_latency_seconds.

/*test
name   = "latencies are observed in seconds by operation"
expect = '''
cache_latency_seconds_bucket{operation="get",le="0.001"} 0
cache_latency_seconds_bucket{operation="get",le="0.005"} 1
cache_latency_seconds_bucket{operation="get",le="0.01"} 1
cache_latency_seconds_bucket{operation="get",le="0.025"} 1
cache_latency_seconds_bucket{operation="get",le="0.05"} 1
cache_latency_seconds_bucket{operation="get",le="0.1"} 1
cache_latency_seconds_bucket{operation="get",le="+Inf"} 2
cache_latency_seconds_sum{operation="get"} 0.205
cache_latency_seconds_count{operation="get"} 2
'''
*/
CREATE (:Call {system: 'agentos', kind: 'cache', action: 'get', duration_ms: 5, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'cache', action: 'get', duration_ms: 200, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'cache', action: 'set', timestamp: datetime()});
