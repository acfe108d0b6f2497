//! One run: the query is asked once for each set of parameters, and its rows become samples as they arrive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::clock;
use crate::graph::{GraphError, Permit, Request};
use crate::kpi::{BEGINNING, Kpi, iso};
use crate::measure::{MeasureError, Measured, Rows, Skipped, Totals};
use crate::metric::Samples;
use crate::state::StateError;
use cypher::{Parameters, Row, UnixMillis};

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// The samples, or why there are none.
    pub result: Result<Measured, RunError>,
    /// The values that were left out, also when the run of a snapshot failed later.
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
    /// What was counted could not be saved, so it does not count.
    #[error(transparent)]
    State(#[from] StateError),
    /// A window was too much for one query, or has a row that cannot be counted, and none is shorter.
    #[error("{cause}; this was the window from {} to {}, and none is shorter", iso(*.since), iso(*.until))]
    Shortest {
        /// What was too much, or wrong.
        cause: Box<RunError>,
        /// Exclusive.
        since: UnixMillis,
        /// Inclusive.
        until: UnixMillis,
    },
}

impl RunError {
    /// The value of the label `reason`; a closed set.
    pub fn reason(&self) -> &'static str {
        match self {
            RunError::Graph(error) => error.reason(),
            RunError::Measure(error) => error.reason(),
            RunError::State(_) => "state",
            RunError::Shortest { cause, .. } => cause.reason(),
        }
    }

    /// The text of the error; a graph's complaint about the query with its line of the KPI's file.
    pub fn in_file(&self, kpi: &Kpi) -> String {
        match self {
            RunError::Graph(GraphError::Statement {
                message,
                place: Some(place),
            }) => {
                format!("{}:{}:{}: {message}", kpi.path, place.line, place.column)
            }
            RunError::Graph(_)
            | RunError::Measure(_)
            | RunError::State(_)
            | RunError::Shortest { .. } => self.to_string(),
        }
    }

    /// What the graph said, when it is to blame.
    pub(super) fn graph(&self) -> Option<&GraphError> {
        match self {
            RunError::Graph(error) => Some(error),
            RunError::Shortest { cause, .. } => cause.graph(),
            RunError::Measure(_) | RunError::State(_) => None,
        }
    }

    /// Whether a window of half the length may go well.
    pub fn is_too_much_at_once(&self) -> bool {
        match self {
            RunError::Graph(GraphError::Timeout(_)) => true,
            // What a query may hold in the server's memory is limited too.
            RunError::Graph(GraphError::Server { code, .. }) => code.contains("OutOfMemory"),
            RunError::Measure(error) => error.is_limit(),
            RunError::Graph(_) | RunError::State(_) | RunError::Shortest { .. } => false,
        }
    }

    /// Whether one row is to blame, so that the windows before it go well.
    pub fn is_of_a_row(&self) -> bool {
        match self {
            RunError::Measure(error) => !error.is_limit(),
            RunError::Graph(_) | RunError::State(_) | RunError::Shortest { .. } => false,
        }
    }
}

/// Work on more series than this takes longer than a scrape should wait.
const MANY: u64 = 10_000;

/// Asks a KPI once: the rows of a snapshot, or all events that a window KPI counts up to now. `seen` is shown each row.
pub async fn run(kpi: &Kpi, acquire: &mut Permit<'_>, seen: &mut (dyn FnMut(&Row) + Send)) -> Run {
    let Some(window) = kpi.window() else {
        return run_after(kpi, &[], acquire, seen).await;
    };
    let started = Instant::now();
    match acquire.clock(clock::WITHIN).await {
        Ok(clock) => {
            self::window(
                kpi,
                acquire,
                &mut Totals::default(),
                BEGINNING,
                window.end(clock.now),
                seen,
            )
            .await
        }
        Err(error) => Run::failed(error.into(), started.elapsed()),
    }
}

/// Asks a snapshot KPI once, after a run that brought `last`: labels that come again cost nothing.
pub async fn run_after(
    kpi: &Kpi,
    last: &[Arc<Samples>],
    acquire: &mut Permit<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let known = last.iter().map(|samples| samples.len() as u64).sum();
    let rows = at_length(known, || Rows::of_snapshot(kpi, last));
    measure(kpi, &kpi.parameters, rows, acquire, seen).await
}

/// Counts one window of a KPI: asks for the events after `since` up to `until` and adds them to `totals`, all of them or,
/// when the run fails, none. `seen` is shown each row, also of a run that fails.
pub async fn window(
    kpi: &Kpi,
    acquire: &mut Permit<'_>,
    totals: &mut Totals,
    since: UnixMillis,
    until: UnixMillis,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let rows = Rows::of_window(kpi, totals);
    let mut run = measure(
        kpi,
        &kpi.parameters_between(since, until),
        rows,
        acquire,
        seen,
    )
    .await;
    match &run.result {
        Ok(measured) => *totals = Totals::after(measured),
        // The same rows come again with the next try: each is left out once.
        Err(_) => run.skipped = Skipped::default(),
    }
    run
}

