//! Small worlds whose right answer can be seen at a glance, so that the oracle itself is checked.

use crate::model::answer::{Answer, Buckets, Labels};
use crate::model::window::EDGES;
use crate::model::world::{
    Agent, Call, DAY, HOUR, Key, MINUTE, Sample, Step, Switch, Task, Text, Time, Work, World,
};

/// What the world shows, the world, a family, and its series.
pub(crate) type Case = (&'static str, World, &'static str, Answer);

type Series<'a> = &'a [(&'a [(&'a str, &'a str)], f64)];

fn text(text: &str) -> Text {
    Some(text.to_owned())
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn plain(series: Series<'_>) -> Answer {
    Answer::Plain(
        series
            .iter()
            .map(|(pairs, value)| (labels(pairs), *value))
            .collect(),
    )
}

/// A histogram without labels.
fn histogram(bounds: &[f64], counts: &[u64], sum: Option<f64>) -> Answer {
    let buckets = Buckets {
        counts: counts.to_vec(),
        sum,
    };
    Answer::Histogram {
        bounds: bounds.to_vec(),
        series: [(Labels::new(), buckets)].into(),
    }
}

fn task(key: Key, status: &str, ago: i64) -> Task {
    Task {
        key,
        system: text("lazybird"),
        status: text(status),
        finished_at: Time::Ago(ago),
        ..Task::default()
    }
}

fn step(key: Key, kind: &str) -> Step {
    Step {
        key,
        system: text("lazybird"),
        kind: text(kind),
        timestamp: Time::Ago(HOUR),
        ..Step::default()
    }
}

fn call(key: Key, kind: &str, target: &str) -> Call {
    Call {
        key,
        system: text("lazybird"),
        kind: text(kind),
        target: text(target),
        timestamp: Time::Ago(HOUR),
        ..Call::default()
    }
}

fn lookup(key: Key, layer: &str, status: &str) -> Call {
    Call {
        action: text("get"),
        status: text(status),
        ..call(key, "cache", layer)
    }
}

fn sample(key: Key, name: &str, value: f64, ago: i64) -> Sample {
    Sample {
        key,
        system: text("lazybird"),
        name: text(name),
        value: Some(value),
        timestamp: Time::Ago(ago),
        ..Sample::default()
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = tasks();
    cases.extend(evaluations());
    cases.extend(agents());
    cases.extend(caches_and_samples());
    cases.push(windows());
    cases
}

fn tasks() -> Vec<Case> {
    let day = World {
        tasks: vec![
            task(0, "success", HOUR),
            task(1, "success", DAY - 600),
            task(2, "cancelled", HOUR),
            task(3, "failed", DAY + 1),
            Task {
                finished_at: Time::Missing,
                ..task(4, "running", 0)
            },
            Task {
                system: None,
                ..task(5, "failed", HOUR)
            },
        ],
        ..World::default()
    };
    let slow = World {
        tasks: vec![
            Task {
                duration_ms: Some(45_000.0),
                ..task(0, "success", HOUR)
            },
            Task {
                duration_ms: Some(10_000.0),
                ..task(1, "success", HOUR)
            },
            task(2, "success", HOUR),
        ],
        ..World::default()
    };
    let savings = World {
        tasks: vec![
            Task {
                cost_usd: Some(0.25),
                baseline_cost_usd: Some(1.0),
                ..task(0, "success", HOUR)
            },
            Task {
                cost_usd: Some(3.0),
                baseline_cost_usd: Some(1.0),
                ..task(1, "success", HOUR)
            },
            Task {
                baseline_cost_usd: Some(1.0),
                ..task(2, "success", HOUR)
            },
        ],
        ..World::default()
    };
    vec![
        (
            "two of three tasks of the day succeeded",
            day.clone(),
            "lazybird_task_success_rate_percent",
            plain(&[(&[], 200.0 / 3.0)]),
        ),
        (
            "one task runs",
            day,
            "lazybird_active_tasks_count",
            plain(&[(&[], 1.0)]),
        ),
        (
            "no task, no success rate",
            World::default(),
            "lazybird_task_success_rate_percent",
            plain(&[]),
        ),
        (
            "no task, an empty queue",
            World::default(),
            "lazybird_task_queue_depth",
            plain(&[(&[], 0.0)]),
        ),
        (
            "a task of 45 s is beyond the last bucket, and its seconds are in the sum",
            slow,
            "lazybird_task_latency_ms",
            histogram(
                &[100.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0],
                &[0, 0, 0, 0, 0, 1, 1],
                Some(55_000.0),
            ),
        ),
        (
            "who costs more saves nothing",
            savings,
            "lazybird_cost_savings_usd_total",
            plain(&[(&[], 0.75)]),
        ),
    ]
}

fn evaluations() -> Vec<Case> {
    let failed = World {
        steps: vec![
            Step {
                ordinal: Some(1),
                status: text("FAIL"),
                ..step(0, "checkpoint")
            },
            Step {
                ordinal: Some(2),
                status: text("warn"),
                ..step(1, "checkpoint")
            },
            Step {
                status: text("fail"),
                ..step(2, "checkpoint")
            },
        ],
        tasks: vec![
            Task {
                early_terminated: Some(false),
                ..task(0, "success", HOUR)
            },
            Task {
                early_terminated: Some(true),
                ..task(1, "failed", HOUR)
            },
        ],
        ..World::default()
    };
    let checkpoints: Series<'_> = &[
        (&[("checkpoint", "1")], 1.0),
        (&[("checkpoint", "2")], 0.0),
        (&[("checkpoint", "3")], 0.0),
        (&[("checkpoint", "unknown")], 1.0),
    ];
    let found = Step {
        vuln_critical: Some(1),
        vuln_medium: Some(3),
        vuln_low: Some(0),
        ..step(0, "evaluation")
    };
    let vulnerabilities: Series<'_> = &[
        (&[("severity", "critical")], 1.0),
        (&[("severity", "high")], 0.0),
        (&[("severity", "medium")], 3.0),
        (&[("severity", "low")], 0.0),
    ];
    let timed = |key, serial, parallel| Step {
        serial_ms: Some(serial),
        duration_ms: Some(parallel),
        ..step(key, "evaluation")
    };
    vec![
        (
            "a gate fails in whatever letters",
            failed.clone(),
            "lazybird_checkpoint_failures_total",
            plain(checkpoints),
        ),
        (
            "a gate that fails ends no task by itself",
            failed,
            "lazybird_early_termination_total",
            plain(&[(&[], 1.0)]),
        ),
        (
            "not only the critical ones",
            World {
                steps: vec![found],
                ..World::default()
            },
            "lazybird_security_vulnerabilities_total",
            plain(vulnerabilities),
        ),
        (
            "whole milliseconds are not divided as integers, and nothing by zero",
            World {
                steps: vec![timed(0, 3000.0, 2000.0), timed(1, 100.0, 0.0)],
                ..World::default()
            },
            "lazybird_parallel_eval_speedup",
            histogram(
                &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0],
                &[0, 0, 0, 1, 0, 0, 0],
                Some(1.5),
            ),
        ),
    ]
}

fn agents() -> Vec<Case> {
    let spent = |key, operation, cost_usd| Call {
        action: text(operation),
        cost_usd,
        ..call(key, "agent", "claude")
    };
    let costs: Series<'_> = &[
        (&[("agent", "claude"), ("operation", "plan")], 0.0),
        (&[("agent", "claude"), ("operation", "refine")], 0.5),
    ];
    let read = Call {
        tokens_in: Some(100),
        ..call(0, "agent", "claude")
    };
    let results = World {
        calls: vec![
            Call {
                status: text("success"),
                ..call(0, "agent", "claude")
            },
            Call {
                status: text("running"),
                timestamp: Time::Missing,
                ..call(1, "agent", "claude")
            },
            Call {
                target: None,
                status: text("error"),
                ..call(2, "agent", "")
            },
            Call {
                status: text("success"),
                ..call(3, "agent", "unknown")
            },
        ],
        ..World::default()
    };
    let quality = |key, quality, ago| Task {
        quality: Some(quality),
        ..task(key, "success", ago)
    };
    let performed = |tasks: &[Key]| tasks.iter().map(|task| Work::Task(*task)).collect();
    let agent = |key, name: Text, tasks: &[Key]| Agent {
        key,
        system: text("lazybird"),
        name,
        performed: performed(tasks),
        ..Agent::default()
    };
    let team = World {
        agents: vec![
            agent(0, text("claude"), &[0, 1, 1, 2, 3]),
            agent(1, None, &[0]),
            agent(2, text("unknown"), &[1]),
            agent(3, text("idle"), &[3]),
        ],
        tasks: vec![
            quality(0, 80.0, HOUR),
            quality(1, 85.0, HOUR),
            quality(2, 1.0, DAY + 1),
            task(3, "success", HOUR),
        ],
        ..World::default()
    };
    let switch = |key, quality_delta| Switch {
        key,
        system: text("lazybird"),
        quality_delta: Some(quality_delta),
        timestamp: Time::Ago(HOUR),
        ..Switch::default()
    };
    vec![
        (
            "cost by what the agent did; one whose cost nobody knows is free",
            World {
                calls: vec![
                    spent(0, "refine", Some(0.25)),
                    spent(1, "refine", Some(0.25)),
                    spent(2, "plan", None),
                ],
                ..World::default()
            },
            "lazybird_api_cost_usd_total",
            plain(costs),
        ),
        (
            "tokens of which one side is missing",
            World {
                calls: vec![read],
                ..World::default()
            },
            "lazybird_token_usage_total",
            plain(&[(&[("agent", "claude")], 100.0)]),
        ),
        (
            "what still runs has not failed; a missing agent and the text `unknown` are one",
            results,
            "lazybird_agent_success_rate_percent",
            plain(&[
                (&[("agent", "claude")], 100.0),
                (&[("agent", "unknown")], 50.0),
            ]),
        ),
        (
            "a task that is said twice to be done counts once",
            team,
            "lazybird_agent_quality_score",
            plain(&[
                (&[("agent", "claude")], 82.5),
                (&[("agent", "unknown")], 82.5),
            ]),
        ),
        (
            "quality may fall: what is negative has no sum",
            World {
                switches: vec![switch(0, -25.0), switch(1, 0.0), switch(2, 21.0)],
                ..World::default()
            },
            "lazybird_agent_switch_quality_improvement",
            histogram(
                &[-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0],
                &[1, 0, 1, 0, 0, 0, 0, 1],
                None,
            ),
        ),
    ]
}

