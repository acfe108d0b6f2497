// Tests of lazybird_agent_cost_usd_per_call.

/*test
name   = "the average cost of the calls of a day that have one"
expect = 'lazybird_agent_cost_usd_per_call{agent="gpt"} 0.2'
*/
CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', cost_usd: 0.1, timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', cost_usd: 0.3, timestamp: datetime() - duration('P1D')}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', cost_usd: 9.0, timestamp: datetime() - duration('P1DT1S')}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', timestamp: datetime()});
