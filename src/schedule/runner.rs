//! The runner of one KPI on one graph: waits until the KPI is due, runs it and publishes the outcome. Never two runs at once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::error::RunError;
use super::run::{Run, run_after};
use super::timer::Timer;
use super::warnings;
use super::watch::GraphWatch;
use super::window_runner::{Next, WindowRunner};
use crate::board::{Board, Slot, Status, WarningSource};
use crate::diagnostic::{Problem, WarningReason};
use crate::instruments::TargetInstruments;
use crate::kpi::{Kpi, OnError};
use crate::measure::{
    Counts, Failure, Measured, Outcome, Skipped, fallback, integer_divisions, last_buckets,
};
use crate::metric::Samples;
use crate::supervisor::{Panicked, Task};

/// A request for a run now; it receives the outcome.
pub(super) type Request = oneshot::Sender<Outcome>;

/// The longest pause between the graph's return and a query that has lost the connection again and again.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One KPI on one graph.
pub(super) struct Runner {
    board: Arc<Board>,
    slot: usize,
    target: usize,
    watch: Arc<GraphWatch>,
    instruments: TargetInstruments,
    requests: mpsc::UnboundedReceiver<Request>,
    /// Requests that wait for the next outcome.
    waiting: Vec<Request>,
    timer: Timer,
    /// The totals of a window KPI; none for a snapshot.
    window: Option<WindowRunner>,
    status: Status,
    /// When the published values become stale unless a run succeeds before. The board judges it; this one only wakes up for it.
    stale_at: Option<Instant>,
    /// How often in a row the graph turned out to be unreachable during a query.
    in_vain: u32,
    /// How long after the graph's return to run again; none if there is no need.
    retry: Option<Duration>,
    /// A failure has replaced or dropped the samples of the last success.
    replaced: bool,
    /// The last run timed out.
    timed_out: bool,
    /// The reason of the failure that was last logged; none after a success.
    logged: Option<&'static str>,
}

impl Runner {
    pub(super) fn new(
        (board, slot, target): (Arc<Board>, usize, usize),
        watch: Arc<GraphWatch>,
        instruments: TargetInstruments,
        requests: mpsc::UnboundedReceiver<Request>,
        timer: Timer,
        window: Option<WindowRunner>,
    ) -> Self {
        let mut runner = Self {
            board,
            slot,
            target,
            watch,
            instruments,
            requests,
            waiting: Vec::new(),
            timer,
            window,
            status: Status::default(),
            stale_at: None,
            in_vain: 0,
            retry: None,
            replaced: false,
            timed_out: false,
            logged: None,
        };
        runner.publish_restored();
        runner
    }

    /// Publishes restored totals: they are right as of their cursor and need not wait for a run.
    fn publish_restored(&mut self) {
        self.publish_progress();
        if let Some(samples) = self.window.as_ref().and_then(WindowRunner::samples) {
            self.status.series = samples.iter().map(|samples| samples.len() as u64).sum();
            self.slot().publish(self.target, Some(samples));
        }
        self.publish_status();
    }

    /// Runs immediately, then whenever it is due, requested, or the graph is back. A window KPI that is behind runs again
    /// without a pause, with a permit of its own each time.
    async fn run_loop(&mut self) {
        let mut returns = self.watch.returns();
        loop {
            // Before the run, so that a return during it is not missed.
            returns.mark_unchanged();
            if !self.run_once().await {
                self.wait(&mut returns).await;
            }
        }
    }

    /// Waits for a reason to run, and drops values that become stale in the meantime.
    async fn wait(&mut self, returns: &mut watch::Receiver<u64>) {
        self.timer.reset();
        self.status.next_run = self.timer.at();
        self.publish_status();
        let mut retry_at = None;
        loop {
            let stale_at = self.stale_at;
            tokio::select! {
                biased;
                Some(request) = self.requests.recv() => return self.waiting.push(request),
                Ok(()) = returns.changed(), if retry_at.is_none() && self.retry.is_some() => {
                    retry_at = self.retry.map(|pause| Instant::now() + pause);
                    // Then the graph was the cause of a timeout.
                    self.timed_out = false;
                }
                () = passed(retry_at) => return,
                () = self.timer.next() => return,
                () = passed(stale_at) => self.drop_stale(),
            }
        }
    }

    /// Runs the KPI for all requests so far and publishes the outcome. True if it is to run again immediately.
    async fn run_once(&mut self) -> bool {
        while let Ok(request) = self.requests.try_recv() {
            self.waiting.push(request);
        }
        self.status.running = true;
        self.publish_status();
        let (run, next) = self.run().await;
        self.notify_watch(&run);
        self.publish_progress();
        if next == Next::Retry {
            // Neither a success nor a failure: the requests wait for the half window.
            self.instruments.halved();
            return true;
        }
        self.timed_out = run.timed_out();
        let outcome = run.outcome(self.kpi());
        match run.into_result() {
            Ok(measured) => self.succeed(measured),
            Err(_) => self.fail(),
        }
        self.publish_outcome(&outcome);
        next == Next::Continue
    }

