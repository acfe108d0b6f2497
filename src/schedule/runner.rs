//! The runner of one KPI on one graph: waits until it is due, runs it, and shows what came of it. Never two runs at once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::run::{Run, RunError, run_after};
use super::timer::Timer;
use super::watch::GraphWatch;
use super::window_runner::{Next, WindowRun, WindowRunner};
use crate::board::{Board, Slot, Status};
use crate::instruments::TargetInstruments;
use crate::kpi::{Kpi, OnError};
use crate::measure::{Measured, fallback, overflow};
use crate::metric::Samples;

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

/// The longest wait between the graph's return and a query that has lost the connection again and again.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One KPI on one graph.
pub(super) struct Runner {
    board: Arc<Board>,
    slot: usize,
    target: usize,
    watch: Arc<GraphWatch>,
    instruments: TargetInstruments,
    requests: mpsc::UnboundedReceiver<Request>,
    due: Timer,
    /// What a window KPI has counted; none of a snapshot.
    counting: Option<WindowRunner>,
    status: Status,
    /// When the values shown are too old, unless a run goes well before.
    stale_at: Option<Instant>,
    /// How often in a row the graph was asked and then was away.
    in_vain: u32,
    /// How long after the graph's return to run again; none when the last run gives no reason to.
    again: Option<Duration>,
    /// The last values had too much above the last bound of a histogram, which has been told.
    overflow: bool,
}

impl Runner {
    pub(super) fn new(
        (board, slot, target): (Arc<Board>, usize, usize),
        watch: Arc<GraphWatch>,
        instruments: TargetInstruments,
        requests: mpsc::UnboundedReceiver<Request>,
        due: Timer,
        counting: Option<WindowRunner>,
    ) -> Self {
        let mut runner = Self {
            board,
            slot,
            target,
            watch,
            instruments,
            requests,
            due,
            counting,
            status: Status::default(),
            stale_at: None,
            in_vain: 0,
            again: None,
            overflow: false,
        };
        runner.show_restored();
        runner
    }

    /// What was counted before this program started is right as of its cursor: it does not wait for a run.
    fn show_restored(&mut self) {
        self.tell_progress();
        if let Some(samples) = self.counting.as_ref().and_then(WindowRunner::samples) {
            self.status.series = samples.iter().map(|samples| samples.len() as u64).sum();
            self.slot().publish(self.target, Some(samples));
        }
        self.show_status();
    }

