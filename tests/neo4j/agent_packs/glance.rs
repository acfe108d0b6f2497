//! Small worlds whose right answer can be seen at a glance, so that the oracles themselves are
//! checked.

use std::collections::BTreeSet;

use crate::model::answer::{Answer, Buckets, Labels};
use crate::model::window::EDGES;
use crate::model::world::{
    Agent, Anomaly, Call, DAY, HOUR, Job, Key, MINUTE, Session, Step, System, Text, Time, Whole,
    World,
};

/// What the world shows, the world, a family, and what it must answer.
pub(crate) type Case = (&'static str, World, &'static str, Answer);

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn text(text: &str) -> Text {
    Some(text.to_owned())
}

fn labels(pairs: Pairs<'_>) -> Labels {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn plain<const N: usize>(series: [(Pairs<'_>, f64); N]) -> Answer {
    Answer::Plain(
        series
            .into_iter()
            .map(|(pairs, value)| (labels(pairs), value))
            .collect(),
    )
}

fn info(facts: Pairs<'_>) -> Answer {
    Answer::Info(BTreeSet::from([labels(facts)]))
}

fn histogram<const N: usize>(bounds: &[f64], series: [(Pairs<'_>, &[u64], f64); N]) -> Answer {
    let buckets = |counts: &[u64], sum| Buckets {
        counts: counts.to_vec(),
        sum: Some(sum),
    };
    let series = series
        .into_iter()
        .map(|(pairs, counts, sum)| (labels(pairs), buckets(counts, sum)));
    Answer::Histogram {
        bounds: bounds.to_vec(),
        series: series.collect(),
    }
}

/// A call of AgentOS that ended a minute ago.
fn call(key: Key, kind: &str, target: &str, action: &str, status: &str) -> Call {
    Call {
        key,
        system: text("agentos"),
        kind: text(kind),
        target: text(target),
        action: text(action),
        status: text(status),
        timestamp: Time::Ago(MINUTE),
        ..Call::default()
    }
}

fn calls<const N: usize>(calls: [Call; N]) -> World {
    World {
        calls: calls.into(),
        ..World::default()
    }
}

const PREVIEW: &str = "/v2beta1/chat-completions-2024-preview";

pub(crate) fn agentos() -> Vec<Case> {
    let agent = |key, name: &str| Agent {
        key,
        system: text("agentos"),
        name: text(name),
        ..Agent::default()
    };
    let running = |key, target: &str| Call {
        timestamp: Time::Missing,
        ..call(key, "a2a", target, "run", "running")
    };
    let navi: Pairs<'_> = &[
        ("agent", "navi"),
        ("operation", "run"),
        ("status", "success"),
    ];
    let navi_fails: Pairs<'_> = &[("agent", "navi"), ("operation", "run"), ("status", "error")];
    let seconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let lasting = |key, duration_ms| Call {
        duration_ms,
        ..call(key, "a2a", "navi", "run", "success")
    };
    let decided = |key, target: &str| call(key, "rate_limit", target, "check", "denied");
    let system = |key, owner: &str, name: &str, version| System {
        key,
        system: text(owner),
        name: text(name),
        version,
        protocols: text("a2a_0.3.0"),
        ..System::default()
    };
    let silent = |key| System {
        key,
        system: text("agentos"),
        name: text("AgentOS"),
        ..System::default()
    };
    let says_unknown = |key| System {
        version: text("unknown"),
        protocols: text("unknown"),
        service: text("unknown"),
        ..silent(key)
    };
    vec![
        (
            "another's node of that name says nothing, nor does another node of ours",
            World {
                systems: vec![
                    system(0, "agentos", "AgentOS", text("0.2.0")),
                    system(1, "bmad", "AgentOS", text("9.9.9")),
                    system(2, "agentos", "Herald", text("0.1.0")),
                ],
                ..World::default()
            },
            "agentos_info",
            info(&[
                ("version", "0.2.0"),
                ("protocols", "a2a_0.3.0"),
                ("service", "unknown"),
            ]),
        ),
        (
            "facts that are missing and the text `unknown` are one",
            World {
                systems: vec![silent(0), says_unknown(1)],
                ..World::default()
            },
            "agentos_info",
            info(&[
                ("version", "unknown"),
                ("protocols", "unknown"),
                ("service", "unknown"),
            ]),
        ),
        (
            "a request without a duration is counted",
            calls([lasting(0, Some(50.0)), lasting(1, None), running(2, "navi")]),
            "a2a_requests_total",
            plain([(navi, 2.0), (navi_fails, 0.0)]),
        ),
        (
            "a request without a duration is not observed; one on a bound is below it",
            calls([lasting(0, Some(50.0)), lasting(1, None), running(2, "navi")]),
            "a2a_request_duration_seconds",
            histogram(
                &seconds,
                [
                    (navi, &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 0.05),
                    (navi_fails, &[0; 10], 0.0),
                ],
            ),
        ),
        (
            "an idle agent of ours has no task, two of one name are one, and a task of nobody that we know counts",
            World {
                agents: vec![
                    agent(0, "navi"),
                    agent(1, "pulse"),
                    agent(2, "pulse"),
                    Agent {
                        system: text("lazybird"),
                        ..agent(3, "copilot")
                    },
                ],
                calls: vec![
                    running(0, "pulse"),
                    running(1, "pulse"),
                    running(2, "herald"),
                ],
                ..World::default()
            },
            "a2a_active_tasks",
            plain([
                (&[("agent", "navi")], 0.0),
                (&[("agent", "pulse")], 2.0),
                (&[("agent", "herald")], 1.0),
            ]),
        ),
        (
            "a request that has ended is no active task",
            calls([call(0, "a2a", "navi", "run", "success")]),
            "a2a_active_tasks",
            plain([]),
        ),
        (
            "a cache of another system is not ours",
            calls([
                call(0, "cache", "memory", "get", "hit"),
                Call {
                    system: text("lazybird"),
                    ..call(1, "cache", "memory", "get", "hit")
                },
            ]),
            "cache_operations_total",
            plain([(&[("operation", "get"), ("result", "hit")], 1.0)]),
        ),
        (
            "paths that differ in their ids only are one endpoint",
            calls([
                decided(0, "/agents/7/runs?limit=3"),
                decided(1, "/agents/0b9e7c1d-4f0a-4c7e-9d55-0b5f6f1c2a3e/runs"),
                decided(2, "/agents/:id/runs"),
                decided(3, "/v1/a2a"),
                decided(4, "/agents/ag_17/runs"),
                decided(5, "/agents/-5/runs"),
                decided(6, "/agents/jane@x.org/runs"),
                decided(7, "/v1/a2a"),
                decided(8, "/v2beta1/chat-completions-2024-preview"),
            ]),
            "rate_limit_hits_total",
            plain([
                (
                    &[
                        ("endpoint", "/agents/:id/runs"),
                        ("workspace_id", "unknown"),
                        ("result", "denied"),
                    ],
                    6.0,
                ),
                (
                    &[
                        ("endpoint", "/agents/:id/runs"),
                        ("workspace_id", "unknown"),
                        ("result", "allowed"),
                    ],
                    0.0,
                ),
                (
                    &[
                        ("endpoint", "/v1/a2a"),
                        ("workspace_id", "unknown"),
                        ("result", "denied"),
                    ],
                    2.0,
                ),
                (
                    &[
                        ("endpoint", "/v1/a2a"),
                        ("workspace_id", "unknown"),
                        ("result", "allowed"),
                    ],
                    0.0,
                ),
                (
                    &[
                        ("endpoint", PREVIEW),
                        ("workspace_id", "unknown"),
                        ("result", "denied"),
                    ],
                    1.0,
                ),
                (
                    &[
                        ("endpoint", PREVIEW),
                        ("workspace_id", "unknown"),
                        ("result", "allowed"),
                    ],
                    0.0,
                ),
            ]),
        ),
        (
            "tokens of which one side is missing",
            calls([
                Call {
                    tokens_in: Some(7),
                    ..call(0, "ccr", "claude", "reasoning", "success")
                },
                Call {
                    tokens_in: Some(1),
                    tokens_out: Some(5),
                    ..call(1, "ccr", "claude", "general", "fallback")
                },
            ]),
            "ccr_tokens_total",
            plain([
                (&[("provider", "claude"), ("direction", "input")], 8.0),
                (&[("provider", "claude"), ("direction", "output")], 5.0),
            ]),
        ),
    ]
}

fn skill(key: Key, phase: Text, status: &str) -> Call {
    Call {
        system: text("session_buddy"),
        action: phase,
        ..call(key, "skill", "pytest-run", "", status)
    }
}

pub(crate) fn session_buddy() -> Vec<Case> {
    let unknown_phase: Pairs<'_> = &[("skill_name", "pytest-run"), ("workflow_phase", "unknown")];
    let timed = |key, seconds: f64| Call {
        duration_ms: Some(1000.0 * seconds),
        ..skill(key, None, "error")
    };
    let anomaly = |key, kind: &str| Anomaly {
        key,
        system: text("session_buddy"),
        kind: text(kind),
        target: text("pytest-run"),
        timestamp: Time::Ago(MINUTE),
        ..Anomaly::default()
    };
    let of_kind = |kind: &'static str| [("anomaly_type", kind), ("skill_name", "pytest-run")];
    let session = |key, started_at, ended_at| Session {
        key,
        system: text("session_buddy"),
        started_at,
        ended_at,
    };
    let bounds = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0];
    vec![
        (
            "no phase, an empty one and the text `unknown` are one",
            calls([
                skill(0, None, "success"),
                skill(1, text(""), "success"),
                skill(2, text("unknown"), "success"),
            ]),
            "skill_invocations_total",
            plain([
                (
                    &[unknown_phase[0], unknown_phase[1], ("completed", "true")],
                    3.0,
                ),
                (
                    &[unknown_phase[0], unknown_phase[1], ("completed", "false")],
                    0.0,
                ),
            ]),
        ),
        (
            "failed invocations have a duration too, and so have those that took no time",
            calls([
                timed(0, 38.7),
                timed(1, 45.2),
                timed(2, 120.5),
                timed(3, 0.0),
                skill(4, None, "success"),
            ]),
            "skill_duration_seconds",
            histogram(
                &bounds,
                [(unknown_phase, &[1, 0, 0, 0, 0, 0, 0, 2, 1, 0], 204.4)],
            ),
        ),
        (
            "a third is not divided as an integer, and yesterday is over",
            calls([
                skill(0, None, "success"),
                skill(1, None, "error"),
                skill(2, None, "anything"),
                Call {
                    timestamp: Time::Ago(DAY + MINUTE),
                    ..skill(3, None, "success")
                },
            ]),
            "skill_completion_rate",
            plain([(&[("skill_name", "pytest-run")], 1.0 / 3.0)]),
        ),
        (
            "a session that ended, one that goes on, and one that never began",
            World {
                sessions: vec![
                    session(0, Time::Ago(HOUR), Time::Ago(MINUTE)),
                    session(1, Time::Ago(HOUR), Time::Missing),
                    session(2, Time::Missing, Time::Missing),
                ],
                ..World::default()
            },
            "active_sessions_total",
            plain([(&[], 1.0)]),
        ),
        (
            "an anomaly keeps the type that its detector gave it",
            World {
                anomalies: vec![
                    anomaly(0, "performance_drop"),
                    anomaly(1, "drop"),
                    anomaly(2, "drop"),
                ],
                ..World::default()
            },
            "anomalies_detected_total",
            plain([(&of_kind("performance_drop"), 1.0), (&of_kind("drop"), 2.0)]),
        ),
    ]
}

