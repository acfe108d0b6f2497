// Tests of training_policy_update_duration_seconds.

/*test
name   = "durations are observed in seconds by the first owner of the job"
expect = '''
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="0.1"} 0
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="0.5"} 0
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="1.0"} 0
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="2.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="5.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="10.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="30.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="Ada",le="+Inf"} 2
training_policy_update_duration_seconds_sum{agent_id="Ada"} 42
training_policy_update_duration_seconds_count{agent_id="Ada"} 2
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="0.1"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="0.5"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="1.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="2.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="5.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="10.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="30.0"} 1
training_policy_update_duration_seconds_bucket{agent_id="unknown",le="+Inf"} 1
training_policy_update_duration_seconds_sum{agent_id="unknown"} 0.1
training_policy_update_duration_seconds_count{agent_id="unknown"} 1
'''
*/
CREATE (j:TrainingJob {system: 'agentcore', id: 'j1'}), (:AIAgent {name: 'Zoe'})-[:OWNS]->(j), (:AIAgent {name: 'Ada'})-[:OWNS]->(j),
       (:Step {system: 'agentcore', kind: 'policy_update', duration_ms: 2000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'policy_update', duration_ms: 40000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'policy_update', duration_ms: 100, timestamp: datetime()}),
       (:Step {system: 'agentcore', kind: 'policy_update', timestamp: datetime()});
