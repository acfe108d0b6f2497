//! A graph inside the process that answers Cypher as Neo4j does, on the engine kglite. Only this crate names the engine.
//!
//! What it does otherwise than Neo4j is kept in here as far as it can be: a [`statement`] is put into the engine's words,
//! what it would get wrong is refused, and its errors are told as a server's are, at the place in the user's text.
//!
//! - The engine works on the thread that calls it and may recurse deeply, so each statement has a thread of its own.
//! - A statement ends with its deadline or when nobody waits for it any more. The engine looks for that between rows: a loop
//!   inside one expression (`reduce` over millions of elements) keeps its thread until it is through, and nobody waits for it.
//!   Until then its KPI is [not asked again](abandoned).
//! - A `MATCH` of one pattern with a `RETURN` of plain columns is streamed. Of anything else the rows of each step are held in
//!   memory, before the first is handed over: what has a step of more than a million rows is refused.

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

/// The most queries at one time. Each has a thread, for each of which the allocator keeps memory: four cost a demo 30 MB more, and
/// a query takes milliseconds.
const MAX_CONCURRENT: usize = 1;
/// The database that every Neo4j has, so a KPI that names it can be asked here too.
const DATABASE: &str = "neo4j";

/// A graph that begins empty and ends with the value.
pub struct Embedded {
    session: Arc<Session>,
    /// One permit for each query that may run.
    slots: Semaphore,
    /// Changes are made one after another: of two at once the engine would refuse the later.
    writing: Arc<Mutex<()>>,
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
        // The engine would print a line for each label that the graph does not have yet, between the lines of our log.
        set_query_warning_sink(QueryWarningSink::Silent);
        Self {
            session: Arc::new(Session::new(DirGraph::new())),
            slots: Semaphore::new(MAX_CONCURRENT),
            writing: Arc::default(),
            abandoned: Abandoned::default(),
        }
    }

    /// What takes the place of an address in errors and logs.
    pub fn address(&self) -> String {
        "embedded".to_owned()
    }

    /// The most queries at one time.
    pub fn max_concurrent(&self) -> usize {
        MAX_CONCURRENT
    }

    /// Waits until a query may run; the permit ends with the value.
    pub async fn acquire(&self) -> SemaphorePermit<'_> {
        self.slots
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    /// Asks, and hands every row to `sink`.
    ///
    /// # Errors
    /// [`Error`] says by reason what went wrong; rows that came before it have been handed over.
    pub async fn rows(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), Error> {
        let deadline = Instant::now() + request.timeout;
        if let Some(database) = request.database.filter(|name| *name != DATABASE) {
            return Err(Error::Database(format!(
                "the embedded graph has none but `{DATABASE}`, not `{database}`"
            )));
        }
        let query = Query::new(request, deadline)?;
        let (running, _waiting) = self.abandoned.begin(request.name, deadline).await?;
        let session = Arc::clone(&self.session);
        let mut work = Work::start(move |outlet| {
            let _running = running;
            query.run(&session, outlet)
        })?;
        let too_late = |_| Error::Timeout(request.timeout);
        loop {
            match timeout_at(deadline, work.next()).await.map_err(too_late)? {
                Step::Rows(rows) => {
                    if rows.iter().any(|row| sink(row).is_break()) {
                        return Ok(());
                    }
                }
                Step::End(end) => return end,
            }
        }
    }

    /// Makes all changes, in this order, or none of them.
    ///
    /// # Errors
    /// As [`Embedded::rows`].
    pub async fn write(&self, changes: &[Change], timeout: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + timeout;
        let too_late = |_| Error::Timeout(timeout);
        let alone = timeout_at(deadline, Arc::clone(&self.writing).lock_owned())
            .await
            .map_err(too_late)?;
        let changes = Changes::new(changes, timeout, deadline)?;
        let session = Arc::clone(&self.session);
        let mut work = Work::start(move |outlet| {
            let _alone = alone;
            changes.make(&session, outlet)
        })?;
        timeout_at(deadline, work.end()).await.map_err(too_late)?
    }
}

/// How a statement is run, by its parameters and deadline.
fn options<'v>(parameters: &'v Values, deadline: Instant, outlet: &Outlet) -> ExecuteOptions<'v> {
    ExecuteOptions {
        deadline: Some(deadline.into_std()),
        cancel: Some(outlet.cancel()),
        hide_structural_keys: true,
        disabled_passes: Some(&SHORTCUTS),
        ..ExecuteOptions::eager(parameters)
    }
}

/// The planner's shortcuts: passes that put a way of their own in the place of several steps. Some of them count wrongly
/// (`(a)--(b)--(c)`), or lose the columns of a UNION's part that finds nothing. Without them a count over 50 000 nodes takes
/// a second instead of a third of one.
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

/// The values of a statement's parameters.
type Values = HashMap<String, kglite::api::Value>;
