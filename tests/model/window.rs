//! Windows as tests ask them: adjacent ones, in each of which events are written before it is asked, and whose series add up.

use std::collections::BTreeMap;

use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{Kpi, Mode, OnDuplicate};
use cypher_exporter::measure::Measured;
use cypher_exporter::row::{Literal, UnixMillis};

use super::answer::{Answer, Buckets};
use super::asking;
use super::script::moment;
use super::world::{HOUR, Time, World};

/// From `since`, exclusive, to `until`, inclusive; both in seconds before now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) since: i64,
    pub(crate) until: i64,
}

impl Window {
    pub(crate) fn holds(self, time: Time) -> bool {
        time.ago().is_some_and(|ago| ago < self.since && ago >= self.until)
    }
}

/// The adjacent windows that a world is asked by: their edges lie exactly on events, so that none is lost or seen twice.
#[derive(Clone, Debug)]
pub(crate) struct Windows(Vec<Window>);

impl Windows {
    /// Three windows: some events lie before the first one, those of the future after the last one.
    pub(crate) fn of(world: &World) -> Self {
        let times = [
            world.calls.iter().map(|call| call.timestamp).collect::<Vec<_>>(),
            world.steps.iter().map(|step| step.timestamp).collect(),
            world.tasks.iter().map(|task| task.finished_at).collect(),
            world.jobs.iter().flat_map(|job| [job.created_at, job.finished_at]).collect(),
            world.switches.iter().map(|switch| switch.timestamp).collect(),
            world.anomalies.iter().map(|anomaly| anomaly.timestamp).collect(),
        ];
        let mut past: Vec<_> = times.iter().flatten().filter_map(|time| time.ago()).filter(|ago| *ago > 0).collect();
        past.sort_unstable();
        past.dedup();
        // A world in which nothing has happened is asked all the same.
        let at = |share: usize| past.get(past.len() * share / 8).copied();
        let edges = [at(7).unwrap_or(3 * HOUR), at(5).unwrap_or(2 * HOUR), at(2).unwrap_or(HOUR), 0];
        Self::between(&edges)
    }

    /// The windows between these moments, the oldest first.
    pub(crate) fn between(edges: &[i64]) -> Self {
        let window = |pair: &[i64]| Window { since: pair[0], until: pair[1] };
        Self(edges.windows(2).map(window).filter(|window| window.since > window.until).collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Window> {
        self.0.iter().copied()
    }

    /// All of them as one.
    pub(crate) fn whole(&self) -> Window {
        let ends = self.0.first().zip(self.0.last());
        ends.map_or(Window { since: 0, until: 0 }, |(first, last)| Window { since: first.since, until: last.until })
    }

    /// When what is so old is written: before the first window that may see it; what has no time before all of them.
    pub(crate) fn stage(&self, earliest: Option<i64>) -> usize {
        let Some(earliest) = earliest else { return 0 };
        self.0.iter().position(|window| earliest >= window.until).unwrap_or(self.0.len().saturating_sub(1))
    }
}

/// Asks a window KPI for one window and adds what it brings to what earlier ones brought.
pub(crate) async fn add(
    graph: &Graph,
    kpi: &Kpi,
    now: UnixMillis,
    window: Window,
    totals: &mut BTreeMap<String, Answer>,
) {
    let measured = measure(graph, kpi, now, window).await;
    for (metric, points) in kpi.metrics.iter().zip(&measured.points) {
        let answer = Answer::of(metric, points);
        match totals.get_mut(metric.desc.name.as_str()) {
            Some(total) => sum(total, answer),
            None => _ = totals.insert(metric.desc.name.to_string(), answer),
        }
    }
}

/// The rows of one window as samples: as a snapshot of it, in which every row of a counter adds up.
async fn measure(graph: &Graph, kpi: &Kpi, now: UnixMillis, window: Window) -> Measured {
    let mut asked = Kpi { mode: Mode::Snapshot, on_duplicate: OnDuplicate::Sum, ..kpi.clone() };
    for parameters in &mut asked.parameters {
        for (name, ago) in [("since", window.since), ("until", window.until)] {
            parameters.insert(name.to_owned(), Literal::DateTime(moment(now, ago)));
        }
    }
    asking::run(graph, &asked).await
}

fn sum(total: &mut Answer, more: Answer) {
    match (total, more) {
        (Answer::Plain(total), Answer::Plain(more)) => {
            more.into_iter().for_each(|(labels, value)| *total.entry(labels).or_default() += value);
        }
        (Answer::Histogram { series: total, .. }, Answer::Histogram { series: more, .. }) => {
            for (labels, more) in more {
                match total.get_mut(&labels) {
                    Some(total) => total.add(&more),
                    None => _ = total.insert(labels, more),
                }
            }
        }
        (total, more) => panic!("no totals: {total:?} and {more:?}"),
    }
}

impl Buckets {
    fn add(&mut self, more: &Self) {
        self.counts.iter_mut().zip(&more.counts).for_each(|(total, count)| *total += count);
        self.sum = self.sum.zip(more.sum).map(|(total, sum)| total + sum);
    }
}
