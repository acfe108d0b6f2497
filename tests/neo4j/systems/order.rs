//! What must hold whatever happens: the properties that nodes have, the order of their statuses,
//! and that what runs ends.

use std::collections::BTreeMap;

use cypher::{Literal, UnixMillis};
use world::{Edit, Happening, Kind, Properties};

use crate::mirror::{Mirror, float, text};
use crate::systems::{HOUR, Life, MINUTE, START};

/// The labels of the shared model, and the properties that its nodes may have besides those that
/// all have.
const PROPERTIES: [(&str, &[&str]); 10] = [
    ("AIAgent", &["name", "status"]),
    ("System", &["name", "version", "protocols", "service"]),
    (
        "Task",
        &[
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "duration_ms",
            "quality",
            "coverage",
            "cost_usd",
            "baseline_cost_usd",
            "early_terminated",
        ],
    ),
    (
        "TrainingJob",
        &[
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "cost_usd",
            "budget_usd",
            "iteration",
            "iterations_total",
            "loss",
            "reward_mean",
        ],
    ),
    ("Session", &["started_at", "ended_at"]),
    (
        "Call",
        &[
            "kind",
            "target",
            "action",
            "status",
            "started_at",
            "timestamp",
            "duration_ms",
            "tokens_in",
            "tokens_out",
            "cost_usd",
            "response_bytes",
            "error_type",
            "workspace_id",
        ],
    ),
    (
        "Step",
        &[
            "kind",
            "ordinal",
            "status",
            "timestamp",
            "duration_ms",
            "serial_ms",
            "score",
            "type_errors",
            "test_failures",
            "vuln_critical",
            "vuln_high",
            "vuln_medium",
            "vuln_low",
        ],
    ),
    (
        "AgentSwitch",
        &[
            "from_agent",
            "to_agent",
            "quality_delta",
            "cost_ratio",
            "timestamp",
        ],
    ),
    ("Anomaly", &["type", "target", "score", "timestamp"]),
    (
        "Sample",
        &["name", "value", "resource", "cache_layer", "timestamp"],
    ),
];

/// The kinds of events, whose they are, and the statuses that they may have.
const KINDS: [(&str, &str, &[&str]); 20] = [
    ("lazybird", "agent", &["running", "success", "error"]),
    ("lazybird", "api", &["success", "error"]),
    ("lazybird", "db", &["success"]),
    ("lazybird", "embedding", &["success"]),
    ("lazybird", "cache", &["hit", "miss"]),
    ("lazybird", "iteration", &["pass", "fail"]),
    ("lazybird", "checkpoint", &["pass", "warn", "fail"]),
    ("lazybird", "evaluation", &["pass", "warn", "fail"]),
    ("lazybird", "guideline_match", &[""]),
    ("agentos", "a2a", &["running", "success", "error"]),
    ("agentos", "ccr", &["success", "fallback", "error"]),
    ("agentos", "cache", &["hit", "miss", "success", "error"]),
    ("agentos", "rate_limit", &["allowed", "denied"]),
    ("session_buddy", "skill", &["running", "success", "error"]),
    ("agentcore", "trajectory_generation", &["pass"]),
    ("agentcore", "policy_update", &["pass"]),
    ("agentcore", "training_iteration", &["pass"]),
    ("agentcore", "checkpoint_save", &["pass"]),
    // Of tasks and jobs.
    (
        "lazybird",
        "",
        &["queued", "running", "success", "failed", "cancelled"],
    ),
    (
        "agentcore",
        "",
        &["queued", "running", "completed", "failed", "cancelled"],
    ),
];

/// What may follow on a status; on what is not named nothing does.
const FOLLOWS: [(&str, &[&str]); 3] = [
    ("", &["queued", "running"]),
    ("queued", &["queued", "running", "cancelled"]),
    (
        "running",
        &[
            "running",
            "success",
            "completed",
            "failed",
            "error",
            "cancelled",
        ],
    ),
];

/// The longest that anything runs.
const PATIENCE: i64 = 10 * MINUTE;

fn is_shared(kind: Kind) -> bool {
    kind.key == "id"
}

/// The property that says when a node of the label ended.
fn end_of(label: &str) -> &'static str {
    match label {
        "Task" | "TrainingJob" => "finished_at",
        "Session" => "ended_at",
        _ => "timestamp",
    }
}

fn moment(node: &Properties, name: &str) -> Option<UnixMillis> {
    if let Literal::DateTime(at) = node.get(name)? {
        Some(*at)
    } else {
        panic!("{name} is no time: {node:?}")
    }
}

fn status(node: &Properties) -> String {
    text(node, "status").unwrap_or_default()
}

/// Follows what happens and looks at each node that it changes.
fn watch(mirror: &mut Mirror, happening: &Happening) {
    for edit in &happening.edits {
        let (Edit::Create(kind, nodes) | Edit::Set(kind, nodes)) = edit else {
            mirror.follow(edit);
            continue;
        };
        let keys: Vec<_> = nodes
            .iter()
            .map(|node| text(node, kind.key).unwrap())
            .collect();
        let before: Vec<_> = keys
            .iter()
            .map(|key| mirror.node(*kind, key).cloned().unwrap_or_default())
            .collect();
        mirror.follow(edit);
        for (key, before) in keys.iter().zip(&before).filter(|_| is_shared(*kind)) {
            let after = mirror.node(*kind, key).unwrap();
            has_its_properties(*kind, after);
            is_in_order(*kind, before, after, happening.at);
        }
    }
}

