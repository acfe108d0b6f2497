// Tests of training_jobs_completed_total, training_jobs_failed_total and training_jobs_cancelled_total.

/*test
name   = "the creation of a job is the 0 from which its failure counts"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
'''
training_jobs_completed_total{agent_id="Ada"} 0
training_jobs_failed_total{agent_id="Ada"} 0
training_jobs_cancelled_total{agent_id="Ada"} 0
''', '''
training_jobs_completed_total{agent_id="Ada"} 0
training_jobs_failed_total{agent_id="Ada"} 1
training_jobs_cancelled_total{agent_id="Ada"} 0
''',
]
*/
CREATE (:AIAgent {name: 'Ada'})-[:OWNS]->(:TrainingJob {system: 'agentcore', status: 'queued', created_at: datetime()});
MATCH (j:TrainingJob) SET j.status = 'failed', j.finished_at = datetime();

/*test
name   = "each outcome has its counter"
expect = '''
training_jobs_completed_total{agent_id="unknown"} 1
training_jobs_failed_total{agent_id="unknown"} 0
training_jobs_cancelled_total{agent_id="unknown"} 1
'''
*/
CREATE (:TrainingJob {system: 'agentcore', status: 'completed', finished_at: datetime()}), (:TrainingJob {system: 'agentcore', status: 'cancelled', finished_at: datetime()});
