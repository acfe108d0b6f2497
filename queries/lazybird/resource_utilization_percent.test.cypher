// Tests of lazybird_resource_utilization_percent.

/*test
name   = "the latest sample of each resource"
expect = '''
lazybird_resource_utilization_percent{resource="cpu"} 40
lazybird_resource_utilization_percent{resource="disk"} 10
'''
*/
CREATE (:Sample {system: 'lazybird', name: 'resource_utilization', resource: 'cpu', value: 40.0, timestamp: datetime()}),
       (:Sample {system: 'lazybird', name: 'resource_utilization', resource: 'cpu', value: 90.0, timestamp: datetime() - duration('PT1M')}),
       (:Sample {system: 'lazybird', name: 'resource_utilization', resource: 'disk', value: 10.0, timestamp: datetime() - duration('PT1H')});
