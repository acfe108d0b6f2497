//! What makes each alert of the pack fire, and series with which all is well.

use crate::model::alerts::{Fires, Series};

pub(crate) const FIRES: &[Fires] = &[
    (
        // Far beyond the last bucket.
        "LazybirdSlowTasks",
        &[
            ("lazybird_task_latency_ms_sum", "0+50000x120"),
            ("lazybird_task_latency_ms_count", "0+1x120"),
        ],
        &[],
        "Tasks take 50000 ms on average",
    ),
    (
        "LazybirdQualityLow",
        &[
            ("lazybird_quality_score_sum", "0+55x120"),
            ("lazybird_quality_score_count", "0+1x120"),
        ],
        &[],
        "The average quality score of tasks is only 55; the target is 85",
    ),
    (
        "LazybirdQualityCritical",
        &[
            ("lazybird_quality_score_sum", "0+35x120"),
            ("lazybird_quality_score_count", "0+1x120"),
        ],
        &[],
        "The average quality score of tasks is only 35; the target is 85",
    ),
    (
        "LazybirdTasksExpensive",
        &[
            ("lazybird_cost_per_task_usd_sum", "0+0.08x120"),
            ("lazybird_cost_per_task_usd_count", "0+1x120"),
        ],
        &[],
        "Tasks cost 0.08 USD on average; the target is 0.07 USD",
    ),
    (
        "LazybirdTaskFailuresHigh",
        &[("lazybird_task_success_rate_percent", "79x120")],
        &[],
        "Only 79 % of the tasks finished in the last 24 hours succeeded",
    ),
    (
        "LazybirdTaskFailuresCritical",
        &[("lazybird_task_success_rate_percent", "0x120")],
        &[],
        "Only 0 % of the tasks finished in the last 24 hours succeeded",
    ),
    (
        "LazybirdDailyCostHigh",
        &[
            (
                r#"lazybird_api_cost_usd_total{agent="claude",operation="refine"}"#,
                "0+0.5x120",
            ),
            (
                r#"lazybird_api_cost_usd_total{agent="gemini",operation="plan"}"#,
                "5x120",
            ),
        ],
        &[],
        "Calls to agents cost 60.00 USD in the last 24 hours",
    ),
    (
        "LazybirdCacheHitRateLow",
        &[
            (
                r#"lazybird_cache_hit_rate_percent{cache_layer="memory"}"#,
                "80x120",
            ),
            (
                r#"lazybird_cache_hit_rate_percent{cache_layer="disk"}"#,
                "44x120",
            ),
        ],
        &[("cache_layer", "disk")],
        "Only 44 % of the lookups in the cache layer disk are hits",
    ),
    (
        "LazybirdSwitchesOften",
        &[(
            r#"lazybird_agent_switch_total{from_agent="a",to_agent="b"}"#,
            "0+36x120",
        )],
        &[],
        "Tasks switch agents 0.6 times per second",
    ),
    (
        // An hour of 90, then one of 80.
        "LazybirdQualityDegraded",
        &[
            ("lazybird_quality_score_sum", "0+90x60 5480+80x60"),
            ("lazybird_quality_score_count", "0+1x121"),
        ],
        &[],
        "The quality score is 11.11% below that of the last 7 days",
    ),
    (
        // Idle hours are no mean of anything, and spoil none.
        "LazybirdQualityDegraded",
        &[
            ("lazybird_quality_score_sum", "0+0x10 0+90x49 4490+80x60"),
            ("lazybird_quality_score_count", "0+0x10 0+1x109"),
        ],
        &[],
        "The quality score is 11.11% below that of the last 7 days",
    ),
    (
        "LazybirdLatencySpike",
        &[
            ("lazybird_task_latency_ms_sum", "0+10000x60 630000+30000x59"),
            ("lazybird_task_latency_ms_count", "0+1x120"),
        ],
        &[],
        "Tasks take 30000 ms, more than two standard deviations above the mean of the last day",
    ),
    (
        // The first errors of this service ever, all at once and of a type that was never seen.
        "LazybirdApiErrorsRising",
        &[
            (
                r#"lazybird_external_api_calls_total{service="github"}"#,
                "0+10x120",
            ),
            (
                r#"lazybird_external_api_errors_total{service="github",error_type="unknown"}"#,
                "0x120",
            ),
            (
                r#"lazybird_external_api_errors_total{service="github",error_type="timeout"}"#,
                "_x100 60x20",
            ),
            (
                r#"lazybird_external_api_calls_total{service="notion"}"#,
                "0+10x120",
            ),
            (
                r#"lazybird_external_api_errors_total{service="notion",error_type="timeout"}"#,
                "1+1x120",
            ),
        ],
        &[("service", "github")],
        "10% of the calls to github fail, more than twice the share of the day before",
    ),
    (
        "LazybirdTasksStuck",
        &[
            ("lazybird_task_queue_depth", "7x120"),
            ("lazybird_task_latency_ms_count", "0+1x10 10x110"),
        ],
        &[],
        "7 tasks are queued and none has finished for an hour",
    ),
    (
        // Nothing has ever finished.
        "LazybirdTasksStuck",
        &[("lazybird_task_queue_depth", "7x120")],
        &[],
        "7 tasks are queued and none has finished for an hour",
    ),
    (
        // It fails.
        "LazybirdKpiStale",
        &[(
            r#"cypher_exporter_kpi_up{kpi="lazybird/agent_calls"}"#,
            "1x60 0x60",
        )],
        &[("kpi", "lazybird/agent_calls")],
        "The KPI lazybird/agent_calls has no fresh values",
    ),
    (
        // It hangs.
        "LazybirdKpiStale",
        &[
            (
                r#"cypher_exporter_kpi_up{kpi="lazybird/agent_calls"}"#,
                "1x120",
            ),
            (
                r#"cypher_exporter_kpi_interval_seconds{kpi="lazybird/agent_calls"}"#,
                "300x120",
            ),
            (
                r#"cypher_exporter_kpi_last_success_timestamp_seconds{kpi="lazybird/agent_calls"}"#,
                "3600x120",
            ),
        ],
        &[("kpi", "lazybird/agent_calls")],
        "The KPI lazybird/agent_calls has no fresh values",
    ),
    (
        "LazybirdSilent",
        &[(
            r#"cypher_exporter_kpi_up{kpi="bmad/insight_total"}"#,
            "1x120",
        )],
        &[],
        "Prometheus has no metrics of the LazyBird pipeline",
    ),
];

