// Tests of bmad_insight_total.

/*test
name   = "insights count by group and by what they apply to"
expect = '''
bmad_insight_total{group_id="a",applies_to="api"} 2
bmad_insight_total{group_id="a",applies_to="unknown"} 1
bmad_insight_total{group_id="unknown",applies_to="testing"} 1
'''
*/
CREATE (:Insight {group_id: 'a', applies_to: 'api'}), (:Insight {group_id: 'a', applies_to: 'api'}),
       (:Insight {group_id: 'a'}), (:Insight {applies_to: 'testing'}), (:Insight {system: 'x', applies_to: 'api'});
