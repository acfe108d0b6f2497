// Tests of lazybird_api_call_latency_ms and lazybird_external_api_calls_total.

/*test
name   = "each call is an observation if it has a duration"
expect = '''
lazybird_api_call_latency_ms_bucket{service="github",le="100.0"} 1
lazybird_api_call_latency_ms_bucket{service="github",le="500.0"} 1
lazybird_api_call_latency_ms_bucket{service="github",le="1000.0"} 1
lazybird_api_call_latency_ms_bucket{service="github",le="2000.0"} 1
lazybird_api_call_latency_ms_bucket{service="github",le="5000.0"} 1
lazybird_api_call_latency_ms_bucket{service="github",le="+Inf"} 2
lazybird_api_call_latency_ms_sum{service="github"} 6100
lazybird_api_call_latency_ms_count{service="github"} 2
lazybird_external_api_calls_total{service="github"} 3
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'api', target: 'github', duration_ms: 100, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'api', target: 'github', duration_ms: 6000, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'api', target: 'github', timestamp: datetime()});
