//! The latest reading of each KPI and the state of each graph: swapped whole by the scheduler, read without locks by a scrape.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::kpi::Kpi;
use crate::metric::{Constant, LabelName, Samples};

mod chunk;
mod reading;

pub use chunk::Chunk;
pub use reading::Reading;

use chunk::ChunkCell;

/// The slots of all KPIs, in order of id, and the states of the graphs.
#[derive(Debug)]
pub struct Board {
    slots: Box<[Slot]>,
    cells: Vec<Arc<ChunkCell>>,
    graphs: Box<[GraphState]>,
}

impl Board {
    /// An empty board. With more than one graph every series carries the label `graph`.
    pub fn new(kpis: &[Arc<Kpi>], graphs: &[Arc<str>], constant: Constant) -> Self {
        let several = graphs.len() > 1;
        let labels = |graph| {
            if several {
                labelled(graph, &constant)
            } else {
                constant.clone()
            }
        };
        let mut kpis = kpis.to_vec();
        kpis.sort_by(|a, b| a.id.cmp(&b.id));
        let cells: Vec<_> = kpis
            .chunks(ChunkCell::PLACES)
            .map(|chunk| Arc::new(ChunkCell::new(chunk.len())))
            .collect();
        let slot = |(at, kpi): (usize, Arc<Kpi>)| {
            let asked = graphs.iter().filter(|graph| kpi.asks(graph));
            let targets = asked
                .map(|graph| Target::new(graph, labels(graph)))
                .collect();
            Slot {
                cell: cells[at / ChunkCell::PLACES].clone(),
                place: at % ChunkCell::PLACES,
                kpi,
                targets,
            }
        };
        let slots = kpis.into_iter().enumerate().map(slot).collect();
        Self {
            slots,
            cells,
            graphs: graphs.iter().map(GraphState::new).collect(),
        }
    }

    /// All readings as they are now, in order of id and chunk by chunk.
    pub fn chunks(&self) -> Vec<Arc<Chunk>> {
        self.cells.iter().map(|cell| cell.chunk()).collect()
    }

    /// All slots, in order of id.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The slot of a KPI.
    pub fn slot(&self, id: &str) -> Option<&Slot> {
        let at = self
            .slots
            .binary_search_by(|slot| slot.kpi.id.as_ref().cmp(id))
            .ok()?;
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

    /// Whether each target has finished a run, well or not.
    pub fn first_pass_done(&self) -> bool {
        self.targets().all(Target::has_run)
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
        self.targets()
            .filter_map(|target| target.status().last_success)
            .max()
    }

    /// All targets of all KPIs.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.slots.iter().flat_map(|slot| slot.targets.iter())
    }
}

fn labelled(graph: &Arc<str>, constant: &Constant) -> Constant {
    let name = LabelName::new("graph").expect("`graph` is a legal name");
    std::iter::once((name, graph.clone()))
        .chain(constant.iter().cloned())
        .collect()
}

/// The place of one KPI.
#[derive(Debug)]
pub struct Slot {
    /// The KPI.
    pub kpi: Arc<Kpi>,
    targets: Box<[Target]>,
    cell: Arc<ChunkCell>,
    /// Where its reading stands on the cell.
    place: usize,
}

impl Slot {
    /// One for each graph that the KPI asks.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Replaces what one target shows: one `Samples` for each of the KPI's metrics, in that order. `None` takes the target's values away.
    ///
    /// # Panics
    /// When there is no such target.
    pub fn publish(&self, target: usize, points: Option<Vec<Arc<Samples>>>) {
        self.cell.replace(self.place, || {
            self.targets[target].points.store(points.map(Arc::new));
            Reading::of(&self.kpi, &self.targets).map(Arc::new)
        });
    }

    /// What a scrape shows of this KPI.
    pub fn reading(&self) -> Option<Arc<Reading>> {
        self.cell.chunk().reading(self.place).cloned()
    }
}

/// One KPI on one graph.
#[derive(Debug)]
pub struct Target {
    /// The graph's configured name.
    pub graph: Arc<str>,
    /// The labels that every series of this target carries.
    pub constant: Constant,
    status: ArcSwap<Status>,
    points: ArcSwapOption<Vec<Arc<Samples>>>,
}

impl Target {
    fn new(graph: &Arc<str>, constant: Constant) -> Self {
        Self {
            graph: graph.clone(),
            constant,
            status: ArcSwap::default(),
            points: ArcSwapOption::empty(),
        }
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
    pub fn points(&self) -> Option<Vec<Arc<Samples>>> {
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
        Self {
            name: name.clone(),
            away: ArcSwapOption::from_pointee("it has not been asked yet".to_owned()),
        }
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

#[cfg(test)]
mod tests;
