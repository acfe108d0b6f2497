//! The runner of one KPI on one graph: waits until it is due, runs it, and shows what came of it. Never two runs at once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::due::Due;
use super::run::{Run, RunError, run};
use super::watch::GraphWatch;
use crate::board::{Board, Slot, Status};
use crate::graph::GraphError;
use crate::instruments::LaneInstruments;
use crate::kpi::{Kpi, OnError};
use crate::measure::{Measured, substitute};
use crate::row::Row;

/// A run that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Success {
    /// From the first question to the last row.
    pub duration: Duration,
    /// The rows that came.
    pub rows: u64,
    /// The label sets they made.
    pub series: u64,
}

/// Someone who wants a run now and hears how it went, or why it failed.
pub(super) type Request = oneshot::Sender<Result<Success, String>>;

/// For a query that loses the connection each time it is asked.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One KPI on one graph.
pub(super) struct Runner {
    board: Arc<Board>,
    slot: usize,
    lane: usize,
    watch: Arc<GraphWatch>,
    instruments: LaneInstruments,
    requests: mpsc::UnboundedReceiver<Request>,
    due: Due,
    status: Status,
    /// When the values shown are too old, unless a run goes well before.
    stale_at: Option<Instant>,
    /// Runs in a row that asked in vain.
    in_vain: u32,
    /// How long after the graph's return to run again; none when the last run gives no reason to.
    again: Option<Duration>,
}

impl Runner {
    pub(super) fn new(
        (board, slot, lane): (Arc<Board>, usize, usize),
        watch: Arc<GraphWatch>,
        instruments: LaneInstruments,
        requests: mpsc::UnboundedReceiver<Request>,
        due: Due,
    ) -> Self {
        Self {
            board,
            slot,
            lane,
            watch,
            instruments,
            requests,
            due,
            status: Status::default(),
            stale_at: None,
            in_vain: 0,
            again: None,
        }
    }

    /// Runs at once, then whenever it is due, asked for, or the graph has come back; until `stop`.
    pub(super) async fn keep(mut self, stop: CancellationToken) {
        let mut returns = self.watch.returns();
        let mut waiting = Vec::new();
        loop {
            // Before the run: a graph that comes back during it is not missed.
            returns.mark_unchanged();
            let turn = async {
                self.run_once(&mut waiting).await;
                self.wait(&mut waiting, &mut returns).await;
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = turn => {}
            }
        }
    }

    /// Waits for a reason to run, and takes away what grows too old meanwhile.
    async fn wait(&mut self, waiting: &mut Vec<Request>, returns: &mut watch::Receiver<u64>) {
        self.due.forget_missed();
        self.status.next_run = self.due.at();
        self.show_status();
        let mut again_at = None;
        loop {
            let stale_at = self.stale_at;
            tokio::select! {
                biased;
                Some(request) = self.requests.recv() => return waiting.push(request),
                Ok(()) = returns.changed(), if again_at.is_none() && self.again.is_some() => {
                    again_at = self.again.map(|pause| Instant::now() + pause);
                }
                () = passed(again_at) => return,
                () = self.due.next() => return,
                () = passed(stale_at) => self.take_away(),
            }
        }
    }

    /// Runs the KPI for all who wait for it, and shows the outcome.
    async fn run_once(&mut self, waiting: &mut Vec<Request>) {
        while let Ok(request) = self.requests.try_recv() {
            waiting.push(request);
        }
        self.status.running = true;
        self.show_status();
        let run = self.run().await;
        self.tell_watch(&run);
        self.in_vain += u32::from(asked_in_vain(&run));
        self.again = may_be_the_graphs_fault(&run).then(|| pause(self.in_vain));
        self.instruments.skipped("null_value", run.skipped.null_value);
        self.instruments.skipped("nan_value", run.skipped.nan_value);
        let now = SystemTime::now();
        self.status = Status { running: false, last_run: Some(now), ..self.status.clone() };
        let outcome = match run.result {
            Ok(measured) => Ok(self.succeed(measured, run.duration, now)),
            Err(error) => Err(self.fail(&error, (!error.graph_is_away()).then_some(run.duration))),
        };
        self.show_status();
        for request in waiting.drain(..) {
            // Who asked may have gone.
            let _ = request.send(outcome.clone());
        }
    }

