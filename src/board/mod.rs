//! The board holds the latest reading of each KPI and the state of each graph: replaced by the scheduler, read without locks
//! by a scrape.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::time::Instant;

use crate::diagnostic::Problem;
use crate::kpi::Kpi;
use crate::measure::{Failure, Outcome};
use crate::metric::{Constant, LabelName, Samples};

mod chunk;
mod reading;

pub use chunk::Chunk;
pub use reading::Reading;

use chunk::ChunkCell;

/// The slots of all KPIs, sorted by id, and the states of the graphs.
#[derive(Debug)]
pub struct Board {
    slots: Box<[Slot]>,
    cells: Vec<Arc<ChunkCell>>,
    graphs: Box<[GraphState]>,
    /// The tasks that were restarted in vain.
    failing_tasks: Mutex<BTreeSet<String>>,
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
            failing_tasks: Mutex::default(),
        }
    }

    /// All current readings, sorted by id, in chunks, without stale values.
    pub fn chunks(&self) -> Vec<Arc<Chunk>> {
        self.drop_stale();
        self.cells.iter().map(|cell| cell.chunk()).collect()
    }

    /// All slots, sorted by id.
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

    /// Whether each target has finished a run, successful or not.
    pub fn first_pass_done(&self) -> bool {
        self.targets().all(Target::has_run)
    }

    /// Whether at least one graph is up: one that is down must not hide the values of the others.
    pub fn any_graph_up(&self) -> bool {
        self.graphs.iter().any(GraphState::is_up)
    }

    /// Whether at least one graph has been up, even if it is down now.
    pub fn any_graph_reached(&self) -> bool {
        self.graphs
            .iter()
            .any(|graph| graph.was_up.load(Ordering::Relaxed))
    }

    /// Whether all graphs are up.
    pub fn all_graphs_up(&self) -> bool {
        self.graphs.iter().all(GraphState::is_up)
    }

    /// The latest success of any KPI.
    pub fn last_update(&self) -> Option<SystemTime> {
        self.targets()
            .filter_map(|target| target.status().last_success)
            .max()
    }

    /// Drops the values that have become stale. Whatever shows values calls this first, so that no value is shown after its
    /// time, whatever becomes of the task that publishes it.
    pub fn drop_stale(&self) {
        let now = Instant::now();
        self.slots.iter().for_each(|slot| slot.drop_stale(now));
    }

    /// The tasks that were restarted in vain, so that the exporter is unhealthy.
    pub fn failing_tasks(&self) -> Vec<String> {
        self.lock_failing_tasks().iter().cloned().collect()
    }

    /// Marks a task as restarted in vain, or as recovered.
    pub fn set_task_failing(&self, task: &str, failing: bool) {
        let mut tasks = self.lock_failing_tasks();
        if failing {
            tasks.insert(task.to_owned());
        } else {
            tasks.remove(task);
        }
    }

    fn lock_failing_tasks(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // A poisoned lock is safe: each change is one insertion or removal.
        let tasks = self.failing_tasks.lock();
        tasks.unwrap_or_else(PoisonError::into_inner)
    }

    /// All targets of all KPIs.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.slots.iter().flat_map(|slot| slot.targets.iter())
    }
}

/// The constant labels of series from one graph of several.
pub fn labelled(graph: &Arc<str>, constant: &Constant) -> Constant {
    let name = LabelName::new("graph").expect("`graph` is a valid label name");
    std::iter::once((name, graph.clone()))
        .chain(constant.iter().cloned())
        .collect()
}

/// One KPI with its targets.
#[derive(Debug)]
pub struct Slot {
    /// The KPI.
    pub kpi: Arc<Kpi>,
    targets: Box<[Target]>,
    cell: Arc<ChunkCell>,
    /// The index of its reading in the cell.
    place: usize,
}

impl Slot {
    /// One for each graph that the KPI queries.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Replaces the samples of one target: one `Samples` for each metric of the KPI, in that order. `None` drops its series.
    ///
    /// # Panics
    /// If there is no such target.
    pub fn publish(&self, target: usize, samples: Option<Vec<Arc<Samples>>>) {
        self.publish_until(target, samples, None);
    }

    /// As [`Self::publish`], with the time from which the samples are stale.
    pub fn publish_until(
        &self,
        target: usize,
        samples: Option<Vec<Arc<Samples>>>,
        stale_at: Option<Instant>,
    ) {
        let published = samples.map(|samples| Arc::new(Published { samples, stale_at }));
        self.cell.replace(self.place, || {
            self.targets[target].published.store(published);
            Reading::of(&self.kpi, &self.targets).map(Arc::new)
        });
    }

    fn drop_stale(&self, now: Instant) {
        if !self.targets.iter().any(|target| target.is_stale(now)) {
            return;
        }
        self.cell.replace(self.place, || {
            // Fresh values may have come in the meantime.
            for target in self.targets.iter().filter(|target| target.is_stale(now)) {
                target.published.store(None);
                let (kpi, graph) = (&self.kpi.id, &target.graph);
                tracing::warn!(%kpi, %graph, "values are stale; series dropped until a run succeeds");
            }
            Reading::of(&self.kpi, &self.targets).map(Arc::new)
        });
    }

    /// What a scrape returns for this KPI.
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
    /// By source.
    warnings: [ArcSwap<Vec<Problem>>; 2],
    published: ArcSwapOption<Published>,
}

