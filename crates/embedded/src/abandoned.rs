//! Statements that nobody waits for any more, though they still run: of no KPI does a second one start beside such a one.
//!
//! Else a KPI whose statement cannot be interrupted would leave one thread more behind with every run.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::Error;

/// How long one that can be interrupted may take to notice that nobody waits.
const GRACE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Abandoned(Mutex<Vec<Watched>>);

#[derive(Debug)]
struct Watched {
    kpi: String,
    running: mpsc::Sender<Infallible>,
}

/// Held by a statement's thread for as long as it runs.
pub(super) struct Running(
    #[expect(dead_code, reason = "that it is there is all it says")] mpsc::Receiver<Infallible>,
);

/// Held by the one who waits for a statement. When it is dropped before the statement ends, that is abandoned.
pub(super) struct Waiting<'a> {
    abandoned: &'a Abandoned,
    watched: Option<Watched>,
}

impl Abandoned {
    /// Lets a KPI's statement begin, unless an earlier one of it still runs after some grace.
    pub(super) async fn begin(
        &self,
        kpi: &str,
        deadline: Instant,
    ) -> Result<(Running, Waiting<'_>), Error> {
        let until = deadline.min(Instant::now() + GRACE);
        while let Some(earlier) = self.earlier(kpi) {
            timeout_at(until, earlier.closed())
                .await
                .map_err(|_| still_runs())?;
        }
        let (running, ended) = mpsc::channel(1);
        let watched = Some(Watched {
            kpi: kpi.to_owned(),
            running,
        });
        Ok((
            Running(ended),
            Waiting {
                abandoned: self,
                watched,
            },
        ))
    }

    fn earlier(&self, kpi: &str) -> Option<mpsc::Sender<Infallible>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|watched| !watched.running.is_closed());
        all.iter()
            .find(|watched| watched.kpi == kpi)
            .map(|watched| watched.running.clone())
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let left = self
            .watched
            .take()
            .filter(|watched| !watched.running.is_closed());
        self.abandoned
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(left);
    }
}

fn still_runs() -> Error {
    Error::Server {
        code: "Neo.TransientError.Transaction.MaximumTransactionLimitReached".to_owned(),
        message:
            "an earlier run of this query is still at work, because the embedded engine of `demo` cannot interrupt \
                  a loop inside one expression: make the query cheaper, with UNWIND instead of `reduce`"
                .to_owned(),
    }
}
