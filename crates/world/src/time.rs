//! Converts between work time and real time.

use std::ops::{Add, Sub};
use std::time::Duration;

use cypher::UnixMillis;

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A moment in the world: milliseconds of work since its start, negative in its past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkTime(i64);

impl WorkTime {
    /// The end of the past.
    pub(super) const START: Self = Self(0);
    /// Later than anything.
    pub(super) const NEVER: Self = Self(i64::MAX);

    /// The duration since `earlier`; zero if it is later.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for WorkTime {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(millis(later)))
    }
}

impl Sub<Duration> for WorkTime {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(millis(earlier)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The clock of the world.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: UnixMillis,
    speed: f64,
}

impl Clock {
    /// Long enough for the first events to be archived and the first lessons to be forgotten.
    pub(super) const PAST_DAYS: u32 = 45;
    /// The beginning of the past.
    pub(super) const BEGINNING: WorkTime =
        WorkTime(-(Self::PAST_DAYS as i64 * DAY.as_millis() as i64));

    pub(super) fn new(start: UnixMillis, speed: f64) -> Self {
        Self {
            start,
            speed: speed.max(0.0),
        }
    }

    /// The work time at a real time; never before the start.
    pub(super) fn work_time(&self, now: UnixMillis) -> WorkTime {
        let passed = now.0.saturating_sub(self.start.0).max(0);
        // The conversion saturates; it is exact below 2^53 milliseconds, which is 285 000 years.
        WorkTime((passed as f64 * self.speed) as i64)
    }

    /// The real time of a work time.
    pub(super) fn stamp(&self, at: WorkTime) -> UnixMillis {
        let passed = if at <= WorkTime::START {
            at.0
        } else {
            (at.0 as f64 / self.speed) as i64
        };
        UnixMillis(self.start.0.saturating_add(passed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_000_000);

    #[test]
    fn after_the_start_work_runs_faster_than_the_clock() {
        let clock = Clock::new(START, 600.0);
        for (work, real) in [(-5000, -5000), (0, 0), (600, 1), (600_000, 1000), (601, 1)] {
            assert_eq!(
                clock.stamp(WorkTime(work)),
                UnixMillis(START.0 + real),
                "{work}"
            );
        }
        for (real, work) in [(-5000, 0), (0, 0), (1, 600), (1000, 600_000)] {
            assert_eq!(
                clock.work_time(UnixMillis(START.0 + real)),
                WorkTime(work),
                "{real}"
            );
        }
    }

    #[test]
    fn no_timestamp_is_in_the_future() {
        for speed in [0.0, 0.5, 1.0, 7.3, 600.0, 1e9, f64::INFINITY] {
            let clock = Clock::new(START, speed);
            for passed in [0, 1, 999, 86_400_000, i64::MAX] {
                let now = UnixMillis(START.0.saturating_add(passed));
                assert!(clock.stamp(clock.work_time(now)) <= now, "{speed} {passed}");
            }
        }
    }

    #[test]
    fn nothing_happens_without_speed() {
        let clock = Clock::new(START, -1.0);
        assert_eq!(clock.work_time(UnixMillis(i64::MAX)), WorkTime::START);
    }
}
