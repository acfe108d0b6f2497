//! Memory, CPU and files of this process, as the `prometheus` crate reads them from `/proc`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;

use super::gathered;
use crate::metric::Family;

/// Reading them costs more than the rest of a small scrape, so scrapes within this time share one reading.
const FRESH: Duration = Duration::from_secs(1);

/// The process metrics, and when they were read.
pub(super) struct Process {
    collector: ProcessCollector,
    read: Mutex<Option<(Instant, Vec<Family>)>>,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            collector: ProcessCollector::for_self(),
            read: Mutex::default(),
        }
    }
}

impl Process {
    pub(super) fn families(&self) -> Vec<Family> {
        // A poisoned lock is safe: the value is replaced in one step.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &*read {
            Some((at, families)) if at.elapsed() < FRESH => families.clone(),
            Some(_) | None => {
                let families: Vec<_> = self
                    .collector
                    .collect()
                    .iter()
                    .filter_map(gathered::family)
                    .collect();
                *read = Some((Instant::now(), families.clone()));
                families
            }
        }
    }
}
