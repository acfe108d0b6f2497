// Tests of training_iteration_duration_seconds.

/*test
name   = "durations are observed in seconds by the first owner of the job"
expect = '''
training_iteration_duration_seconds_bucket{agent_id="Ada",le="5.0"} 0
training_iteration_duration_seconds_bucket{agent_id="Ada",le="10.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="30.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="60.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="120.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="300.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="600.0"} 1
training_iteration_duration_seconds_bucket{agent_id="Ada",le="+Inf"} 2
training_iteration_duration_seconds_sum{agent_id="Ada"} 910
training_iteration_duration_seconds_count{agent_id="Ada"} 2
training_iteration_duration_seconds_bucket{agent_id="unknown",le="5.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="10.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="30.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="60.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="120.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="300.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="600.0"} 1
training_iteration_duration_seconds_bucket{agent_id="unknown",le="+Inf"} 1
training_iteration_duration_seconds_sum{agent_id="unknown"} 5
training_iteration_duration_seconds_count{agent_id="unknown"} 1
'''
*/
CREATE (j:TrainingJob {system: 'agentcore', id: 'j1'}), (:AIAgent {name: 'Zoe'})-[:OWNS]->(j), (:AIAgent {name: 'Ada'})-[:OWNS]->(j),
       (:Step {system: 'agentcore', kind: 'training_iteration', duration_ms: 10000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'training_iteration', duration_ms: 900000, timestamp: datetime()})-[:PART_OF]->(j),
       (:Step {system: 'agentcore', kind: 'training_iteration', duration_ms: 5000, timestamp: datetime()}),
       (:Step {system: 'agentcore', kind: 'training_iteration', timestamp: datetime()});
