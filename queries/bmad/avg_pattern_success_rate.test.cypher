// Tests of bmad_avg_pattern_success_rate.

/*test
name   = "only patterns used more than 5 times are averaged"
expect = '''
bmad_avg_pattern_success_rate{group_id="a"} 0.75
bmad_avg_pattern_success_rate{group_id="unknown"} 0.5
'''
*/
CREATE (:Pattern {group_id: 'a', success_rate: 0.5, times_used: 6}), (:Pattern {group_id: 'a', success_rate: 1.0, times_used: 7}),
       (:Pattern {group_id: 'a', success_rate: 0.0, times_used: 5}), (:Pattern {success_rate: 0.5, times_used: 9});

/*test
name   = "without a success rate there is no value"
expect = ''
*/
CREATE (:Pattern {group_id: 'a', times_used: 9});
