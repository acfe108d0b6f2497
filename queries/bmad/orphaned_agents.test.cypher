// Tests of bmad_orphaned_agents.

/*test
name   = "an agent without a brain is an orphan"
expect = 'bmad_orphaned_agents 1'
*/
CREATE (:AIAgent {name: 'Allura'}), (:AIAgent {name: 'Jay'})-[:HAS_MEMORY_IN]->(:Brain);

/*test
name   = "agents of other systems need no brain"
expect = 'bmad_orphaned_agents 0'
*/
CREATE (:AIAgent {name: 'Allura', system: 'agentos'});

/*test
name   = "an empty graph has no orphans"
expect = 'bmad_orphaned_agents 0'
*/
