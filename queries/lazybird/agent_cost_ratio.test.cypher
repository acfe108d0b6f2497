// Tests of lazybird_agent_cost_ratio.

/*test
name   = "the average ratio of the switches of a day"
expect = 'lazybird_agent_cost_ratio{from_agent="a",to_agent="b"} 2'
*/
CREATE (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', cost_ratio: 1.0, timestamp: datetime()}),
       (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', cost_ratio: 3.0, timestamp: datetime() - duration('P1D')}),
       (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', cost_ratio: 9.0, timestamp: datetime() - duration('P1DT1S')}),
       (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', timestamp: datetime()});
