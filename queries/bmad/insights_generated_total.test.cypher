// Tests of bmad_insights_generated_total.

/*test
name   = "an insight counts exactly once, also at the end of a window"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]
expect = ['bmad_insights_generated_total 2', 'bmad_insights_generated_total 3', 'bmad_insights_generated_total 3']
*/
CREATE (:Insight {created_at: datetime()}), (:Insight {created_at: datetime() - duration('P1D')}), (:Insight {created_at: datetime() + duration('PT1S')});

/*test
name   = "removing an insight does not lower the total"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = 'bmad_insights_generated_total 1'
*/
CREATE (:Insight {created_at: datetime()});
MATCH (i:Insight) DELETE i;

/*test
name   = "an empty graph has 0"
expect = 'bmad_insights_generated_total 0'
*/