    async fn run(&mut self) -> Run {
        if let Some(error) = self.watch.away() {
            return Run::not_asked(error);
        }
        let kpi = self.kpi().clone();
        let mut unseen = |_: &Row| {};
        let watch = self.watch.clone();
        let mut running = std::pin::pin!(run(&kpi, &watch.graph, &mut unseen));
        loop {
            let stale_at = self.stale_at;
            tokio::select! {
                run = &mut running => return run,
                () = passed(stale_at) => self.take_away(),
            }
        }
    }

    fn tell_watch(&self, run: &Run) {
        match &run.result {
            // What the watch said itself is no news to it.
            Err(RunError::NotAsked(_)) => {}
            Err(RunError::Graph(error)) => self.watch.failed(error),
            Err(RunError::Measure(_)) | Ok(_) => self.watch.answered(),
        }
    }

    fn succeed(&mut self, measured: Measured, duration: Duration, now: SystemTime) -> Success {
        let success = Success { duration, rows: measured.rows, series: measured.series() };
        self.instruments.succeeded(duration, success.rows, success.series);
        self.stale_at = Some(Instant::now() + self.kpi().stale_after);
        self.slot().publish(self.lane, Some(measured.points));
        self.status.duration = Some(duration);
        self.in_vain = 0;
        if self.status.error.take().is_some() {
            tracing::info!(kpi = %self.kpi().id, graph = %self.watch.name, "the KPI runs again");
        }
        self.status.last_success = Some(now);
        self.status.rows = success.rows;
        self.status.series = success.series;
        success
    }

    /// `duration` is missing when the graph was away: how quickly that is found out says nothing of the query.
    fn fail(&mut self, error: &RunError, duration: Option<Duration>) -> String {
        self.instruments.failed(duration, error.reason());
        self.status.duration = duration.or(self.status.duration);
        let text = error.in_file(self.kpi());
        if !error.graph_is_away() {
            tracing::warn!(kpi = %self.kpi().id, graph = %self.watch.name, reason = error.reason(), "{text}");
        }
        self.status.error = Some(text.clone());
        match self.kpi().on_error {
            OnError::Keep => {}
            OnError::Drop => self.take_away(),
            OnError::Publish(number) => {
                let last = self.slot().lanes()[self.lane].points();
                let points = substitute(self.kpi(), last.as_deref(), number);
                self.slot().publish(self.lane, Some(points));
                // The number is what the user wants to see until a run goes well, however long that takes.
                self.stale_at = None;
            }
        }
        text
    }

    fn take_away(&mut self) {
        self.stale_at = None;
        if self.slot().lanes()[self.lane].points().is_none() {
            return;
        }
        self.slot().publish(self.lane, None);
        tracing::warn!(kpi = %self.kpi().id, graph = %self.watch.name, "no fresh values: the KPI's series are gone until a run goes well");
    }

    fn slot(&self) -> &Slot {
        &self.board.slots()[self.slot]
    }

    fn kpi(&self) -> &Arc<Kpi> {
        &self.slot().kpi
    }

    fn show_status(&self) {
        self.slot().lanes()[self.lane].set_status(self.status.clone());
    }
}

/// Whether another try is worth while once the graph is back.
fn may_be_the_graphs_fault(run: &Run) -> bool {
    let Err(error) = &run.result else { return false };
    error.graph_is_away() || matches!(error, RunError::Graph(GraphError::Timeout(_)))
}

fn asked_in_vain(run: &Run) -> bool {
    matches!(&run.result, Err(RunError::Graph(_))) && may_be_the_graphs_fault(run)
}

/// Between the graph's return and the run for its sake. A query that always loses the connection would otherwise be asked
/// without a pause, since the graph answers the ping each time.
fn pause(in_vain: u32) -> Duration {
    let seconds = in_vain.checked_sub(2).map_or(0, |doublings| 2_u64.saturating_pow(doublings));
    Duration::from_secs(seconds).min(LONGEST_PAUSE)
}

/// Never passes when there is no such moment.
async fn passed(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
