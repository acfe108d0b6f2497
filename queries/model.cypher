// Constraints for unique ids, and indexes for the KPIs of the packs agentcore, agentos, lazybird and session_buddy, which share a
// model. Run this file once, e.g. with cypher-shell; running it again changes nothing.
CREATE CONSTRAINT ai_agent_id IF NOT EXISTS FOR (a:AIAgent) REQUIRE a.id IS UNIQUE;
CREATE CONSTRAINT task_id IF NOT EXISTS FOR (t:Task) REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT training_job_id IF NOT EXISTS FOR (j:TrainingJob) REQUIRE j.id IS UNIQUE;
CREATE CONSTRAINT session_id IF NOT EXISTS FOR (s:Session) REQUIRE s.id IS UNIQUE;
CREATE CONSTRAINT call_id IF NOT EXISTS FOR (c:Call) REQUIRE c.id IS UNIQUE;
CREATE CONSTRAINT step_id IF NOT EXISTS FOR (s:Step) REQUIRE s.id IS UNIQUE;
CREATE CONSTRAINT agent_switch_id IF NOT EXISTS FOR (w:AgentSwitch) REQUIRE w.id IS UNIQUE;
CREATE CONSTRAINT anomaly_id IF NOT EXISTS FOR (a:Anomaly) REQUIRE a.id IS UNIQUE;
CREATE CONSTRAINT sample_id IF NOT EXISTS FOR (s:Sample) REQUIRE s.id IS UNIQUE;
CREATE INDEX call_kind_timestamp IF NOT EXISTS FOR (c:Call) ON (c.kind, c.timestamp);
CREATE INDEX call_kind_status IF NOT EXISTS FOR (c:Call) ON (c.kind, c.status);
CREATE INDEX step_kind_timestamp IF NOT EXISTS FOR (s:Step) ON (s.kind, s.timestamp);
CREATE INDEX task_status IF NOT EXISTS FOR (t:Task) ON (t.status);
CREATE INDEX task_finished_at IF NOT EXISTS FOR (t:Task) ON (t.finished_at);
CREATE INDEX training_job_status IF NOT EXISTS FOR (j:TrainingJob) ON (j.status);
CREATE INDEX training_job_created_at IF NOT EXISTS FOR (j:TrainingJob) ON (j.created_at);
CREATE INDEX training_job_finished_at IF NOT EXISTS FOR (j:TrainingJob) ON (j.finished_at);
CREATE INDEX agent_switch_timestamp IF NOT EXISTS FOR (w:AgentSwitch) ON (w.timestamp);
CREATE INDEX anomaly_timestamp IF NOT EXISTS FOR (a:Anomaly) ON (a.timestamp);
CREATE INDEX sample_name_timestamp IF NOT EXISTS FOR (s:Sample) ON (s.name, s.timestamp);