fn job(key: Key, status: &str) -> Job {
    Job {
        key,
        system: text("agentcore"),
        id: Some(format!("job-{key}")),
        status: text(status),
        created_at: Time::Ago(2 * HOUR),
        started_at: Time::Ago(HOUR),
        ..Job::default()
    }
}

fn owning(key: Key, name: &str, owns: Vec<Key>) -> Agent {
    Agent {
        key,
        name: text(name),
        owns,
        ..Agent::default()
    }
}

pub(crate) fn agentcore() -> Vec<Case> {
    let budget = |key, cost_usd, budget_usd| Job {
        cost_usd,
        budget_usd,
        ..job(key, "running")
    };
    let finished = |key, status: &str, ago| Job {
        finished_at: Time::Ago(ago),
        loss: Some(0.5),
        ..job(key, status)
    };
    let step = |key, part_of| Step {
        key,
        system: text("agentcore"),
        kind: text("policy_update"),
        timestamp: Time::Ago(MINUTE),
        duration_ms: Some(2500.0),
        part_of,
        ..Step::default()
    };
    let of_job = |job: &'static str| [("agent_id", "trainer"), ("job_id", job)];
    let unknown: Pairs<'_> = &[("agent_id", "unknown")];
    let trainer: Pairs<'_> = &[("agent_id", "trainer")];
    let trained = |jobs: Vec<Job>| World {
        agents: vec![owning(
            0,
            "trainer",
            jobs.iter().map(|job| job.key).collect(),
        )],
        jobs,
        ..World::default()
    };
    let created = |key, created_at| Job {
        created_at,
        ..job(key, "running")
    };
    let ended = || {
        vec![
            finished(0, "completed", MINUTE),
            finished(1, "failed", HOUR + MINUTE),
            job(2, "running"),
        ]
    };
    vec![
        (
            "a limit of 0, at the limit, above it, and none",
            trained(vec![
                budget(0, Some(0.0), Some(0.0)),
                budget(1, Some(100.0), Some(100.0)),
                budget(2, Some(120.0), Some(100.0)),
                budget(3, Some(5.0), None),
                budget(4, Some(1.0), Some(3.0)),
            ]),
            "training_budget_utilization_percent",
            plain([
                (&of_job("job-0"), 0.0),
                (&of_job("job-1"), 100.0),
                (&of_job("job-2"), 120.0),
                (&of_job("job-4"), 100.0 / 3.0),
            ]),
        ),
        (
            "what costs nothing yet has cost 0, what nobody measured nothing",
            trained(vec![budget(0, Some(0.0), None), budget(1, None, Some(1.0))]),
            "training_budget_usage_usd",
            plain([(&of_job("job-0"), 0.0)]),
        ),
        (
            "a job's series ends an hour after the job",
            trained(ended()),
            "training_loss",
            plain([(&of_job("job-0"), 0.5)]),
        ),
        (
            "every job that failed is counted",
            trained(ended()),
            "training_jobs_failed_total",
            plain([(trainer, 1.0)]),
        ),
        (
            "an agent that created a job has every counter of finished jobs",
            trained(vec![job(0, "running")]),
            "training_jobs_cancelled_total",
            plain([(trainer, 0.0)]),
        ),
        (
            "a job that was created gives its agent a 0, but not before or after all windows, nor for another system",
            World {
                agents: [
                    "before",
                    "at the edge",
                    "last",
                    "later",
                    "elsewhere",
                    "nowhere",
                ]
                .into_iter()
                .enumerate()
                .map(|(key, name)| owning(key, name, vec![key]))
                .collect(),
                jobs: vec![
                    created(0, Time::Ago(EDGES[0] + 1)),
                    created(1, Time::Ago(EDGES[0])),
                    created(2, Time::Ago(EDGES[EDGES.len() - 1])),
                    created(3, Time::Ago(-HOUR)),
                    Job {
                        system: text("lazybird"),
                        ..created(4, Time::Ago(HOUR))
                    },
                    Job {
                        finished_at: Time::Ago(HOUR),
                        ..created(5, Time::Missing)
                    },
                ],
                ..World::default()
            },
            "training_jobs_failed_total",
            plain([(&[("agent_id", "last")], 0.0)]),
        ),
        (
            "what waits is active too",
            trained(vec![job(0, "queued"), job(1, "running")]),
            "training_jobs_active",
            plain([(&[], 2.0)]),
        ),
        (
            "a job without an owner is not lost",
            World {
                jobs: vec![job(0, "queued")],
                ..World::default()
            },
            "training_jobs_created_total",
            plain([(unknown, 1.0)]),
        ),
        (
            "a job that two own, one of them twice, is one job of the first by name",
            World {
                agents: vec![
                    owning(0, "trainer", vec![0, 0]),
                    owning(1, "apprentice", vec![0]),
                ],
                jobs: vec![job(0, "queued")],
                ..World::default()
            },
            "training_jobs_created_total",
            plain([(&[("agent_id", "apprentice")], 1.0)]),
        ),
        (
            "a step that is a part of its job twice is observed once, and so is a step of nothing",
            World {
                steps: vec![step(0, vec![Whole::Job(0), Whole::Job(0)]), step(1, vec![])],
                ..trained(vec![job(0, "running")])
            },
            "training_policy_update_duration_seconds",
            histogram(
                &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0],
                [
                    (trainer, &[0, 0, 0, 0, 1, 0, 0, 0], 2.5),
                    (unknown, &[0, 0, 0, 0, 1, 0, 0, 0], 2.5),
                ],
            ),
        ),
        (
            "a job that waits was not started, whatever it says; another system's is not ours",
            trained(vec![
                job(0, "queued"),
                job(1, "running"),
                Job {
                    system: text("lazybird"),
                    ..job(2, "running")
                },
            ]),
            "training_job_started_timestamp_seconds",
            plain([(&of_job("job-1"), -HOUR as f64)]),
        ),
        (
            "at its first iteration",
            trained(vec![Job {
                iteration: Some(0),
                iterations_total: Some(100),
                ..job(0, "running")
            }]),
            "training_iteration_current",
            plain([(&of_job("job-0"), 0.0)]),
        ),
    ]
}
