//! The expected series of every KPI of the pack, computed from the world alone.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{Agent, DAY, Event, Insight, Pattern, Text, Time, World};

/// Label values, in the order of [`Family::labels`], and the value that belongs to them.
pub(crate) type Samples = BTreeMap<Vec<String>, f64>;

/// A family that the pack must have.
#[derive(Debug)]
pub(crate) struct Family {
    /// The file's stem; the metric is called `bmad_` and this.
    pub(crate) kpi: &'static str,
    pub(crate) metric_type: &'static str,
    pub(crate) labels: &'static [&'static str],
    pub(crate) expected: fn(&World) -> Samples,
}

const fn gauge(
    kpi: &'static str,
    labels: &'static [&'static str],
    expected: fn(&World) -> Samples,
) -> Family {
    Family {
        kpi,
        metric_type: "gauge",
        labels,
        expected,
    }
}

const fn counter(
    kpi: &'static str,
    labels: &'static [&'static str],
    expected: fn(&World) -> Samples,
) -> Family {
    Family {
        kpi,
        metric_type: "counter",
        labels,
        expected,
    }
}

/// All families of the pack that come from a query, by name.
pub(crate) const FAMILIES: [Family; 18] = [
    gauge("active_patterns", &["group_id"], active_patterns),
    gauge("agents_registered", &[], agents_registered),
    gauge("avg_confidence_score", &[], avg_confidence_score),
    gauge(
        "avg_pattern_success_rate",
        &["group_id"],
        avg_pattern_success_rate,
    ),
    gauge("decayed_insights", &[], decayed_insights),
    counter("events_total", &["event_type", "group_id"], events_total),
    gauge("health_status_numeric", &[], health_status_numeric),
    gauge(
        "high_confidence_insights_this_week",
        &["group_id"],
        high_confidence_insights_this_week,
    ),
    gauge("insight_accuracy", &["group_id"], insight_accuracy),
    counter("insight_generation_total", &[], insights_generated),
    gauge("insight_total", &["applies_to", "group_id"], insight_total),
    gauge(
        "insights_generated_this_week",
        &["group_id"],
        insights_generated_this_week,
    ),
    counter("insights_generated_total", &[], insights_generated),
    gauge(
        "knowledge_transfers_this_month",
        &[],
        knowledge_transfers_this_month,
    ),
    counter(
        "knowledge_transfers_total",
        &["from_agent", "to_agent"],
        knowledge_transfers_total,
    ),
    gauge("live_events", &["group_id"], live_events),
    gauge("orphaned_agents", &[], orphaned_agents),
    gauge("pattern_reuse_rate", &["group_id"], pattern_reuse_rate),
];

fn agents(world: &World) -> impl Iterator<Item = &Agent> {
    world.agents.iter().filter(|agent| agent.system.is_none())
}

fn events(world: &World) -> impl Iterator<Item = &Event> {
    world.events.iter().filter(|event| event.system.is_none())
}

fn patterns(world: &World) -> impl Iterator<Item = &Pattern> {
    world
        .patterns
        .iter()
        .filter(|pattern| pattern.system.is_none())
}

fn insights(world: &World) -> impl Iterator<Item = &Insight> {
    world
        .insights
        .iter()
        .filter(|insight| insight.system.is_none())
}

/// What is below 0 is how somebody wrote that it is not known.
fn known(rate: Option<f64>) -> Option<f64> {
    rate.filter(|rate| *rate >= 0.0)
}

fn label(text: &Text) -> String {
    text.clone().unwrap_or_else(|| "unknown".to_owned())
}

fn single(value: f64) -> Samples {
    Samples::from([(Vec::new(), value)])
}

fn count(things: impl Iterator) -> f64 {
    things.map(|_| 1.0).sum()
}

/// Adds up values with the same labels.
fn sums(rows: impl Iterator<Item = (Vec<String>, f64)>) -> Samples {
    rows.fold(Samples::new(), |mut sums, (labels, value)| {
        *sums.entry(labels).or_default() += value;
        sums
    })
}

/// The share of `part` in `whole`, by group; `rows` are (group, part, whole).
fn shares(rows: impl Iterator<Item = (String, f64, f64)>) -> Samples {
    let mut totals = BTreeMap::<String, (f64, f64)>::new();
    for (group, part, whole) in rows {
        let total = totals.entry(group).or_default();
        *total = (total.0 + part, total.1 + whole);
    }
    totals
        .into_iter()
        .map(|(group, (part, whole))| (vec![group], part / whole))
        .collect()
}

fn agents_registered(world: &World) -> Samples {
    single(count(agents(world)))
}

fn orphans(world: &World) -> usize {
    agents(world)
        .filter(|agent| !agent.brains.iter().any(|brain| *brain < world.brains))
        .count()
}

fn orphaned_agents(world: &World) -> Samples {
    single(orphans(world) as f64)
}

fn health_status_numeric(world: &World) -> Samples {
    if agents(world).next().is_none() {
        return Samples::new();
    }
    single(match orphans(world) {
        0 => 1.0,
        1..=4 => 2.0,
        5.. => 3.0,
    })
}

