//! One run: the query is asked once for each set of parameters, and its rows become samples as they arrive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use crate::graph::{GraphError, Request, Turn};
use crate::kpi::Kpi;
use crate::measure::{MeasureError, Measured, Skipped, Snapshot};
use crate::metric::Points;
use crate::row::Row;

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// The samples, or why there are none.
    pub result: Result<Measured, RunError>,
    /// The values that were left out, also when the run failed later.
    pub skipped: Skipped,
    /// From the first question to the last row; none when the graph was not asked.
    pub duration: Option<Duration>,
}

/// Why a run failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// The graph did not answer.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The answer makes no samples.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

impl RunError {
    /// The value of the label `reason`; a closed set.
    pub fn reason(&self) -> &'static str {
        match self {
            RunError::Graph(error) => error.reason(),
            RunError::Measure(error) => error.reason(),
        }
    }

    /// The text of the error; a graph's complaint about the query with its line of the KPI's file.
    pub fn in_file(&self, kpi: &Kpi) -> String {
        match self {
            RunError::Graph(GraphError::Statement { message, place: Some(place) }) => {
                format!("{}:{}:{}: {message}", kpi.path, place.line, place.column)
            }
            RunError::Graph(_) | RunError::Measure(_) => self.to_string(),
        }
    }
}

/// Work on more series than this takes longer than a scrape should wait.
const MANY: u64 = 10_000;

/// Runs a snapshot KPI once; `seen` is shown each row.
pub async fn run(kpi: &Kpi, turn: &mut Turn<'_>, seen: &mut (dyn FnMut(&Row) + Send)) -> Run {
    run_after(kpi, &[], turn, seen).await
}

/// The same after a run that brought `last`: labels that come again cost nothing.
pub async fn run_after(
    kpi: &Kpi,
    last: &[Arc<Points>],
    turn: &mut Turn<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let started = Instant::now();
    let known = last.iter().map(|points| points.len() as u64).sum();
    let mut snapshot = at_length(known, || Snapshot::after(kpi, last));
    let asked = ask(kpi, turn, &mut snapshot, seen, started).await;
    let skipped = snapshot.skipped();
    let result = match asked {
        Ok(()) => at_length(snapshot.rows(), || snapshot.finish()).map_err(RunError::from),
        Err(error) => Err(error.into()),
    };
    Run { result, skipped, duration: Some(started.elapsed()) }
}

/// Does some work on so many series; where they are many, the tasks that wait for this thread go on by another one.
fn at_length<T>(series: u64, work: impl FnOnce() -> T) -> T {
    let has_others = Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if series > MANY && has_others { block_in_place(work) } else { work() }
}

async fn ask(
    kpi: &Kpi,
    turn: &mut Turn<'_>,
    snapshot: &mut Snapshot<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
    started: Instant,
) -> Result<(), GraphError> {
    for parameters in &kpi.parameters {
        let left = kpi.timeout.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(GraphError::Timeout(kpi.timeout));
        }
        let request = Request {
            kpi: &kpi.id,
            query: &kpi.query,
            columns: &kpi.columns,
            parameters,
            database: kpi.database.as_deref(),
            timeout: left,
        };
        let mut take = |row: Row| {
            seen(&row);
            snapshot.row(&row)
        };
        turn.rows(&request, &mut take).await.map_err(|error| whole(error, kpi.timeout))?;
        if snapshot.is_broken() {
            break;
        }
    }
    Ok(())
}

impl Run {
    /// A run that failed before it asked anything.
    pub(super) fn not_asked(error: RunError) -> Self {
        Self { result: Err(error), skipped: Skipped::default(), duration: None }
    }

    /// Whether the graph is to blame, and not the query.
    pub(super) fn graph_was_away(&self) -> bool {
        self.duration.is_none() || matches!(&self.result, Err(RunError::Graph(error)) if error.graph_is_away())
    }

    /// Whether the run is worth repeating as soon as the graph is back: it may have hung before it was known to be away.
    pub(super) fn graph_may_have_been_away(&self) -> bool {
        self.graph_was_away() || matches!(&self.result, Err(RunError::Graph(GraphError::Timeout(_))))
    }
}

/// A timeout as the file names it: the request had only what earlier sets of parameters had left.
fn whole(error: GraphError, timeout: Duration) -> GraphError {
    if matches!(error, GraphError::Timeout(_)) { GraphError::Timeout(timeout) } else { error }
}
