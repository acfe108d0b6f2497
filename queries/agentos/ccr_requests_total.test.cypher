// Tests of ccr_requests_total.

/*test
name   = "requests count by provider, task type and status"
expect = '''
ccr_requests_total{provider="local",task_type="code",status="success"} 2
ccr_requests_total{provider="unknown",task_type="unknown",status="unknown"} 1
'''
*/
CREATE (:Call {system: 'agentos', kind: 'ccr', target: 'local', action: 'code', status: 'success', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'ccr', target: 'local', action: 'code', status: 'success', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'ccr', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'cache', target: 'local', timestamp: datetime()});
