// Tests of training_trajectory_generation_duration_seconds.

/*test
name   = "durations are observed in seconds by the first owner of the job"
expect = '''
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="1.0"} 0
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="5.0"} 0
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="10.0"} 0
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="30.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="60.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="120.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="300.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="Ada",le="+Inf"} 2
training_trajectory_generation_duration_seconds_sum{agent_id="Ada"} 331
training_trajectory_generation_duration_seconds_count{agent_id="Ada"} 2
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="1.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="5.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="10.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="30.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="60.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="120.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="300.0"} 1
training_trajectory_generation_duration_seconds_bucket{agent_id="unknown",le="+Inf"} 1
training_trajectory_generation_duration_seconds_sum{agent_id="unknown"} 1
training_trajectory_generation_duration_seconds_count{agent_id="unknown"} 1
'''
*/
CREATE (j:TrainingJob {system: 'agentcore', id: 'j1'}), (:AIAgent {name: 'Zoe'})-[:OWNS]->(j), (:AIAgent {name: 'Ada'})-[:OWNS]->(j),
       (:Step {system: 'agentcore', kind: 'trajectory_generation', duration_ms: 30000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'trajectory_generation', duration_ms: 301000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'trajectory_generation', duration_ms: 1000, timestamp: datetime()}),
       (:Step {system: 'agentcore', kind: 'trajectory_generation', timestamp: datetime()});
