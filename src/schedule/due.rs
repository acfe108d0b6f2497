//! When a KPI is due: by tokio's interval, or by a cron trigger in UTC.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::kpi::{Cron, Schedule};

/// A tick that comes while another one waits is the same tick.
const ONE: usize = 1;

/// The ticks of one KPI after its first run.
pub(super) enum Due {
    Every { interval: Interval, next: Instant },
    Cron { cron: Cron, ticks: mpsc::Receiver<()> },
}

impl Due {
    /// Waits for the next tick.
    pub(super) async fn next(&mut self) {
        match self {
            Due::Every { interval, next } => *next = interval.tick().await + interval.period(),
            Due::Cron { ticks, .. } => {
                if ticks.recv().await.is_none() {
                    // The trigger is gone, which only the end of the process brings about.
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// Forgets what came due during a run: a KPI that is slower than its schedule does not run without pause.
    pub(super) fn forget_missed(&mut self) {
        match self {
            // The interval skips what it missed by itself.
            Due::Every { .. } => {}
            Due::Cron { ticks, .. } => while ticks.try_recv().is_ok() {},
        }
    }

    /// When the next tick comes.
    pub(super) fn at(&self) -> Option<SystemTime> {
        let now = SystemTime::now();
        match self {
            Due::Every { interval, next } => {
                let (late, period) = (next.elapsed(), interval.period());
                if late.is_zero() {
                    return Some(now + next.saturating_duration_since(Instant::now()));
                }
                // Missed ticks are skipped, the beat stays.
                let into_beat = Duration::from_secs_f64(late.as_secs_f64() % period.as_secs_f64());
                Some(now + period.saturating_sub(into_beat))
            }
            Due::Cron { cron, .. } => cron.next_after(now),
        }
    }
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
pub(super) struct Trigger {
    cron: Option<JobScheduler>,
    /// More KPIs due in one second than this would lose ticks.
    capacity: usize,
}

impl Trigger {
    pub(super) fn new(kpis: usize) -> Self {
        Self { cron: None, capacity: (2 * kpis).max(200) }
    }

    pub(super) async fn due(&mut self, id: &str, schedule: &Schedule) -> Result<Due, JobSchedulerError> {
        match schedule {
            Schedule::Every(period) => {
                let next = Instant::now() + phase(id, *period);
                let mut interval = interval_at(next, *period);
                interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
                Ok(Due::Every { interval, next })
            }
            Schedule::Cron(cron) => Ok(Due::Cron { cron: cron.clone(), ticks: self.ticks(cron).await? }),
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
