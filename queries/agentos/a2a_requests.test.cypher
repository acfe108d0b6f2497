// Tests of a2a_requests_total and a2a_request_duration_seconds.

/*test
name   = "requests count by status; those without a duration are not observed"
expect = '''
a2a_requests_total{agent="planner",operation="plan",status="success"} 2
a2a_requests_total{agent="planner",operation="plan",status="error"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="0.01"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="0.05"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="0.1"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="0.25"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="0.5"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="1.0"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="2.5"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="5.0"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="10.0"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="success",le="+Inf"} 1
a2a_request_duration_seconds_sum{agent="planner",operation="plan",status="success"} 0.25
a2a_request_duration_seconds_count{agent="planner",operation="plan",status="success"} 1
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="0.01"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="0.05"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="0.1"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="0.25"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="0.5"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="1.0"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="2.5"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="5.0"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="10.0"} 0
a2a_request_duration_seconds_bucket{agent="planner",operation="plan",status="error",le="+Inf"} 1
a2a_request_duration_seconds_sum{agent="planner",operation="plan",status="error"} 12
a2a_request_duration_seconds_count{agent="planner",operation="plan",status="error"} 1
'''
*/
CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'planner', action: 'plan', status: 'success', duration_ms: 250, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', action: 'plan', status: 'success', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', action: 'plan', status: 'error', duration_ms: 12000, timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', action: 'plan', status: 'running'});
