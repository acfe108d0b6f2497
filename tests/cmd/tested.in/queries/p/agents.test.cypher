/*test
name   = "agents have their values"
expect = '''
p_agents{name="A"} 1
p_agents{name="B"} 3
p_agents{name="C"} 4
'''
*/
CREATE (:Agent {name: 'A', value: 1}), (:Agent {name: 'B', value: 2}), (:Agent {name: 'D', value: 2});

/*test
name  = "two rows for one agent are an error"
fails = "duplicate"
*/
CREATE (:Agent {name: 'A', value: 1}), (:Agent {name: 'A', value: 2});

/*test
name  = "they are not a timeout"
fails = "timeout"
*/
CREATE (:Agent {name: 'A', value: 1}), (:Agent {name: 'A', value: 2});

/*test
name   = "a statement may be wrong"
expect = ''
*/
CREATE (:Agent {name: 'A', value: 1}),
       (:Agent {name: x});