    /// Shows the outcome to everyone who wants to know it.
    fn publish_outcome(&mut self, outcome: &Outcome) {
        self.instruments.ran(outcome);
        let now = SystemTime::now();
        self.status.running = false;
        self.status.last_run = Some(now);
        self.status.duration = outcome.duration().or(self.status.duration);
        if outcome.error().is_none() {
            self.status.last_success = Some(now);
        }
        self.status.outcome = Some(outcome.clone());
        log_run(&self.kpi().id, &self.watch.name, outcome);
        self.log(outcome);
        self.publish_status();
        for request in self.waiting.drain(..) {
            // The client may have gone.
            let _ = request.send(outcome.clone());
        }
    }

    /// Acquires a permit and queries; drops values that become stale in the meantime.
    async fn run(&mut self) -> (Run, Next) {
        let (kpi, watch) = (self.kpi().clone(), self.watch.clone());
        if let Some(window) = &mut self.window {
            // Totals do not become stale. Boxed for the same reason as in `query`.
            return Box::pin(window.run(&watch)).await;
        }
        let last = self.samples().unwrap_or_default();
        let mut running = std::pin::pin!(query(&kpi, &last, &watch, self.timed_out));
        loop {
            let stale_at = self.stale_at;
            tokio::select! {
                run = &mut running => return (run, Next::Wait),
                () = passed(stale_at) => self.drop_stale(),
            }
        }
    }

    /// Publishes the cursor and how far behind it is.
    fn publish_progress(&mut self) {
        let Some(window) = &self.window else {
            return;
        };
        self.status.counted_until = window.counted_until();
        self.status.window_lag = window.lag(&self.watch);
        if let Some(lag) = self.status.window_lag {
            self.instruments.window_lag(lag);
        }
    }

    fn notify_watch(&mut self, run: &Run) {
        self.in_vain = match run {
            // The watch knows already.
            Outcome::NotAsked(_) => return self.retry = Some(pause(self.in_vain)),
            Outcome::NothingNew(_) => return self.retry = None,
            Outcome::Failed { .. } if run.was_unreachable() => self.in_vain + 1,
            Outcome::Succeeded { .. } | Outcome::Failed { .. } => 0,
        };
        self.retry = run.may_have_been_unreachable().then(|| pause(self.in_vain));
        match run.error().and_then(RunError::graph) {
            Some(error) => self.watch.failed(error),
            None => self.watch.answered(),
        }
    }

    fn succeed(&mut self, measured: Measured) {
        self.stale_at = self
            .window
            .is_none()
            .then(|| Instant::now() + self.kpi().stale_after);
        let counts = measured.counts();
        self.status.rows = counts.rows;
        self.status.series = counts.series;
        let is_new = measured.changed || self.replaced;
        self.publish_warnings(&measured, is_new);
        if is_new {
            let (samples, stale_at) = (Some(measured.samples), self.stale_at);
            self.slot().publish_until(self.target, samples, stale_at);
        }
        self.replaced = false;
    }

    fn fail(&mut self) {
        match self.kpi().on_error {
            OnError::Keep => {}
            OnError::Drop => self.drop_values(),
            OnError::Publish(number) => {
                let samples = fallback(self.kpi(), self.samples().as_deref(), number);
                self.slot().publish(self.target, Some(samples));
                self.replaced = true;
                // The number stays until a run succeeds, however long that takes.
                self.stale_at = None;
            }
        }
    }

    /// Logs a failure once, again when its reason changes, and its end. An unreachable graph is logged by its watch.
    fn log(&mut self, outcome: &Outcome) {
        let (kpi, graph) = (&self.kpi().id, &self.watch.name);
        match outcome {
            Outcome::Succeeded { .. } | Outcome::NothingNew(_) => {
                if self.logged.is_some() {
                    tracing::info!(%kpi, %graph, "KPI recovered");
                }
                self.logged = None;
            }
            Outcome::Failed { error, .. } => {
                let Failure { reason, message } = error;
                if self.logged != Some(*reason) {
                    tracing::warn!(%kpi, %graph, reason, error = message, "KPI failed");
                }
                self.logged = Some(*reason);
            }
            Outcome::NotAsked(_) => {}
        }
    }

    /// Publishes what the rows show to be wrong. A run without new values says nothing, so that the warnings of the last one
    /// remain.
    fn publish_warnings(&self, measured: &Measured, is_new: bool) {
        let (slot, target) = (self.slot(), &self.slot().targets()[self.target]);
        let before = target.warnings_of(WarningSource::Run);
        let of = |reason| {
            let has_reason = move |warning: &&Problem| warning.level.reason() == Some(reason);
            before.iter().filter(has_reason).cloned().collect()
        };
        let mut found: Vec<Problem> = integer_divisions(&slot.kpi, measured)
            .unwrap_or_else(|| of(WarningReason::IntegerDivision));
        found.extend(if is_new {
            last_buckets(&slot.kpi, &measured.samples)
        } else {
            of(WarningReason::LastBucket)
        });
        let source = WarningSource::Run;
        warnings::publish(slot, target, &self.instruments, source, found);
    }