fn avg_confidence_score(world: &World) -> Samples {
    let scores: Vec<_> = insights(world)
        .filter_map(|insight| known(insight.confidence_score))
        .collect();
    if scores.is_empty() {
        Samples::new()
    } else {
        single(scores.iter().sum::<f64>() / scores.len() as f64)
    }
}

fn decayed_insights(world: &World) -> Samples {
    single(count(
        insights(world)
            .filter_map(|insight| known(insight.confidence_score))
            .filter(|score| *score < 0.3),
    ))
}

fn insight_total(world: &World) -> Samples {
    sums(insights(world).map(|insight| {
        (
            vec![label(&insight.applies_to), label(&insight.group_id)],
            1.0,
        )
    }))
}

fn insights_generated(world: &World) -> Samples {
    single(count(
        insights(world).filter(|insight| insight.created_at.has_been()),
    ))
}

/// The new insights that `counts` counts; 0 for groups with other ones or with events only.
fn new_insights(world: &World, counts: fn(&Insight) -> bool) -> Samples {
    let active = events(world)
        .filter(|event| event.timestamp.within(7 * DAY))
        .map(|event| (&event.group_id, 0.0));
    let new = insights(world).filter(|insight| insight.created_at.within(7 * DAY));
    let new = new.map(|insight| (&insight.group_id, if counts(insight) { 1.0 } else { 0.0 }));
    sums(active.chain(new).map(|(group, n)| (vec![label(group)], n)))
}

fn insights_generated_this_week(world: &World) -> Samples {
    new_insights(world, |_| true)
}

fn high_confidence_insights_this_week(world: &World) -> Samples {
    new_insights(world, |insight| {
        insight.confidence_score.is_some_and(|score| score > 0.7)
    })
}

fn insight_accuracy(world: &World) -> Samples {
    shares(insights(world).filter_map(|insight| {
        let times = insight.times_applied.filter(|times| *times > 0)? as f64;
        Some((
            label(&insight.group_id),
            known(insight.success_rate)? * times,
            times,
        ))
    }))
}

fn pattern_reuse_rate(world: &World) -> Samples {
    let done = events(world).filter(|event| {
        event.timestamp.within(7 * DAY)
            && event
                .outcomes
                .iter()
                .any(|outcome| *outcome < world.outcomes)
    });
    shares(done.map(|event| {
        let reused = event
            .patterns
            .iter()
            .any(|pattern| world.pattern(*pattern).is_some());
        (label(&event.group_id), if reused { 1.0 } else { 0.0 }, 1.0)
    }))
}

fn active_patterns(world: &World) -> Samples {
    sums(patterns(world).map(|pattern| {
        let active = pattern.success_rate.is_some_and(|rate| rate >= 0.6);
        (
            vec![label(&pattern.group_id)],
            if active { 1.0 } else { 0.0 },
        )
    }))
}

fn avg_pattern_success_rate(world: &World) -> Samples {
    let used = patterns(world).filter(|pattern| pattern.times_used.is_some_and(|times| times > 5));
    shares(
        used.filter_map(|pattern| {
            Some((label(&pattern.group_id), known(pattern.success_rate)?, 1.0))
        }),
    )
}

fn events_total(world: &World) -> Samples {
    let live = events(world).map(|event| (&event.event_type, &event.group_id, 1.0));
    let archived = world
        .summaries
        .iter()
        .filter(|summary| summary.system.is_none());
    let archived = archived.map(|s| {
        (
            &s.event_type,
            &s.group_id,
            s.count.unwrap_or(0).max(0) as f64,
        )
    });
    sums(
        live.chain(archived)
            .map(|(kind, group, n)| (vec![label(kind), label(group)], n)),
    )
}

fn live_events(world: &World) -> Samples {
    sums(events(world).map(|event| (vec![label(&event.group_id)], 1.0)))
}

/// Who taught what to whom: each moment once when `fresh` says that it counts.
fn transfers(world: &World, fresh: impl Fn(Time) -> bool) -> Vec<(&Agent, usize, &Agent)> {
    let mut transfers = Vec::new();
    let mut known = Vec::new();
    for teacher in agents(world) {
        for learner in agents(world).filter(|learner| learner.key != teacher.key) {
            for (insight, at) in &learner.can_apply {
                let ours = world
                    .insight(*insight)
                    .is_some_and(|insight| insight.system.is_none());
                let transfer = (teacher.key, *insight, learner.key, *at);
                if ours
                    && fresh(*at)
                    && teacher.learned.contains(insight)
                    && !known.contains(&transfer)
                {
                    known.push(transfer);
                    transfers.push((teacher, *insight, learner));
                }
            }
        }
    }
    transfers
}

fn knowledge_transfers_total(world: &World) -> Samples {
    let transfers = transfers(world, Time::has_been);
    sums(
        transfers
            .iter()
            .map(|(teacher, _, learner)| (vec![label(&teacher.name), label(&learner.name)], 1.0)),
    )
}

fn knowledge_transfers_this_month(world: &World) -> Samples {
    let transfers = transfers(world, |at| at.within(30 * DAY));
    single(
        transfers
            .iter()
            .map(|(_, insight, learner)| (*insight, learner.key))
            .collect::<BTreeSet<_>>()
            .len() as f64,
    )
}
