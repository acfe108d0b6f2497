// Tests of anomalies_detected_total.

/*test
name   = "each anomaly counts once, by type and skill"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
anomalies_detected_total{anomaly_type="drop",skill_name="review"} 1
''', '''
anomalies_detected_total{anomaly_type="drop",skill_name="review"} 2
anomalies_detected_total{anomaly_type="unknown",skill_name="unknown"} 1
''',
]
*/
CREATE (:Anomaly {system: 'session_buddy', type: 'drop', target: 'review', timestamp: datetime()});
CREATE (:Anomaly {system: 'session_buddy', type: 'drop', target: 'review', timestamp: datetime()}), (:Anomaly {system: 'session_buddy', timestamp: datetime()});
