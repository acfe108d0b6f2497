//! Provides an in-process graph that answers Cypher like Neo4j, for `demo` and `test`. Only this
//! crate names its engine, kglite.
//!
//! Differences from Neo4j are hidden as far as possible: a `statement` is translated to the
//! dialect of the engine, what the engine would answer wrongly is refused, and errors have the
//! place in the user's text, like those of a server.
//!
//! - The engine runs on the calling thread and may recurse deeply, so each statement has its own thread.
//! - A statement ends at its deadline or when its caller stops waiting. The engine checks for this between rows: a loop inside
//!   one expression (`reduce` over millions of elements) runs to its end on an abandoned thread. Until then the same KPI is
//!   not queried again (`abandoned`).
//! - A `MATCH` of one pattern with a `RETURN` of plain columns is streamed. For any other query the rows of each step are held
//!   in memory before the first one is returned, and a step of more than a million rows is refused.

mod abandoned;
mod aggregates;
mod changes;
mod declared;
mod failure;
mod forms;
mod keys;
mod phrases;
mod query;
mod refusals;
mod request;
mod statement;
mod tokens;
mod value;
mod words;
mod work;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use kglite::api::DirGraph;
use kglite::api::cypher::{QueryWarningSink, planner, set_query_warning_sink};
use kglite::api::session::{ExecuteOptions, Session};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use cypher::Change;

use abandoned::Abandoned;
use changes::Changes;
use query::Query;
pub use request::{Error, Request, RowSink};
use work::{Outlet, Step, Work};

/// The maximum number of concurrent queries. Each has a thread, and the allocator keeps memory per
/// thread: four cost a demo 30 MB more, while a query takes milliseconds.
const MAX_CONCURRENT: usize = 1;
/// The default database of Neo4j, so that a KPI that names it works here too.
const DATABASE: &str = "neo4j";

/// An in-memory graph; it is dropped with this value.
pub struct Embedded {
    session: Arc<Session>,
    /// One permit per concurrent query.
    permits: Semaphore,
    /// Serializes writes: the engine refuses the later of two concurrent ones.
    write_lock: Arc<Mutex<()>>,
    abandoned: Abandoned,
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}

impl Default for Embedded {
    fn default() -> Self {
        Self::new()
    }
}

impl Embedded {
    /// An empty graph.
    pub fn new() -> Self {
        // The engine would print a warning for each unknown label between the lines of the log.
        set_query_warning_sink(QueryWarningSink::Silent);
        Self {
            session: Arc::new(Session::new(DirGraph::new())),
            permits: Semaphore::new(MAX_CONCURRENT),
            write_lock: Arc::default(),
            abandoned: Abandoned::default(),
        }
    }

    /// The address in errors and logs.
    pub fn address(&self) -> String {
        "embedded".to_owned()
    }

    /// The maximum number of concurrent queries.
    pub fn max_concurrent(&self) -> usize {
        MAX_CONCURRENT
    }

    /// Waits for the permit to run a query.
    pub async fn acquire(&self) -> SemaphorePermit<'_> {
        self.permits
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    /// Runs a query and passes every row to `sink`.
    ///
    /// # Errors
    /// [`Error`]; earlier rows have been passed to `sink`.
    pub async fn rows(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), Error> {
        let deadline = Instant::now() + request.timeout;
        if let Some(database) = request.database.filter(|name| *name != DATABASE) {
            return Err(Error::Database(format!(
                "`{database}` (the embedded graph has only `{DATABASE}`)"
            )));
        }
        let query = Query::new(request, deadline)?;
        let (running, _waiting) = self.abandoned.begin(request.name, deadline).await?;
        let session = Arc::clone(&self.session);
        let mut work = Work::start(move |outlet| {
            let _running = running;
            query.run(&session, outlet)
        })?;
        let timed_out = |_| Error::Timeout(request.timeout);
        loop {
            match timeout_at(deadline, work.next()).await.map_err(timed_out)? {
                Step::Rows(rows) => {
                    if rows.iter().any(|row| sink(row).is_break()) {
                        return Ok(());
                    }
                }
                Step::End(end) => return end,
            }
        }
    }

    /// Writes all changes in this order in one transaction.
    ///
    /// # Errors
    /// As [`Embedded::rows`].
    pub async fn write(&self, changes: &[Change], timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        let timed_out = |_| Error::Timeout(timeout);
        let guard = timeout_at(deadline, Arc::clone(&self.write_lock).lock_owned())
            .await
            .map_err(timed_out)?;
        let changes = Changes::new(changes, timeout, deadline)?;
        let session = Arc::clone(&self.session);
        let mut work = Work::start(move |outlet| {
            let _guard = guard;
            changes.apply(&session, outlet)
        })?;
        timeout_at(deadline, work.end()).await.map_err(timed_out)?
    }
}

/// The options of the engine for one statement.
fn options<'v>(parameters: &'v Values, deadline: Instant, outlet: &Outlet) -> ExecuteOptions<'v> {
    ExecuteOptions {
        deadline: Some(deadline.into_std()),
        cancel: Some(outlet.cancel()),
        hide_structural_keys: true,
        disabled_passes: Some(&SHORTCUTS),
        ..ExecuteOptions::eager(parameters)
    }
}

/// Planner passes that replace several steps by a combined one. Some of them count wrongly
/// (`(a)--(b)--(c)`) or lose the columns of an empty part of a UNION. Without them a count over 50
/// 000 nodes takes a second instead of a third of one.
static SHORTCUTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let is_shortcut = |pass: &String| {
        pass.starts_with("fuse_")
            || ["columnar_scan_aggregate", "optimize_nested_queries"].contains(&pass.as_str())
    };
    planner::all_pass_names()
        .into_iter()
        .filter(is_shortcut)
        .collect()
});

/// The parameters of a statement.
type Values = HashMap<String, kglite::api::Value>;
