//! When a KPI is due: by an interval of tokio, or by a cron expression in UTC.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};

use crate::kpi::{Cron, Schedule};

/// The longest sleep towards a time of the system's clock: a clock that is set is noticed within it.
const STEP: Duration = Duration::from_secs(60);
/// The system's clock has jumped if it gains or loses more than this: adjusting it slowly does not.
const JUMP: Duration = Duration::from_secs(5);

/// The ticks of one KPI after its first run.
pub(super) enum Timer {
    Every {
        interval: Interval,
        next: Instant,
    },
    Cron {
        cron: Cron,
        wall: Arc<WallClock>,
        /// Notified when the trigger believes that it is time.
        wake: Arc<Notify>,
        /// The next tick is the first one after this time.
        after: SystemTime,
    },
}

impl Timer {
    /// `wake` is notified when the trigger believes that a cron expression is due.
    pub(super) fn new(
        id: &str,
        schedule: &Schedule,
        wall: &Arc<WallClock>,
        wake: Arc<Notify>,
    ) -> Self {
        match schedule {
            Schedule::Every(period) => {
                let next = Instant::now() + phase(id, *period);
                let mut interval = interval_at(next, *period);
                interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
                Self::Every { interval, next }
            }
            Schedule::Cron(cron) => Self::Cron {
                cron: cron.clone(),
                wall: wall.clone(),
                wake,
                after: wall.now(),
            },
        }
    }

    /// Waits for the next tick.
    pub(super) async fn next(&mut self) {
        match self {
            Timer::Every { interval, next } => *next = interval.tick().await + interval.period(),
            Timer::Cron {
                cron,
                wall,
                wake,
                after,
            } => next_tick(cron, wall, wake, after).await,
        }
    }

    /// Skips what came due during a run: a KPI that is slower than its schedule does not run without a pause.
    pub(super) fn reset(&mut self) {
        match self {
            Timer::Every { interval, next } => {
                // The interval itself would make up for one missed tick immediately.
                if *next <= Instant::now() {
                    *next = beat_after(Instant::now(), *next, interval.period());
                    interval.reset_at(*next);
                }
            }
            Timer::Cron { wall, after, .. } => *after = wall.now(),
        }
    }

    /// When the next tick comes, after a reset.
    pub(super) fn at(&self) -> Option<SystemTime> {
        match self {
            Timer::Every { next, .. } => {
                Some(SystemTime::now() + next.saturating_duration_since(Instant::now()))
            }
            Timer::Cron { cron, after, .. } => cron.next_after(*after),
        }
    }
}

/// Sleeps in steps and evaluates the expression again after each: the system's clock may have been set.
async fn next_tick(cron: &Cron, wall: &WallClock, wake: &Notify, after: &mut SystemTime) {
    loop {
        let now = wall.now();
        // A clock that was set back: its times come again.
        *after = now.min(*after);
        let next = cron.next_after(*after);
        let left = next.map_or(STEP, |next| next.duration_since(now).unwrap_or_default());
        if left.is_zero() {
            *after = now;
            return;
        }
        tokio::select! {
            () = wake.notified() => {}
            () = sleep(left.min(STEP)) => {}
        }
    }
}

/// The first beat later than `now`, given one at `beat`.
fn beat_after(now: Instant, beat: Instant, period: Duration) -> Instant {
    let late = now.saturating_duration_since(beat);
    let into_beat = late.as_nanos() % period.as_nanos().max(1);
    now + period.saturating_sub(Duration::from_nanos(
        u64::try_from(into_beat).unwrap_or(u64::MAX),
    ))
}

/// The distance from the first run, which is at start, to the second: between half an interval and a whole one, derived from
/// the KPI's id, so that KPIs with the same interval do not stay in step.
pub(super) fn phase(id: &str, interval: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let share = (hasher.finish() % 1024) as f64 / 1024.0;
    interval.mul_f64(0.5 + share / 2.0)
}

/// The system's clock, which can be set. Shared by all timers, so that a jump is logged once.
pub(super) struct WallClock {
    read: Box<dyn Fn() -> SystemTime + Send + Sync>,
    last: Mutex<Option<(SystemTime, Instant)>>,
}

impl Default for WallClock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl WallClock {
    pub(super) fn new(read: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            read: Box::new(read),
            last: Mutex::default(),
        }
    }

    /// The current time; logs a jump since the last call.
    pub(super) fn now(&self) -> SystemTime {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, here) = ((self.read)(), Instant::now());
        let before = last.replace((now, here));
        if let Some(jump) = before.and_then(|(then, there)| jump(then + (here - there), now)) {
            tracing::warn!(
                seconds = jump,
                "system clock jumped; cron KPIs are rescheduled"
            );
        }
        now
    }
}

