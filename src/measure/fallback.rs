//! `on_error = NUMBER`: the samples that are published while the KPI fails.

use std::sync::Arc;

use super::label_sets::LabelSets;
use crate::kpi::{Kpi, Metric};
use crate::metric::{LabelValues, Samples, Series};

/// Sets every gauge of the KPI to `number`: the label sets last published, those of `expect`, and the one series of a metric
/// without labels.
pub fn fallback(kpi: &Kpi, last: Option<&[Arc<Samples>]>, number: f64) -> Vec<Arc<Samples>> {
    let known = |at: usize| {
        last.and_then(|last| last.get(at))
            .map_or(&[][..], |samples| gauges(samples))
    };
    let metrics = kpi.metrics.iter().enumerate();
    metrics
        .map(|(at, metric)| Arc::new(gauge(metric, known(at), kpi.max_series, number)))
        .collect()
}

fn gauges(samples: &Samples) -> &[Series<f64>] {
    match samples {
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
        // A failing KPI must not fail again over `max_series`: the series up to the limit are enough.
        let _ = sets.entry(&labels, || number);
    }
    let _ = sets.fill(&metric.expected, &number);
    Samples::Gauge(sets.into_series())
}