    /// Drops the values as `on_error` demands; the failure itself is logged.
    fn drop_values(&mut self) {
        self.stale_at = None;
        self.replaced = true;
        self.slot().publish(self.target, None);
    }

    fn drop_stale(&mut self) {
        self.stale_at = None;
        self.board.drop_stale();
    }

    fn samples(&self) -> Option<Vec<Arc<Samples>>> {
        self.slot().targets()[self.target].samples()
    }

    fn slot(&self) -> &Slot {
        &self.board.slots()[self.slot]
    }

    fn kpi(&self) -> &Arc<Kpi> {
        &self.slot().kpi
    }

    fn publish_status(&self) {
        self.slot().targets()[self.target].set_status(self.status.clone());
    }
}

impl Task for Runner {
    fn name(&self) -> String {
        format!("runner of {} on graph {}", self.kpi().id, self.watch.name)
    }

    async fn run(&mut self) {
        self.run_loop().await;
    }

    fn report_failure(&mut self, cause: &Panicked) {
        self.fail();
        self.publish_outcome(&Outcome::Failed {
            error: Failure {
                reason: "internal",
                message: cause.to_string(),
            },
            duration: Duration::ZERO,
            skipped: Skipped::default(),
        });
    }
}

/// Runs a snapshot, unless the graph is unreachable once the permit is acquired.
async fn query(kpi: &Kpi, last: &[Arc<Samples>], watch: &GraphWatch, low_priority: bool) -> Run {
    let _low_priority = if low_priority {
        Some(watch.acquire_low_priority().await)
    } else {
        None
    };
    let mut permit = watch.graph.acquire().await;
    match watch.down() {
        Some(error) => Run::NotAsked(error.into()),
        // Boxed: 20 kB, which thousands of waiting KPIs would hold otherwise.
        None => Box::pin(run_after(kpi, last, &mut permit, &mut |_| {})).await,
    }
}

/// Logs each finished run, for those who look for the expensive KPI.
fn log_run(kpi: &str, graph: &str, outcome: &Outcome) {
    let duration_ms = outcome
        .duration()
        .map(|duration| duration.as_secs_f64() * 1000.0);
    match outcome {
        Outcome::NothingNew(counts) | Outcome::Succeeded { result: counts, .. } => {
            let Counts { rows, series, .. } = counts;
            tracing::debug!(%kpi, %graph, rows, series, duration_ms, "run succeeded");
        }
        Outcome::Failed { error, .. } => {
            let reason = error.reason;
            tracing::debug!(%kpi, %graph, reason, duration_ms, "run failed");
        }
        Outcome::NotAsked(error) => {
            let reason = error.reason;
            tracing::debug!(%kpi, %graph, reason, "run skipped");
        }
    }
}

/// The pause before a query that has lost the connection repeatedly although the graph answers each ping.
fn pause(in_vain: u32) -> Duration {
    let seconds = in_vain
        .checked_sub(2)
        .map_or(0, |doublings| 2_u64.saturating_pow(doublings));
    Duration::from_secs(seconds).min(LONGEST_PAUSE)
}

/// Waits for a moment; forever without one.
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
    fn a_query_that_always_loses_the_connection_is_retried_ever_more_rarely() {
        let pauses = (0..12).map(|in_vain| pause(in_vain).as_secs());
        assert_eq!(
            pauses.collect::<Vec<_>>(),
            [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
        );
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }

    /// Where a test writes its log.
    #[derive(Clone, Default)]
    struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn debug_logs_each_run() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || writer.clone())
            .with_target(false)
            .with_ansi(false)
            .without_time()
            .finish();
        let duration = Duration::from_micros(12_500);
        let result = Counts {
            rows: 3,
            series: 2,
            skipped: Skipped::default(),
        };
        let error = Failure {
            reason: "timeout",
            message: "no answer".to_owned(),
        };
        tracing::subscriber::with_default(log, || {
            for outcome in [
                Outcome::Succeeded { result, duration },
                Outcome::NothingNew(result),
                Outcome::Failed {
                    error: error.clone(),
                    duration,
                    skipped: Skipped::default(),
                },
                Outcome::NotAsked(error),
            ] {
                log_run("p/k", "default", &outcome);
            }
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            text.lines().map(str::trim).collect::<Vec<_>>(),
            [
                r#"DEBUG run succeeded kpi=p/k graph=default rows=3 series=2 duration_ms=12.5"#,
                r#"DEBUG run succeeded kpi=p/k graph=default rows=3 series=2"#,
                r#"DEBUG run failed kpi=p/k graph=default reason="timeout" duration_ms=12.5"#,
                r#"DEBUG run skipped kpi=p/k graph=default reason="timeout""#,
            ]
        );
    }
}
