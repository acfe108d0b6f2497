//! One run: the query is asked once for each set of parameters, and its rows become samples as they arrive.

use std::time::{Duration, Instant};

use crate::graph::{Graph, GraphError, Request};
use crate::kpi::Kpi;
use crate::measure::{MeasureError, Measured, Skipped, Snapshot};

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
}

/// Runs a snapshot KPI once.
pub async fn run(kpi: &Kpi, graph: &Graph) -> Run {
    let started = Instant::now();
    let mut snapshot = Snapshot::new(kpi);
    let asked = ask(kpi, graph, &mut snapshot, started).await;
    let skipped = snapshot.skipped();
    let result = match asked {
        Ok(()) => snapshot.finish().map_err(RunError::from),
        Err(error) => Err(error.into()),
    };
    Run { result, skipped, duration: started.elapsed() }
}

async fn ask(kpi: &Kpi, graph: &Graph, snapshot: &mut Snapshot<'_>, started: Instant) -> Result<(), GraphError> {
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
        graph.rows(&request, &mut |row| snapshot.row(&row)).await?;
        if snapshot.is_broken() {
            break;
        }
    }
    Ok(())
}

impl Run {
    /// A run that failed before it asked anything.
    pub(super) fn not_asked(error: RunError) -> Self {
        Self { result: Err(error), skipped: Skipped::default(), duration: Duration::ZERO }
    }
}
