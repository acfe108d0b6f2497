//! When a KPI is due: by an interval of tokio, or by a cron trigger in UTC.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::kpi::{Cron, Schedule};

/// A tick that comes while another one waits is the same tick.
const ONE: usize = 1;

/// The ticks of one KPI after its first run.
pub(super) enum Timer {
    Every {
        interval: Interval,
        next: Instant,
    },
    Cron {
        cron: Cron,
        ticks: mpsc::Receiver<()>,
    },
}

impl Timer {
    /// Waits for the next tick.
    pub(super) async fn next(&mut self) {
        match self {
            Timer::Every { interval, next } => *next = interval.tick().await + interval.period(),
            Timer::Cron { ticks, .. } => {
                if ticks.recv().await.is_none() {
                    // The trigger is gone, which only the end of the process brings about.
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Forgets what came due during a run: a KPI that is slower than its schedule does not run without pause.
    pub(super) fn reset(&mut self) {
        match self {
            Timer::Every { interval, next } => {
                // The interval itself would make up for one missed tick at once.
                if *next <= Instant::now() {
                    *next = beat_after(Instant::now(), *next, interval.period());
                    interval.reset_at(*next);
                }
            }
            Timer::Cron { ticks, .. } => while ticks.try_recv().is_ok() {},
        }
    }

    /// When the next tick comes, once what was missed is forgotten.
    pub(super) fn at(&self) -> Option<SystemTime> {
        let now = SystemTime::now();
        match self {
            Timer::Every { next, .. } => Some(now + next.saturating_duration_since(Instant::now())),
            Timer::Cron { cron, .. } => cron.next_after(now),
        }
    }
}

/// The first beat later than `now`, when there was one at `beat`.
fn beat_after(now: Instant, beat: Instant, period: Duration) -> Instant {
    let late = now.saturating_duration_since(beat);
    let into_beat = late.as_nanos() % period.as_nanos().max(1);
    now + period.saturating_sub(Duration::from_nanos(
        u64::try_from(into_beat).unwrap_or(u64::MAX),
    ))
}

/// The distance from the first run, which is at start, to the second: between half an interval and a whole one,
/// fixed by the KPI's id, so that KPIs of one interval do not stay in step for ever.
pub(super) fn phase(id: &str, interval: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let share = (hasher.finish() % 1024) as f64 / 1024.0;
    interval.mul_f64(0.5 + share / 2.0)
}

/// Makes the ticks of KPIs. Cron expressions share one scheduler, which is a mere trigger.
pub(super) struct Timers {
    cron: Option<JobScheduler>,
    /// More KPIs due in one second than this would lose ticks.
    capacity: usize,
}

impl Timers {
    pub(super) fn new(kpis: usize) -> Self {
        Self {
            cron: None,
            capacity: (2 * kpis).max(200),
        }
    }

    pub(super) async fn timer(
        &mut self,
        id: &str,
        schedule: &Schedule,
    ) -> Result<Timer, JobSchedulerError> {
        match schedule {
            Schedule::Every(period) => {
                let next = Instant::now() + phase(id, *period);
                let mut interval = interval_at(next, *period);
                interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
                Ok(Timer::Every { interval, next })
            }
            Schedule::Cron(cron) => Ok(Timer::Cron {
                cron: cron.clone(),
                ticks: self.ticks(cron).await?,
            }),
        }
    }

    async fn ticks(&mut self, cron: &Cron) -> Result<mpsc::Receiver<()>, JobSchedulerError> {
        let scheduler = match &self.cron {
            Some(scheduler) => scheduler,
            None => {
                let scheduler = JobScheduler::new_with_channel_size(self.capacity).await?;
                scheduler.start().await?;
                self.cron.insert(scheduler)
            }
        };
        let (send, ticks) = mpsc::channel(ONE);
        let job = Job::new_async(cron.expression(), move |_, _| {
            // Full means that a tick waits already.
            let _ = send.try_send(());
            Box::pin(std::future::ready(()))
        })?;
        scheduler.add(job).await?;
        Ok(ticks)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, timeout};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    async fn every_minute() -> Timer {
        Timers::new(1)
            .timer("p/a", &Schedule::Every(MINUTE))
            .await
            .expect("an interval is always taken")
    }

    /// How long it takes until the next tick.
    async fn wait(due: &mut Timer) -> Duration {
        let before = Instant::now();
        due.next().await;
        before.elapsed()
    }

    /// Within a millisecond, which is as fine as tokio's timers are.
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
        let mut due = every_minute().await;
        assert!(close(wait(&mut due).await, phase("p/a", MINUTE)));
        for run in [0, 1, 59].map(Duration::from_secs) {
            advance(run).await;
            due.reset();
            assert!(
                close(wait(&mut due).await, MINUTE - run),
                "after a run of {run:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_due_during_a_run_is_forgotten() {
        let mut due = every_minute().await;
        due.next().await;
        for (run, left) in [(60, 60), (61, 59), (90, 30), (1000, 20)] {
            advance(Duration::from_secs(run)).await;
            due.reset();
            let left = Duration::from_secs(left);
            let shown = due
                .at()
                .expect("there is a next run")
                .duration_since(SystemTime::now())
                .unwrap_or_default();
            assert!(
                shown.abs_diff(left) < Duration::from_secs(5),
                "after a run of {run} s: {shown:?}"
            );
            assert!(close(wait(&mut due).await, left), "after a run of {run} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_was_stopped_makes_up_for_one_run_and_keeps_the_beat() {
        let mut due = every_minute().await;
        due.next().await;
        advance(MINUTE * 7 / 2).await;
        assert_eq!(wait(&mut due).await, Duration::ZERO);
        due.reset();
        assert!(close(wait(&mut due).await, MINUTE / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cron_tick_that_came_during_a_run_is_forgotten() {
        let kpi = crate::kpi::one(
            "queries/p/a.cypher",
            "// One.\n/*kpi\ncron = \"0 0 * * *\"\n*/ RETURN 1 AS value",
        );
        let Schedule::Cron(cron) = kpi.schedule.clone() else {
            panic!("the file says `cron`")
        };
        let (send, ticks) = mpsc::channel(ONE);
        let mut due = Timer::Cron { cron, ticks };
        send.try_send(()).expect("there is room for one");
        assert!(send.try_send(()).is_err(), "two ticks at once are one");
        due.reset();
        assert!(timeout(MINUTE, due.next()).await.is_err());
        send.try_send(()).expect("there is room again");
        assert_eq!(wait(&mut due).await, Duration::ZERO);
    }
}
