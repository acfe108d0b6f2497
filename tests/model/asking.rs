//! Writes a world into a graph and asks KPIs for it by the product's own way: files loaded, rows measured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{Kpi, Mode};
use cypher_exporter::measure::Measured;
use cypher_exporter::row::UnixMillis;
use cypher_exporter::schedule;

use super::answer::Answer;
use super::family::Family;
use super::script::Script;
use super::window::{self, Window, Windows};
use super::world::World;

const WITHIN: Duration = Duration::from_secs(60);

/// What KPIs answered of a world.
pub(crate) struct Asked<'w> {
    world: &'w World,
    window: Window,
    /// The moment that the world's times count from.
    pub(crate) now: UnixMillis,
    /// By metric name.
    pub(crate) answers: BTreeMap<String, Answer>,
}

/// Writes `world` into an empty graph, in parts: before each window what it can see; and asks all KPIs.
pub(crate) async fn ask<'w>(graph: &Graph, kpis: &[Arc<Kpi>], world: &'w World) -> Asked<'w> {
    let (now, windows) = (now(), Windows::of(world));
    let script = Script::of(world, now);
    let mut answers = BTreeMap::new();
    for (stage, window) in windows.iter().enumerate() {
        write(graph, &script, stage, &windows).await;
        for kpi in kpis.iter().filter(|kpi| kpi.mode != Mode::Snapshot) {
            window::add(graph, kpi, now, window, &mut answers).await;
        }
    }
    for kpi in kpis.iter().filter(|kpi| kpi.mode == Mode::Snapshot) {
        snapshot(graph, kpi, &mut answers).await;
    }
    Asked { world, window: windows.whole(), now, answers }
}

async fn write(graph: &Graph, script: &Script, stage: usize, windows: &Windows) {
    let changes = script.part(stage, |earliest| windows.stage(earliest));
    graph.write(&changes, WITHIN).await.unwrap_or_else(|error| panic!("{error}"));
}

async fn snapshot(graph: &Graph, kpi: &Kpi, answers: &mut BTreeMap<String, Answer>) {
    let measured = run(graph, kpi).await;
    for (metric, points) in kpi.metrics.iter().zip(&measured.points) {
        answers.insert(metric.desc.name.to_string(), Answer::of(metric, points));
    }
}

/// One run. A value that is missing is left out; one that is not a number is a fault of the query.
pub(super) async fn run(graph: &Graph, kpi: &Kpi) -> Measured {
    let run = schedule::run(kpi, &mut graph.turn().await, &mut |_| {}).await;
    let measured = run.result.unwrap_or_else(|error| panic!("{}: {error}", kpi.id));
    assert_eq!(measured.skipped.nan_value, 0, "{}", kpi.id);
    measured
}

/// The moment that the times of a world count from.
pub(crate) fn now() -> UnixMillis {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    UnixMillis(i64::try_from(since_1970.as_millis()).expect("it is not long after"))
}

impl Asked<'_> {
    /// Whether every family shows what its oracle says.
    ///
    /// # Errors
    /// Each family that does not, one a line.
    pub(crate) fn agrees(&self, families: &[Family]) -> Result<(), String> {
        let wrong = families.iter().filter_map(|family| {
            let expected = family.expected(self.world, self.window);
            let compared = match self.answers.get(family.name) {
                Some(found) => found.agrees(&expected),
                None => Err("no KPI brings it".to_owned()),
            };
            compared.err().map(|error| format!("{}: {error}", family.name))
        });
        let wrong: Vec<_> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }
}
