// Tests of training_iteration_current, training_iteration_total, training_loss and training_reward_mean.

/*test
name   = "a job has the values that it reports"
expect = '''
training_iteration_current{agent_id="Ada",job_id="j1"} 3
training_iteration_total{agent_id="Ada",job_id="j1"} 10
training_loss{agent_id="Ada",job_id="j1"} 1.5
'''
*/
CREATE (:AIAgent {name: 'Ada'})-[:OWNS]->(:TrainingJob {system: 'agentcore', id: 'j1', status: 'running', iteration: 3, iterations_total: 10, loss: 1.5});

/*test
name   = "a job that finished in the last hour is still shown"
expect = 'training_reward_mean{agent_id="unknown",job_id="j2"} -0.5'
*/
CREATE (:TrainingJob {system: 'agentcore', id: 'j2', status: 'failed', reward_mean: -0.5, finished_at: datetime() - duration('PT1H')}),
       (:TrainingJob {system: 'agentcore', id: 'j3', status: 'failed', reward_mean: 1.0, finished_at: datetime() - duration('PT1H1S')});