async fn measure(
    kpi: &Kpi,
    sets: &[Parameters],
    mut rows: Rows<'_>,
    acquire: &mut Permit<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let started = Instant::now();
    let asked = ask(kpi, sets, acquire, &mut rows, seen, started).await;
    let skipped = rows.skipped();
    let result = match asked {
        Ok(()) => at_length(rows.count(), || rows.finish()).map_err(RunError::from),
        Err(error) => Err(error.into()),
    };
    Run {
        result,
        skipped,
        duration: Some(started.elapsed()),
    }
}

/// Does some work on so many series; where they are many, the tasks that wait for this thread go on by another one.
fn at_length<T>(series: u64, work: impl FnOnce() -> T) -> T {
    let has_others =
        Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if series > MANY && has_others {
        block_in_place(work)
    } else {
        work()
    }
}

async fn ask(
    kpi: &Kpi,
    sets: &[Parameters],
    acquire: &mut Permit<'_>,
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
        let mut take = |row: &Row| {
            seen(row);
            rows.row(row)
        };
        acquire
            .rows(&request, &mut take)
            .await
            .map_err(|error| whole(error, kpi.timeout))?;
        if rows.has_failed() {
            break;
        }
    }
    Ok(())
}

impl Run {
    /// A run that failed before it asked anything.
    pub(super) fn not_asked(error: RunError) -> Self {
        Self {
            result: Err(error),
            skipped: Skipped::default(),
            duration: None,
        }
    }

    /// A run that failed before its query.
    pub(super) fn failed(error: RunError, after: Duration) -> Self {
        Self {
            duration: Some(after),
            ..Self::not_asked(error)
        }
    }

    /// A run that found its totals to be all there is.
    pub(super) fn nothing_to_ask(samples: Vec<Arc<Samples>>) -> Self {
        let measured = Measured {
            samples,
            rows: 0,
            skipped: Skipped::default(),
        };
        Self {
            result: Ok(measured),
            skipped: Skipped::default(),
            duration: None,
        }
    }

    /// The rows that came; none of a run that failed counts.
    pub(super) fn rows(&self) -> u64 {
        self.result.as_ref().map_or(0, |measured| measured.rows)
    }

    /// Whether the graph is to blame, and not the query.
    pub(super) fn graph_was_away(&self) -> bool {
        let Err(error) = &self.result else {
            return false;
        };
        self.duration.is_none() || error.graph().is_some_and(GraphError::graph_is_away)
    }

    /// Whether the run is worth repeating as soon as the graph is back: it may have hung before it was known to be away.
    pub(super) fn graph_may_have_been_away(&self) -> bool {
        let hung = |error: &RunError| matches!(error.graph(), Some(GraphError::Timeout(_)));
        self.graph_was_away() || self.result.as_ref().err().is_some_and(hung)
    }
}

/// A timeout as the file names it: the request had only what earlier sets of parameters had left.
fn whole(error: GraphError, timeout: Duration) -> GraphError {
    if matches!(error, GraphError::Timeout(_)) {
        GraphError::Timeout(timeout)
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_half_a_window_may_mend_or_find() {
        let server = |code: &str| GraphError::Server {
            code: code.to_owned(),
            message: String::new(),
        };
        let whole = || RunError::Graph(GraphError::Timeout(Duration::from_secs(1)));
        let at = UnixMillis(1_795_252_087_006);
        let range = MeasureError::Range {
            row: 1,
            column: "value".into(),
            value: -1.0,
            expected: "a total",
        };
        for (error, too_much, of_a_row) in [
            (whole(), true, false),
            (
                server("Neo.TransientError.General.MemoryPoolOutOfMemoryError").into(),
                true,
                false,
            ),
            (MeasureError::TooManyRows { limit: 1 }.into(), true, false),
            (
                MeasureError::TooManySeries {
                    metric: String::new(),
                    limit: 1,
                }
                .into(),
                true,
                false,
            ),
            (range.into(), false, true),
            (
                server("Neo.ClientError.Statement.ArithmeticError").into(),
                false,
                false,
            ),
            (GraphError::Writes(String::new()).into(), false, false),
            (StateError::Taken("state".into()).into(), false, false),
            (
                RunError::Shortest {
                    cause: Box::new(whole()),
                    since: at,
                    until: at,
                },
                false,
                false,
            ),
        ] {
            assert_eq!(
                (error.is_too_much_at_once(), error.is_of_a_row()),
                (too_much, of_a_row),
                "{error}"
            );
        }
    }

    #[test]
    fn the_shortest_window_is_named() {
        let cause = Box::new(RunError::Graph(GraphError::Timeout(Duration::from_secs(
            30,
        ))));
        let error = RunError::Shortest {
            cause,
            since: UnixMillis(1_795_252_087_006),
            until: UnixMillis(1_795_252_088_006),
        };
        assert_eq!(error.reason(), "timeout");
        assert_eq!(
            error.to_string(),
            "no answer within 30s: make the query cheaper or raise its `timeout`; this was the window from 2026-11-21T09:08:07.006Z to 2026-11-21T09:08:08.006Z, and none is shorter"
        );
    }
}
