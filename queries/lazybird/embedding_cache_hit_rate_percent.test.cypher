// Tests of lazybird_embedding_cache_hit_rate_percent.

/*test
name   = "only the cache of embeddings counts"
expect = 'lazybird_embedding_cache_hit_rate_percent 75'
*/
CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'embedding', status: 'hit', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'embedding', status: 'hit', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'embedding', status: 'hit', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'embedding', status: 'miss', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'l1', status: 'miss', timestamp: datetime()});

/*test
name   = "without lookups there is no value"
expect = ''
*/
