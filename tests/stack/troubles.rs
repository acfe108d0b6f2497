//! What goes wrong in the graph, by which alerts, and what mends it; and the work of all five systems while all is well.

/// Changes of the graph that bring alerts to fire, and that bring them to resolve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trouble {
    /// The alerts; a trouble is mended when all of them have fired.
    pub(crate) alerts: &'static [&'static str],
    /// Happens once.
    pub(crate) begins: &'static str,
    /// Happens each second until it is mended.
    pub(crate) goes_on: &'static str,
    /// Mends it.
    pub(crate) mended: &'static str,
    /// Nobody finishes a task meanwhile.
    pub(crate) stops_tasks: bool,
    /// A KPI that would count half of what is being mended: it happens just after a run of it.
    pub(crate) mended_after: Option<&'static str>,
}

const NONE: Trouble = Trouble { alerts: &[], begins: "", goes_on: "", mended: "", stops_tasks: false, mended_after: None };

/// The graph before anything happens: what no alert speaks of.
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

/// A second of an hour ago with more agents than a KPI may have series.
const FLOOD: Trouble = Trouble {
    alerts: &["CypherExporterWindowLag"],
    begins: "
UNWIND range(1, 10001) AS number
CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'agent-' + number, response_bytes: 1, timestamp: datetime() - duration('PT1H')})
",
    mended: "MATCH (c:Call) WHERE c.response_bytes = 1 DELETE c",
    mended_after: Some("agentos/a2a_response_size_bytes"),
    ..NONE
};

/// A relationship that is there thousands of times, twice over: a query that meets both does not come to its end.
const HUB: Trouble = Trouble {
    alerts: &["BmadSlowQueries", "CypherExporterKpiSlow"],
    begins: "
MATCH (b:Brain)
CREATE (i:Insight {group_id: 'hub', confidence_score: 0.9})
CREATE (teacher:AIAgent {name: 'hub-teacher'})-[:HAS_MEMORY_IN]->(b), (learner:AIAgent {name: 'hub-learner'})-[:HAS_MEMORY_IN]->(b)
WITH i, teacher, learner UNWIND range(1, 6000) AS number
CREATE (teacher)-[:LEARNED]->(i)<-[:CAN_APPLY]-(learner)",
    mended: "MATCH (i:Insight {group_id: 'hub'}) DETACH DELETE i",
    ..NONE
};

/// The waves: what is in one of them happens at the same time. The first one is older than the exporter.
pub(crate) const WAVES: &[(&str, &[Trouble])] =
    &[("a bad past", &[FLOOD, HUB]), ("bad work", BAD_WORK), ("bad numbers", BAD_NUMBERS)];