/// All is well: no alert fires.
pub(crate) const WELL: [&[Series]; 2] = [&[STEADY], &[WITHOUT_DURATIONS]];

/// For an hour nobody has measured how long a task takes; what finishes still has its score.
const WITHOUT_DURATIONS: Series = &[
    ("lazybird_task_latency_ms_sum", "0+9000x60 540000x60"),
    ("lazybird_task_latency_ms_count", "0+1x60 60x60"),
    ("lazybird_quality_score_sum", "0+85x120"),
    ("lazybird_quality_score_count", "0+1x120"),
    ("lazybird_task_queue_depth", "3x120"),
    (
        r#"cypher_exporter_kpi_up{kpi="lazybird/agent_calls"}"#,
        "1x120",
    ),
];

const STEADY: Series = &[
    (
        "lazybird_task_latency_ms_sum",
        "0+44000x60 2684500+44500x60",
    ),
    ("lazybird_task_latency_ms_count", "0+1x120"),
    ("lazybird_quality_score_sum", "0+85x60 5185+82x60"),
    ("lazybird_quality_score_count", "0+1x120"),
    ("lazybird_cost_per_task_usd_sum", "0+0.06x120"),
    ("lazybird_cost_per_task_usd_count", "0+1x120"),
    ("lazybird_task_success_rate_percent", "80x120"),
    (
        r#"lazybird_api_cost_usd_total{agent="claude",operation="refine"}"#,
        "0+0.1x120",
    ),
    (
        r#"lazybird_cache_hit_rate_percent{cache_layer="memory"}"#,
        "45x120",
    ),
    (
        r#"lazybird_agent_switch_total{from_agent="a",to_agent="b"}"#,
        "0+1x120",
    ),
    (
        r#"lazybird_external_api_calls_total{service="github"}"#,
        "0+100x120",
    ),
    (
        r#"lazybird_external_api_errors_total{service="github",error_type="timeout"}"#,
        "0+1x60 64+4x60",
    ),
    ("lazybird_task_queue_depth", "3x120"),
    (
        r#"cypher_exporter_kpi_up{kpi="lazybird/agent_calls"}"#,
        "1x120",
    ),
    (
        r#"cypher_exporter_kpi_interval_seconds{kpi="lazybird/agent_calls"}"#,
        "300x120",
    ),
    (
        r#"cypher_exporter_kpi_last_success_timestamp_seconds{kpi="lazybird/agent_calls"}"#,
        "0+60x120",
    ),
    (
        r#"cypher_exporter_kpi_up{kpi="bmad/insight_total"}"#,
        "0x120",
    ),
];
