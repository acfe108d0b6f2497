//! `on_error = NUMBER`: what is published in place of values that could not be had.

use std::sync::Arc;

use super::label_sets::LabelSets;
use crate::kpi::{Kpi, Metric};
use crate::metric::{LabelValues, Samples, Series};

/// Every gauge of the KPI at `number`: for the label sets last published, for those that are expected,
/// and for a metric without labels its one series.
pub fn substitute(kpi: &Kpi, last: Option<&[Arc<Samples>]>, number: f64) -> Vec<Arc<Samples>> {
    let known = |at: usize| {
        last.and_then(|last| last.get(at))
            .map_or(&[][..], |points| gauges(points))
    };
    let metrics = kpi.metrics.iter().enumerate();
    metrics
        .map(|(at, metric)| Arc::new(gauge(metric, known(at), kpi.max_series, number)))
        .collect()
}

fn gauges(points: &Samples) -> &[Series<f64>] {
    match points {
        Samples::Gauge(series) => series,
        Samples::Counter(_)
        | Samples::Histogram { .. }
        | Samples::Summary { .. }
        | Samples::Info(_)
        | Samples::StateSet { .. } => &[],
    }
}

fn gauge(metric: &Metric, last: &[Series<f64>], limit: usize, number: f64) -> Samples {
    let mut sets = LabelSets::new(&metric.desc, limit);
    let bare = metric.desc.labels.is_empty().then(LabelValues::default);
    for labels in last.iter().map(|series| series.labels.clone()).chain(bare) {
        // Beyond the limit there is nothing to add: the series already there say enough.
        let _ = sets.at(&labels, || number);
    }
    let _ = sets.fill(&metric.expected, &number);
    Samples::Gauge(sets.into_series())
}
