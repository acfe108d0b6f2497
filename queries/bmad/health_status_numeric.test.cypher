// Tests of bmad_health_status_numeric.

/*test
name   = "no orphaned agent is healthy"
expect = 'bmad_health_status_numeric 1'
*/
CREATE (:AIAgent)-[:HAS_MEMORY_IN]->(:Brain);

/*test
name   = "one orphaned agent is degraded"
expect = 'bmad_health_status_numeric 2'
*/
CREATE (:AIAgent)-[:HAS_MEMORY_IN]->(:Brain), (:AIAgent);

/*test
name   = "four orphaned agents are degraded"
expect = 'bmad_health_status_numeric 2'
*/
UNWIND range(1, 4) AS n CREATE (:AIAgent {name: n});

/*test
name   = "five orphaned agents are unhealthy"
expect = 'bmad_health_status_numeric 3'
*/
UNWIND range(1, 5) AS n CREATE (:AIAgent {name: n});

/*test
name   = "without agents there is no value"
expect = ''
*/
