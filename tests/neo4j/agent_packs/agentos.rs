//! What the pack `agentos` must have, and what each family must show of a world.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::family::{Event, Family, Values, counter, counts, gauge, histogram, info, label};
use crate::model::world::{Call, Text, World};

const SECONDS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const BYTES: &[f64] = &[100.0, 500.0, 1000.0, 5000.0, 10_000.0, 50_000.0, 100_000.0];
const CACHE_SECONDS: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1];
const CCR_SECONDS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const OUTCOMES: &[&str] = &["success", "error"];

pub(crate) const FAMILIES: [Family; 11] = [
    info(
        "agentos_info",
        &["version", "protocols", "service"],
        agentos_info,
    ),
    histogram(
        "a2a_request_duration_seconds",
        &["agent", "operation", "status"],
        SECONDS,
        request_durations,
    )
    .together("status", OUTCOMES),
    counter(
        "a2a_requests_total",
        &["agent", "operation", "status"],
        requests,
    )
    .together("status", OUTCOMES),
    gauge("a2a_active_tasks", &["agent"], active_tasks),
    histogram("a2a_response_size_bytes", &["agent"], BYTES, response_sizes),
    counter(
        "cache_operations_total",
        &["operation", "result"],
        cache_operations,
    ),
    histogram(
        "cache_latency_seconds",
        &["operation"],
        CACHE_SECONDS,
        cache_latencies,
    ),
    counter(
        "rate_limit_hits_total",
        &["endpoint", "workspace_id", "result"],
        rate_limit_hits,
    )
    .together("result", &["allowed", "denied"]),
    counter(
        "ccr_requests_total",
        &["provider", "task_type", "status"],
        routed,
    ),
    histogram(
        "ccr_latency_seconds",
        &["provider"],
        CCR_SECONDS,
        routing_latencies,
    ),
    counter("ccr_tokens_total", &["provider", "direction"], tokens),
];

fn ours(system: &Text) -> bool {
    system.as_deref() == Some("agentos")
}

fn calls<'w>(world: &'w World, kind: &'static str) -> impl Iterator<Item = &'w Call> {
    world
        .calls
        .iter()
        .filter(move |call| ours(&call.system) && call.kind.as_deref() == Some(kind))
}

/// The calls with a duration, by some of their label values, in seconds.
fn durations<'w>(calls: impl Iterator<Item = &'w Call>, labels: fn(&Call) -> Values) -> Vec<Event> {
    calls
        .filter_map(|call| Some((call.timestamp, labels(call), call.duration_ms? / 1000.0)))
        .collect()
}

fn agentos_info(world: &World) -> BTreeSet<Values> {
    let services = world
        .systems
        .iter()
        .filter(|system| ours(&system.system) && system.name.as_deref() == Some("AgentOS"));
    services
        .map(|system| {
            vec![
                label(&system.version),
                label(&system.protocols),
                label(&system.service),
            ]
        })
        .collect()
}

fn answered(world: &World) -> impl Iterator<Item = &Call> {
    calls(world, "a2a").filter(|call| {
        call.status
            .as_deref()
            .is_some_and(|status| OUTCOMES.contains(&status))
    })
}

fn request(call: &Call) -> Values {
    vec![
        label(&call.target),
        label(&call.action),
        label(&call.status),
    ]
}

fn requests(world: &World) -> Vec<Event> {
    answered(world)
        .map(|call| (call.timestamp, request(call), 1.0))
        .collect()
}

fn request_durations(world: &World) -> Vec<Event> {
    durations(answered(world), request)
}

fn active_tasks(world: &World) -> BTreeMap<Values, f64> {
    let running = calls(world, "a2a").filter(|call| call.status.as_deref() == Some("running"));
    let mut tasks = counts(running.map(|call| vec![label(&call.target)]));
    for agent in world.agents.iter().filter(|agent| ours(&agent.system)) {
        tasks.entry(vec![label(&agent.name)]).or_insert(0.0);
    }
    tasks
}

fn response_sizes(world: &World) -> Vec<Event> {
    let size = |call: &Call| {
        Some((
            call.timestamp,
            vec![label(&call.target)],
            call.response_bytes? as f64,
        ))
    };
    calls(world, "a2a").filter_map(size).collect()
}

fn cache_operations(world: &World) -> Vec<Event> {
    calls(world, "cache")
        .map(|call| {
            (
                call.timestamp,
                vec![label(&call.action), label(&call.status)],
                1.0,
            )
        })
        .collect()
}

fn cache_latencies(world: &World) -> Vec<Event> {
    durations(calls(world, "cache"), |call| vec![label(&call.action)])
}

fn rate_limit_hits(world: &World) -> Vec<Event> {
    let labels = |call: &Call| {
        vec![
            endpoint(&call.target),
            label(&call.workspace_id),
            label(&call.status),
        ]
    };
    calls(world, "rate_limit")
        .map(|call| (call.timestamp, labels(call), 1.0))
        .collect()
}

/// The route of a path: without its query string, its ids named `:id`.
fn endpoint(path: &Text) -> String {
    let path = label(path);
    let route = path.split('?').next().unwrap_or_default();
    route
        .split('/')
        .map(|part| if is_id(part) { ":id" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// What holds an `@`, two digits, or one with neither letter nor digit beside it; but no version
/// and no words with a year.
fn is_id(part: &str) -> bool {
    let letters: Vec<_> = part.chars().collect();
    let digits: Vec<_> = (0..letters.len())
        .filter(|at| letters[*at].is_ascii_digit())
        .collect();
    let beside = |at: usize| letters.get(at).is_some_and(char::is_ascii_alphanumeric);
    let alone = |at: &usize| !beside(at.wrapping_sub(1)) && !beside(at + 1);
    part.contains('@')
        || ((digits.len() > 1 || digits.iter().any(alone))
            && !is_version(part)
            && !has_a_year(part))
}

/// As `v1`, `v1.2` or `v2beta1`.
fn is_version(part: &str) -> bool {
    let Some(number) = part.strip_prefix('v') else {
        return false;
    };
    let stage = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let stage_has_a_name = stage.is_empty() || stage.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = stage.trim_start_matches(|c: char| c.is_ascii_lowercase());
    stage.len() < number.len() && stage_has_a_name && rest.chars().all(|c| c.is_ascii_digit())
}

/// Words with one number among them, which is a year.
fn has_a_year(part: &str) -> bool {
    let words: Vec<_> = part.split(['-', '_', '.']).collect();
    let (numbers, others): (Vec<_>, Vec<_>) = words
        .iter()
        .partition(|word| word.contains(|c: char| c.is_ascii_digit()));
    let is_year =
        |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    matches!(numbers[..], [year] if is_year(year) && year.chars().all(|c| c.is_ascii_digit()))
        && others.iter().any(|word| !word.is_empty())
}

fn routed(world: &World) -> Vec<Event> {
    let labels = |call: &Call| {
        vec![
            label(&call.target),
            label(&call.action),
            label(&call.status),
        ]
    };
    calls(world, "ccr")
        .map(|call| (call.timestamp, labels(call), 1.0))
        .collect()
}

fn routing_latencies(world: &World) -> Vec<Event> {
    durations(calls(world, "ccr"), |call| vec![label(&call.target)])
}

fn tokens(world: &World) -> Vec<Event> {
    let directions = |call: &Call| {
        [("input", call.tokens_in), ("output", call.tokens_out)].map(|(direction, tokens)| {
            (
                call.timestamp,
                vec![label(&call.target), direction.to_owned()],
                tokens.unwrap_or(0).max(0) as f64,
            )
        })
    };
    calls(world, "ccr").flat_map(directions).collect()
}
