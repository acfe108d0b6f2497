// Tests of lazybird_cache_hit_rate_percent.

/*test
name   = "the percentage of the lookups of a day that hit"
expect = 'lazybird_cache_hit_rate_percent{cache_layer="l1"} 50'
*/
CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', status: 'hit', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', status: 'miss', timestamp: datetime() - duration('P1D')}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'set', target: 'l1', status: 'success', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', status: 'hit', timestamp: datetime() - duration('P1DT1S')});
