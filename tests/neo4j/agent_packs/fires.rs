//! What makes each alert of the three packs fire, and series with which all is well.

use crate::model::alerts::{Fires, Series};

pub(crate) const FIRES: &[Fires] = &[
    (
        "AgentOsErrorRateHigh",
        &[
            (
                r#"a2a_requests_total{agent="navi",operation="run",status="success"}"#,
                "0+9x120",
            ),
            (
                r#"a2a_requests_total{agent="navi",operation="run",status="error"}"#,
                "0+1x120",
            ),
        ],
        &[("agent", "navi")],
        "10% of the A2A requests to navi fail",
    ),
    (
        "AgentOsRequestsSlow",
        &[
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="0.5"}"#,
                "0x120",
            ),
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="1"}"#,
                "0+1x120",
            ),
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="+Inf"}"#,
                "0+1x120",
            ),
        ],
        &[("agent", "navi")],
        "The 95th percentile of the A2A request duration of navi is 975ms",
    ),
    (
        "AgentOsRequestsVerySlow",
        &[
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="5"}"#,
                "0x120",
            ),
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="10"}"#,
                "0+1x120",
            ),
            (
                r#"a2a_request_duration_seconds_bucket{agent="navi",le="+Inf"}"#,
                "0+1x120",
            ),
        ],
        &[("agent", "navi")],
        "The 95th percentile of the A2A request duration of navi is 9.75s",
    ),
    (
        "AgentOsRateLimitDenials",
        // Two new workspaces, one after the other, and nobody before.
        &[
            (
                r#"rate_limit_hits_total{endpoint="/ccr",workspace_id="ws-1",result="denied"}"#,
                "_x113 25x7",
            ),
            (
                r#"rate_limit_hits_total{endpoint="/ccr",workspace_id="ws-2",result="denied"}"#,
                "_x117 30x3",
            ),
            (
                r#"cypher_exporter_kpi_window_lag_seconds{kpi="agentos/rate_limit_hits_total"}"#,
                "0x120",
            ),
        ],
        &[],
        "Rate limits denied 30 requests in 5 minutes",
    ),
    (
        // Not one hit is no series of hits.
        "AgentOsCacheHitRatioLow",
        &[(
            r#"cache_operations_total{operation="get",result="miss"}"#,
            "0+1x120",
        )],
        &[],
        "Only 0% of the cache lookups are hits",
    ),
    (
        // The first anomalies ever: each kind is the first of its skill.
        "SessionBuddyHighAnomalyRate",
        &[
            (
                r#"cypher_exporter_kpi_window_lag_seconds{kpi="session_buddy/anomalies_detected_total"}"#,
                "0x120",
            ),
            (
                r#"anomalies_detected_total{anomaly_type="drop",skill_name="a"}"#,
                "_x117 2x2",
            ),
            (
                r#"anomalies_detected_total{anomaly_type="drop",skill_name="b"}"#,
                "_x117 2x2",
            ),
            (
                r#"anomalies_detected_total{anomaly_type="spike",skill_name="c"}"#,
                "_x117 2x2",
            ),
        ],
        &[],
        "6 anomalies were detected in 5 minutes",
    ),
    (
        "SessionBuddySkillPerformanceDrop",
        &[(
            r#"skill_completion_rate{skill_name="pytest-run"}"#,
            "0.6x120",
        )],
        &[("skill_name", "pytest-run")],
        "Only 60% of the invocations of pytest-run completed in the last 24 hours",
    ),
    (
        "SessionBuddySkillCriticalFailure",
        &[(
            r#"skill_completion_rate{skill_name="pytest-run"}"#,
            "0.4x120",
        )],
        &[("skill_name", "pytest-run")],
        "Only 40% of the invocations of pytest-run completed in the last 24 hours",
    ),
    (
        "SessionBuddyMissingSkillMetrics",
        &[],
        &[],
        "Only 0 skills were invoked in the last 24 hours",
    ),
    (
        "SessionBuddyActiveSessionsZero",
        &[("active_sessions_total", "0x120")],
        &[],
        "No session is active",
    ),
    (
        "SessionBuddySlowSkillExecution",
        &[
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="30"}"#,
                "0x120",
            ),
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="60"}"#,
                "0+1x120",
            ),
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="+Inf"}"#,
                "0+1x120",
            ),
        ],
        &[("skill_name", "pytest-run")],
        "The 95th percentile of the duration of pytest-run is 58.5s",
    ),
    (
        "SessionBuddyVerySlowSkillExecution",
        &[
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="60"}"#,
                "0x120",
            ),
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="300"}"#,
                "0+1x120",
            ),
            (
                r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="+Inf"}"#,
                "0+1x120",
            ),
        ],
        &[("skill_name", "pytest-run")],
        "The 95th percentile of the duration of pytest-run is 4m 48s",
    ),
    (
        "SessionBuddyHighInvocationRate",
        &[(
            r#"skill_invocations_total{skill_name="loop",workflow_phase="setup",completed="true"}"#,
            "0+6600x120",
        )],
        &[("skill_name", "loop")],
        "loop is invoked 110.0 times per second",
    ),
    (
        "SessionBuddyCrackerjackIntegrationFailing",
        &[(
            r#"skill_invocations_total{skill_name="ruff-fail",workflow_phase="execution",completed="true"}"#,
            "0+12x120",
        )],
        &[("skill_name", "ruff-fail")],
        "ruff-fail is invoked 0.2 times per second",
    ),
    (
        "SessionBuddyCICDPipelineFailure",
        &[
            (
                r#"skill_invocations_total{skill_name="build",workflow_phase="execution",completed="true"}"#,
                "0+3x120",
            ),
            (
                r#"skill_invocations_total{skill_name="build",workflow_phase="execution",completed="false"}"#,
                "0+1x120",
            ),
        ],
        &[],
        "25% of the skill invocations in the execution phase failed",
    ),
    (
        // It answered once, and never again.
        "SessionBuddyStaleMetricsCache",
        &[
            (
                r#"cypher_exporter_kpi_last_success_timestamp_seconds{kpi="session_buddy/active_sessions_total"}"#,
                "60x120",
            ),
            (
                r#"cypher_exporter_kpi_up{kpi="session_buddy/active_sessions_total"}"#,
                "1x120",
            ),
        ],
        &[("kpi", "session_buddy/active_sessions_total")],
        "The KPI session_buddy/active_sessions_total has no fresh values",
    ),
    (
        // It never answered.
        "SessionBuddyStaleMetricsCache",
        &[(
            r#"cypher_exporter_kpi_up{kpi="session_buddy/skill_completion_rate"}"#,
            "0x120",
        )],
        &[("kpi", "session_buddy/skill_completion_rate")],
        "The KPI session_buddy/skill_completion_rate has no fresh values",
    ),
    (
        "HighTrainingFailureRate",
        &[
            (
                r#"training_jobs_completed_total{agent_id="trainer"}"#,
                "0+1x120",
            ),
            (
                r#"training_jobs_failed_total{agent_id="trainer"}"#,
                "0+1x120",
            ),
        ],
        &[("agent_id", "trainer")],
        "50% of the training jobs of trainer failed in the last 24 hours",
    ),
    (
        // Its first four jobs failed, all at once.
        "HighTrainingFailureRate",
        &[
            (
                r#"training_jobs_completed_total{agent_id="novice"}"#,
                "_x60 0x60",
            ),
            (
                r#"training_jobs_failed_total{agent_id="novice"}"#,
                "_x60 0x20 4x40",
            ),
        ],
        &[("agent_id", "novice")],
        "100% of the training jobs of novice failed in the last 24 hours",
    ),
    (
        "SlowTrajectoryGeneration",
        &[
            (
                r#"training_trajectory_generation_duration_seconds_bucket{agent_id="trainer",le="60"}"#,
                "0x120",
            ),
            (
                r#"training_trajectory_generation_duration_seconds_bucket{agent_id="trainer",le="120"}"#,
                "0+1x120",
            ),
            (
                r#"training_trajectory_generation_duration_seconds_bucket{agent_id="trainer",le="+Inf"}"#,
                "0+1x120",
            ),
        ],
        &[("agent_id", "trainer")],
        "The 95th percentile of the time to generate a trajectory batch for trainer is 1m 57s",
    ),
    (
        "TrainingBudgetExceeded",
        &[(
            r#"training_budget_utilization_percent{agent_id="trainer",job_id="job-1"}"#,
            "120x120",
        )],
        &[("agent_id", "trainer"), ("job_id", "job-1")],
        "Training job job-1 of trainer has used 120 % of its budget",
    ),
    (
        "TrainingBudgetWarning",
        &[(
            r#"training_budget_utilization_percent{agent_id="trainer",job_id="job-1"}"#,
            "100x120",
        )],
        &[("agent_id", "trainer"), ("job_id", "job-1")],
        "Training job job-1 of trainer has used 100 % of its budget",
    ),
    (
        "TrainingBudgetNotice",
        &[(
            r#"training_budget_utilization_percent{agent_id="trainer",job_id="job-1"}"#,
            "90x120",
        )],
        &[("agent_id", "trainer"), ("job_id", "job-1")],
        "Training job job-1 of trainer has used 90 % of its budget",
    ),
    (
        "LongRunningTrainingJob",
        &[(
            r#"training_job_started_timestamp_seconds{agent_id="trainer",job_id="job-1"}"#,
            "0x120",
        )],
        &[("agent_id", "trainer"), ("job_id", "job-1")],
        "Training job job-1 of trainer has been running for 2h 0m 0s",
    ),
];

