// Tests of lazybird_database_queries_total.

/*test
name   = "queries count by operation; the others are 0"
expect = '''
lazybird_database_queries_total{operation="select"} 2
lazybird_database_queries_total{operation="insert"} 0
lazybird_database_queries_total{operation="update"} 0
lazybird_database_queries_total{operation="delete"} 0
'''
*/
CREATE (:Call {system: 'lazybird', kind: 'db', action: 'select', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'db', action: 'select', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'api', action: 'select', timestamp: datetime()});
