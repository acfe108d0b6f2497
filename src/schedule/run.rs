//! One run: the query is asked once for each set of parameters, and its rows become samples as they arrive.

use std::time::{Duration, Instant};

use super::clock;
use crate::graph::{GraphError, Request, Turn};
use crate::kpi::{BEGINNING, Kpi};
use crate::measure::{MeasureError, Measured, Rows, Skipped, Totals};
use crate::row::{Parameters, Row, UnixMillis};

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

/// Asks a KPI once: the rows of a snapshot, or all events that a window KPI counts up to now. `seen` is shown each row.
pub async fn run(kpi: &Kpi, turn: &mut Turn<'_>, seen: &mut (dyn FnMut(&Row) + Send)) -> Run {
    let Some(window) = kpi.window() else {
        return measure(kpi, &kpi.parameters, Rows::of_snapshot(kpi), turn, seen).await;
    };
    match clock::ask(turn, kpi.timeout).await {
        Ok(clock) => self::window(kpi, turn, &mut Totals::default(), BEGINNING, window.end(clock), seen).await,
        Err(error) => Run::not_asked(error.into()),
    }
}

/// Counts one window of a KPI: asks for the events after `since` up to `until` and adds them to `totals`, all of them or,
/// when the run fails, none. `seen` is shown each row, also of a run that fails.
pub async fn window(
    kpi: &Kpi,
    turn: &mut Turn<'_>,
    totals: &mut Totals,
    since: UnixMillis,
    until: UnixMillis,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let rows = Rows::of_window(kpi, totals);
    let run = measure(kpi, &kpi.parameters_between(since, until), rows, turn, seen).await;
    if let Ok(measured) = &run.result {
        *totals = Totals::after(measured);
    }
    run
}

async fn measure(
    kpi: &Kpi,
    sets: &[Parameters],
    mut rows: Rows<'_>,
    turn: &mut Turn<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let started = Instant::now();
    let asked = ask(kpi, sets, turn, &mut rows, seen, started).await;
    let skipped = rows.skipped();
    let result = match asked {
        Ok(()) => rows.finish().map_err(RunError::from),
        Err(error) => Err(error.into()),
    };
    Run { result, skipped, duration: Some(started.elapsed()) }
}

async fn ask(
    kpi: &Kpi,
    sets: &[Parameters],
    turn: &mut Turn<'_>,
    rows: &mut Rows<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
    started: Instant,
) -> Result<(), GraphError> {
    for parameters in sets {
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
            rows.row(&row)
        };
        turn.rows(&request, &mut take).await.map_err(|error| whole(error, kpi.timeout))?;
        if rows.is_broken() {
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
