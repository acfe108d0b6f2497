//! What goes wrong in the graph, by which alerts, and what mends it; and the work of all five
//! systems while all is well.

use super::bad_numbers::BAD_NUMBERS;
use super::bad_work::BAD_WORK;

/// Changes of the graph that bring alerts to fire, and that bring them to resolve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trouble {
    /// The alerts; a trouble is fixed when all of them have fired.
    pub(crate) alerts: &'static [&'static str],
    /// Happens once.
    pub(crate) begins: &'static str,
    /// Happens each second until it is fixed.
    pub(crate) goes_on: &'static str,
    /// Mends it.
    pub(crate) fix: &'static str,
    /// Nobody finishes a task meanwhile.
    pub(crate) stops_tasks: bool,
    /// It is fixed just after the exporter has logged this, so that no run counts a half of what
    /// is being fixed.
    pub(crate) fix_after: Option<&'static str>,
}

/// What a trouble does not say.
pub(crate) const NONE: Trouble = Trouble {
    alerts: &[],
    begins: "",
    goes_on: "",
    fix: "",
    stops_tasks: false,
    fix_after: None,
};

/// The graph before anything happens: which no alert is about.
pub(crate) const WELL: &str = "
CREATE (b:Brain)
CREATE (teacher:AIAgent {name: 'Bob'})-[:HAS_MEMORY_IN]->(b)
CREATE (learner:AIAgent {name: 'Winston'})-[:HAS_MEMORY_IN]->(b)
WITH teacher, learner UNWIND range(1, 20) AS number
CREATE (i:Insight {group_id: 'faith', applies_to: 'python', confidence_score: 0.9, created_at: datetime(), times_applied: 9, success_rate: 1.0})
CREATE (teacher)-[:LEARNED]->(i)<-[:CAN_APPLY {shared_at: datetime()}]-(learner);
CREATE (e:Event {group_id: 'faith', event_type: 'story', timestamp: datetime()})
CREATE (e)-[:HAS_OUTCOME]->(:Outcome), (e)-[:USED_PATTERN]->(:Pattern {group_id: 'faith', success_rate: 0.9, times_used: 9});
CREATE (:Session {system: 'session_buddy', id: 'first', started_at: datetime()});
CREATE (:Anomaly {system: 'session_buddy', type: 'drop', target: 'build', timestamp: datetime()});
UNWIND range(1, 10) AS number
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'skill-' + number, action: 'setup', status: 'success', duration_ms: 2000, timestamp: datetime()});
UNWIND range(1, 10) AS number
CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'L1', status: 'hit', duration_ms: 2, timestamp: datetime()})
";

/// What the systems do each second.
pub(crate) const WORK: &str = "
UNWIND range(1, 5) AS number
CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'navi', action: 'run', status: 'success', duration_ms: 100, response_bytes: 500, timestamp: datetime()})
CREATE (:Call {system: 'agentos', kind: 'cache', action: 'get', status: 'hit', duration_ms: 2, timestamp: datetime()})
CREATE (:Call {system: 'lazybird', kind: 'api', target: 'github', status: 'success', duration_ms: 100, timestamp: datetime()});
UNWIND ['build', 'review'] AS skill
CREATE (:Call {system: 'session_buddy', kind: 'skill', target: skill, action: 'execution', status: 'success', duration_ms: 2000, timestamp: datetime()})
";

/// A task of LazyBird ends, each second.
pub(crate) const TASKS: &str = "
CREATE (:Task {system: 'lazybird', status: 'success', duration_ms: 1000, quality: 90, coverage: 90, cost_usd: 0.05, baseline_cost_usd: 0.1, finished_at: datetime()})
";

/// A second of an hour ago with more agents than a KPI may have series: windows get shorter and
/// shorter, and none gets over it.
const FLOOD: Trouble = Trouble {
    alerts: &["CypherExporterWindowLag"],
    begins: "
UNWIND range(1, 20001) AS number
CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'agent-' + number, response_bytes: 1, timestamp: datetime() - duration('PT1H')})
",
    fix: "MATCH (c:Call) WHERE c.response_bytes = 1 DELETE c",
    fix_after: Some("in the shortest possible window"),
    ..NONE
};

/// Relationships that are there thousands of times, twice over: a query that meets all of both does
/// not come to its end. A window meets those of its own time.
const HUB: Trouble = Trouble {
    alerts: &["BmadSlowQueries", "CypherExporterKpiSlow"],
    begins: "
MATCH (b:Brain)
CREATE (i:Insight {group_id: 'hub', confidence_score: 0.9})
CREATE (teacher:AIAgent {name: 'hub-teacher'})-[:HAS_MEMORY_IN]->(b), (learner:AIAgent {name: 'hub-learner'})-[:HAS_MEMORY_IN]->(b)
WITH i, teacher, learner UNWIND range(1, 6000) AS number
CREATE (teacher)-[:LEARNED]->(i)<-[:CAN_APPLY {shared_at: datetime() - duration({minutes: number})}]-(learner)",
    fix: "MATCH (i:Insight {group_id: 'hub'}) DETACH DELETE i",
    ..NONE
};

/// The waves: what is in one of them happens at the same time. The first one is older than the
/// exporter.
pub(crate) const WAVES: &[(&str, &[Trouble])] = &[
    ("a bad past", &[FLOOD, HUB]),
    ("bad work", BAD_WORK),
    ("bad numbers", BAD_NUMBERS),
];
