//! The latest reading of each KPI and the state of each graph: swapped whole by the scheduler, read without locks by a scrape.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::exposition::{Format, Segment};
use crate::kpi::Kpi;
use crate::metric::{Constant, Family, LabelName, Part, Points};

/// The slots of all KPIs, in order of id, and the states of the graphs.
#[derive(Debug)]
pub struct Board {
    slots: Box<[Slot]>,
    graphs: Box<[GraphState]>,
}

impl Board {
    /// An empty board. With more than one graph every series carries the label `graph`.
    pub fn new(kpis: &[Arc<Kpi>], graphs: &[Arc<str>], constant: Constant) -> Self {
        let several = graphs.len() > 1;
        let mut slots: Vec<_> = kpis
            .iter()
            .map(|kpi| {
                let asked = graphs.iter().filter(|name| kpi.asks(name));
                let lanes = asked
                    .map(|name| Lane::new(name, if several { labelled(name, &constant) } else { constant.clone() }));
                Slot {
                    kpi: kpi.clone(),
                    lanes: lanes.collect(),
                    reading: ArcSwapOption::empty(),
                    publishing: Mutex::new(()),
                }
            })
            .collect();
        slots.sort_by(|a, b| a.kpi.id.cmp(&b.kpi.id));
        Self { slots: slots.into(), graphs: graphs.iter().map(GraphState::new).collect() }
    }

    /// All slots, in order of id.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The slot of a KPI.
    pub fn slot(&self, id: &str) -> Option<&Slot> {
        let at = self.slots.binary_search_by(|slot| slot.kpi.id.as_ref().cmp(id)).ok()?;
        self.slots.get(at)
    }

    /// All configured graphs.
    pub fn graphs(&self) -> &[GraphState] {
        &self.graphs
    }

    /// A graph by its configured name.
    pub fn graph(&self, name: &str) -> Option<&GraphState> {
        self.graphs.iter().find(|graph| *graph.name == *name)
    }

    /// Whether each lane has finished a run, well or not.
    pub fn first_pass_done(&self) -> bool {
        self.lanes().all(Lane::has_run)
    }

    /// Whether at least one graph answers: one that is away must not hide the others' values.
    pub fn any_graph_up(&self) -> bool {
        self.graphs.iter().any(GraphState::is_up)
    }

    /// Whether all graphs answer.
    pub fn all_graphs_up(&self) -> bool {
        self.graphs.iter().all(GraphState::is_up)
    }

    /// The latest success of any KPI.
    pub fn last_update(&self) -> Option<SystemTime> {
        self.lanes().filter_map(|lane| lane.status().last_success).max()
    }

    /// All lanes of all KPIs.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.slots.iter().flat_map(|slot| slot.lanes.iter())
    }
}

fn labelled(graph: &Arc<str>, constant: &Constant) -> Constant {
    let name = LabelName::new("graph").expect("`graph` is a legal name");
    std::iter::once((name, graph.clone())).chain(constant.iter().cloned()).collect()
}

/// The place of one KPI.
#[derive(Debug)]
pub struct Slot {
    /// The KPI.
    pub kpi: Arc<Kpi>,
    lanes: Box<[Lane]>,
    reading: ArcSwapOption<Reading>,
    /// Held while a reading is built, so that of two lanes that publish at once neither misses the other's values.
    publishing: Mutex<()>,
}

impl Slot {
    /// One for each graph that the KPI asks.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// Replaces what one lane shows: one `Points` for each of the KPI's metrics, in that order. `None` takes the lane's values away.
    ///
    /// # Panics
    /// When there is no such lane.
    pub fn publish(&self, lane: usize, points: Option<Vec<Arc<Points>>>) {
        // Nothing is half done behind a poisoned lock: the swaps below are the only effects.
        let _alone = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
        self.lanes[lane].points.store(points.map(Arc::new));
        self.reading.store(Reading::of(&self.kpi, &self.lanes).map(Arc::new));
    }

    /// What a scrape shows of this KPI.
    pub fn reading(&self) -> Option<Arc<Reading>> {
        self.reading.load_full()
    }
}

