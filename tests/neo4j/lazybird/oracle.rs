//! The families of the pack: the forty that the system declares, each with what it must show,
//! computed from the world alone.

use std::collections::BTreeMap;

use crate::model::family::{Event, Family, Values, averages, counter, gauge, histogram, label};
use crate::model::world::{Call, DAY, HOUR, Number, Sample, Step, Switch, Task, Text, Work, World};

type Samples = BTreeMap<Values, f64>;

const PERCENT: &[f64] = &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0];
const LONG_MS: &[f64] = &[500.0, 1000.0, 2000.0, 5000.0, 10_000.0];
const TASK_MS: &[f64] = &[100.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0];

/// In the order in which the system declares them.
pub(crate) const FAMILIES: [Family; 40] = [
    histogram("lazybird_task_latency_ms", &[], TASK_MS, |w| {
        of_tasks(w, |t| t.duration_ms)
    }),
    histogram(
        "lazybird_iteration_duration_ms",
        &[],
        &[500.0, 1000.0, 2000.0, 5000.0],
        |w| of_steps(w, "iteration", |s| s.duration_ms),
    ),
    histogram(
        "lazybird_checkpoint_latency_ms",
        &[],
        &[50.0, 100.0, 200.0, 500.0],
        |w| of_steps(w, "checkpoint", |s| s.duration_ms),
    ),
    histogram("lazybird_evaluation_latency_ms", &[], LONG_MS, |w| {
        of_steps(w, "evaluation", |s| s.duration_ms)
    }),
    histogram("lazybird_agent_latency_ms", &["agent"], LONG_MS, |w| {
        of_calls(w, "agent", |c| c.duration_ms, target)
    }),
    histogram(
        "lazybird_embedding_generation_latency_ms",
        &[],
        &[100.0, 500.0, 1000.0, 2000.0],
        |w| of_calls(w, "embedding", |c| c.duration_ms, nothing),
    ),
    histogram(
        "lazybird_cache_lookup_latency_ms",
        &["cache_layer"],
        &[1.0, 5.0, 10.0, 50.0, 100.0],
        |w| {
            of_calls(
                w,
                "cache",
                |c| c.duration_ms.filter(|_| is(&c.action, "get")),
                target,
            )
        },
    ),
    histogram(
        "lazybird_api_call_latency_ms",
        &["service"],
        &[100.0, 500.0, 1000.0, 2000.0, 5000.0],
        |w| of_calls(w, "api", |c| c.duration_ms, target),
    ),
    histogram("lazybird_quality_score", &[], PERCENT, |w| {
        of_tasks(w, |t| t.quality)
    }),
    histogram("lazybird_test_coverage_percent", &[], PERCENT, |w| {
        of_tasks(w, |t| t.coverage)
    }),
    counter(
        "lazybird_security_vulnerabilities_total",
        &["severity"],
        vulnerabilities,
    )
    .with_zeros(&[&["critical"], &["high"], &["medium"], &["low"]]),
    counter("lazybird_type_errors_total", &[], |w| {
        of_steps(w, "evaluation", |s| known(s.type_errors.map(|n| n as f64)))
    }),
    counter("lazybird_test_failures_total", &[], |w| {
        of_steps(w, "evaluation", |s| {
            known(s.test_failures.map(|n| n as f64))
        })
    }),
    gauge("lazybird_task_success_rate_percent", &[], |w| {
        percent(
            tasks(w)
                .filter(|t| t.finished_at.within(DAY))
                .map(|t| (vec![], is(&t.status, "success"))),
        )
    }),
    counter("lazybird_early_termination_total", &[], |w| {
        of_tasks(w, |t| {
            Some(if t.early_terminated == Some(true) {
                1.0
            } else {
                0.0
            })
        })
    }),
    counter(
        "lazybird_checkpoint_failures_total",
        &["checkpoint"],
        checkpoint_failures,
    )
    .with_zeros(&[&["1"], &["2"], &["3"]]),
    counter(
        "lazybird_api_cost_usd_total",
        &["agent", "operation"],
        |w| {
            of_calls(
                w,
                "agent",
                |c| Some(known(c.cost_usd).unwrap_or(0.0)),
                |c| vec![label(&c.target), label(&c.action)],
            )
        },
    ),
    counter("lazybird_token_usage_total", &["agent"], |w| {
        let tokens = |c: &Call| {
            Some((c.tokens_in.unwrap_or(0).max(0) + c.tokens_out.unwrap_or(0).max(0)) as f64)
        };
        of_calls(w, "agent", tokens, target)
    }),
    histogram(
        "lazybird_cost_per_task_usd",
        &[],
        &[0.01, 0.05, 0.1, 0.2, 0.5],
        |w| of_tasks(w, |t| t.cost_usd),
    ),
    gauge(
        "lazybird_agent_cost_ratio",
        &["from_agent", "to_agent"],
        |w| {
            let recent = switches(w).filter(|s| s.timestamp.within(DAY));
            averages(recent.filter_map(|s| Some((ends(s), known(s.cost_ratio)?))))
        },
    ),
    gauge(
        "lazybird_resource_utilization_percent",
        &["resource"],
        |w| latest(w, "resource_utilization", |s| vec![label(&s.resource)]),
    ),
    counter("lazybird_cost_savings_usd_total", &[], |w| {
        of_tasks(w, |t| {
            Some(
                t.baseline_cost_usd
                    .zip(known(t.cost_usd))
                    .map_or(0.0, |(before, now)| (before - now).max(0.0)),
            )
        })
    }),
    gauge("lazybird_cache_hit_rate_percent", &["cache_layer"], |w| {
        percent(lookups(w).map(|c| (target(c), is(&c.status, "hit"))))
    }),
    gauge("lazybird_cache_size_mb", &["cache_layer"], |w| {
        latest(w, "cache_size_mb", |s| vec![label(&s.cache_layer)])
    }),
    gauge("lazybird_task_queue_depth", &[], |w| {
        single(tasks(w).filter(|t| is(&t.status, "queued")))
    }),
    gauge("lazybird_active_tasks_count", &[], |w| {
        single(tasks(w).filter(|t| is(&t.status, "running")))
    }),
    counter("lazybird_database_queries_total", &["operation"], |w| {
        of_calls(w, "db", |_| Some(1.0), |c| vec![label(&c.action)])
    })
    .with_zeros(&[&["select"], &["insert"], &["update"], &["delete"]]),
    histogram(
        "lazybird_database_latency_ms",
        &[],
        &[1.0, 5.0, 10.0, 50.0, 100.0, 500.0],
        |w| of_calls(w, "db", |c| c.duration_ms, nothing),
    ),
    counter("lazybird_external_api_calls_total", &["service"], |w| {
        of_calls(w, "api", |_| Some(1.0), target)
    }),
    counter(
        "lazybird_external_api_errors_total",
        &["service", "error_type"],
        |w| {
            let failed = |c: &Call| is(&c.status, "error");
            let kind = |c: &Call| {
                if failed(c) {
                    label(&c.error_type)
                } else {
                    "unknown".to_owned()
                }
            };
            let of = |c: &Call| {
                (
                    c.timestamp,
                    vec![label(&c.target), kind(c)],
                    if failed(c) { 1.0 } else { 0.0 },
                )
            };
            calls(w, "api").map(of).collect()
        },
    ),
    histogram(
        "lazybird_parallel_eval_speedup",
        &[],
        &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0],
        |w| {
            let speedup = |s: &Step| Some(s.serial_ms? / s.duration_ms.filter(|ms| *ms > 0.0)?);
            of_steps(w, "evaluation", speedup)
        },
    ),
    gauge("lazybird_memory_usage_mb", &[], |w| {
        latest(w, "memory_usage_mb", |_| vec![])
    }),
    counter("lazybird_agent_usage_total", &["agent"], |w| {
        of_calls(w, "agent", |_| Some(1.0), target)
    }),
    gauge("lazybird_agent_quality_score", &["agent"], agent_quality),
    gauge("lazybird_agent_cost_usd_per_call", &["agent"], |w| {
        averages(recent_agent_calls(w).filter_map(|c| Some((target(c), known(c.cost_usd)?))))
    }),
    gauge("lazybird_agent_success_rate_percent", &["agent"], |w| {
        percent(recent_agent_calls(w).map(|c| (target(c), is(&c.status, "success"))))
    }),
    counter(
        "lazybird_agent_switch_total",
        &["from_agent", "to_agent"],
        |w| switches(w).map(|s| (s.timestamp, ends(s), 1.0)).collect(),
    ),
    histogram(
        "lazybird_agent_switch_quality_improvement",
        &[],
        &[-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0],
        |w| {
            switches(w)
                .filter_map(|s| Some((s.timestamp, vec![], s.quality_delta?)))
                .collect()
        },
    ),
    gauge("lazybird_embedding_cache_hit_rate_percent", &[], |w| {
        percent(
            lookups(w)
                .filter(|c| is(&c.target, "embedding"))
                .map(|c| (vec![], is(&c.status, "hit"))),
        )
    }),
    histogram(
        "lazybird_guideline_match_quality_score",
        &[],
        &[0.1, 0.3, 0.5, 0.7, 0.9],
        |w| of_steps(w, "guideline_match", |s| s.score),
    ),
];

