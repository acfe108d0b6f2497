// Tests of lazybird_cache_size_mb.

/*test
name   = "the latest sample of each layer"
expect = '''
lazybird_cache_size_mb{cache_layer="l1"} 8
lazybird_cache_size_mb{cache_layer="unknown"} 3
'''
*/
CREATE (:Sample {system: 'lazybird', name: 'cache_size_mb', cache_layer: 'l1', value: 8.0, timestamp: datetime()}),
       (:Sample {system: 'lazybird', name: 'cache_size_mb', cache_layer: 'l1', value: 9.0, timestamp: datetime() - duration('PT1M')}),
       (:Sample {system: 'lazybird', name: 'cache_size_mb', value: 3.0, timestamp: datetime()});

/*test
name   = "samples older than an hour are absent"
expect = ''
*/
CREATE (:Sample {system: 'lazybird', name: 'cache_size_mb', value: 3.0, timestamp: datetime() - duration('PT1H1S')});
