// Tests of lazybird_external_api_errors_total.

/*test
name   = "a service begins at 0, and errors count by type"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
lazybird_external_api_errors_total{service="github",error_type="unknown"} 0
''', '''
lazybird_external_api_errors_total{service="github",error_type="unknown"} 0
lazybird_external_api_errors_total{service="github",error_type="timeout"} 1
''',
]
*/
CREATE (:Call {system: 'lazybird', kind: 'api', target: 'github', status: 'success', timestamp: datetime()});
CREATE (:Call {system: 'lazybird', kind: 'api', target: 'github', status: 'error', error_type: 'timeout', timestamp: datetime()});
