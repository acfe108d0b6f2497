// Tests of cache_operations_total.

/*test
name   = "operations count by result"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
cache_operations_total{operation="get",result="hit"} 1
''', '''
cache_operations_total{operation="get",result="hit"} 2
cache_operations_total{operation="unknown",result="unknown"} 1
''',
]
*/
CREATE (:Call {system: 'agentos', kind: 'cache', action: 'get', status: 'hit', timestamp: datetime()});
CREATE (:Call {system: 'agentos', kind: 'cache', action: 'get', status: 'hit', timestamp: datetime()}),
       (:Call {system: 'agentos', kind: 'cache', timestamp: datetime()});
