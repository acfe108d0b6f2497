//! Wakes the timers of cron expressions, by one scheduler of tokio-cron-scheduler for all KPIs.
//!
//! A wake-up is only a hint: the timer then asks the expression itself. The scheduler stands still
//! after the system's clock was set back, so a timer also looks by itself once a minute.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::kpi::{Cron, Schedule};

/// More KPIs due in one second than this would lose wake-ups.
const LEAST_CAPACITY: usize = 200;

/// The scheduler, started with the first cron expression.
pub(super) struct Trigger {
    jobs: Option<JobScheduler>,
    capacity: usize,
}

impl Trigger {
    pub(super) fn new(kpis: usize) -> Self {
        Self {
            jobs: None,
            capacity: (2 * kpis).max(LEAST_CAPACITY),
        }
    }

    /// Is notified at the times of a cron expression; never for an interval, nor without a scheduler.
    pub(super) async fn wake(&mut self, schedule: &Schedule) -> Arc<Notify> {
        let wake = Arc::new(Notify::new());
        let Schedule::Cron(cron) = schedule else {
            return wake;
        };
        if let Err(error) = self.add(cron, wake.clone()).await {
            tracing::warn!(%error, "cron trigger unavailable; cron KPIs are checked once a minute");
        }
        wake
    }

    async fn add(&mut self, cron: &Cron, wake: Arc<Notify>) -> Result<(), JobSchedulerError> {
        let jobs = match &self.jobs {
            Some(jobs) => jobs,
            None => {
                let jobs = JobScheduler::new_with_channel_size(self.capacity).await?;
                jobs.start().await?;
                self.jobs.insert(jobs)
            }
        };
        let job = Job::new_async(cron.expression(), move |_, _| {
            wake.notify_one();
            Box::pin(std::future::ready(()))
        })?;
        jobs.add(job).await?;
        Ok(())
    }
}
