//! `on_error = NUMBER`: what is published in place of values that could not be had.

use std::sync::Arc;

use super::label_sets::LabelSets;
use crate::kpi::{Kpi, Metric};
use crate::metric::{LabelValues, Points, Series};

/// Every gauge of the KPI at `number`: for the label sets last published, for those that are expected,
/// and for a metric without labels its one series.
pub fn substitute(kpi: &Kpi, last: Option<&[Arc<Points>]>, number: f64) -> Vec<Arc<Points>> {
    let known = |at: usize| {
        last.and_then(|last| last.get(at))
            .map_or(&[][..], |points| gauges(points))
    };
    let metrics = kpi.metrics.iter().enumerate();
    metrics
        .map(|(at, metric)| Arc::new(gauge(metric, known(at), kpi.max_series, number)))
        .collect()
}

fn gauges(points: &Points) -> &[Series<f64>] {
    match points {
        Points::Gauge(series) => series,
        Points::Counter(_)
        | Points::Histogram { .. }
        | Points::Summary { .. }
        | Points::Info(_)
        | Points::StateSet { .. } => &[],
    }
}

fn gauge(metric: &Metric, last: &[Series<f64>], limit: usize, number: f64) -> Points {
    let mut sets = LabelSets::new(&metric.desc, limit);
    let bare = metric.desc.labels.is_empty().then(LabelValues::default);
    for labels in last.iter().map(|series| series.labels.clone()).chain(bare) {
        // Beyond the limit there is nothing to add: the series already there say enough.
        let _ = sets.at(&labels, || number);
    }
    let _ = sets.fill(&metric.expected, &number);
    Points::Gauge(sets.into_series())
}
