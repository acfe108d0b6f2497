// Tests of lazybird_agent_switch_total.

/*test
name   = "switches count by both agents"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
lazybird_agent_switch_total{from_agent="a",to_agent="b"} 1
''', '''
lazybird_agent_switch_total{from_agent="a",to_agent="b"} 2
lazybird_agent_switch_total{from_agent="unknown",to_agent="b"} 1
''',
]
*/
CREATE (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', timestamp: datetime()});
CREATE (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', timestamp: datetime()}),
       (:AgentSwitch {system: 'lazybird', to_agent: 'b', timestamp: datetime()});
