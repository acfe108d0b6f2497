//! Finds histograms whose last bound is too low: no quantile above it can be calculated.

use std::sync::Arc;

use crate::kpi::Kpi;
use crate::metric::{Histogram, MetricName, Samples, Series};

/// Up to one in this many observations may exceed the last bound; with more, the 95th percentile is unknown.
const ONE_IN: u64 = 20;

/// A histogram with too many observations above its last bound.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "{above} of {all} observations of `{metric}` exceed its last bound {bound}, so its 95th percentile is unknown"
)]
pub(super) struct Overflow {
    metric: MetricName,
    bound: f64,
    above: u64,
    all: u64,
}

/// The histograms of a KPI whose last bound is too low, over all their series.
pub(super) fn overflow(kpi: &Kpi, samples: &[Arc<Samples>]) -> Vec<Overflow> {
    let metrics = kpi.metrics.iter().zip(samples);
    let overflows = metrics.filter_map(|(metric, samples)| {
        let Samples::Histogram { bounds, series } = &**samples else {
            return None;
        };
        let (above, all) = counts(series);
        let bound = *bounds.last()?;
        (above > all / ONE_IN).then(|| Overflow {
            metric: metric.desc.name.clone(),
            bound,
            above,
            all,
        })
    });
    overflows.collect()
}

/// The number of observations above the last bound, and of all.
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

    fn warnings(seconds: &[f64]) -> Vec<String> {
        let text = "// T.\n/*kpi\ntype = \"histogram\"\nbuckets = [1, 10]\n*/\nRETURN 1 AS tool, 1 AS value";
        let kpi = one("queries/p/t.cypher", text);
        let mut rows = Rows::of_snapshot(&kpi, &[]);
        for (at, seconds) in seconds.iter().enumerate() {
            let _ = rows.row(&vec![
                Value::Integer(i64::try_from(at % 2).unwrap()),
                Value::Float(*seconds),
            ]);
        }
        overflow(&kpi, &rows.finish().unwrap().samples)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_last_bound_that_is_too_low_is_reported() {
        let (fast, slow) = (vec![10.0; 19], vec![10.5; 2]);
        assert_eq!(warnings(&[]), [""; 0]);
        assert_eq!(warnings(&[&fast[..], &slow[..1]].concat()), [""; 0]);
        assert_eq!(
            warnings(&[fast, slow].concat()),
            [
                "2 of 21 observations of `p_t` exceed its last bound 10, so its 95th percentile is unknown"
            ]
        );
    }
}
