//! Converts the families that the `prometheus` crate gathers into ours, so that one encoder writes everything.

use std::sync::Arc;

use prometheus::proto::{
    Histogram as GatheredHistogram, Metric, MetricFamily, MetricType as Gathered,
};

use super::table::unit;
use crate::metric::{
    Constant, Desc, Family, Histogram, LabelName, MetricName, MetricType, Part, Samples, Series,
};

/// The converted family; none for a type that the instruments do not use.
pub(super) fn family(gathered: &MetricFamily) -> Option<Family> {
    let metrics = gathered.get_metric();
    let samples = match gathered.get_field_type() {
        Gathered::GAUGE => Samples::Gauge(series(metrics, |metric| metric.get_gauge().get_value())),
        Gathered::COUNTER => {
            Samples::Counter(series(metrics, |metric| metric.get_counter().get_value()))
        }
        Gathered::HISTOGRAM => {
            let bounds = bounds(metrics.first()?.get_histogram());
            Samples::Histogram {
                bounds,
                series: series(metrics, |metric| histogram(metric.get_histogram())),
            }
        }
        Gathered::SUMMARY | Gathered::UNTYPED => return None,
    };
    let labels = metrics
        .first()?
        .get_label()
        .iter()
        .map(|label| LabelName::new(label.name()).ok());
    let desc = Desc {
        name: MetricName::new(gathered.name()).ok()?,
        help: gathered.help().to_owned(),
        unit: unit(gathered.name()),
        labels: labels.collect::<Option<_>>()?,
    };
    Some(build(desc, samples))
}

fn build(desc: Desc, samples: Samples) -> Family {
    let metric_type: MetricType = samples.metric_type();
    let parts = vec![Part {
        constant: Constant::default(),
        points: Arc::new(samples),
    }];
    Family {
        desc: Arc::new(desc),
        metric_type,
        parts,
    }
}

fn series<T>(metrics: &[Metric], value: impl Fn(&Metric) -> T) -> Vec<Series<T>> {
    let labels = |metric: &Metric| {
        metric
            .get_label()
            .iter()
            .map(|label| Arc::from(label.value()))
            .collect()
    };
    metrics
        .iter()
        .map(|metric| Series {
            labels: labels(metric),
            value: value(metric),
        })
        .collect()
}

fn bounds(histogram: &GatheredHistogram) -> Arc<[f64]> {
    histogram
        .get_bucket()
        .iter()
        .map(|bucket| bucket.upper_bound())
        .collect()
}

fn histogram(histogram: &GatheredHistogram) -> Histogram {
    let cumulative = histogram
        .get_bucket()
        .iter()
        .map(|bucket| bucket.cumulative_count());
    let mut below = 0;
    // Observations during the gathering can make the total lag behind the buckets.
    let counts = cumulative
        .chain([histogram.get_sample_count()])
        .map(|total| {
            let count = total.saturating_sub(below);
            below = below.max(total);
            count
        });
    Histogram {
        counts: counts.collect(),
        sum: Some(histogram.get_sample_sum()),
    }
}
