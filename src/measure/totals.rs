//! Window mode: what has been counted so far. A window that goes well makes new totals; the old ones are never changed, so
//! one that fails leaves no trace, and what is published shares its memory with them.

use std::sync::Arc;

use super::Measured;
use super::family_builder::{FamilyBuilder, has_zeros};
use crate::kpi::{Kpi, Metric, ValueSpec};
use crate::metric::{Samples, Series};

/// The totals of a window KPI on one graph; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// One for each metric of the KPI, each in order of labels; empty before the first window.
    points: Vec<Arc<Samples>>,
}

impl Totals {
    /// What was counted before this program started. What `expect` lists by now is zero where it was never counted.
    ///
    /// # Errors
    /// What is wrong with these points: they cannot be totals of this KPI.
    pub fn restored(kpi: &Kpi, points: Vec<Samples>) -> Result<Self, &'static str> {
        if points.len() != kpi.metrics.len() {
            return Err("it holds another number of metrics");
        }
        let points: Vec<_> = points.into_iter().map(Arc::new).collect();
        for (metric, points) in kpi.metrics.iter().zip(&points) {
            check(metric, points)?;
        }
        let with_expected = |(metric, points): (&Metric, Arc<Samples>)| {
            // Where there is no room for more zeros the totals are right as they are: the next window says what is too much.
            if has_zeros(metric) {
                completed(kpi, metric, &points).unwrap_or(points)
            } else {
                points
            }
        };
        Ok(Self {
            points: kpi.metrics.iter().zip(points).map(with_expected).collect(),
        })
    }

    /// One for each metric of the KPI, in that order, each in order of labels; empty before the first window.
    pub fn points(&self) -> &[Arc<Samples>] {
        &self.points
    }

    /// The totals with a window counted.
    #[must_use]
    pub fn after(window: &Measured) -> Self {
        Self {
            points: window.points.clone(),
        }
    }

    /// Whether these are the very same totals, in the same memory: no row has been counted between the two.
    pub fn is(&self, other: &Self) -> bool {
        self.points.len() == other.points.len()
            && self
                .points
                .iter()
                .zip(&other.points)
                .all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

fn completed(kpi: &Kpi, metric: &Metric, points: &Arc<Samples>) -> Option<Arc<Samples>> {
    FamilyBuilder::over(kpi, metric, Some(points))
        .complete()
        .ok()
        .map(Arc::new)
}

fn check(metric: &Metric, points: &Samples) -> Result<(), &'static str> {
    match (&metric.shape, points) {
        (ValueSpec::Counter { .. }, Samples::Counter(series)) => {
            in_order(metric, series)?;
            all(series, "it holds a negative total", |total| *total >= 0.0)
        }
        (
            ValueSpec::Histogram { bounds, .. },
            Samples::Histogram {
                bounds: held,
                series,
            },
        ) if bounds == held => {
            in_order(metric, series)?;
            all(series, "it holds another number of buckets", |value| {
                value.counts.len() == bounds.len() + 1
            })?;
            all(series, "it holds a negative sum", |value| {
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
        ) => Err("it holds a metric of another type"),
    }
}

fn in_order<T>(metric: &Metric, series: &[Series<T>]) -> Result<(), &'static str> {
    all_labels(metric, series)?;
    let rises = series
        .windows(2)
        .all(|pair| pair[0].labels < pair[1].labels);
    rises.then_some(()).ok_or("its label sets are not in order")
}

fn all_labels<T>(metric: &Metric, series: &[Series<T>]) -> Result<(), &'static str> {
    let right = series
        .iter()
        .all(|series| series.labels.len() == metric.desc.labels.len());
    right
        .then_some(())
        .ok_or("it holds another number of labels")
}

fn all<T>(
    series: &[Series<T>],
    fault: &'static str,
    right: impl Fn(&T) -> bool,
) -> Result<(), &'static str> {
    series
        .iter()
        .all(|series| right(&series.value))
        .then_some(())
        .ok_or(fault)
}
