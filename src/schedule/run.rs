//! One run: the query is sent once for each set of parameters, and its rows become samples as they arrive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::clock;
use super::error::RunError;
use crate::graph::{GraphError, Permit, Request};
use crate::kpi::{BEGINNING, Kpi};
use crate::measure::{Failure, Measured, Outcome, Rows, Skipped, Totals};
use crate::metric::Samples;
use crate::supervisor::contain;
use cypher::{Parameters, Row, UnixMillis};

/// What became of a run, with its samples or its error.
pub type Run = Outcome<Measured, RunError>;

/// Work on more series than this takes longer than a scrape should wait.
const MANY: u64 = 10_000;

/// Runs a KPI once: the rows of a snapshot, or all events of a window KPI up to now. `seen` is called with each row.
pub async fn run(kpi: &Kpi, permit: &mut Permit<'_>, seen: &mut (dyn FnMut(&Row) + Send)) -> Run {
    let Some(window) = kpi.window() else {
        return run_after(kpi, &[], permit, seen).await;
    };
    let started = Instant::now();
    match clock::query(permit).await {
        Ok(clock) => {
            let (mut totals, end) = (Totals::default(), window.end(clock.now));
            self::window(kpi, permit, &mut totals, BEGINNING, end, seen).await
        }
        Err(error) => Run::failed(error, started.elapsed()),
    }
}

/// Runs a snapshot KPI once. Label sets that were in `last`, the samples of its last run, cost nothing.
pub async fn run_after(
    kpi: &Kpi,
    last: &[Arc<Samples>],
    permit: &mut Permit<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let known = last.iter().map(|samples| samples.len() as u64).sum();
    let rows = cooperatively(known, || Rows::of_snapshot(kpi, last));
    measure(kpi, &kpi.parameters, rows, permit, seen).await
}

/// Counts one window of a KPI: adds the events after `since` up to `until` to `totals`, either all of them or, if the run
/// fails, none. `seen` is called with each row, also in a run that fails.
pub async fn window(
    kpi: &Kpi,
    permit: &mut Permit<'_>,
    totals: &mut Totals,
    since: UnixMillis,
    until: UnixMillis,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let rows = Rows::of_window(kpi, totals);
    let parameters = kpi.parameters_between(since, until);
    let mut run = measure(kpi, &parameters, rows, permit, seen).await;
    match &mut run {
        Outcome::NothingNew(measured)
        | Outcome::Succeeded {
            result: measured, ..
        } => {
            *totals = Totals::after(measured);
        }
        // The same rows come again with the next try: each skipped value counts once.
        Outcome::Failed { skipped, .. } => *skipped = Skipped::default(),
        Outcome::NotAsked(_) => {}
    }
    run
}

async fn measure(
    kpi: &Kpi,
    sets: &[Parameters],
    mut rows: Rows<'_>,
    permit: &mut Permit<'_>,
    seen: &mut (dyn FnMut(&Row) + Send),
) -> Run {
    let started = Instant::now();
    // With data from the server, driver and rows may panic: the query then fails like any other, without its connection.
    let queried = contain(query(kpi, sets, permit, &mut rows, seen, started)).await;
    let skipped = rows.skipped();
    let finish = async { cooperatively(rows.count(), || rows.finish()) };
    let result = match queried {
        Ok(Ok(())) => match contain(finish).await {
            Ok(finished) => finished.map_err(RunError::from),
            Err(panicked) => Err(panicked.into()),
        },
        Ok(Err(error)) => Err(error.into()),
        Err(panicked) => Err(panicked.into()),
    };
    let duration = started.elapsed();
    match result {
        Ok(result) => Outcome::Succeeded { result, duration },
        Err(error) => Outcome::Failed {
            error,
            duration,
            skipped,
        },
    }
}

/// Does some work on this many series; with many of them, the other tasks of this thread move to another one.
fn cooperatively<T>(series: u64, work: impl FnOnce() -> T) -> T {
    let has_others =
        Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if series > MANY && has_others {
        block_in_place(work)
    } else {
        work()
    }
}

async fn query(
    kpi: &Kpi,
    sets: &[Parameters],
    permit: &mut Permit<'_>,
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
        let mut sink = |row: &Row| {
            seen(row);
            rows.row(row)
        };
        permit
            .rows(&request, &mut sink)
            .await
            .map_err(|error| full_timeout(error, kpi.timeout))?;
        if rows.has_failed() {
            break;
        }
    }
    Ok(())
}

impl Run {
    /// A run that failed before it returned rows.
    pub(super) fn failed(error: RunError, duration: Duration) -> Self {
        Self::Failed {
            error,
            duration,
            skipped: Skipped::default(),
        }
    }

    /// A run whose totals are up to date. `changed` if they have not been published yet.
    pub(super) fn nothing_new(samples: Vec<Arc<Samples>>, changed: bool) -> Self {
        Self::NothingNew(Measured {
            samples,
            rows: 0,
            skipped: Skipped::default(),
            changed,
            integer_columns: None,
        })
    }

    /// Whether the graph was unreachable, rather than the query wrong.
    pub(super) fn was_unreachable(&self) -> bool {
        match self {
            Outcome::NotAsked(_) => true,
            Outcome::Failed { error, .. } => error.graph().is_some_and(GraphError::graph_is_away),
            Outcome::NothingNew(_) | Outcome::Succeeded { .. } => false,
        }
    }

    /// Whether to run again when the graph is back: it may have hung before it was known to be unreachable.
    pub(super) fn may_have_been_unreachable(&self) -> bool {
        self.was_unreachable() || self.timed_out()
    }

    /// Whether the query did not end within its timeout.
    pub(super) fn timed_out(&self) -> bool {
        let error = self.error().and_then(RunError::graph);
        matches!(error, Some(GraphError::Timeout(_)))
    }

    /// The outcome as others read it. The time until a graph turns out to be unreachable says nothing about the query, so
    /// such a run counts as not asked.
    pub(super) fn outcome(&self, kpi: &Kpi) -> Outcome {
        let failure = |error: &RunError| Failure {
            reason: error.reason(),
            message: error.in_file(kpi),
        };
        match self {
            Outcome::Failed { error, .. } if self.was_unreachable() => {
                Outcome::NotAsked(failure(error))
            }
            Outcome::NotAsked(_)
            | Outcome::NothingNew(_)
            | Outcome::Succeeded { .. }
            | Outcome::Failed { .. } => self.map(Measured::counts, failure),
        }
    }
}

/// A timeout as the file defines it: the request had only what earlier sets of parameters had left.
fn full_timeout(error: GraphError, timeout: Duration) -> GraphError {
    if matches!(error, GraphError::Timeout(_)) {
        GraphError::Timeout(timeout)
    } else {
        error
    }
}
