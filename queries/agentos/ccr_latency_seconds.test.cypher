// Tests of ccr_latency_seconds.

/*test
name   = "latencies are observed in seconds by provider"
expect = '''
ccr_latency_seconds_bucket{provider="local",le="0.01"} 0
ccr_latency_seconds_bucket{provider="local",le="0.05"} 0
ccr_latency_seconds_bucket{provider="local",le="0.1"} 0
ccr_latency_seconds_bucket{provider="local",le="0.25"} 0
ccr_latency_seconds_bucket{provider="local",le="0.5"} 1
ccr_latency_seconds_bucket{provider="local",le="1.0"} 1
ccr_latency_seconds_bucket{provider="local",le="2.5"} 1
ccr_latency_seconds_bucket{provider="local",le="5.0"} 1
ccr_latency_seconds_bucket{provider="local",le="+Inf"} 2
ccr_latency_seconds_sum{provider="local"} 6.5
ccr_latency_seconds_count{provider="local"} 2
'''
*/
CREATE (:Call {system: 'agentos', kind: 'ccr', target: 'local', duration_ms: 500, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'ccr', target: 'local', duration_ms: 6000, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'ccr', target: 'local', timestamp: datetime()});
