//! A graph's own clock: queried now and then and extrapolated by ours in between, so that a window costs one query. The same
//! query returns the id of the graph's database, which tells whose events the totals count, and proves that an idle connection
//! works.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout};

use super::error::RunError;
use crate::graph::{Clock, Permit};
use crate::supervisor::contain;
use cypher::UnixMillis;

/// The timeout of the clock query; the first query of a fresh Neo4j takes up to 2 s.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a reading is extrapolated: a clock that is set back is noticed after this time at the latest.
const MAX_AGE: Duration = Duration::from_secs(30);
/// A graph clock that differs from ours by more than this is wrong: a cursor from it would skip or repeat years of events. Test
/// systems and machines without time synchronisation differ by less.
const PLAUSIBLE: i64 = 366 * 24 * 3600 * 1000;
/// Two synchronised clocks drift apart by less than one part in this.
const DRIFT: u32 = 1000;

/// The clock of one graph, shared by all its KPIs.
#[derive(Debug, Default)]
pub(super) struct GraphClock {
    reading: Mutex<Reading>,
    /// Held during the query, so that concurrent KPIs share one.
    querying: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Reading {
    /// The time it showed, and when the response arrived: by then the clock shows at least this.
    shown: Option<(UnixMillis, Instant)>,
    /// The id of the database, from the same response.
    database: Option<Arc<str>>,
    /// The graph has failed since.
    in_doubt: bool,
}

impl Reading {
    /// The time it shows at least at `now`.
    fn at(&self, now: Instant) -> Option<UnixMillis> {
        let (shown, arrived) = self.shown?;
        let passed = now.saturating_duration_since(arrived);
        let passed = i64::try_from((passed - passed / DRIFT).as_millis()).unwrap_or(i64::MAX);
        Some(UnixMillis(shown.0.saturating_add(passed)))
    }

    fn is_fresh(&self, now: Instant) -> bool {
        !self.in_doubt
            && self
                .shown
                .is_some_and(|(_, arrived)| now.saturating_duration_since(arrived) < MAX_AGE)
    }
}

impl GraphClock {
    /// The time of the clock or a little less, never more. Queries the graph if the reading is old.
    ///
    /// # Errors
    /// As [`query`].
    pub(super) async fn now(&self, permit: &mut Permit<'_>) -> Result<UnixMillis, RunError> {
        // After waiting that long for another KPI's query, send one anyway.
        let _alone = timeout(TIMEOUT, self.querying.lock()).await;
        if let Some(now) = self.fresh() {
            return Ok(now);
        }
        let Clock {
            now: shown,
            database,
        } = query(permit).await?;
        *self.lock() = Reading {
            shown: Some((shown, Instant::now())),
            database,
            in_doubt: false,
        };
        Ok(shown)
    }

    /// The id of the graph's default database, as of the last reading; none if unknown.
    pub(super) fn database(&self) -> Option<Arc<str>> {
        self.lock().database.clone()
    }

    fn fresh(&self) -> Option<UnixMillis> {
        let (reading, now) = (self.lock(), Instant::now());
        reading.is_fresh(now).then(|| reading.at(now)).flatten()
    }

    /// The extrapolated time without a query; none before the first reading.
    pub(super) fn estimate(&self) -> Option<UnixMillis> {
        self.lock().at(Instant::now())
    }

    /// The graph has failed: when it is back, it may be another machine with another clock.
    pub(super) fn doubt(&self) {
        self.lock().in_doubt = true;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Queries the clock of the graph.
///
/// # Errors
/// As [`Permit::clock`]; also if the query panics, or the clock is years away from ours.
pub(super) async fn query(permit: &mut Permit<'_>) -> Result<Clock, RunError> {
    let clock = contain(permit.clock(TIMEOUT)).await??;
    check(clock.now, SystemTime::now().into())?;
    Ok(clock)
}

fn check(graph: UnixMillis, ours: UnixMillis) -> Result<(), RunError> {
    if graph.0.saturating_sub(ours.0).unsigned_abs() > PLAUSIBLE.unsigned_abs() {
        return Err(RunError::Clock { graph, ours });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_extrapolated_and_never_too_far() {
        let clock = GraphClock::default();
        assert_eq!((clock.fresh(), clock.estimate()), (None, None));
        *clock.lock() = Reading {
            shown: Some((UnixMillis(1_000_000), Instant::now())),
            ..Reading::default()
        };
        assert_eq!(clock.fresh(), Some(UnixMillis(1_000_000)));
        advance(Duration::from_secs(20)).await;
        assert_eq!(
            clock.fresh(),
            Some(UnixMillis(1_019_980)),
            "a thousandth less than passed here"
        );
        advance(Duration::from_secs(10)).await;
        assert_eq!(clock.fresh(), None, "it is queried again");
        assert_eq!(clock.estimate(), Some(UnixMillis(1_029_970)));
    }

    #[test]
    fn a_clock_that_is_years_away_is_an_error() {
        let ours = UnixMillis(1_795_252_087_006);
        for (graph, expected) in [
            (ours, None),
            (UnixMillis(ours.0 + PLAUSIBLE), None),
            (UnixMillis(ours.0 - PLAUSIBLE), None),
            (
                UnixMillis(253_402_300_800_000),
                Some("graph clock shows +10000-01-01T00:00:00.000Z, more than a year away from"),
            ),
            (
                UnixMillis(0),
                Some("graph clock shows 1970-01-01T00:00:00.000Z, more than a year away from"),
            ),
            (UnixMillis(i64::MAX), Some("graph clock shows ")),
            (UnixMillis(i64::MIN), Some("graph clock shows ")),
        ] {
            let error = check(graph, ours).err();
            let text = error.as_ref().map(ToString::to_string);
            assert!(
                match (&text, expected) {
                    (Some(text), Some(expected)) => text.starts_with(expected),
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                },
                "{graph:?}: {text:?}"
            );
            assert!(error.is_none_or(|error| error.reason() == "clock"));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_graph_that_failed_is_queried_again() {
        let clock = GraphClock::default();
        *clock.lock() = Reading {
            shown: Some((UnixMillis(1_000_000), Instant::now())),
            ..Reading::default()
        };
        clock.doubt();
        assert_eq!(
            (clock.fresh(), clock.estimate()),
            (None, Some(UnixMillis(1_000_000)))
        );
    }
}
