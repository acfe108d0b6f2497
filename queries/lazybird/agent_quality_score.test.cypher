// Tests of lazybird_agent_quality_score.

/*test
name   = "a task counts once for each agent that worked on it"
expect = '''
lazybird_agent_quality_score{agent="gpt"} 70
lazybird_agent_quality_score{agent="opus"} 80
'''
*/
CREATE (t:Task {system: 'lazybird', quality: 80.0, finished_at: datetime()}), (gpt:AIAgent {system: 'lazybird', name: 'gpt'}),
       (gpt)-[:PERFORMED]->(t), (:AIAgent {system: 'lazybird', name: 'opus'})-[:PERFORMED]->(t),
       (gpt)-[:PERFORMED]->(:Task {system: 'lazybird', quality: 60.0, finished_at: datetime() - duration('P1D')});
