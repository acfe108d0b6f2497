// Tests of lazybird_agent_latency_ms, lazybird_agent_usage_total and lazybird_token_usage_total.

/*test
name   = "each call is an observation and adds its tokens"
expect = '''
lazybird_agent_latency_ms_bucket{agent="gpt",le="500.0"} 1
lazybird_agent_latency_ms_bucket{agent="gpt",le="1000.0"} 1
lazybird_agent_latency_ms_bucket{agent="gpt",le="2000.0"} 1
lazybird_agent_latency_ms_bucket{agent="gpt",le="5000.0"} 1
lazybird_agent_latency_ms_bucket{agent="gpt",le="10000.0"} 1
lazybird_agent_latency_ms_bucket{agent="gpt",le="+Inf"} 2
lazybird_agent_latency_ms_sum{agent="gpt"} 12500
lazybird_agent_latency_ms_count{agent="gpt"} 2
lazybird_agent_usage_total{agent="gpt"} 3
lazybird_token_usage_total{agent="gpt"} 18
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', duration_ms: 500, tokens_in: 10, tokens_out: 5, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', duration_ms: 12000, tokens_in: 3, tokens_out: -1, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', timestamp: datetime()});
