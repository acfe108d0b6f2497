//! Whether a graph is reachable: found out once for all its KPIs, so that a single ping queries a graph that is down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep};

use super::clock::GraphClock;
use crate::board::Board;
use crate::graph::{Graph, GraphError, Server};
use crate::instruments::Instruments;
use crate::supervisor::{Panicked, Task, contain};

/// The timeout of a ping; the first query of a fresh Neo4j takes up to 2 s.
const PING: Duration = Duration::from_secs(5);
/// The pause between two pings is a small part of the outage, within these bounds: a graph that starts within minutes is
/// noticed within a second, and one that is down for long is not bothered.
const SHARE: u32 = 200;
const SOONEST: Duration = Duration::from_millis(200);
const LATEST: Duration = Duration::from_secs(10);

/// One graph and whether it is reachable.
pub(super) struct GraphWatch {
    pub(super) name: Arc<str>,
    pub(super) graph: Arc<Graph>,
    pub(super) clock: GraphClock,
    /// One permit fewer than the graph has.
    low_priority: Semaphore,
    board: Arc<Board>,
    instruments: Arc<Instruments>,
    /// Why queries are paused; none while the graph is reachable.
    down: ArcSwapOption<GraphError>,
    doubt: Notify,
    /// Whether the present connection has been logged.
    is_logged: AtomicBool,
    /// Counts how often the graph has become reachable again.
    returns: watch::Sender<u64>,
}

impl GraphWatch {
    pub(super) fn new(
        name: Arc<str>,
        graph: Arc<Graph>,
        board: Arc<Board>,
        instruments: Arc<Instruments>,
    ) -> Self {
        let (returns, _) = watch::channel(0);
        let low_priority = Semaphore::new(all_but_one(graph.max_concurrent()));
        Self {
            name,
            graph,
            clock: GraphClock::default(),
            low_priority,
            board,
            instruments,
            down: ArcSwapOption::empty(),
            doubt: Notify::new(),
            is_logged: AtomicBool::new(false),
            returns,
        }
    }

    /// Has to be acquired before a permit of the graph by a window that follows the last one immediately, and by a KPI whose
    /// last run timed out. A few KPIs that are far behind or hang would otherwise hold all permits among themselves.
    pub(super) async fn acquire_low_priority(&self) -> SemaphorePermit<'_> {
        self.low_priority
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    /// Why queries to the graph are paused; none while it is reachable.
    pub(super) fn down(&self) -> Option<GraphError> {
        self.down.load_full().map(|error| (*error).clone())
    }

    /// Changes each time the graph becomes reachable again.
    pub(super) fn returns(&self) -> watch::Receiver<u64> {
        self.returns.subscribe()
    }

    /// A query was answered, successfully or not.
    pub(super) fn answered(&self) {
        self.set(None);
    }

    /// A query failed, perhaps because of the graph.
    pub(super) fn failed(&self, error: &GraphError) {
        if error.graph_is_away() {
            self.clock.doubt();
            self.set(Some(error));
            self.doubt.notify_one();
        } else if matches!(error, GraphError::Timeout(_)) {
            self.clock.doubt();
            self.doubt.notify_one();
        } else {
            self.answered();
        }
    }

    /// Pings at start and after each doubt until the graph answers. Never ends.
    async fn run_loop(&self) {
        // A graph without KPIs is checked too.
        self.doubt.notify_one();
        loop {
            tokio::select! {
                () = self.doubt.notified() => {}
                // The server may have ended: no query need wait to find that out.
                () = self.graph.lost() => {}
            }
            let since = Instant::now();
            while let Err(error) = self.ping().await {
                self.clock.doubt();
                self.set(Some(&error));
                sleep((since.elapsed() / SHARE).clamp(SOONEST, LATEST)).await;
            }
            self.answered();
            self.log_connected().await;
        }
    }

    /// Logs a connection once, at the start and after each outage.
    async fn log_connected(&self) {
        if self.is_logged.swap(true, Ordering::Relaxed) {
            return;
        }
        let Server {
            uri,
            version,
            database,
        } = self.graph.server(PING).await;
        tracing::info!(graph = %self.name, %uri, server = version, database, "connected");
        if let Some(state) = self.board.graph(&self.name) {
            state.set_server(uri, version);
        }
    }

    async fn ping(&self) -> Result<(), GraphError> {
        contain(self.graph.ping(PING)).await?
    }

    fn set(&self, error: Option<&GraphError>) {
        let before = self
            .down
            .swap(error.map(|error| Arc::new(error.clone())))
            .map(|error| error.reason());
        let Some(state) = self.board.graph(&self.name) else {
            return;
        };
        match error {
            None => {
                state.set_up();
                if before.is_some() {
                    // A query in flight may notice it before the next ping.
                    self.doubt.notify_one();
                    self.returns.send_modify(|returns| *returns += 1);
                }
            }
            Some(error) => {
                state.set_down(error.to_string());
                let reason = error.reason();
                if before != Some(reason) {
                    self.is_logged.store(false, Ordering::Relaxed);
                    let next_attempt = error
                        .next_try()
                        .map(|wait| humantime::format_duration(wait).to_string());
                    tracing::warn!(
                        graph = %self.name, reason, %error, next_attempt,
                        "graph unreachable; its KPIs are paused"
                    );
                }
            }
        }
        self.instruments.graph_up(&self.name, error.is_none());
    }
}

impl Task for Arc<GraphWatch> {
    fn name(&self) -> String {
        format!("watch of graph {}", self.name)
    }

    async fn run(&mut self) {
        self.run_loop().await;
    }

    fn report_failure(&mut self, cause: &Panicked) {
        GraphWatch::set(self, Some(&cause.clone().into()));
    }
}

/// The permits that low priority may hold; a single one is shared.
fn all_but_one(permits: usize) -> usize {
    permits.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_permit_is_left_to_normal_priority() {
        assert_eq!([1, 2, 4, 64].map(all_but_one), [1, 1, 3, 63]);
    }
}