fn is(text: &Text, word: &str) -> bool {
    text.as_deref() == Some(word)
}

/// What is below 0, or no number at all, is how somebody wrote that it is not known.
fn known(number: Number) -> Number {
    number.filter(|number| *number >= 0.0)
}

fn ours(system: &Text) -> bool {
    is(system, "lazybird")
}

fn tasks(world: &World) -> impl Iterator<Item = &Task> {
    world.tasks.iter().filter(|task| ours(&task.system))
}

fn switches(world: &World) -> impl Iterator<Item = &Switch> {
    world.switches.iter().filter(|switch| ours(&switch.system))
}

fn calls<'w>(world: &'w World, kind: &str) -> impl Iterator<Item = &'w Call> {
    world
        .calls
        .iter()
        .filter(move |call| ours(&call.system) && is(&call.kind, kind))
}

fn recent_agent_calls(world: &World) -> impl Iterator<Item = &Call> {
    calls(world, "agent").filter(|call| call.timestamp.within(DAY))
}

/// The cache lookups of the last day.
fn lookups(world: &World) -> impl Iterator<Item = &Call> {
    calls(world, "cache").filter(|call| is(&call.action, "get") && call.timestamp.within(DAY))
}

fn of_tasks(world: &World, value: fn(&Task) -> Number) -> Vec<Event> {
    tasks(world)
        .filter_map(|task| Some((task.finished_at, vec![], value(task)?)))
        .collect()
}

