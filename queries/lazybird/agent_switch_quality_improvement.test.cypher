// Tests of lazybird_agent_switch_quality_improvement.

/*test
name   = "changes may be negative, so there is no sum"
expect = '''
lazybird_agent_switch_quality_improvement_bucket{le="-10.0"} 1
lazybird_agent_switch_quality_improvement_bucket{le="-5.0"} 1
lazybird_agent_switch_quality_improvement_bucket{le="0.0"} 2
lazybird_agent_switch_quality_improvement_bucket{le="5.0"} 2
lazybird_agent_switch_quality_improvement_bucket{le="10.0"} 2
lazybird_agent_switch_quality_improvement_bucket{le="15.0"} 2
lazybird_agent_switch_quality_improvement_bucket{le="20.0"} 2
lazybird_agent_switch_quality_improvement_bucket{le="+Inf"} 3
'''
*/
CREATE (:AgentSwitch {system: 'lazybird', quality_delta: -12, timestamp: datetime()}),
       (:AgentSwitch {system: 'lazybird', quality_delta: 0, timestamp: datetime()}),
       (:AgentSwitch {system: 'lazybird', quality_delta: 25, timestamp: datetime()}),
       (:AgentSwitch {system: 'lazybird', timestamp: datetime()});
