// Indexes for the KPIs of the pack bmad. Run this file once, e.g. with cypher-shell; running it again changes nothing.
CREATE INDEX event_timestamp IF NOT EXISTS FOR (e:Event) ON (e.timestamp);
CREATE INDEX insight_created_at IF NOT EXISTS FOR (i:Insight) ON (i.created_at);
CREATE INDEX insight_confidence IF NOT EXISTS FOR (i:Insight) ON (i.confidence_score);
CREATE INDEX can_apply_shared_at IF NOT EXISTS FOR ()-[c:CAN_APPLY]-() ON (c.shared_at);
