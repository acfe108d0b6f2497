// Tests of bmad_active_patterns.

/*test
name   = "patterns count from a success rate of 0.6 on"
expect = 'bmad_active_patterns{group_id="faith-meats"} 2'
*/
CREATE (:Pattern {group_id: 'faith-meats', success_rate: 0.6}), (:Pattern {group_id: 'faith-meats', success_rate: 1.0}),
       (:Pattern {group_id: 'faith-meats', success_rate: 0.59});

/*test
name   = "a group without active patterns is 0"
expect = '''
bmad_active_patterns{group_id="a"} 0
bmad_active_patterns{group_id="unknown"} 1
'''
*/
CREATE (:Pattern {group_id: 'a', success_rate: 0.2}), (:Pattern {group_id: 'a'}), (:Pattern {success_rate: 0.9});

/*test
name   = "patterns of other systems do not count"
expect = ''
*/
CREATE (:Pattern {system: 'agentos', group_id: 'a', success_rate: 0.9});