/// The seconds by which a clock has jumped; none if it is where it is expected.
fn jump(expected: SystemTime, found: SystemTime) -> Option<f64> {
    let seconds = match found.duration_since(expected) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    };
    (seconds.abs() > JUMP.as_secs_f64()).then(|| seconds.round())
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    fn every_minute() -> Timer {
        Timer::new(
            "p/a",
            &Schedule::Every(MINUTE),
            &Arc::default(),
            Arc::default(),
        )
    }

    /// How long it takes until the next tick.
    async fn wait(timer: &mut Timer) -> Duration {
        let before = Instant::now();
        timer.next().await;
        before.elapsed()
    }

    /// Within a millisecond, the resolution of tokio's timers.
    fn close(a: Duration, b: Duration) -> bool {
        a.abs_diff(b) <= Duration::from_millis(1)
    }

    #[test]
    fn second_runs_are_spread_over_half_an_interval() {
        let phases: Vec<_> = (0..1000)
            .map(|n| phase(&format!("pack/kpi_{n}"), MINUTE))
            .collect();
        assert!(
            phases
                .iter()
                .all(|phase| (MINUTE / 2..=MINUTE).contains(phase))
        );
        // Each of ten parts of it gets about its tenth.
        for part in 0..10 {
            let (from, to) = (
                MINUTE / 2 + part * MINUTE / 20,
                MINUTE / 2 + (part + 1) * MINUTE / 20,
            );
            let count = phases
                .iter()
                .filter(|phase| (from..to).contains(*phase))
                .count();
            assert!(
                (50..200).contains(&count),
                "{count} of 1000 between {from:?} and {to:?}"
            );
        }
        assert_eq!(phases[7], phase("pack/kpi_7", MINUTE));
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_phase_the_interval_keeps_its_beat() {
        let mut timer = every_minute();
        assert!(close(wait(&mut timer).await, phase("p/a", MINUTE)));
        for run in [0, 1, 59].map(Duration::from_secs) {
            advance(run).await;
            timer.reset();
            assert!(
                close(wait(&mut timer).await, MINUTE - run),
                "after a run of {run:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_tick_during_a_run_is_skipped() {
        let mut timer = every_minute();
        timer.next().await;
        for (run, left) in [(60, 60), (61, 59), (90, 30), (1000, 20)] {
            advance(Duration::from_secs(run)).await;
            timer.reset();
            let left = Duration::from_secs(left);
            let shown = timer
                .at()
                .expect("there is a next run")
                .duration_since(SystemTime::now())
                .unwrap_or_default();
            assert!(
                shown.abs_diff(left) < Duration::from_secs(5),
                "after a run of {run} s: {shown:?}"
            );
            assert!(
                close(wait(&mut timer).await, left),
                "after a run of {run} s"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_suspended_process_makes_up_for_one_run_and_keeps_the_beat() {
        let mut timer = every_minute();
        timer.next().await;
        advance(MINUTE * 7 / 2).await;
        assert_eq!(wait(&mut timer).await, Duration::ZERO);
        timer.reset();
        assert!(close(wait(&mut timer).await, MINUTE / 2));
    }

    /// 2026-11-21 at 10:30, in UTC.
    fn half_past_ten() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_257_000)
    }

    /// A clock that advances with tokio's and can be set.
    struct Settable {
        zero: Arc<Mutex<(SystemTime, Instant)>>,
        wall: Arc<WallClock>,
    }

    impl Settable {
        fn new() -> Self {
            let zero = Arc::new(Mutex::new((half_past_ten(), Instant::now())));
            let shown = zero.clone();
            let wall = WallClock::new(move || {
                let (time, at) = *shown.lock().unwrap();
                time + at.elapsed()
            });
            Self {
                zero,
                wall: Arc::new(wall),
            }
        }

        fn set(&self, time: SystemTime) {
            *self.zero.lock().unwrap() = (time, Instant::now());
        }

        fn hourly(&self) -> Timer {
            let text = "// One.\n/*kpi\ncron = \"0 * * * *\"\n*/ RETURN 1 AS value";
            let kpi = crate::kpi::one("queries/p/a.cypher", text);
            Timer::new(&kpi.id, &kpi.schedule, &self.wall, Arc::default())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cron_kpi_is_due_when_its_expression_says_so() {
        let clock = Settable::new();
        let mut timer = clock.hourly();
        assert_eq!(timer.at(), Some(half_past_ten() + HOUR / 2));
        assert!(close(wait(&mut timer).await, HOUR / 2));
        timer.reset();
        assert!(close(wait(&mut timer).await, HOUR));
        // What came due during a run is skipped.
        advance(HOUR * 5 / 2).await;
        timer.reset();
        assert!(close(wait(&mut timer).await, HOUR / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_moves_the_next_tick() {
        // From, to, and how long it then takes to a full hour.
        let at = half_past_ten();
        for (before, after, expected) in [
            (at, at - HOUR * 3 / 4, HOUR / 4),
            (at + 87_600 * HOUR, at, HOUR / 2),
            (at, at + HOUR / 4, HOUR / 4),
            (at, at + 10 * HOUR, Duration::ZERO),
        ] {
            let clock = Settable::new();
            clock.set(before);
            let mut timer = clock.hourly();
            let set_at = Instant::now() + MINUTE / 2;
            let set = async {
                tokio::time::sleep_until(set_at).await;
                clock.set(after);
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = timer.next() => {}
                () = set => {}
            }
            let took = set_at.elapsed();
            assert!(
                took >= expected && took <= expected + STEP,
                "{before:?} to {after:?}: {took:?}, expected {expected:?}"
            );
        }
    }

    #[test]
    fn a_jump_is_more_than_an_adjustment() {
        let at = half_past_ten();
        assert_eq!(jump(at, at + JUMP), None);
        assert_eq!(jump(at, at - JUMP), None);
        assert_eq!(jump(at, at + HOUR), Some(3600.0));
        assert_eq!(jump(at, at - HOUR), Some(-3600.0));
    }
}
