//! Runs a statement on its own thread.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use kglite::api::session::{CancelToken, QUERY_THREAD_STACK_SIZE};
use tokio::sync::mpsc;

use crate::Error;
use cypher::Row;

/// Batches in the channel: the rows in memory beyond those that the reader has received.
const QUEUED: usize = 2;

/// A message of the thread.
pub(super) enum Step {
    Rows(Vec<Row>),
    End(Result<(), Error>),
}

/// The reader's side of a running statement. Dropping it cancels the statement.
pub(super) struct Work {
    steps: mpsc::Receiver<Step>,
    cancel: CancelToken,
}

/// The statement's side of the channel.
pub(super) struct Outlet {
    steps: mpsc::Sender<Step>,
    cancel: CancelToken,
}

impl Work {
    /// Starts `statement` on its thread. A panic of the engine becomes an error.
    pub(super) fn start(
        statement: impl FnOnce(&Outlet) -> Result<(), Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let (sender, steps) = mpsc::channel(QUEUED);
        let cancel = CancelToken::new();
        let outlet = Outlet {
            steps: sender,
            cancel: cancel.clone(),
        };
        let thread = thread::Builder::new()
            .name("embedded".to_owned())
            .stack_size(QUERY_THREAD_STACK_SIZE);
        let run = move || {
            // A panic leaves only a snapshot or an uncommitted transaction behind.
            let end = catch_unwind(AssertUnwindSafe(|| statement(&outlet)))
                .unwrap_or_else(|panic| Err(failed(&*panic)));
            // Without a reader the result is not needed.
            let _ = outlet.steps.blocking_send(Step::End(end));
        };
        thread
            .spawn(run)
            .map_err(|error| broken(&format!("cannot start a thread for the query: {error}")))?;
        Ok(Self { steps, cancel })
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Step {
        let lost = || {
            Step::End(Err(broken(
                "the thread of the query ended without a result",
            )))
        };
        self.steps.recv().await.unwrap_or_else(lost)
    }

    /// Waits for the end.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        loop {
            if let Step::End(end) = self.next().await {
                return end;
            }
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Outlet {
    /// Sends rows to the reader; `Break` if it is gone.
    pub(super) fn send(&self, rows: Vec<Row>) -> ControlFlow<()> {
        match self.steps.blocking_send(Step::Rows(rows)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// The token by which the engine learns of the cancellation.
    pub(super) fn cancel(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Whether the reader is gone.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

fn failed(panic: &(dyn Any + Send)) -> Error {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    broken(&format!(
        "the embedded graph failed: {}",
        message.unwrap_or("no reason given")
    ))
}

fn broken(message: &str) -> Error {
    let message = message.lines().next().unwrap_or_default().to_owned();
    Error::Server {
        code: "Neo.DatabaseError.General.UnknownError".to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_of_the_engine_is_an_error() {
        let mut work = Work::start(|_| panic!("index {} of 0\nand more", 1)).unwrap();
        let error = work.end().await.unwrap_err();
        insta::assert_snapshot!(error, @"the embedded graph failed: index 1 of 0 (Neo.DatabaseError.General.UnknownError)");
        let mut work = Work::start(|_| std::panic::panic_any(7)).unwrap();
        assert!(matches!(work.end().await, Err(Error::Server { .. })));
    }

    #[tokio::test]
    async fn dropping_the_reader_ends_the_statement() {
        let (sender, ended) = std::sync::mpsc::channel();
        let mut work = Work::start(move |outlet| {
            let mut batches = 0;
            while outlet.send(vec![vec![]]).is_continue() {
                batches += 1;
            }
            sender
                .send((
                    batches,
                    outlet.is_cancelled(),
                    outlet.cancel().is_cancelled(),
                ))
                .unwrap();
            Ok(())
        })
        .unwrap();
        assert!(matches!(work.next().await, Step::Rows(_)));
        drop(work);
        let (batches, is_cancelled, cancelled) = ended.recv().unwrap();
        assert!(batches <= 1 + QUEUED + 1, "{batches}");
        assert!(is_cancelled && cancelled);
    }
}
