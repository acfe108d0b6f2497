// Tests of training_jobs_active.

/*test
name   = "queued and running jobs are active"
expect = 'training_jobs_active 2'
*/
CREATE (:TrainingJob {system: 'agentcore', status: 'queued'}), (:TrainingJob {system: 'agentcore', status: 'running'}),
       (:TrainingJob {system: 'agentcore', status: 'completed'}), (:TrainingJob {status: 'running'});

/*test
name   = "an empty graph has none"
expect = 'training_jobs_active 0'
*/