fn has_its_properties(kind: Kind, node: &Properties) {
    let (_, own) = PROPERTIES
        .iter()
        .find(|(label, _)| *label == kind.label)
        .unwrap();
    for name in node.keys().map(String::as_str) {
        assert!(
            ["id", "system", "group_id"].contains(&name) || own.contains(&name),
            "{name}: {node:?}"
        );
    }
    let (system, group) = (
        text(node, "system").unwrap(),
        text(node, "group_id").unwrap(),
    );
    assert!(
        !group.is_empty() && text(node, "id").unwrap().starts_with(&format!("{system}-")),
        "{node:?}"
    );
    if ["Task", "TrainingJob", "Call", "Step"].contains(&kind.label) {
        let event = text(node, "kind").unwrap_or_default();
        let known = KINDS
            .iter()
            .find(|(of, known, _)| *of == system && *known == event);
        assert!(
            known.is_some_and(|(.., statuses)| statuses.contains(&&*status(node))),
            "{node:?}"
        );
    }
}

fn is_in_order(kind: Kind, before: &Properties, after: &Properties, at: UnixMillis) {
    let end = end_of(kind.label);
    assert_eq!(before.get(end), None, "changed after its end: {before:?}");
    if after.contains_key(end) {
        assert_eq!(
            moment(after, end),
            Some(at),
            "it ended at another time: {after:?}"
        );
        assert!(
            !["queued", "running"].contains(&&*status(after)),
            "it ended, and has not: {after:?}"
        );
    }
    if ["Task", "TrainingJob", "Call"].contains(&kind.label)
        && (!before.is_empty() || !after.contains_key(end))
    {
        let (from, to) = (status(before), status(after));
        let follows = FOLLOWS
            .iter()
            .find(|(status, _)| *status == from)
            .is_some_and(|(_, next)| next.contains(&&*to));
        assert!(follows, "from {from} to {to}: {after:?}");
        assert!(
            to != "running" || moment(after, "started_at").is_some_and(|started| started <= at),
            "{after:?}"
        );
        assert_eq!(
            ["queued", "running"].contains(&&*to),
            !after.contains_key(end),
            "{after:?}"
        );
    }
}

#[test]
fn nodes_have_their_properties_and_statuses_come_in_order() {
    for seed in 1..=3 {
        let mut life = Life::new(seed);
        for (kind, node) in life.mirror.nodes().filter(|(kind, _)| is_shared(*kind)) {
            has_its_properties(kind, node);
        }
        let mut statuses = BTreeMap::<_, usize>::new();
        for happening in life.world.until(UnixMillis(START.0 + HOUR)) {
            watch(&mut life.mirror, &happening);
            for (kind, node) in happening
                .edits
                .iter()
                .flat_map(touched)
                .filter(|(kind, _)| is_shared(*kind))
            {
                if node.contains_key("status") {
                    *statuses.entry((kind.label, status(node))).or_default() += 1;
                }
            }
        }
        for (label, ends) in [
            ("Task", ["success", "failed", "cancelled"]),
            ("TrainingJob", ["completed", "failed", "cancelled"]),
        ] {
            for end in ends {
                assert!(
                    statuses.contains_key(&(label, end.to_owned())),
                    "no {label} is {end}: {statuses:?}"
                );
            }
        }
    }
}

/// The nodes that an edit makes or changes.
fn touched(edit: &Edit) -> Vec<(Kind, &Properties)> {
    match edit {
        Edit::Create(kind, nodes) | Edit::Set(kind, nodes) => {
            nodes.iter().map(|node| (*kind, node)).collect()
        }
        Edit::Delete(..) | Edit::Link(..) | Edit::Unlink(..) => Vec::new(),
    }
}

#[test]
fn what_runs_ends_and_took_as_long_as_its_duration_says() {
    let mut life = Life::new(4);
    let mut timed = 0;
    for _ in 0..90 {
        let happenings = life.go_on(MINUTE);
        let running = life
            .mirror
            .nodes()
            .filter(|(kind, node)| is_shared(*kind) && status(node) == "running");
        for (_, node) in running.filter(|(kind, _)| kind.label != "TrainingJob") {
            let started = moment(node, "started_at").unwrap();
            assert!(
                life.now.0 - started.0 < PATIENCE,
                "it does not end: {node:?}"
            );
        }
        for (kind, node) in happenings
            .iter()
            .flat_map(|happening| &happening.edits)
            .flat_map(touched)
        {
            let Some(node) = life.mirror.node(kind, &text(node, kind.key).unwrap()) else {
                continue;
            };
            let started = moment(node, "started_at").filter(|started| *started >= START);
            let Some((started, ended)) = started.zip(moment(node, end_of(kind.label))) else {
                continue;
            };
            if is_shared(kind)
                && let Some(duration) = float(node, "duration_ms")
            {
                let took = (ended.0 - started.0) as f64;
                assert!(
                    (took - duration).abs() <= 2.0,
                    "it took {took} ms: {node:?}"
                );
                timed += 1;
            }
        }
    }
    assert!(timed > 5000, "only {timed} durations");
}

#[test]
fn joined_edits_do_the_same() {
    let mut life = Life::new(5);
    let mut joined = life.mirror.clone();
    for _ in 0..120 {
        let happenings = life.go_on(MINUTE / 2);
        let edits: Vec<_> = happenings
            .iter()
            .flat_map(|happening| &happening.edits)
            .collect();
        let few = world::joined(edits.iter().copied());
        assert!(
            few.len() * 8 < edits.len(),
            "{} of {}",
            few.len(),
            edits.len()
        );
        few.iter().for_each(|edit| joined.follow(edit));
        assert!(joined == life.mirror, "they differ at {:?}", life.now);
    }
}
