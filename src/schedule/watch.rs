//! Whether a graph answers: found out once for all KPIs, so that a graph that is away is asked by one voice only.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep};

use super::clock::GraphClock;
use crate::board::Board;
use crate::graph::{Graph, GraphError};
use crate::instruments::Instruments;

/// The longest a graph may take to answer `RETURN 1`; the first query of a fresh Neo4j takes up to 2 s.
const PING: Duration = Duration::from_secs(5);
/// Between two pings: a small part of the outage, within these bounds. A graph that starts within minutes is noticed within
/// a second; one that is away for long is not bothered.
const SHARE: u32 = 200;
const SOONEST: Duration = Duration::from_millis(200);
const LATEST: Duration = Duration::from_secs(10);

/// One graph, and what is known of it.
pub(super) struct GraphWatch {
    pub(super) name: Arc<str>,
    pub(super) graph: Arc<Graph>,
    pub(super) clock: GraphClock,
    /// One permit less than the graph has turns.
    catching_up: Semaphore,
    board: Arc<Board>,
    instruments: Arc<Instruments>,
    /// Why no query goes out at present.
    away: ArcSwapOption<GraphError>,
    doubt: Notify,
    /// Counts how often the graph has come back.
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
        let (clock, away) = (GraphClock::default(), ArcSwapOption::empty());
        let catching_up = Semaphore::new(but_one(graph.max_concurrent()));
        Self {
            name,
            graph,
            clock,
            catching_up,
            board,
            instruments,
            away,
            doubt: Notify::new(),
            returns,
        }
    }

    /// The right to wait for a acquire, for a window that follows upon the one before at once. A few KPIs that are far behind
    /// would otherwise have all turns among themselves, and the others a fraction of their runs.
    pub(super) async fn right_to_catch_up(&self) -> SemaphorePermit<'_> {
        self.catching_up
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    /// Why the graph is not asked now.
    pub(super) fn away(&self) -> Option<GraphError> {
        self.away.load_full().map(|error| (*error).clone())
    }

    /// Changes each time the graph has come back.
    pub(super) fn returns(&self) -> watch::Receiver<u64> {
        self.returns.subscribe()
    }

    /// A query was answered, well or not.
    pub(super) fn answered(&self) {
        self.set(None);
    }

    /// A query failed in a way that may be the graph's.
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

    /// Pings at start and whenever there is doubt, until the graph answers. Never ends.
    pub(super) async fn keep(&self) {
        // Also of a graph that no KPI asks it is to be known whether it answers.
        self.doubt.notify_one();
        loop {
            self.doubt.notified().await;
            let since = Instant::now();
            while let Err(error) = self.graph.ping(PING).await {
                self.clock.doubt();
                self.set(Some(&error));
                sleep((since.elapsed() / SHARE).clamp(SOONEST, LATEST)).await;
            }
            self.answered();
        }
    }

    fn set(&self, error: Option<&GraphError>) {
        let was_away = self
            .away
            .swap(error.map(|error| Arc::new(error.clone())))
            .is_some();
        let Some(state) = self.board.graph(&self.name) else {
            return;
        };
        match error {
            None => {
                state.set_up();
                if was_away {
                    // Whoever notices first tells all: a query in flight may be quicker than the next ping.
                    tracing::info!(graph = %self.name, "the graph answers again");
                    self.returns.send_modify(|returns| *returns += 1);
                }
            }
            Some(error) => {
                state.set_down(error.to_string());
                if !was_away {
                    tracing::warn!(graph = %self.name, %error, "the graph is away; its KPIs wait until it answers");
                }
            }
        }
        self.instruments.graph_up(&self.name, error.is_none());
    }
}

/// So many of the turns may be taken by those who catch up. A single one goes from hand to hand.
fn but_one(turns: usize) -> usize {
    turns.saturating_sub(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_left_to_those_who_are_in_step() {
        assert_eq!([1, 2, 4, 64].map(but_one), [1, 1, 3, 63]);
    }
}
