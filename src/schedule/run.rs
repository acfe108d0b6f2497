//! One run: the query is asked once for each set of parameters, and its rows become samples as they arrive.

use std::time::{Duration, Instant};

use crate::graph::{Graph, GraphError, Request, Turn};
use crate::kpi::Kpi;
use crate::measure::{MeasureError, Measured, Skipped, Snapshot};
use crate::row::Row;

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// The samples, or why there are none.
    pub result: Result<Measured, RunError>,
    /// The values that were left out, also when the run failed later.
    pub skipped: Skipped,
    /// From the first question to the last row.
    pub duration: Duration,
}

/// Why a run failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// The graph is known to be away, for this reason, and was not asked.
    #[error(transparent)]
    NotAsked(GraphError),
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
            RunError::NotAsked(error) | RunError::Graph(error) => error.reason(),
            RunError::Measure(error) => error.reason(),
        }
    }

    /// The text of the error; a graph's complaint about the query with its line of the KPI's file.
    pub fn in_file(&self, kpi: &Kpi) -> String {
        match self {
            RunError::Graph(GraphError::Statement { message, place: Some(place) }) => {
                format!("{}:{}:{}: {message}", kpi.path, place.line, place.column)
            }
            RunError::NotAsked(_) | RunError::Graph(_) | RunError::Measure(_) => self.to_string(),
        }
    }

    /// Whether the graph was away, so that the query is not to blame.
    pub(super) fn graph_is_away(&self) -> bool {
        match self {
            RunError::NotAsked(_) => true,
            RunError::Graph(error) => error.graph_is_away(),
            RunError::Measure(_) => false,
        }
    }
}

/// Runs a snapshot KPI once; `seen` is shown each row.
pub async fn run(kpi: &Kpi, graph: &Graph, seen: &mut (dyn FnMut(&Row) + Send)) -> Run {
    let mut turn = graph.turn().await;
    let started = Instant::now();
    let mut snapshot = Snapshot::new(kpi);
    let asked = ask(kpi, &mut turn, &mut snapshot, seen, started).await;
    let skipped = snapshot.skipped();
    let result = match asked {
        Ok(()) => snapshot.finish().map_err(RunError::from),
        Err(error) => Err(error.into()),
    };
    Run { result, skipped, duration: started.elapsed() }
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
        turn.rows(&request, &mut take).await?;
        if snapshot.is_broken() {
            break;
        }
    }
    Ok(())
}

impl Run {
    /// A run that did not take place since the graph is away.
    pub(super) fn not_asked(error: GraphError) -> Self {
        Self { result: Err(RunError::NotAsked(error)), skipped: Skipped::default(), duration: Duration::ZERO }
    }
}
