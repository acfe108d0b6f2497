//! Work that goes wrong: what the packs' alerts watch for.

use super::troubles::{NONE, Trouble};

pub(crate) const BAD_WORK: &[Trouble] = &[
    Trouble {
        alerts: &["TrainingBudgetExceeded"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'dear', status: 'running', started_at: datetime(), cost_usd: 120, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        fix: "MATCH (j:TrainingJob {id: 'dear'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["TrainingBudgetWarning"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'near', status: 'running', started_at: datetime(), cost_usd: 95, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        fix: "MATCH (j:TrainingJob {id: 'near'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["TrainingBudgetNotice"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'more', status: 'running', started_at: datetime(), cost_usd: 80, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        fix: "MATCH (j:TrainingJob {id: 'more'}) SET j.budget_usd = 1000",
        ..NONE
    },
    Trouble {
        alerts: &["LongRunningTrainingJob"],
        begins: "CREATE (:TrainingJob {system: 'agentcore', id: 'long', status: 'running', started_at: datetime() - duration('PT2H'), cost_usd: 1, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})",
        fix: "MATCH (j:TrainingJob {id: 'long'}) SET j.status = 'completed', j.finished_at = datetime()",
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
        fix: "MATCH (i:Insight {group_id: 'doubt'}) DETACH DELETE i",
        ..NONE
    },
    Trouble {
        alerts: &["BmadPatternSuccessLow"],
        begins: "CREATE (:Pattern {group_id: 'hope', times_used: 9, success_rate: 0.1})",
        fix: "MATCH (p:Pattern {group_id: 'hope'}) SET p.success_rate = 0.9",
        ..NONE
    },
    Trouble {
        alerts: &["BmadInsightAccuracyLow"],
        begins: "CREATE (:Insight {group_id: 'error', confidence_score: 0.9, times_applied: 9, success_rate: 0.5})",
        fix: "MATCH (i:Insight {group_id: 'error'}) SET i.success_rate = 1.0",
        ..NONE
    },
    Trouble {
        alerts: &["BmadFewKnowledgeTransfers"],
        begins: "MATCH (:AIAgent)-[shared:CAN_APPLY]->(:Insight) DELETE shared",
        fix: "MATCH (i:Insight {group_id: 'faith'}), (a:AIAgent {name: 'Winston'}) CREATE (a)-[:CAN_APPLY {shared_at: datetime()}]->(i)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadOrphanedAgents", "BmadManyOrphanedAgents"],
        begins: "UNWIND range(1, 5) AS number CREATE (:AIAgent {name: 'orphan-' + number})",
        fix: "MATCH (a:AIAgent), (b:Brain) WHERE a.name STARTS WITH 'orphan-' CREATE (a)-[:HAS_MEMORY_IN]->(b)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadPatternReuseLow"],
        begins: "UNWIND range(1, 9) AS number CREATE (:Event {group_id: 'faith', event_type: 'story', timestamp: datetime()})-[:HAS_OUTCOME]->(:Outcome)",
        fix: "MATCH (e:Event {group_id: 'faith'}), (p:Pattern {group_id: 'faith'}) MERGE (e)-[:USED_PATTERN]->(p)",
        ..NONE
    },
    Trouble {
        alerts: &["BmadLearningStalled", "BmadFewHighConfidenceInsights"],
        goes_on: "CREATE (:Event {group_id: 'stalled', event_type: 'story', timestamp: datetime()})",
        fix: "UNWIND range(1, 20) AS number CREATE (:Insight {group_id: 'stalled', confidence_score: 0.9, created_at: datetime()})",
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
        fix: "UNWIND range(1, 20) AS number CREATE (:Call {system: 'lazybird', kind: 'cache', action: 'get', target: 'L3', status: 'hit', duration_ms: 2, timestamp: datetime()})",
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
        fix: "MATCH (t:Task {system: 'lazybird', status: 'failed'}) DETACH DELETE t",
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
        fix: "CREATE (:Session {system: 'session_buddy', id: 'next', started_at: datetime()})",
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
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'pytest'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddySkillCriticalFailure"],
        begins: "UNWIND range(1, 10) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'mypy', action: 'setup', status: 'error', duration_ms: 2000, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'mypy'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddySlowSkillExecution"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'slow', action: 'setup', status: 'success', duration_ms: 45000, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'slow'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyVerySlowSkillExecution"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'very slow', action: 'setup', status: 'success', duration_ms: 200000, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'very slow'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyHighInvocationRate"],
        goes_on: "UNWIND range(1, 300) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'loop', action: 'setup', status: 'success', duration_ms: 1, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'loop'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyCrackerjackIntegrationFailing"],
        goes_on: "CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'ruff-fail', action: 'execution', status: 'success', duration_ms: 2000, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'ruff-fail'}) DELETE c",
        ..NONE
    },
    Trouble {
        alerts: &["SessionBuddyCICDPipelineFailure"],
        goes_on: "UNWIND range(1, 3) AS number CREATE (:Call {system: 'session_buddy', kind: 'skill', target: 'deploy', action: 'execution', status: 'error', duration_ms: 2000, timestamp: datetime()})",
        fix: "MATCH (c:Call {system: 'session_buddy', target: 'deploy'}) DELETE c",
        ..NONE
    },
];
