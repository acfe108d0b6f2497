// Tests of training_jobs_created_total.

/*test
name   = "a job counts once, for its first owner"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
training_jobs_created_total{agent_id="Ada"} 1
''', '''
training_jobs_created_total{agent_id="Ada"} 1
training_jobs_created_total{agent_id="unknown"} 1
''',
]
*/
CREATE (j:TrainingJob {system: 'agentcore', created_at: datetime()}), (:AIAgent {name: 'Zoe'})-[:OWNS]->(j), (:AIAgent {name: 'Ada'})-[:OWNS]->(j);
CREATE (:TrainingJob {system: 'agentcore', created_at: datetime()});
