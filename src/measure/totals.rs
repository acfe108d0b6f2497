//! Window mode: the totals so far. A successful window makes new totals and never changes the old ones, so a failed window
//! leaves no trace, and published samples share their memory.

use std::sync::Arc;

use super::Measured;
use super::family_builder::{FamilyBuilder, has_zeros};
use crate::kpi::{Kpi, Metric, ValueSpec};
use crate::metric::{Samples, Series};

/// The totals of a window KPI on one graph; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// One for each metric of the KPI, each in order of labels; empty before the first window.
    samples: Vec<Arc<Samples>>,
}

impl Totals {
    /// The totals that an earlier process saved. Combinations of `expect` that were never counted are 0.
    ///
    /// # Errors
    /// Why these samples cannot be totals of this KPI.
    pub fn restored(kpi: &Kpi, samples: Vec<Samples>) -> Result<Self, &'static str> {
        if samples.len() != kpi.metrics.len() {
            return Err("unexpected number of metrics");
        }
        let samples: Vec<_> = samples.into_iter().map(Arc::new).collect();
        for (metric, samples) in kpi.metrics.iter().zip(&samples) {
            check(metric, samples)?;
        }
        let with_expected = |(metric, samples): (&Metric, Arc<Samples>)| {
            // Without room for more zeros the totals are right as they are: the next window fails with `max_series`.
            if has_zeros(metric) {
                completed(kpi, metric, &samples).unwrap_or(samples)
            } else {
                samples
            }
        };
        Ok(Self {
            samples: kpi.metrics.iter().zip(samples).map(with_expected).collect(),
        })
    }

    /// One for each metric of the KPI, in that order, each in order of labels; empty before the first window.
    pub fn samples(&self) -> &[Arc<Samples>] {
        &self.samples
    }

    /// The totals after a window.
    #[must_use]
    pub fn after(window: &Measured) -> Self {
        Self {
            samples: window.samples.clone(),
        }
    }
}

fn completed(kpi: &Kpi, metric: &Metric, samples: &Arc<Samples>) -> Option<Arc<Samples>> {
    FamilyBuilder::over(kpi, metric, Some(samples))
        .complete()
        .ok()
        .map(Arc::new)
}

fn check(metric: &Metric, samples: &Samples) -> Result<(), &'static str> {
    match (&metric.shape, samples) {
        (ValueSpec::Counter { .. }, Samples::Counter(series)) => {
            check_order(metric, series)?;
            all(series, "negative total", |total| *total >= 0.0)
        }
        (
            ValueSpec::Histogram { bounds, .. },
            Samples::Histogram {
                bounds: saved,
                series,
            },
        ) if bounds == saved => {
            check_order(metric, series)?;
            all(series, "unexpected number of buckets", |value| {
                value.counts.len() == bounds.len() + 1
            })?;
            all(series, "negative sum", |value| {
                value.sum.is_none_or(|sum| sum >= 0.0)
            })
        }
        (
            ValueSpec::Gauge { .. }
            | ValueSpec::Counter { .. }
            | ValueSpec::Histogram { .. }
            | ValueSpec::Summary { .. }
            | ValueSpec::Info
            | ValueSpec::StateSet { .. },
            _,
        ) => Err("unexpected metric type"),
    }
}

fn check_order<T>(metric: &Metric, series: &[Series<T>]) -> Result<(), &'static str> {
    check_labels(metric, series)?;
    let sorted = series
        .windows(2)
        .all(|pair| pair[0].labels < pair[1].labels);
    sorted.then_some(()).ok_or("label sets are not sorted")
}

fn check_labels<T>(metric: &Metric, series: &[Series<T>]) -> Result<(), &'static str> {
    let complete = series
        .iter()
        .all(|series| series.labels.len() == metric.desc.labels.len());
    complete.then_some(()).ok_or("unexpected number of labels")
}

fn all<T>(
    series: &[Series<T>],
    error: &'static str,
    is_valid: impl Fn(&T) -> bool,
) -> Result<(), &'static str> {
    series
        .iter()
        .all(|series| is_valid(&series.value))
        .then_some(())
        .ok_or(error)
}
