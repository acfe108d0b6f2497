// Tests of bmad_knowledge_transfers_total.

/*test
name   = "a transfer counts once; a repetition counts again"
at     = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
expect = [
  'bmad_knowledge_transfers_total{from_agent="Jay",to_agent="Bob"} 1',
  'bmad_knowledge_transfers_total{from_agent="Jay",to_agent="Bob"} 2',
]
*/
CREATE (i:Insight), (:AIAgent {name: 'Jay'})-[:LEARNED]->(i), (:AIAgent {name: 'Bob'})-[:CAN_APPLY {shared_at: datetime()}]->(i);
MATCH (bob:AIAgent), (i:Insight) WHERE bob.name = 'Bob' CREATE (bob)-[:CAN_APPLY {shared_at: datetime()}]->(i);

/*test
name   = "an agent does not transfer to itself, and a transfer has a time"
expect = ''
*/
CREATE (i:Insight), (jay:AIAgent {name: 'Jay'})-[:LEARNED]->(i), (jay)-[:CAN_APPLY {shared_at: datetime()}]->(i),
       (:AIAgent {name: 'Bob'})-[:CAN_APPLY]->(i);
