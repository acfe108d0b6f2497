// Tests of lazybird_api_cost_usd_total.

/*test
name   = "costs are added up by agent and operation"
expect = 'lazybird_api_cost_usd_total{agent="gpt",operation="refine"} 0.75'
*/
CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', action: 'refine', cost_usd: 0.25, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', action: 'refine', cost_usd: 0.5, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', action: 'refine', cost_usd: -1.0, timestamp: datetime()});
