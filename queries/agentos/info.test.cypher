// Tests of agentos_info.

/*test
name   = "the service is described by its labels"
expect = 'agentos_info{version="0.2.1",protocols="a2a,mcp",service="unknown"} 1'
*/
CREATE (:System {system: 'agentos', name: 'AgentOS', version: '0.2.1', protocols: 'a2a,mcp'}), (:System {system: 'x', name: 'AgentOS'});
