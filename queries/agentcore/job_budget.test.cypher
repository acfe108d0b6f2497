// Tests of training_budget_usage_usd, training_budget_limit_usd and training_budget_utilization_percent.

/*test
name   = "the used share of the budget, in percent"
expect = '''
training_budget_usage_usd{agent_id="Ada",job_id="j1"} 30
training_budget_limit_usd{agent_id="Ada",job_id="j1"} 40
training_budget_utilization_percent{agent_id="Ada",job_id="j1"} 75
'''
*/
CREATE (:AIAgent {name: 'Ada'})-[:OWNS]->(:TrainingJob {system: 'agentcore', id: 'j1', status: 'running', cost_usd: 30.0, budget_usd: 40.0});

/*test
name   = "without a limit the share is 0"
expect = '''
training_budget_usage_usd{agent_id="unknown",job_id="j2"} 5
training_budget_limit_usd{agent_id="unknown",job_id="j2"} 0
training_budget_utilization_percent{agent_id="unknown",job_id="j2"} 0
'''
*/
CREATE (:TrainingJob {system: 'agentcore', id: 'j2', status: 'queued', cost_usd: 5.0, budget_usd: 0.0});

/*test
name   = "a job that finished more than an hour ago is absent"
expect = ''
*/
CREATE (:TrainingJob {system: 'agentcore', id: 'j3', status: 'completed', cost_usd: 5.0, budget_usd: 9.0, finished_at: datetime() - duration('PT1H1S')});
