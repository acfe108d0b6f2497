// Tests of skill_completion_rate.

/*test
name   = "the share of the invocations of a day that succeeded"
expect = '''
skill_completion_rate{skill_name="review"} 0.5
skill_completion_rate{skill_name="unknown"} 0
'''
*/
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'review', status: 'success', timestamp: datetime()}),
       (:Call {system: 'session_buddy', kind: 'skill', target: 'review', status: 'error', timestamp: datetime() - duration('P1D')}),
       (:Call {system: 'session_buddy', kind: 'skill', target: 'review', status: 'success', timestamp: datetime() - duration('P1DT1S')}),
       (:Call {system: 'session_buddy', kind: 'skill', timestamp: datetime()});

/*test
name   = "without invocations there is no series"
expect = ''
*/
