//! What the pack `session_buddy` must have, and what each family must show of a world.

use std::collections::BTreeMap;

use crate::model::family::{Event, Family, Values, averages, counter, gauge, histogram, label};
use crate::model::world::{Call, DAY, Text, Time, World};

const SECONDS: &[f64] = &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0];

pub(crate) const FAMILIES: [Family; 5] = [
    counter(
        "skill_invocations_total",
        &["skill_name", "workflow_phase", "completed"],
        invocations,
    )
    .together("completed", &["true", "false"]),
    histogram(
        "skill_duration_seconds",
        &["skill_name", "workflow_phase"],
        SECONDS,
        durations,
    ),
    gauge("skill_completion_rate", &["skill_name"], completion_rate),
    gauge("active_sessions_total", &[], active_sessions),
    counter(
        "anomalies_detected_total",
        &["anomaly_type", "skill_name"],
        anomalies,
    ),
];

fn ours(system: &Text) -> bool {
    system.as_deref() == Some("session_buddy")
}

fn skills(world: &World) -> impl Iterator<Item = &Call> {
    world
        .calls
        .iter()
        .filter(|call| ours(&call.system) && call.kind.as_deref() == Some("skill"))
}

/// The phase that a skill ran in; here an empty one is none.
fn phase(call: &Call) -> String {
    match label(&call.action) {
        phase if phase.is_empty() => "unknown".to_owned(),
        phase => phase,
    }
}

fn completed(call: &Call) -> bool {
    call.status.as_deref() == Some("success")
}

fn invocations(world: &World) -> Vec<Event> {
    let labels = |call: &Call| {
        vec![
            label(&call.target),
            phase(call),
            completed(call).to_string(),
        ]
    };
    skills(world)
        .map(|call| (call.timestamp, labels(call), 1.0))
        .collect()
}

fn durations(world: &World) -> Vec<Event> {
    let duration = |call: &Call| {
        Some((
            call.timestamp,
            vec![label(&call.target), phase(call)],
            call.duration_ms? / 1000.0,
        ))
    };
    skills(world).filter_map(duration).collect()
}

fn completion_rate(world: &World) -> BTreeMap<Values, f64> {
    let recent = skills(world).filter(|call| call.timestamp.within(DAY));
    averages(recent.map(|call| {
        (
            vec![label(&call.target)],
            if completed(call) { 1.0 } else { 0.0 },
        )
    }))
}

fn active_sessions(world: &World) -> BTreeMap<Values, f64> {
    let active = world.sessions.iter().filter(|session| {
        ours(&session.system)
            && session.started_at != Time::Missing
            && session.ended_at == Time::Missing
    });
    BTreeMap::from([(Vec::new(), active.count() as f64)])
}

fn anomalies(world: &World) -> Vec<Event> {
    let ours = world
        .anomalies
        .iter()
        .filter(|anomaly| ours(&anomaly.system));
    ours.map(|anomaly| {
        (
            anomaly.timestamp,
            vec![label(&anomaly.kind), label(&anomaly.target)],
            1.0,
        )
    })
    .collect()
}
