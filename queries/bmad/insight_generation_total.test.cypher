// Tests of bmad_insight_generation_total.

/*test
name   = "an insight counts exactly once, also at the end of a window"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]
expect = ['bmad_insight_generation_total 2', 'bmad_insight_generation_total 3', 'bmad_insight_generation_total 3']
*/
CREATE (:Insight {created_at: datetime()}), (:Insight {created_at: datetime() - duration('P1D')}), (:Insight {created_at: datetime() + duration('PT1S')});

/*test
name   = "removing an insight does not lower the total"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = 'bmad_insight_generation_total 1'
*/
CREATE (:Insight {created_at: datetime()});
MATCH (i:Insight) DELETE i;

/*test
name   = "an empty graph has 0"
expect = 'bmad_insight_generation_total 0'
*/