    /// Runs at once, then whenever it is due, asked for, or the graph has come back; until `stop`.
    /// A window KPI with more to count than one window goes on at once, by a acquire of its own each time.
    pub(super) async fn keep(mut self, stop: CancellationToken) {
        let mut returns = self.watch.returns();
        let mut waiting = Vec::new();
        loop {
            // Before the run: a graph that comes back during it is not missed.
            returns.mark_unchanged();
            let run_and_wait = async {
                if !self.run_once(&mut waiting).await {
                    self.wait(&mut waiting, &mut returns).await;
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = run_and_wait => {}
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

    /// Runs the KPI for all who have asked so far, and shows the outcome. True when it is to run again at once.
    async fn run_once(&mut self, waiting: &mut Vec<Request>) -> bool {
        while let Ok(request) = self.requests.try_recv() {
            waiting.push(request);
        }
        self.status.running = true;
        self.show_status();
        let WindowRun { run, then } = self.run().await;
        self.tell_watch(&run);
        self.tell_progress();
        if then == Next::Half {
            // Who asked waits for the half: this is neither a success nor a failure.
            self.instruments.halved();
            return true;
        }
        // How long it takes to find the graph away says nothing of the query.
        let duration = run.duration.filter(|_| !run.graph_was_away());
        run.skipped
            .reasons()
            .for_each(|(reason, rows)| self.instruments.skipped(reason, rows));
        let now = SystemTime::now();
        self.status = Status {
            running: false,
            last_run: Some(now),
            duration: duration.or(self.status.duration),
            ..self.status.clone()
        };
        let outcome = match run.result {
            Ok(measured) => Ok(self.succeed(measured, duration, now)),
            Err(error) => Err(self.fail(&error, duration)),
        };
        self.show_status();
        for request in waiting.drain(..) {
            // Who asked may have gone.
            let _ = request.send(outcome.clone());
        }
        then == Next::GoOn
    }

    /// Waits for its acquire and asks; takes away meanwhile what grows too old.
    async fn run(&mut self) -> WindowRun {
        let (kpi, watch) = (self.kpi().clone(), self.watch.clone());
        if let Some(counting) = &mut self.counting {
            // Nothing that was counted grows too old. In memory only while it goes on, as in `ask`.
            return Box::pin(counting.run(&watch)).await;
        }
        let last = self.slot().targets()[self.target]
            .samples()
            .unwrap_or_default();
        let mut running = std::pin::pin!(ask(&kpi, &last, &watch));
        loop {
            let stale_at = self.stale_at;
            tokio::select! {
                run = &mut running => return WindowRun { run, then: Next::Wait },
                () = passed(stale_at) => self.take_away(),
            }
        }
    }

    /// How far the totals are, and how far behind.
    fn tell_progress(&mut self) {
        let Some(counting) = &self.counting else {
            return;
        };
        self.status.counted_until = counting.counted_until();
        self.status.window_lag = counting.lag(&self.watch);
        if let Some(lag) = self.status.window_lag {
            self.instruments.window_lag(lag);
        }
    }

    fn tell_watch(&mut self, run: &Run) {
        self.in_vain = match run.duration {
            // It is the watch that said why: no news to it.
            None if run.result.is_err() => return self.again = Some(pause(self.in_vain)),
            // The graph was not asked, since there was nothing to ask.
            None => return self.again = None,
            Some(_) if run.graph_was_away() => self.in_vain + 1,
            Some(_) => 0,
        };
        self.again = run.graph_may_have_been_away().then(|| pause(self.in_vain));
        match run.result.as_ref().err().and_then(RunError::graph) {
            Some(error) => self.watch.failed(error),
            None => self.watch.answered(),
        }
    }

    fn succeed(
        &mut self,
        measured: Measured,
        duration: Option<Duration>,
        now: SystemTime,
    ) -> Success {
        let duration_or_zero = duration.unwrap_or_default();
        let success = Success {
            duration: duration_or_zero,
            rows: measured.rows,
            series: measured.series(),
        };
        self.instruments
            .succeeded(duration, success.rows, success.series);
        self.stale_at = self
            .counting
            .is_none()
            .then(|| Instant::now() + self.kpi().stale_after);
        if !self.shows(&measured.samples) {
            self.tell_beyond(&measured.samples);
            self.slot().publish(self.target, Some(measured.samples));
        }
        if self.status.error.take().is_some() {
            tracing::info!(kpi = %self.kpi().id, graph = %self.watch.name, "the KPI runs again");
        }
        self.status.last_success = Some(now);
        self.status.rows = success.rows;
        self.status.series = success.series;
        success
    }

    /// Once for each time that it begins to be so.
    fn tell_beyond(&mut self, samples: &[Arc<Samples>]) {
        let overflow = overflow(self.kpi(), samples);
        if !self.overflow {
            for told in &overflow {
                tracing::info!(kpi = %self.kpi().id, graph = %self.watch.name, "{told}");
            }
        }
        self.overflow = !overflow.is_empty();
    }

    /// Without a duration it is the graph that was away, which the watch has said.
    fn fail(&mut self, error: &RunError, duration: Option<Duration>) -> String {
        self.instruments.failed(duration, error.reason());
        let text = error.in_file(self.kpi());
        if duration.is_some() {
            tracing::warn!(kpi = %self.kpi().id, graph = %self.watch.name, reason = error.reason(), "{text}");
        }
        self.status.error = Some(text.clone());
        match self.kpi().on_error {
            OnError::Keep => {}
            OnError::Drop => self.take_away(),
            OnError::Publish(number) => {
                let last = self.slot().targets()[self.target].samples();
                let samples = fallback(self.kpi(), last.as_deref(), number);
                self.slot().publish(self.target, Some(samples));
                // The number is what the user wants to see until a run goes well, however long that takes.
                self.stale_at = None;
            }
        }
        text
    }

    /// Whether the very same samples are on the board already, as after a window in which nothing happened.
    fn shows(&self, samples: &[Arc<Samples>]) -> bool {
        let shown = self.slot().targets()[self.target]
            .samples()
            .unwrap_or_default();
        shown.len() == samples.len()
            && shown
                .iter()
                .zip(samples)
                .all(|(shown, samples)| Arc::ptr_eq(shown, samples))
    }

    fn take_away(&mut self) {
        self.stale_at = None;
        if self.slot().targets()[self.target].samples().is_none() {
            return;
        }
        self.slot().publish(self.target, None);
        tracing::warn!(kpi = %self.kpi().id, graph = %self.watch.name, "no fresh values: the KPI's series are gone until a run goes well");
    }

    fn slot(&self) -> &Slot {
        &self.board.slots()[self.slot]
    }

    fn kpi(&self) -> &Arc<Kpi> {
        &self.slot().kpi
    }

    fn show_status(&self) {
        self.slot().targets()[self.target].set_status(self.status.clone());
    }
}

/// A run, unless the graph is away when its acquire comes: then it is not asked.
async fn ask(kpi: &Kpi, last: &[Arc<Samples>], watch: &GraphWatch) -> Run {
    let mut acquire = watch.graph.acquire().await;
    match watch.away() {
        Some(error) => Run::not_asked(error.into()),
        // In memory only while it goes on: 20 kB, which thousands of waiting KPIs would have each.
        None => Box::pin(run_after(kpi, last, &mut acquire, &mut |_| {})).await,
    }
}

/// A query that always loses the connection would be asked without a pause otherwise: the graph answers each ping.
fn pause(in_vain: u32) -> Duration {
    let seconds = in_vain
        .checked_sub(2)
        .map_or(0, |doublings| 2_u64.saturating_pow(doublings));
    Duration::from_secs(seconds).min(LONGEST_PAUSE)
}

/// Never passes when there is no such moment.
async fn passed(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_loses_the_connection_each_time_is_asked_ever_more_rarely() {
        let pauses = (0..12).map(|in_vain| pause(in_vain).as_secs());
        assert_eq!(
            pauses.collect::<Vec<_>>(),
            [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
        );
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