const BAD_WORK: &[Trouble] = &[
    Trouble {
        alerts: &["TrainingBudgetExceeded"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'dear', status: 'running', started_at: datetime(), cost_usd: 120, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        mended: "MATCH (j:TrainingJob {id: 'dear'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["TrainingBudgetWarning"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'near', status: 'running', started_at: datetime(), cost_usd: 95, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        mended: "MATCH (j:TrainingJob {id: 'near'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["TrainingBudgetNotice"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'more', status: 'running', started_at: datetime(), cost_usd: 80, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        mended: "MATCH (j:TrainingJob {id: 'more'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["LongRunningTrainingJob"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'long', status: 'running', started_at: datetime() - duration('PT2H'), cost_usd: 1, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        mended: "MATCH (j:TrainingJob {id: 'long'}) SET j.status = 'completed', j.finished_at = datetime()",
        ..NONE
    },
    Trouble {
        alerts: &["HighTrainingFailureRate"],
        goes_on: "
CREATE (a:AIAgent {system: 'agentcore', name: 'trainer'})
WITH a UNWIND ['completed', 'failed'] AS status
CREATE (a)-[:OWNS]->(:TrainingJob {system: 'agentcore', status: status, finished_at: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["SlowTrajectoryGeneration"],
        goes_on: "CREATE (:Step {system: 'agentcore', kind: 'trajectory_generation', duration_ms: 100000, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["AgentOsErrorRateHigh"],
        goes_on: "CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'flaky', action: 'run', status: 'error', duration_ms: 100, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["AgentOsRequestsSlow"],
        goes_on: "CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'slow', action: 'run', status: 'success', duration_ms: 700, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["AgentOsRequestsVerySlow"],
        goes_on: "CREATE (:Call {system: 'agentos', kind: 'a2a', target: 'very slow', action: 'run', status: 'success', duration_ms: 3000, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["AgentOsCacheHitRatioLow"],
        goes_on: "UNWIND range(1, 20) AS number CREATE (:Call {system: 'agentos', kind: 'cache', action: 'get', status: 'miss', duration_ms: 2, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["AgentOsRateLimitDenials"],
        goes_on: "UNWIND range(1, 20) AS number CREATE (:Call {system: 'agentos', kind: 'rate_limit', target: '/ccr', workspace_id: 'ws', status: 'denied', timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["BmadConfidenceLow"],
        begins: "UNWIND range(1, 90) AS number CREATE (:Insight {group_id: 'doubt', confidence_score: 0.1})",
        mended: "MATCH (i:Insight {group_id: 'doubt'}) DETACH DELETE i",
        ..NONE
    },
    Trouble {
        alerts: &["BmadPatternSuccessLow"],
        begins: "CREATE (:Pattern {group_id: 'hope', times_used: 9, success_rate: 0.1})",
        mended: "MATCH (p:Pattern {group_id: 'hope'}) SET p.success_rate = 0.9",
        ..NONE
    },
    Trouble {
        alerts: &["BmadInsightAccuracyLow"],
        begins: "CREATE (:Insight {group_id: 'error', confidence_score: 0.9, times_applied: 9, success_rate: 0.5})",
        mended: "MATCH (i:Insight {group_id: 'error'}) SET i.success_rate = 1.0",
        ..NONE
    },
    Trouble {
        alerts: &["BmadFewKnowledgeTransfers"],
        begins: "MATCH (:AIAgent)-[shared:CAN_APPLY]->(:Insight) DELETE shared",
        mended: "MATCH (i:Insight {group_id: 'faith'}), (a:AIAgent {name: 'Winston'}) CREATE (a)-[:CAN_APPLY {shared_at: datetime()}]->(i)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadOrphanedAgents", "BmadManyOrphanedAgents"],
        begins: "UNWIND range(1, 5) AS number CREATE (:AIAgent {name: 'orphan-' + number})",
        mended: "MATCH (a:AIAgent), (b:Brain) WHERE a.name STARTS WITH 'orphan-' CREATE (a)-[:HAS_MEMORY_IN]->(b)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadPatternReuseLow"],
        begins: "UNWIND range(1, 9) AS number CREATE (:Event {group_id: 'faith', event_type: 'story', timestamp: datetime()})-[:HAS_OUTCOME]->(:Outcome)",
        mended: "MATCH (e:Event {group_id: 'faith'}), (p:Pattern {group_id: 'faith'}) MERGE (e)-[:USED_PATTERN]->(p)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadLearningStalled", "BmadFewHighConfidenceInsights"],
        goes_on: "CREATE (:Event {group_id: 'stalled', event_type: 'story', timestamp: datetime()})",
        mended: "UNWIND range(1, 20) AS number CREATE (:Insight {group_id: 'stalled', confidence_score: 0.9, created_at: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["LazybirdSwitchesOften"],
        goes_on: "UNWIND range(1, 3) AS number CREATE (:AgentSwitch {system: 'lazybird', from_agent: 'a', to_agent: 'b', quality_delta: 1, cost_ratio: 2, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["LazybirdDailyCostHigh"],
        goes_on: "CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'opus', action: 'write', status: 'success', duration_ms: 2000, cost_usd: 20.0, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["LazybirdCacheHitRateLow"],
        begins: "UNWIND range(1, 9) AS number CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'L3', status: 'miss', duration_ms: 2, timestamp: datetime()})",
        mended: "UNWIND range(1, 20) AS number CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'L3', status: 'hit', duration_ms: 2, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &[
            "LazybirdSlowTasks",
            "LazybirdQualityLow",
            "LazybirdQualityCritical",
            "LazybirdQualityDegraded",
            "LazybirdTasksExpensive",
            "LazybirdTaskFailuresHigh",
            "LazybirdTaskFailuresCritical",
            "LazybirdLatencySpike",
        ],
        goes_on: "UNWIND range(1, 10) AS number CREATE (:Task {system: 'lazybird', status: 'failed', duration_ms: 100000, quality: 10, coverage: 9, cost_usd: 0.5, baseline_cost_usd: 0.1, finished_at: datetime()})",
        mended: "MATCH (t:Task {system: 'lazybird', status: 'failed'}) DETACH DELETE t",
        ..NONE
    },
    Trouble {
        alerts: &["LazybirdApiErrorsRising"],
        goes_on: "UNWIND range(1, 5) AS number CREATE (:Call {system: 'lazybird', kind: 'api', target: 'github', status: 'error', error_type: 'timeout', duration_ms: 100, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyActiveSessionsZero"],
        begins: "MATCH (s:Session {system: 'session_buddy'}) SET s.ended_at = datetime()",
        mended: "CREATE (:Session {system: 'session_buddy', id: 'next', started_at: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyHighAnomalyRate"],
        goes_on: "UNWIND range(1, 5) AS number CREATE (:Anomaly {system: 'session_buddy', type: 'spike', target: 'build', timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddySkillPerformanceDrop"],
        begins: "UNWIND range(1, 10) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'pytest', action: 'setup', status: CASE WHEN number <= 6 THEN 'success' ELSE 'error' END, duration_ms: 2000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'pytest'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddySkillCriticalFailure"],
        begins: "UNWIND range(1, 10) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'mypy', action: 'setup', status: 'error', duration_ms: 2000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'mypy'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddySlowSkillExecution"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'slow', action: 'setup', status: 'success', duration_ms: 45000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'slow'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyVerySlowSkillExecution"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'very slow', action: 'setup', status: 'success', duration_ms: 200000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'very slow'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyHighInvocationRate"],
        goes_on: "UNWIND range(1, 300) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'loop', action: 'setup', status: 'success', duration_ms: 1, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'loop'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyCrackerjackIntegrationFailing"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'ruff-fail', action: 'execution', status: 'success', duration_ms: 2000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'ruff-fail'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyCICDPipelineFailure"],
        goes_on: "UNWIND range(1, 3) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'deploy', action: 'execution', status: 'error', duration_ms: 2000, timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', target: 'deploy'}) DELETE c",
        ..NONE
    },
];

