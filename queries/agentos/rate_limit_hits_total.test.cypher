// Tests of rate_limit_hits_total.

/*test
name   = "ids in a path are replaced, and the other result is 0"
expect = '''
rate_limit_hits_total{endpoint="/v1/tasks/:id",workspace_id="w",result="allowed"} 2
rate_limit_hits_total{endpoint="/v1/tasks/:id",workspace_id="w",result="denied"} 0
'''
*/
CREATE (:Call {system: 'agentos', kind: 'rate_limit', target: '/v1/tasks/4711?x=1', workspace_id: 'w', status: 'allowed', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'rate_limit', target: '/v1/tasks/jay@example.org', workspace_id: 'w', status: 'allowed', timestamp: datetime()});
