//! Keeps the tasks running that must never end: contains a panic, starts the task again, and marks
//! the exporter unhealthy while that is in vain.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::board::Board;

/// After this many failures in a row the exporter is unhealthy.
const IN_VAIN: u32 = 3;
/// A task that ran this long without a failure has recovered.
const RECOVERED: Duration = Duration::from_secs(60);
/// The pause before the first restart; it doubles up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A panic, by its message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("internal error: {0}; report it with this text")]
pub struct Panicked(pub String);

/// Runs some work; a panic in it becomes an error, and what the work held is dropped.
///
/// # Errors
/// If the work panics.
pub async fn contain<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    // Whatever was half done is dropped with the work, or replaced in one step.
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.map_err(|payload| Panicked(message(&*payload)))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("unknown panic").to_owned()
}

/// A task that must never end by itself.
pub trait Task: Send {
    /// What it is called in the log.
    fn name(&self) -> String;

    /// Does its work, from the start or after a failure. Never returns.
    fn run(&mut self) -> impl Future<Output = ()> + Send;

    /// Makes a failure visible where the task publishes its results.
    fn report_failure(&mut self, _cause: &Panicked) {}
}

/// Runs a task until `stop`, and starts it again after each failure.
pub async fn supervise(task: &mut impl Task, board: &Board, stop: &CancellationToken) {
    let (name, mut failures) = (task.name(), 0_u32);
    loop {
        let started = Instant::now();
        let recovered = async {
            sleep(RECOVERED).await;
            board.set_task_failing(&name, false);
            std::future::pending::<()>().await;
        };
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            ended = contain(task.run()) => ended,
            () = recovered => Ok(()),
        };
        let cause = ended.err();
        let cause = cause.unwrap_or_else(|| Panicked("the task has ended".to_owned()));
        failures = if started.elapsed() < RECOVERED {
            failures + 1
        } else {
            1
        };
        tracing::error!(task = name, %cause, failures, "task failed; restarting");
        if let Err(again) = contain(async { task.report_failure(&cause) }).await {
            tracing::error!(task = name, cause = %again, "task failed to report its failure");
        }
        board.set_task_failing(&name, failures >= IN_VAIN);
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(failures - 1));
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause.min(LONGEST_PAUSE)) => {}
        }
    }
}

/// Runs a task as [`supervise`], by value.
pub async fn supervised(mut task: impl Task, board: Arc<Board>, stop: CancellationToken) {
    supervise(&mut task, &board, &stop).await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;
    use tokio::time::advance;

    use super::*;

    /// Panics a few times, then works.
    #[derive(Default)]
    struct Flaky {
        panics: u32,
        runs: Arc<AtomicU32>,
        reported: Arc<AtomicU32>,
        works: Arc<Notify>,
    }

    impl Task for Flaky {
        fn name(&self) -> String {
            "flaky".to_owned()
        }

        async fn run(&mut self) {
            let run = self.runs.fetch_add(1, Ordering::SeqCst);
            assert!(run >= self.panics, "panic number {run}");
            self.works.notify_one();
            std::future::pending::<()>().await;
        }

        fn report_failure(&mut self, cause: &Panicked) {
            assert!(cause.to_string().contains("panic number"), "{cause}");
            self.reported.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn board() -> Arc<Board> {
        Arc::new(Board::new(&[], &[], Default::default()))
    }

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_message() {
        assert_eq!(contain(async { 7 }).await, Ok(7));
        let text = |panicked: Panicked| panicked.0;
        let literal = contain(async { panic!("out of range") }).await;
        assert_eq!(
            literal.map_err(text),
            Err::<(), _>("out of range".to_owned())
        );
        let formatted = contain(async { panic!("{} of {}", 3, 2) }).await;
        assert_eq!(formatted.map_err(text), Err::<(), _>("3 of 2".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again_and_unhealthy_while_that_is_in_vain() {
        let (board, stop) = (board(), CancellationToken::new());
        let flaky = Flaky {
            panics: IN_VAIN,
            ..Flaky::default()
        };
        let (runs, reported, works) = (
            flaky.runs.clone(),
            flaky.reported.clone(),
            flaky.works.clone(),
        );
        let task = tokio::spawn(supervised(flaky, board.clone(), stop.clone()));
        works.notified().await;
        let count = |counter: &AtomicU32| counter.load(Ordering::SeqCst);
        assert_eq!((count(&runs), count(&reported)), (IN_VAIN + 1, IN_VAIN));
        assert_eq!(board.failing_tasks(), ["flaky"]);
        advance(RECOVERED + Duration::from_secs(1)).await;
        while !board.failing_tasks().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        task.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_panic_does_not_make_the_exporter_unhealthy() {
        let (board, stop) = (board(), CancellationToken::new());
        let flaky = Flaky {
            panics: 1,
            ..Flaky::default()
        };
        let works = flaky.works.clone();
        let task = tokio::spawn(supervised(flaky, board.clone(), stop.clone()));
        works.notified().await;
        assert!(board.failing_tasks().is_empty());
        stop.cancel();
        task.await.expect("it ends");
    }
}