fn caches_and_samples() -> Vec<Case> {
    let lookups = World {
        calls: vec![
            lookup(0, "memory", "hit"),
            lookup(1, "memory", "miss"),
            lookup(2, "memory", "error"),
            Call {
                action: text("set"),
                ..lookup(3, "memory", "hit")
            },
            Call {
                target: None,
                ..lookup(4, "", "hit")
            },
            lookup(5, "unknown", "miss"),
        ],
        ..World::default()
    };
    let layer = |key, layer: &str, value, ago| Sample {
        cache_layer: text(layer),
        ..sample(key, "cache_size_mb", value, ago)
    };
    let sizes = World {
        samples: vec![
            layer(0, "memory", 900.0, 2 * MINUTE),
            layer(1, "memory", 64.0, MINUTE),
            layer(2, "memory", 32.0, MINUTE),
            Sample {
                value: None,
                ..layer(3, "memory", 0.0, 1)
            },
            Sample {
                system: None,
                ..layer(4, "memory", 7.0, 1)
            },
            Sample {
                timestamp: Time::Text(1),
                ..layer(5, "memory", 8.0, 1)
            },
            Sample {
                value: None,
                ..layer(6, "disk", 0.0, MINUTE)
            },
            layer(7, "remote", 5.0, HOUR + 1),
        ],
        ..World::default()
    };
    let memory = |key, value, ago| sample(key, "memory_usage_mb", value, ago);
    let usage = |key, resource: &str, value| Sample {
        resource: text(resource),
        value,
        ..sample(key, "resource_utilization", 0.0, MINUTE)
    };
    let elsewhere = Call {
        system: text("agentos"),
        ..lookup(1, "embedding", "hit")
    };
    vec![
        (
            "one of three lookups hit; writing is no lookup",
            lookups,
            "lazybird_cache_hit_rate_percent",
            plain(&[
                (&[("cache_layer", "memory")], 100.0 / 3.0),
                (&[("cache_layer", "unknown")], 50.0),
            ]),
        ),
        (
            "no lookup, no hit rate",
            World {
                calls: vec![lookup(0, "memory", "hit"), elsewhere],
                ..World::default()
            },
            "lazybird_embedding_cache_hit_rate_percent",
            plain(&[]),
        ),
        (
            "the newest sample that has a value, of two at once the greater one; none of an hour ago",
            sizes,
            "lazybird_cache_size_mb",
            plain(&[(&[("cache_layer", "memory")], 64.0)]),
        ),
        (
            "the newest of all",
            World {
                samples: vec![
                    memory(0, 900.0, 2 * MINUTE),
                    memory(1, 256.0, MINUTE),
                    memory(2, 512.0, MINUTE),
                    memory(3, 300.0, MINUTE),
                    Sample {
                        value: None,
                        ..memory(4, 0.0, 1)
                    },
                    sample(5, "resource_utilization", 99.0, 1),
                ],
                ..World::default()
            },
            "lazybird_memory_usage_mb",
            plain(&[(&[], 512.0)]),
        ),
        (
            "a resource whose samples have no value, or are of an hour ago, is not there; one that rests is",
            World {
                samples: vec![
                    usage(0, "cpu", Some(0.0)),
                    usage(1, "network", None),
                    Sample {
                        timestamp: Time::Ago(2 * MINUTE),
                        ..usage(2, "cpu", Some(50.0))
                    },
                    Sample {
                        timestamp: Time::Ago(HOUR + 1),
                        ..usage(3, "disk", Some(50.0))
                    },
                    usage(4, "memory", Some(30.0)),
                    usage(5, "memory", Some(40.0)),
                    usage(6, "memory", Some(20.0)),
                ],
                ..World::default()
            },
            "lazybird_resource_utilization_percent",
            plain(&[
                (&[("resource", "cpu")], 0.0),
                (&[("resource", "memory")], 40.0),
            ]),
        ),
        (
            "one of three lookups of the embeddings hit",
            World {
                calls: ["hit", "miss", "miss"]
                    .into_iter()
                    .enumerate()
                    .map(|(key, status)| lookup(key, "embedding", status))
                    .collect(),
                ..World::default()
            },
            "lazybird_embedding_cache_hit_rate_percent",
            plain(&[(&[], 100.0 / 3.0)]),
        ),
        (
            "what was sampled an hour ago is over, what a wrong clock dates after now is not yet, and -1 is no memory",
            World {
                samples: vec![
                    memory(0, 900.0, HOUR + 1),
                    memory(1, 800.0, -2 * HOUR),
                    memory(2, 700.0, -80 * 365 * DAY),
                    memory(3, -1.0, MINUTE),
                    memory(4, f64::NAN, MINUTE),
                ],
                ..World::default()
            },
            "lazybird_memory_usage_mb",
            plain(&[]),
        ),
        (
            "nothing sampled, nothing used",
            World::default(),
            "lazybird_memory_usage_mb",
            plain(&[]),
        ),
    ]
}

/// One query at each end of a window, one before all of them and one after.
fn windows() -> Case {
    let query = |(key, ago)| Call {
        action: text("select"),
        timestamp: Time::Ago(ago),
        ..call(key, "db", "neo4j")
    };
    let times = EDGES.into_iter().chain([EDGES[0] + 1, -1, EDGES[0] - 1]);
    let counts: Series<'_> = &[
        (&[("operation", "select")], 4.0),
        (&[("operation", "insert")], 0.0),
        (&[("operation", "update")], 0.0),
        (&[("operation", "delete")], 0.0),
    ];
    (
        "what happened exactly between two windows is in one of them",
        World {
            calls: times.enumerate().map(query).collect(),
            ..World::default()
        },
        "lazybird_database_queries_total",
        plain(counts),
    )
}
