//! A statement at work on a thread of its own, and the end of it.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use kglite::api::session::{CancelToken, QUERY_THREAD_STACK_SIZE};
use tokio::sync::mpsc;

use crate::Error;
use cypher::Row;

/// Batches that wait to be taken: so much more than the reader has seen is in memory.
const WAITING: usize = 2;

/// What comes from the thread.
pub(super) enum Step {
    Rows(Vec<Row>),
    End(Result<(), Error>),
}

/// The statement as its reader sees it. Dropped, it ends.
pub(super) struct Work {
    steps: mpsc::Receiver<Step>,
    cancel: CancelToken,
}

/// The statement's way to its reader.
pub(super) struct Outlet {
    steps: mpsc::Sender<Step>,
    cancel: CancelToken,
}

impl Work {
    /// Starts `statement` on its thread. A panic of the engine's is an error like any other.
    pub(super) fn start(
        statement: impl FnOnce(&Outlet) -> Result<(), Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let (sender, steps) = mpsc::channel(WAITING);
        let cancel = CancelToken::new();
        let outlet = Outlet {
            steps: sender,
            cancel: cancel.clone(),
        };
        let thread = thread::Builder::new()
            .name("embedded".to_owned())
            .stack_size(QUERY_THREAD_STACK_SIZE);
        let run = move || {
            // What a panic leaves behind is a snapshot or a transaction that nobody sees.
            let end = catch_unwind(AssertUnwindSafe(|| statement(&outlet)))
                .unwrap_or_else(|panic| Err(failed(&*panic)));
            // Without a reader nobody wants to know.
            let _ = outlet.steps.blocking_send(Step::End(end));
        };
        thread
            .spawn(run)
            .map_err(|error| broken(&format!("no thread for the query: {error}")))?;
        Ok(Self { steps, cancel })
    }

    /// What comes next.
    pub(super) async fn next(&mut self) -> Step {
        let lost = || Step::End(Err(broken("the query's thread ended without a word")));
        self.steps.recv().await.unwrap_or_else(lost)
    }

    /// How it ends.
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
    /// Hands rows to the reader, who may have left.
    pub(super) fn hand_over(&self, rows: Vec<Row>) -> ControlFlow<()> {
        match self.steps.blocking_send(Step::Rows(rows)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Tells the engine that the reader has left.
    pub(super) fn cancel(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Whether the reader has left.
    pub(super) fn nobody_waits(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

fn failed(panic: &(dyn Any + Send)) -> Error {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    broken(&format!(
        "the embedded engine failed: {}",
        said.unwrap_or("it does not say why")
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
        insta::assert_snapshot!(error, @"the embedded engine failed: index 1 of 0 (Neo.DatabaseError.General.UnknownError)");
        let mut work = Work::start(|_| std::panic::panic_any(7)).unwrap();
        assert!(matches!(work.end().await, Err(Error::Server { .. })));
    }

    #[tokio::test]
    async fn a_reader_that_leaves_ends_the_statement() {
        let (told, ended) = std::sync::mpsc::channel();
        let mut work = Work::start(move |outlet| {
            let mut batches = 0;
            while outlet.hand_over(vec![vec![]]).is_continue() {
                batches += 1;
            }
            told.send((
                batches,
                outlet.nobody_waits(),
                outlet.cancel().is_cancelled(),
            ))
            .unwrap();
            Ok(())
        })
        .unwrap();
        assert!(matches!(work.next().await, Step::Rows(_)));
        drop(work);
        let (batches, nobody_waits, cancelled) = ended.recv().unwrap();
        assert!(batches <= 1 + WAITING + 1, "{batches}");
        assert!(nobody_waits && cancelled);
    }
}