fn of_steps(world: &World, kind: &str, value: fn(&Step) -> Number) -> Vec<Event> {
    steps(world, kind)
        .filter_map(|step| Some((step.timestamp, vec![], value(step)?)))
        .collect()
}

fn steps<'w>(world: &'w World, kind: &str) -> impl Iterator<Item = &'w Step> {
    world
        .steps
        .iter()
        .filter(move |step| ours(&step.system) && is(&step.kind, kind))
}

fn of_calls(
    world: &World,
    kind: &str,
    value: fn(&Call) -> Number,
    labels: fn(&Call) -> Values,
) -> Vec<Event> {
    calls(world, kind)
        .filter_map(|call| Some((call.timestamp, labels(call), value(call)?)))
        .collect()
}

fn target(call: &Call) -> Values {
    vec![label(&call.target)]
}

fn nothing(_: &Call) -> Values {
    vec![]
}

fn ends(switch: &Switch) -> Values {
    vec![label(&switch.from_agent), label(&switch.to_agent)]
}

fn vulnerabilities(world: &World) -> Vec<Event> {
    let found = |step: &Step| {
        [
            ("critical", step.vuln_critical),
            ("high", step.vuln_high),
            ("medium", step.vuln_medium),
            ("low", step.vuln_low),
        ]
        .map(|(severity, count)| {
            (
                step.timestamp,
                vec![severity.to_owned()],
                count.unwrap_or(0).max(0) as f64,
            )
        })
    };
    steps(world, "evaluation").flat_map(found).collect()
}

fn checkpoint_failures(world: &World) -> Vec<Event> {
    let failed = steps(world, "checkpoint").filter(|step| {
        step.status
            .as_ref()
            .is_some_and(|status| status.eq_ignore_ascii_case("fail"))
    });
    let checkpoint = |step: &Step| {
        step.ordinal
            .map_or("unknown".to_owned(), |ordinal| ordinal.to_string())
    };
    failed
        .map(|step| (step.timestamp, vec![checkpoint(step)], 1.0))
        .collect()
}

/// How many of a hundred are good, by labels; nothing where there is nothing.
fn percent(rows: impl Iterator<Item = (Values, bool)>) -> Samples {
    averages(rows.map(|(values, good)| (values, if good { 100.0 } else { 0.0 })))
}

fn single(things: impl Iterator) -> Samples {
    Samples::from([(vec![], things.count() as f64)])
}

/// The newest value of the last hour, by labels; of two at the same moment the greater one.
fn latest(world: &World, name: &str, labels: fn(&Sample) -> Values) -> Samples {
    let mut newest = BTreeMap::<Values, (i64, f64)>::new();
    for sample in world
        .samples
        .iter()
        .filter(|sample| ours(&sample.system) && is(&sample.name, name))
    {
        let (Some(ago), Some(value)) = (
            sample
                .timestamp
                .ago()
                .filter(|ago| (0..=HOUR).contains(ago)),
            known(sample.value),
        ) else {
            continue;
        };
        let known = newest.entry(labels(sample)).or_insert((ago, value));
        if ago < known.0 || (ago == known.0 && value > known.1) {
            *known = (ago, value);
        }
    }
    newest
        .into_iter()
        .map(|(labels, (_, value))| (labels, value))
        .collect()
}

/// The average over the tasks that an agent performed, each once, however often the graph says that
/// it did.
fn agent_quality(world: &World) -> Samples {
    let mut rows = Vec::new();
    for agent in world.agents.iter().filter(|agent| ours(&agent.system)) {
        let performed = |task: &&Task| agent.performed.contains(&Work::Task(task.key));
        let finished = tasks(world)
            .filter(performed)
            .filter(|task| task.finished_at.within(DAY));
        rows.extend(
            finished.filter_map(|task| Some((vec![label(&agent.name)], known(task.quality)?))),
        );
    }
    averages(rows)
}
