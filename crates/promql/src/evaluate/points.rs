//! Aggregation: over the points of a range, the members of a group, the buckets of a histogram.

use std::collections::BTreeMap;

use super::series::{LabelValues, Sample, Unknown};

/// A function over the points of a range; `None` where it needs more points.
pub(super) fn of_points(name: &str, points: &[f64], length: f64) -> Result<Option<f64>, Unknown> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Ok(None);
    };
    let grown = || (points.len() > 1).then_some(last - first);
    Ok(match name {
        "increase" | "delta" => grown(),
        "rate" | "deriv" => grown().map(|grown| grown / length),
        "avg_over_time" => Some(average(points)),
        "count_over_time" => Some(points.len() as f64),
        "last_over_time" => Some(*last),
        "max_over_time" => Some(points.iter().copied().fold(f64::NAN, f64::max)),
        "min_over_time" => Some(points.iter().copied().fold(f64::NAN, f64::min)),
        "present_over_time" | "absent_over_time" => Some(1.0),
        "stddev_over_time" => Some(variance(points).sqrt()),
        "stdvar_over_time" => Some(variance(points)),
        "sum_over_time" => Some(points.iter().sum()),
        "changes" => Some(points.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64),
        "resets" => Some(points.windows(2).filter(|pair| pair[1] < pair[0]).count() as f64),
        _ => return Err(Unknown),
    })
}

pub(super) fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn variance(values: &[f64]) -> f64 {
    let mean = average(values);
    average(
        &values
            .iter()
            .map(|value| (value - mean).powi(2))
            .collect::<Vec<_>>(),
    )
}

pub(super) fn extremes(mut members: Vec<Sample>, count: f64, largest: bool) -> Vec<Sample> {
    members.sort_by(|a, b| {
        if largest {
            b.value.total_cmp(&a.value)
        } else {
            a.value.total_cmp(&b.value)
        }
    });
    members.truncate(count.max(0.0) as usize);
    members
}

/// The quantile of each histogram, by linear interpolation within its bucket.
pub(super) fn quantiles(quantile: f64, buckets: Vec<Sample>) -> Vec<Sample> {
    let mut histograms: BTreeMap<LabelValues, Vec<(f64, f64)>> = BTreeMap::new();
    for mut bucket in buckets {
        let bound = bucket.labels.remove("le").and_then(|le| {
            if le == "+Inf" {
                Some(f64::INFINITY)
            } else {
                le.parse().ok()
            }
        });
        if let Some(bound) = bound {
            histograms
                .entry(bucket.labels)
                .or_default()
                .push((bound, bucket.value));
        }
    }
    let value = |mut buckets: Vec<(f64, f64)>| {
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total = buckets.last().map_or(0.0, |last| last.1);
        let rank = quantile * total;
        let at = buckets
            .iter()
            .position(|bucket| bucket.1 >= rank)
            .filter(|_| total > 0.0)?;
        let (low, below) = if at == 0 { (0.0, 0.0) } else { buckets[at - 1] };
        let (high, up_to) = buckets[at];
        Some(if high.is_infinite() {
            low
        } else {
            low + (high - low) * (rank - below) / (up_to - below)
        })
    };
    histograms
        .into_iter()
        .map(|(labels, buckets)| Sample {
            labels,
            value: value(buckets).unwrap_or(f64::NAN),
        })
        .collect()
}
