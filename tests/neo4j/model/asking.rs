//! Writes a world into a graph and asks KPIs for it by the product's own way: files loaded, rows
//! measured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cypher::{Change, Parameters, UnixMillis};
use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{Kpi, Mode};
use cypher_exporter::measure::{Measured, Skipped, Totals};
use cypher_exporter::schedule::{self, Run};

use super::answer::Answer;
use super::family::Family;
use super::script::{Script, moment};
use super::window::{Window, Windows};
use super::world::World;

/// How long the graph may take to write a part of a world.
const WITHIN: Duration = Duration::from_secs(60);

/// What KPIs answered of a world.
pub(crate) struct Asked<'w> {
    world: &'w World,
    window: Window,
    /// The moment that the world's times count from.
    now: UnixMillis,
    /// What window KPIs have counted, by their ids.
    totals: BTreeMap<Arc<str>, Totals>,
    /// By metric name.
    pub(crate) answers: BTreeMap<String, Answer>,
    /// Why some KPIs have none.
    failures: Vec<String>,
}

/// Makes the graph hold `world` and nothing else, in parts: before each window what it can see; and
/// asks all KPIs.
pub(crate) async fn ask<'w>(graph: &Graph, kpis: &[Arc<Kpi>], world: &'w World) -> Asked<'w> {
    let nothing = Change {
        statement: "MATCH (n) DETACH DELETE n".into(),
        parameters: Parameters::new(),
    };
    graph
        .write(&[nothing], WITHIN)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let windows = Windows::new();
    let mut asked = Asked::new(world, windows.whole(), now());
    let script = Script::of(world, asked.now);
    for (stage, window) in windows.all().iter().enumerate() {
        let changes = script.part(stage, |earliest| windows.stage(earliest));
        graph
            .write(&changes, WITHIN)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        asked.take_window(graph, kpis, *window).await;
    }
    asked.take_snapshots(graph, kpis).await;
    asked
}

impl<'w> Asked<'w> {
    fn new(world: &'w World, window: Window, now: UnixMillis) -> Self {
        Self {
            world,
            window,
            now,
            totals: BTreeMap::new(),
            answers: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// Asks other KPIs for the same world, which the graph still holds.
    pub(crate) async fn again(&self, graph: &Graph, kpis: &[Arc<Kpi>]) -> Self {
        let mut asked = Self::new(self.world, self.window, self.now);
        for window in Windows::new().all() {
            asked.take_window(graph, kpis, *window).await;
        }
        asked.take_snapshots(graph, kpis).await;
        asked
    }

    async fn take_window(&mut self, graph: &Graph, kpis: &[Arc<Kpi>], window: Window) {
        for kpi in kpis.iter().filter(|kpi| kpi.mode != Mode::Snapshot) {
            let totals = self.totals.entry(kpi.id.clone()).or_default();
            let answer = count(graph, kpi, totals, self.now, window).await;
            self.take(kpi, answer);
        }
    }

    async fn take_snapshots(&mut self, graph: &Graph, kpis: &[Arc<Kpi>]) {
        for kpi in kpis.iter().filter(|kpi| kpi.mode == Mode::Snapshot) {
            let answer = look(graph, kpi).await;
            self.take(kpi, answer);
        }
    }

    /// What a run brought replaces what earlier ones did.
    fn take(&mut self, kpi: &Kpi, answer: Result<Measured, String>) {
        match answer {
            Ok(measured) => {
                for (metric, points) in kpi.metrics.iter().zip(&measured.samples) {
                    self.answers
                        .insert(metric.desc.name.to_string(), Answer::of(metric, points));
                }
            }
            Err(error) => self.failures.push(format!("{}: {error}", kpi.id)),
        }
    }

    /// Whether the families show what their oracles say.
    ///
    /// # Errors
    /// Each KPI that failed and each family that does not agree, one a line.
    pub(crate) fn agrees<'f>(
        &self,
        families: impl IntoIterator<Item = &'f Family>,
    ) -> Result<(), String> {
        let shows = |family: &Family| self.shows(family, family.expected(self.world, self.window));
        let wrong = families
            .into_iter()
            .filter_map(|family| shows(family).err());
        let wrong: Vec<_> = self.failures.iter().cloned().chain(wrong).collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("\n"))
        }
    }

    /// Whether a family shows this.
    ///
    /// # Errors
    /// The first difference.
    pub(crate) fn shows(&self, family: &Family, mut expected: Answer) -> Result<(), String> {
        if let (true, Answer::Plain(moments)) = (family.moments, &mut expected) {
            moments
                .values_mut()
                .for_each(|moment| *moment += (self.now.0 / 1000) as f64);
        }
        let compared = match self.answers.get(family.name) {
            Some(found) => found.agrees(&expected),
            None => Err("there is no answer".to_owned()),
        };
        compared.map_err(|error| format!("{}: {error}", family.name))
    }
}

/// Runs a snapshot KPI once.
pub(crate) async fn look(graph: &Graph, kpi: &Kpi) -> Result<Measured, String> {
    measured(schedule::run(kpi, &mut graph.acquire().await, &mut |_| {}).await)
}

/// Counts one window of a window KPI.
pub(crate) async fn count(
    graph: &Graph,
    kpi: &Kpi,
    totals: &mut Totals,
    now: UnixMillis,
    window: Window,
) -> Result<Measured, String> {
    let (since, until) = (moment(now, window.since), moment(now, window.until));
    measured(
        schedule::window(
            kpi,
            &mut graph.acquire().await,
            totals,
            since,
            until,
            &mut |_| {},
        )
        .await,
    )
}

/// What a run measured. A query returns only rows of which something can be taken, and only values
/// that can.
fn measured(run: Run) -> Result<Measured, String> {
    let measured = run.into_result().map_err(|error| error.to_string())?;
    if measured.skipped != Skipped::default() {
        return Err(format!("values were left out: {:?}", measured.skipped));
    }
    Ok(measured)
}

/// The moment that the times of a world count from.
fn now() -> UnixMillis {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is after 1970");
    UnixMillis(i64::try_from(since_1970.as_millis()).expect("it is not long after"))
}
