// Tests of bmad_knowledge_transfers_this_month.

/*test
name   = "an insight counts once for each receiving agent"
expect = 'bmad_knowledge_transfers_this_month 2'
*/
CREATE (i:Insight), (:AIAgent {name: 'Jay'})-[:LEARNED]->(i), (bob:AIAgent {name: 'Bob'}), (troy:AIAgent {name: 'Troy'}),
       (bob)-[:CAN_APPLY {shared_at: datetime()}]->(i), (bob)-[:CAN_APPLY {shared_at: datetime() - duration('P1D')}]->(i),
       (troy)-[:CAN_APPLY {shared_at: datetime() - duration('P30D')}]->(i);

/*test
name   = "older transfers and own insights do not count"
expect = 'bmad_knowledge_transfers_this_month 0'
*/
CREATE (i:Insight), (jay:AIAgent {name: 'Jay'})-[:LEARNED]->(i), (jay)-[:CAN_APPLY {shared_at: datetime()}]->(i),
       (:AIAgent {name: 'Bob'})-[:CAN_APPLY {shared_at: datetime() - duration('P31D')}]->(i);