/// One KPI on one graph.
#[derive(Debug)]
pub struct Lane {
    /// The graph's configured name.
    pub graph: Arc<str>,
    /// The labels that every series of this lane carries.
    pub constant: Constant,
    status: ArcSwap<Status>,
    points: ArcSwapOption<Vec<Arc<Points>>>,
}

impl Lane {
    fn new(graph: &Arc<str>, constant: Constant) -> Self {
        Self { graph: graph.clone(), constant, status: ArcSwap::default(), points: ArcSwapOption::empty() }
    }

    /// How the runs go.
    pub fn status(&self) -> Arc<Status> {
        self.status.load_full()
    }

    /// Replaces the status.
    pub fn set_status(&self, status: Status) {
        self.status.store(Arc::new(status));
    }

    /// Whether a run has finished, well or not.
    pub fn has_run(&self) -> bool {
        self.status.load().last_run.is_some()
    }

    /// What was last published.
    pub fn points(&self) -> Option<Vec<Arc<Points>>> {
        self.points.load_full().map(|points| points.to_vec())
    }
}

/// How the runs of one KPI on one graph go.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// A run is under way.
    pub running: bool,
    /// The end of the last run.
    pub last_run: Option<SystemTime>,
    /// The end of the last run that went well.
    pub last_success: Option<SystemTime>,
    /// When the next run is due.
    pub next_run: Option<SystemTime>,
    /// How long the last run took.
    pub duration: Option<Duration>,
    /// Rows of the last run that went well.
    pub rows: u64,
    /// Series of the last run that went well.
    pub series: u64,
    /// Why the last run failed; none when it went well.
    pub error: Option<String>,
    /// Up to when a window KPI has counted everything.
    pub counted_until: Option<SystemTime>,
    /// How many seconds that is behind what it could have counted; negative when the graph's clock was set back.
    pub window_lag: Option<f64>,
}

/// A graph, and whether it answers.
#[derive(Debug)]
pub struct GraphState {
    /// Its configured name.
    pub name: Arc<str>,
    /// Why it is away; none when it answers.
    away: ArcSwapOption<String>,
}

impl GraphState {
    fn new(name: &Arc<str>) -> Self {
        Self { name: name.clone(), away: ArcSwapOption::from_pointee("it has not been asked yet".to_owned()) }
    }

    /// It answers.
    pub fn set_up(&self) {
        self.away.store(None);
    }

    /// It does not, and why.
    pub fn set_down(&self, reason: String) {
        self.away.store(Some(Arc::new(reason)));
    }

    /// Whether it answers.
    pub fn is_up(&self) -> bool {
        self.away.load().is_none()
    }

    /// Why it does not answer.
    pub fn away(&self) -> Option<Arc<String>> {
        self.away.load_full()
    }
}

/// What a scrape shows of one KPI: immutable, and encoded once for each form in which it is asked for.
#[derive(Debug)]
pub struct Reading {
    families: Vec<Family>,
    text: OnceLock<Segment>,
    openmetrics: OnceLock<Segment>,
}

impl Reading {
    /// The values of all lanes side by side; nothing when no lane has any.
    fn of(kpi: &Kpi, lanes: &[Lane]) -> Option<Self> {
        let shown: Vec<_> = lanes.iter().filter_map(|lane| Some((&lane.constant, lane.points.load_full()?))).collect();
        let families = kpi.metrics.iter().enumerate().map(|(at, metric)| {
            let part = |(constant, points): &(&Constant, Arc<Vec<Arc<Points>>>)| {
                Some(Part { constant: (*constant).clone(), points: points.get(at)?.clone() })
            };
            metric.family(shown.iter().filter_map(part).collect())
        });
        let families: Vec<_> = families.collect();
        (!shown.is_empty()).then(|| Self { families, text: OnceLock::new(), openmetrics: OnceLock::new() })
    }

    /// The families, in the order of the KPI's metrics.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The families as bytes.
    pub fn segment(&self, format: Format) -> &Segment {
        let form = match format {
            Format::Text => &self.text,
            Format::OpenMetrics => &self.openmetrics,
        };
        form.get_or_init(|| Segment::encode(&self.families, format))
    }
}

#[cfg(test)]
mod tests;
