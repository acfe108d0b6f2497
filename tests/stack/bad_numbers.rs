//! Too much, too little or no numbers at all: what the alerts on the KPIs themselves watch for.

use super::troubles::{NONE, Trouble};

pub(crate) const BAD_NUMBERS: &[Trouble] = &[
    Trouble {
        alerts: &["LazybirdTasksStuck"],
        begins: "CREATE (:Task {system: 'lazybird', status: 'queued', created_at: datetime()})",
        fix: "MATCH (t:Task {system: 'lazybird', status: 'queued'}) SET t.status = 'success', t.finished_at = datetime(), t.quality = 90, t.duration_ms = 1000, t.coverage = 90, t.cost_usd = 0.05",
        stops_tasks: true,
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyMissingSkillMetrics"],
        begins: "MATCH (c:Call {system: 'session_buddy', kind: 'skill'}) WHERE c.target STARTS WITH 'skill-' DELETE c",
        fix: "UNWIND range(1, 10) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'skill-' + number, action: 'setup', status: 'success', duration_ms: 2000, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["BmadManyEvents"],
        begins: "UNWIND range(1, 100001) AS number CREATE (:Event {group_id: 'archive', event_type: 'story'})",
        fix: "MATCH (e:Event {group_id: 'archive'}) CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS",
        ..NONE
    },
    // A list where a label should be, and a word where a number should be, which break snapshots
    // and windows. Of two packs at once: an alert on any KPI is over when the last of them is
    // fixed.
    Trouble {
        alerts: &[
            "CypherExporterKpiDown",
            "CypherExporterKpiStale",
            "LazybirdKpiStale",
            "SessionBuddyStaleMetricsCache",
        ],
        begins: "
CREATE (:Call {system: 'lazybird', kind: 'agent', target: ['opus', 'sonnet'], action: 'write', status: 'success', cost_usd: 0.1, timestamp: datetime()})
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'build', action: 'setup', status: 'success', duration_ms: 'short', timestamp: datetime()})
",
        fix: "
MATCH (c:Call {system: 'lazybird', target: ['opus', 'sonnet']}) SET c.target = 'opus';
MATCH (c:Call {system: 'session_buddy', duration_ms: 'short'}) SET c.duration_ms = 100
",
        ..NONE
    },
    Trouble {
        alerts: &["CypherExporterRowsSkipped"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'odd', status: 'running', started_at: datetime(), cost_usd: 1, budget_usd: 100, iteration: 1, iterations_total: 9, reward_mean: 0.0 / 0.0})",
        fix: "MATCH (j:TrainingJob {id: 'odd'}) SET j.reward_mean = 1.0",
        ..NONE
    },
    Trouble {
        alerts: &["CypherExporterSeriesLimitNear"],
        begins: "UNWIND range(1, 9000) AS number CREATE (:AIAgent {system: 'agentos', name: 'agent-' + number})",
        fix: "MATCH (a:AIAgent {system: 'agentos'}) CALL (a) { DELETE a } IN TRANSACTIONS OF 10000 ROWS",
        ..NONE
    },
];