const BAD_NUMBERS: &[Trouble] = &[
    Trouble {
        alerts: &["LazybirdTasksStuck"],
        begins: "CREATE (:Task {system: 'lazybird', status: 'queued', created_at: datetime()})",
        mended: "MATCH (t:Task {system: 'lazybird', status: 'queued'}) SET t.status = 'success', t.finished_at = datetime(), t.quality = 90, t.duration_ms = 1000, t.coverage = 90, t.cost_usd = 0.05",
        stops_tasks: true,
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyMissingSkillMetrics"],
        begins: "MATCH (c:Call {system: 'session_buddy', kind: 'skill'}) WHERE c.target STARTS WITH 'skill-' DELETE c",
        mended: "UNWIND range(1, 10) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'skill-' + number, action: 'setup', status: 'success', duration_ms: 2000, timestamp: datetime()})",
        ..NONE
    },
    Trouble {
        alerts: &["BmadManyEvents"],
        begins: "UNWIND range(1, 100001) AS number CREATE (:Event {group_id: 'archive', event_type: 'story'})",
        mended: "MATCH (e:Event {group_id: 'archive'}) CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS",
        ..NONE
    },
    // A word where a number should be; the same call breaks a snapshot and a window.
    Trouble {
        alerts: &["CypherExporterKpiDown", "CypherExporterKpiStale", "LazybirdKpiStale"],
        begins: "CREATE (:Call {system: 'lazybird', kind: 'agent', target: 'opus', action: 'write', status: 'success', cost_usd: 'cheap', timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'lazybird', cost_usd: 'cheap'}) SET c.cost_usd = 0.1",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyStaleMetricsCache"],
        begins: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'build', action: 'setup', status: 'success', duration_ms: 'short', timestamp: datetime()})",
        mended: "MATCH (c:Call {system: 'session_buddy', duration_ms: 'short'}) SET c.duration_ms = 100",
        ..NONE
    },
    Trouble {
        alerts: &["CypherExporterRowsSkipped"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'odd', status: 'running', started_at: datetime(), cost_usd: 1, budget_usd: 100, iteration: 1, iterations_total: 9, reward_mean: 1.0})",
        mended: "MATCH (j:TrainingJob {id: 'odd'}) SET j.loss = 1.0",
        ..NONE
    },
    Trouble {
        alerts: &["CypherExporterSeriesLimitNear"],
        begins: "UNWIND range(1, 9000) AS number CREATE (:AIAgent {system: 'agentos', name: 'agent-' + number})",
        mended: "MATCH (a:AIAgent {system: 'agentos'}) CALL (a) { DELETE a } IN TRANSACTIONS OF 10000 ROWS",
        ..NONE
    },
];
