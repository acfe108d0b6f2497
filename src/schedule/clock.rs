//! A graph's own clock: asked now and then, and carried on by ours in between, so that a window costs one question.
//! With it comes the id of the graph's database, by which totals know where they are of.
//! Where the clock is asked, that is also the proof that a connection works which was idle.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::graph::{Clock, GraphError, Permit};
use cypher::UnixMillis;

/// The longest that so small a question may take; the first query of a fresh Neo4j takes up to 2 s.
pub(super) const WITHIN: Duration = Duration::from_secs(10);
/// How long an answer is carried on: a clock that is set back is noticed after this time at the latest.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// Two clocks that are being adjusted drift apart by less than a part in this.
const DRIFT: u32 = 1000;

/// What is known of the clock of one graph; all its KPIs share it.
#[derive(Debug, Default)]
pub(super) struct GraphClock {
    known: Mutex<Known>,
    /// Held while the graph is asked, so that it is asked once for all who want to know.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// What it showed, and when the answer arrived: it had been on its way, so the clock shows at least this.
    shown: Option<(UnixMillis, Instant)>,
    /// The id of the database, as of the same answer.
    database: Option<Arc<str>>,
    /// The graph has failed since.
    in_doubt: bool,
}

impl Known {
    /// What it shows at `now` at least.
    fn at(&self, now: Instant) -> Option<UnixMillis> {
        let (shown, arrived) = self.shown?;
        let passed = now.saturating_duration_since(arrived);
        let passed = i64::try_from((passed - passed / DRIFT).as_millis()).unwrap_or(i64::MAX);
        Some(UnixMillis(shown.0.saturating_add(passed)))
    }

    fn is_fresh(&self, now: Instant) -> bool {
        !self.in_doubt
            && self.shown.is_some_and(|(_, arrived)| {
                now.saturating_duration_since(arrived) < ASK_AGAIN_AFTER
            })
    }
}

impl GraphClock {
    /// What the clock shows, or a little less, never more. The graph is asked when it was not for a while.
    ///
    /// # Errors
    /// As [`Permit::clock`].
    pub(super) async fn now(&self, acquire: &mut Permit<'_>) -> Result<UnixMillis, GraphError> {
        // Who waits for another one's question that long puts it himself.
        let _alone = timeout(WITHIN, self.asking.lock()).await;
        if let Some(now) = self.fresh() {
            return Ok(now);
        }
        let Clock {
            now: shown,
            database,
        } = acquire.clock(WITHIN).await?;
        *self.lock() = Known {
            shown: Some((shown, Instant::now())),
            database,
            in_doubt: false,
        };
        Ok(shown)
    }

    /// The id of the graph's default database, as it was when the clock was last asked; none where nobody knows.
    pub(super) fn database(&self) -> Option<Arc<str>> {
        self.lock().database.clone()
    }

    fn fresh(&self) -> Option<UnixMillis> {
        let (known, now) = (self.lock(), Instant::now());
        known.is_fresh(now).then(|| known.at(now)).flatten()
    }

    /// What it shows as far as can be told without asking; none when it was never asked.
    pub(super) fn estimate(&self) -> Option<UnixMillis> {
        self.lock().at(Instant::now())
    }

    /// The graph has failed: when it is back it may be another machine, with another clock.
    pub(super) fn doubt(&self) {
        self.lock().in_doubt = true;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_carried_on_and_never_too_far() {
        let clock = GraphClock::default();
        assert_eq!((clock.fresh(), clock.estimate()), (None, None));
        *clock.lock() = Known {
            shown: Some((UnixMillis(1_000_000), Instant::now())),
            ..Known::default()
        };
        assert_eq!(clock.fresh(), Some(UnixMillis(1_000_000)));
        advance(Duration::from_secs(20)).await;
        assert_eq!(
            clock.fresh(),
            Some(UnixMillis(1_019_980)),
            "a thousandth less than passed here"
        );
        advance(Duration::from_secs(10)).await;
        assert_eq!(clock.fresh(), None, "it is to be asked again");
        assert_eq!(clock.estimate(), Some(UnixMillis(1_029_970)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_graph_that_failed_is_asked_again() {
        let clock = GraphClock::default();
        *clock.lock() = Known {
            shown: Some((UnixMillis(1_000_000), Instant::now())),
            ..Known::default()
        };
        clock.doubt();
        assert_eq!(
            (clock.fresh(), clock.estimate()),
            (None, Some(UnixMillis(1_000_000)))
        );
    }
}
