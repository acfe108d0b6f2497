// Tests of training_job_started_timestamp_seconds.

/*test
name   = "a running job has its start time"
expect = 'training_job_started_timestamp_seconds{agent_id="unknown",job_id="j1"} 1767225600'
*/
CREATE (:TrainingJob {system: 'agentcore', id: 'j1', status: 'running', started_at: datetime()}), (:TrainingJob {system: 'agentcore', id: 'j2', status: 'queued'});
