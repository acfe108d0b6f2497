//! Tracks statements that still run although their caller stopped waiting: a KPI does not start a
//! second one beside it.
//!
//! Without this, a KPI whose statement cannot be interrupted would leak one thread per run.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::Error;

/// The time that an interruptible statement may take to notice its cancellation.
const GRACE: Duration = Duration::from_secs(1);

/// The abandoned statements.
#[derive(Debug, Default)]
pub(super) struct Abandoned(Mutex<Vec<Watched>>);

#[derive(Debug)]
struct Watched {
    kpi: String,
    running: mpsc::Sender<Infallible>,
}

/// Held by the thread of a statement while it runs.
pub(super) struct Running(
    #[expect(dead_code, reason = "only its drop is observed")] mpsc::Receiver<Infallible>,
);

/// Held by the caller. If it is dropped before the statement ends, the statement is abandoned.
pub(super) struct Waiting<'a> {
    abandoned: &'a Abandoned,
    watched: Option<Watched>,
}

impl Abandoned {
    /// Begins a statement of a KPI, unless an earlier one still runs after the grace period.
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
            "an earlier run of this query has not ended, because the embedded graph cannot interrupt \
                  a loop inside one expression: use UNWIND instead of `reduce`"
                .to_owned(),
    }
}
