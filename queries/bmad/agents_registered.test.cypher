// Tests of bmad_agents_registered.

/*test
name   = "an empty graph has 0 agents"
expect = 'bmad_agents_registered 0'
*/

/*test
name   = "agents of other systems do not count"
expect = 'bmad_agents_registered 2'
*/
CREATE (:AIAgent {name: 'Jay'}), (:AIAgent {name: 'Bob'}), (:AIAgent {name: 'x', system: 'lazybird'}), (:Brain);
