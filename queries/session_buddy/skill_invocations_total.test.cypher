// Tests of skill_invocations_total.

/*test
name   = "invocations count by whether they completed; the other result is 0"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
skill_invocations_total{skill_name="review",workflow_phase="setup",completed="true"} 1
skill_invocations_total{skill_name="review",workflow_phase="setup",completed="false"} 0
''', '''
skill_invocations_total{skill_name="review",workflow_phase="setup",completed="true"} 1
skill_invocations_total{skill_name="review",workflow_phase="setup",completed="false"} 1
''',
]
*/
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'review', action: 'setup', status: 'success', timestamp: datetime()});
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'review', action: 'setup', status: 'error', timestamp: datetime()});