/// What finds warnings about a target: each replaces only its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningSource {
    /// The questions to the graph.
    Inspection,
    /// The rows of the last run.
    Run,
}

/// The samples of a target.
#[derive(Debug)]
struct Published {
    samples: Vec<Arc<Samples>>,
    /// From when they are stale; none if never.
    stale_at: Option<Instant>,
}

impl Target {
    fn new(graph: &Arc<str>, constant: Constant) -> Self {
        Self {
            graph: graph.clone(),
            constant,
            status: ArcSwap::default(),
            warnings: Default::default(),
            published: ArcSwapOption::empty(),
        }
    }

    /// The status of its runs.
    pub fn status(&self) -> Arc<Status> {
        self.status.load_full()
    }

    /// Replaces the status.
    pub fn set_status(&self, status: Status) {
        self.status.store(Arc::new(status));
    }

    /// Whether a run has finished, successful or not.
    pub fn has_run(&self) -> bool {
        self.status.load().last_run.is_some()
    }

    /// What the graph shows to be wrong with the KPI, such as a label that it does not have.
    pub fn warnings(&self) -> Vec<Problem> {
        let of_source = |warnings: &ArcSwap<Vec<Problem>>| warnings.load().to_vec();
        self.warnings.iter().flat_map(of_source).collect()
    }

    /// The warnings of one source.
    pub fn warnings_of(&self, source: WarningSource) -> Arc<Vec<Problem>> {
        self.warnings[source as usize].load_full()
    }

    /// Replaces the warnings of one source.
    pub fn set_warnings(&self, source: WarningSource, warnings: Vec<Problem>) {
        self.warnings[source as usize].store(Arc::new(warnings));
    }

    /// The samples that were last published.
    pub fn samples(&self) -> Option<Vec<Arc<Samples>>> {
        let published = self.published.load();
        published
            .as_ref()
            .map(|published| published.samples.clone())
    }

    fn is_stale(&self, now: Instant) -> bool {
        let published = self.published.load();
        let stale_at = published.as_ref().and_then(|published| published.stale_at);
        stale_at.is_some_and(|stale_at| stale_at <= now)
    }
}

/// The status of the runs of one KPI on one graph.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// A run is under way.
    pub running: bool,
    /// The end of the last run.
    pub last_run: Option<SystemTime>,
    /// The end of the last successful run.
    pub last_success: Option<SystemTime>,
    /// When the next run is due.
    pub next_run: Option<SystemTime>,
    /// How long the last run took.
    pub duration: Option<Duration>,
    /// The rows of the last successful run.
    pub rows: u64,
    /// The series of the last successful run.
    pub series: u64,
    /// What became of the last run; none before the first.
    pub outcome: Option<Outcome>,
    /// The cursor of a window KPI: all events up to it are counted.
    pub counted_until: Option<SystemTime>,
    /// How many seconds the cursor is behind the end of the next window; negative if the graph's clock was set back.
    pub window_lag: Option<f64>,
}

impl Status {
    /// Why the last run failed; none if it succeeded or before the first.
    pub fn error(&self) -> Option<&str> {
        let failure: &Failure = self.outcome.as_ref()?.error()?;
        Some(&failure.message)
    }
}

/// What became of a run of one KPI on one graph.
#[derive(Clone, Debug)]
pub struct TargetOutcome {
    /// The id of the KPI.
    pub kpi: Arc<str>,
    /// The configured name of the graph.
    pub graph: Arc<str>,
    /// The outcome.
    pub outcome: Outcome,
}

/// A graph, and whether it is up.
#[derive(Debug)]
pub struct GraphState {
    /// Its configured name.
    pub name: Arc<str>,
    /// Why it is down; none if it is up.
    down: ArcSwapOption<String>,
    was_up: AtomicBool,
    connection: ArcSwapOption<Connection>,
}

/// The last connection to a graph.
#[derive(Debug)]
pub struct Connection {
    /// The address, without credentials.
    pub uri: String,
    /// The version of the server, if it reports one.
    pub version: Option<String>,
    /// When it was made.
    pub since: SystemTime,
}

impl GraphState {
    fn new(name: &Arc<str>) -> Self {
        Self {
            name: name.clone(),
            down: ArcSwapOption::from_pointee("not connected yet".to_owned()),
            was_up: AtomicBool::new(false),
            connection: ArcSwapOption::empty(),
        }
    }

    /// The graph is up.
    pub fn set_up(&self) {
        self.was_up.store(true, Ordering::Relaxed);
        self.down.store(None);
    }

    /// It has just been connected to.
    pub fn set_server(&self, uri: String, version: Option<String>) {
        self.connection.store(Some(Arc::new(Connection {
            uri,
            version,
            since: SystemTime::now(),
        })));
    }

    /// The last connection; none before the first.
    pub fn connection(&self) -> Option<Arc<Connection>> {
        self.connection.load_full()
    }

    /// The graph is down, and why.
    pub fn set_down(&self, reason: String) {
        self.down.store(Some(Arc::new(reason)));
    }

    /// Whether the graph is up.
    pub fn is_up(&self) -> bool {
        self.down.load().is_none()
    }

    /// Why the graph is down; none if it is up.
    pub fn down_reason(&self) -> Option<Arc<String>> {
        self.down.load_full()
    }
}

#[cfg(test)]
mod tests;