/// All is well: no alert fires.
pub(crate) const WELL: [&[Series]; 2] = [&[STEADY, SKILLS], &[FIRST_RUN, SKILLS]];

/// Skills enough, with two more of each case.
const SKILLS: Series = &[
    (r#"skill_completion_rate{skill_name="c"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="d"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="e"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="f"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="g"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="h"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="i"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="j"}"#, "1x120"),
];

/// An exporter that has just begun counts the whole past at once.
const FIRST_RUN: Series = &[
    (
        r#"anomalies_detected_total{anomaly_type="drop",skill_name="pytest-run"}"#,
        "_x114 500x6",
    ),
    (
        r#"rate_limit_hits_total{endpoint="/ccr",workspace_id="ws-1",result="denied"}"#,
        "_x114 500x6",
    ),
    (
        r#"cypher_exporter_kpi_window_lag_seconds{kpi="agentos/rate_limit_hits_total"}"#,
        "_x114 0x6",
    ),
    (
        r#"cypher_exporter_kpi_window_lag_seconds{kpi="session_buddy/anomalies_detected_total"}"#,
        "_x114 0x6",
    ),
    ("active_sessions_total", "1x120"),
    (
        r#"training_jobs_completed_total{agent_id="trainer"}"#,
        "_x114 0x6",
    ),
    (
        r#"training_jobs_failed_total{agent_id="trainer"}"#,
        "_x114 500x6",
    ),
    (r#"skill_completion_rate{skill_name="a"}"#, "1x120"),
    (r#"skill_completion_rate{skill_name="b"}"#, "1x120"),
];

/// Jobs were started an hour before the two hours are over.
const STEADY: Series = &[
    (
        r#"a2a_requests_total{agent="navi",operation="run",status="success"}"#,
        "0+99x120",
    ),
    (
        r#"a2a_requests_total{agent="navi",operation="run",status="error"}"#,
        "0+1x120",
    ),
    (
        r#"a2a_request_duration_seconds_bucket{agent="navi",le="0.5"}"#,
        "0+1x120",
    ),
    (
        r#"a2a_request_duration_seconds_bucket{agent="navi",le="+Inf"}"#,
        "0+1x120",
    ),
    (
        r#"rate_limit_hits_total{endpoint="/ccr",workspace_id="ws-1",result="denied"}"#,
        "0+1x120",
    ),
    (
        r#"cache_operations_total{operation="get",result="hit"}"#,
        "0+1x120",
    ),
    (
        r#"cache_operations_total{operation="get",result="miss"}"#,
        "0+1x120",
    ),
    (
        r#"cypher_exporter_kpi_window_lag_seconds{kpi="agentos/rate_limit_hits_total"}"#,
        "0x120",
    ),
    (
        r#"cypher_exporter_kpi_window_lag_seconds{kpi="session_buddy/anomalies_detected_total"}"#,
        "0x120",
    ),
    (
        r#"anomalies_detected_total{anomaly_type="drop",skill_name="pytest-run"}"#,
        "0+1x120",
    ),
    (r#"skill_completion_rate{skill_name="test"}"#, "0.1x120"),
    (r#"skill_completion_rate{skill_name="b"}"#, "0.7x120"),
    ("active_sessions_total", "1x120"),
    (
        r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="30"}"#,
        "0+1x120",
    ),
    (
        r#"skill_duration_seconds_bucket{skill_name="pytest-run",workflow_phase="setup",le="+Inf"}"#,
        "0+1x120",
    ),
    (
        r#"skill_invocations_total{skill_name="build",workflow_phase="execution",completed="true"}"#,
        "0+9x120",
    ),
    (
        r#"skill_invocations_total{skill_name="build",workflow_phase="execution",completed="false"}"#,
        "0+1x120",
    ),
    (
        r#"cypher_exporter_kpi_last_success_timestamp_seconds{kpi="session_buddy/active_sessions_total"}"#,
        "0+60x120",
    ),
    (
        r#"cypher_exporter_kpi_last_success_timestamp_seconds{kpi="bmad/insight_total"}"#,
        "0x120",
    ),
    (
        r#"cypher_exporter_kpi_up{kpi="session_buddy/active_sessions_total"}"#,
        "1x120",
    ),
    (
        r#"training_jobs_completed_total{agent_id="trainer"}"#,
        "0+9x120",
    ),
    (
        r#"training_jobs_failed_total{agent_id="trainer"}"#,
        "0+1x120",
    ),
    (r#"training_jobs_completed_total{agent_id="idle"}"#, "3x120"),
    (r#"training_jobs_failed_total{agent_id="idle"}"#, "3x120"),
    (
        r#"training_trajectory_generation_duration_seconds_bucket{agent_id="trainer",le="60"}"#,
        "0+1x120",
    ),
    (
        r#"training_trajectory_generation_duration_seconds_bucket{agent_id="trainer",le="+Inf"}"#,
        "0+1x120",
    ),
    (
        r#"training_budget_utilization_percent{agent_id="trainer",job_id="job-1"}"#,
        "75x120",
    ),
    (
        r#"training_job_started_timestamp_seconds{agent_id="trainer",job_id="job-1"}"#,
        "3600x120",
    ),
];
