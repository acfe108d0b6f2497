//! Whether histograms have buckets for what they observe: above the last one no quantile can be told.

use std::sync::Arc;

use crate::kpi::Kpi;
use crate::metric::{Histogram, MetricName, Samples, Series};

/// One in so many observations may lie above the last bound: with more of them the 95th percentile cannot be told.
const ONE_IN: u64 = 20;

/// A histogram with too much above its last bound. Its text says so, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "{above} of {all} observations of `{metric}` are above its last bound, {bound}: a 95th percentile cannot be told, add higher `buckets`"
)]
pub struct Beyond {
    metric: MetricName,
    bound: f64,
    above: u64,
    all: u64,
}

/// The histograms of a KPI whose last bound is too low, over all their series.
pub fn beyond(kpi: &Kpi, points: &[Arc<Samples>]) -> Vec<Beyond> {
    let metrics = kpi.metrics.iter().zip(points);
    let too_low = metrics.filter_map(|(metric, points)| {
        let Samples::Histogram { bounds, series } = &**points else {
            return None;
        };
        let (above, all) = counts(series);
        let bound = *bounds.last()?;
        (above > all / ONE_IN).then(|| Beyond {
            metric: metric.desc.name.clone(),
            bound,
            above,
            all,
        })
    });
    too_low.collect()
}

/// How many observations are above the last bound, and how many there are.
fn counts(series: &[Series<Histogram>]) -> (u64, u64) {
    let each = series.iter().map(|series| &series.value.counts);
    each.fold((0, 0), |(above, all), counts| {
        let own = counts
            .iter()
            .fold(0_u64, |sum, count| sum.saturating_add(*count));
        (
            counts
                .last()
                .map_or(above, |last| above.saturating_add(*last)),
            all.saturating_add(own),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::one;
    use crate::measure::Rows;
    use cypher::Value;

    fn told(seconds: &[f64]) -> Vec<String> {
        let text = "// T.\n/*kpi\ntype = \"histogram\"\nbuckets = [1, 10]\n*/\nRETURN 1 AS tool, 1 AS value";
        let kpi = one("queries/p/t.cypher", text);
        let mut rows = Rows::of_snapshot(&kpi, &[]);
        for (at, seconds) in seconds.iter().enumerate() {
            let _ = rows.row(&vec![
                Value::Integer(i64::try_from(at % 2).unwrap()),
                Value::Float(*seconds),
            ]);
        }
        beyond(&kpi, &rows.finish().unwrap().points)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_last_bucket_that_is_too_low_is_told() {
        let (fast, slow) = (vec![10.0; 19], vec![10.5; 2]);
        assert_eq!(told(&[]), [""; 0]);
        assert_eq!(told(&[&fast[..], &slow[..1]].concat()), [""; 0]);
        assert_eq!(
            told(&[fast, slow].concat()),
            [
                "2 of 21 observations of `p_t` are above its last bound, 10: a 95th percentile cannot be told, add higher `buckets`"
            ]
        );
    }
}
