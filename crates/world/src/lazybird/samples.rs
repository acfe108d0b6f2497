//! Samples of the load of the machine, the memory of the pipeline and the fill level of its caches.

use std::collections::VecDeque;

use super::LazyBird;
use super::trouble::Trouble;
use crate::recorder::{Recorder, text};
use crate::shared::{COMMON, SAMPLE, percent};
use cypher::Literal;

/// The number of samplings that are kept.
const KEPT: usize = 3;

/// The caches and their maximum size in MB.
const CACHES: [(&str, f64); 4] = [
    ("memory", 256.0),
    ("disk", 2048.0),
    ("remote", 8192.0),
    ("embedding", 512.0),
];
/// The initial fill level of a cache, and its largest change between two samplings.
const FULL: f64 = 0.6;
const CHURN: f64 = 0.05;

/// Memory of the pipeline in MB: the base and the part of each task.
const BASE_MB: f64 = 420.0;
const TASK_MB: f64 = 85.0;

/// The state of the sampler.
#[derive(Debug)]
pub(super) struct Samples {
    /// The ids of each sampling, oldest first.
    kept: VecDeque<Vec<String>>,
    /// The fill level of each cache, 0 to 1.
    filled: [f64; CACHES.len()],
}

impl Default for Samples {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            filled: [FULL; CACHES.len()],
        }
    }
}

impl LazyBird {
    pub(super) fn sample(&mut self, recorder: &mut Recorder<'_>) {
        let running = (self.tasks.len() - self.queue.len()) as f64;
        let mut around = |value: f64| value * self.random.between(0.85, 1.15);
        let resources = [
            ("cpu", around(12.0 + 34.0 * running)),
            ("memory", around(38.0 + 9.0 * running)),
            ("network", around(6.0 + 15.0 * running)),
        ];
        let memory = around(BASE_MB + TASK_MB * running);
        let mut ids = Vec::new();
        for (resource, value) in resources {
            ids.push(self.write(
                "resource_utilization",
                percent(value),
                Some(("resource", text(resource))),
                recorder,
            ));
        }
        ids.push(self.write("memory_usage_mb", megabytes(memory), None, recorder));
        self.change_caches();
        for ((layer, most), filled) in CACHES.into_iter().zip(self.samples.filled) {
            let of = Some(("cache_layer", text(layer)));
            ids.push(self.write("cache_size_mb", megabytes(most * filled), of, recorder));
        }
        self.samples.kept.push_back(ids);
        if self.samples.kept.len() > KEPT {
            recorder.delete(SAMPLE, self.samples.kept.pop_front().unwrap_or_default());
        }
    }

    /// Changes the fill levels: a cold cache was emptied and fills up again.
    fn change_caches(&mut self) {
        let cold = self.trouble.is(Trouble::ColdCache);
        for filled in &mut self.samples.filled {
            let change = self.random.between(-CHURN, CHURN);
            let towards = if cold { 0.05 } else { 0.75 };
            *filled = (*filled + change + 0.1 * (towards - *filled)).clamp(0.01, 1.0);
        }
    }

    fn write(
        &mut self,
        name: &str,
        value: Literal,
        of: Option<(&'static str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) -> String {
        let own = [
            ("name", text(name)),
            ("value", value),
            ("timestamp", recorder.now()),
        ];
        let number = self
            .records
            .begin(SAMPLE, COMMON, own.into_iter().chain(of), recorder);
        self.records.id(SAMPLE, number)
    }
}

fn megabytes(value: f64) -> Literal {
    Literal::Float((value * 10.0).round() / 10.0)
}
