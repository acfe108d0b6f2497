// Tests of a2a_active_tasks.

/*test
name   = "running tasks count by agent; an idle agent is 0"
expect = '''
a2a_active_tasks{agent="planner"} 2
a2a_active_tasks{agent="coder"} 0
'''
*/
CREATE (:AIAgent {system: 'agentos', name: 'planner'}), (:AIAgent {system: 'agentos', name: 'coder'}), (:AIAgent {name: 'Jay'}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', status: 'running'}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', status: 'running'}),
       (:Call {system: 'agentos', kind: 'a2a', target: 'planner', status: 'success'});
