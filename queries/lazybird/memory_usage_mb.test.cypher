// Tests of lazybird_memory_usage_mb.

/*test
name   = "the latest sample"
expect = 'lazybird_memory_usage_mb 512'
*/
CREATE (:Sample {system: 'lazybird', name: 'memory_usage_mb', value: 512.0, timestamp: datetime()}),
       (:Sample {system: 'lazybird', name: 'memory_usage_mb', value: 900.0, timestamp: datetime() - duration('PT1M')});

/*test
name   = "samples older than an hour are absent"
expect = ''
*/
CREATE (:Sample {system: 'lazybird', name: 'memory_usage_mb', value: 3.0, timestamp: datetime() - duration('PT1H1S')});
