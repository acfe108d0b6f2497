// Tests of lazybird_agent_success_rate_percent.

/*test
name   = "the percentage of the calls of a day that succeeded"
expect = 'lazybird_agent_success_rate_percent{agent="gpt"} 25'
*/
CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', status: 'success', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', status: 'error', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', status: 'error', timestamp: datetime() - duration('P1D')}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', timestamp: datetime()}),
       (:Call {system: 'lazybird', kind: 'agent', target: 'gpt', status: 'success', timestamp: datetime() - duration('P1DT1S')});
