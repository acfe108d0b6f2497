// Tests of skill_duration_seconds.

/*test
name   = "durations are observed in seconds; a bound is inclusive"
expect = '''
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="0.1"} 0
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="0.5"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="1.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="2.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="5.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="10.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="30.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="60.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="300.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="execution",le="+Inf"} 2
skill_duration_seconds_sum{skill_name="review",workflow_phase="execution"} 400.5
skill_duration_seconds_count{skill_name="review",workflow_phase="execution"} 2
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="0.1"} 0
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="0.5"} 0
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="1.0"} 0
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="2.0"} 0
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="5.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="10.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="30.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="60.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="300.0"} 1
skill_duration_seconds_bucket{skill_name="review",workflow_phase="unknown",le="+Inf"} 1
skill_duration_seconds_sum{skill_name="review",workflow_phase="unknown"} 3
skill_duration_seconds_count{skill_name="review",workflow_phase="unknown"} 1
'''
*/
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'review', action: 'execution', duration_ms: 500, timestamp: datetime()}),
       (:Call {system: 'session_buddy', kind: 'skill', target: 'review', action: 'execution', duration_ms: 400000.0, timestamp: datetime()}),
       (:Call {system: 'session_buddy', kind: 'skill', target: 'review', action: '', duration_ms: 3000, timestamp: datetime()}),
       (:Call {system: 'session_buddy', kind: 'skill', target: 'review', timestamp: datetime()});
