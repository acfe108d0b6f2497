// Tests of a2a_response_size_bytes.

/*test
name   = "sizes are observed by agent"
expect = '''
a2a_response_size_bytes_bucket{agent="planner",le="100.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="500.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="1000.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="5000.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="10000.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="50000.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="100000.0"} 1
a2a_response_size_bytes_bucket{agent="planner",le="+Inf"} 2
a2a_response_size_bytes_sum{agent="planner"} 200100
a2a_response_size_bytes_count{agent="planner"} 2
'''
*/
CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'planner', response_bytes: 100, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', response_bytes: 200000, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', timestamp: datetime()});
