//! A family's series as tests compare them.

use std::collections::{BTreeMap, BTreeSet};

use cypher_exporter::kpi::Metric;
use cypher_exporter::metric::{Samples, Series};

/// Label values by label name.
pub(crate) type Labels = BTreeMap<String, String>;

/// The series of a family.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// A gauge's or a counter's.
    Plain(BTreeMap<Labels, f64>),
    Info(BTreeSet<Labels>),
    Histogram {
        bounds: Vec<f64>,
        series: BTreeMap<Labels, Buckets>,
    },
}

/// One series of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Buckets {
    /// Not cumulated: one for each bound, then one for `+Inf`.
    pub(crate) counts: Vec<u64>,
    pub(crate) sum: Option<f64>,
}

impl Answer {
    /// What the product measured of one metric.
    pub(crate) fn of(metric: &Metric, points: &Samples) -> Self {
        match points {
            Samples::Gauge(series) | Samples::Counter(series) => Answer::Plain(
                series
                    .iter()
                    .map(|series| (labels(metric, series), series.value))
                    .collect(),
            ),
            Samples::Info(series) => {
                Answer::Info(series.iter().map(|series| labels(metric, series)).collect())
            }
            Samples::Histogram { bounds, series } => {
                let buckets = |series: &Series<cypher_exporter::metric::Histogram>| Buckets {
                    counts: series.value.counts.to_vec(),
                    sum: series.value.sum,
                };
                let series = series
                    .iter()
                    .map(|series| (labels(metric, series), buckets(series)));
                Answer::Histogram {
                    bounds: bounds.to_vec(),
                    series: series.collect(),
                }
            }
            Samples::Summary { .. } | Samples::StateSet { .. } => {
                panic!("{}: no pack has such a family", metric.desc.name)
            }
        }
    }

    /// Whether there is anything but zeros.
    pub(crate) fn says_something(&self) -> bool {
        match self {
            Answer::Plain(series) => series.values().any(|value| *value != 0.0),
            Answer::Info(facts) => !facts.is_empty(),
            Answer::Histogram { series, .. } => series
                .values()
                .any(|buckets| buckets.counts.iter().any(|count| *count > 0)),
        }
    }

    /// Whether the two show the same: counts exactly, sums of floats up to the last digits, whose
    /// order is the server's business.
    ///
    /// # Errors
    /// The first difference.
    pub(crate) fn agrees(&self, expected: &Answer) -> Result<(), String> {
        match (self, expected) {
            (Answer::Plain(found), Answer::Plain(expected)) => {
                paired(found, expected, |found, expected| number(*found, *expected))
            }
            (Answer::Info(found), Answer::Info(expected)) => {
                if found == expected {
                    Ok(())
                } else {
                    Err(format!("{found:?} instead of {expected:?}"))
                }
            }
            (
                Answer::Histogram { bounds, series },
                Answer::Histogram {
                    bounds: expected_bounds,
                    series: expected,
                },
            ) => {
                if bounds != expected_bounds {
                    return Err(format!(
                        "the bounds are {bounds:?} instead of {expected_bounds:?}"
                    ));
                }
                paired(series, expected, |found, expected| found.agrees(expected))
            }
            (found, expected) => Err(format!("another type: {found:?} instead of {expected:?}")),
        }
    }
}

impl Buckets {
    fn agrees(&self, expected: &Self) -> Result<(), String> {
        if self.counts != expected.counts {
            return Err(format!(
                "{:?} instead of {:?}",
                self.counts, expected.counts
            ));
        }
        match (self.sum, expected.sum) {
            (Some(found), Some(expected)) => {
                number(found, expected).map_err(|error| format!("the sum is {error}"))
            }
            (None, None) => Ok(()),
            (found, expected) => Err(format!("the sum is {found:?} instead of {expected:?}")),
        }
    }
}

/// Whole numbers are equal or not.
fn number(found: f64, expected: f64) -> Result<(), String> {
    let whole = found.fract() == 0.0 && expected.fract() == 0.0;
    let near = (found - expected).abs() <= 1e-9 * expected.abs().max(f64::MIN_POSITIVE);
    if found == expected || (near && !whole) {
        Ok(())
    } else {
        Err(format!("{found} instead of {expected}"))
    }
}

fn paired<T>(
    found: &BTreeMap<Labels, T>,
    expected: &BTreeMap<Labels, T>,
    agrees: impl Fn(&T, &T) -> Result<(), String>,
) -> Result<(), String> {
    if let Some(labels) = expected.keys().find(|labels| !found.contains_key(*labels)) {
        return Err(format!(
            "{labels:?} is missing among {:?}",
            found.keys().collect::<Vec<_>>()
        ));
    }
    if let Some(labels) = found.keys().find(|labels| !expected.contains_key(*labels)) {
        return Err(format!("{labels:?} should not be there"));
    }
    expected.iter().try_for_each(|(labels, expected)| {
        agrees(&found[labels], expected).map_err(|error| format!("{labels:?}: {error}"))
    })
}

fn labels<T>(metric: &Metric, series: &Series<T>) -> Labels {
    let names = metric.desc.labels.iter().map(ToString::to_string);
    names
        .zip(series.labels.iter().map(ToString::to_string))
        .collect()
}
