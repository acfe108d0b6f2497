//! Builds the samples of one metric from rows: what each type reads from a row, and how two rows combine.

use std::sync::Arc;

use super::label_sets::LabelSets;
use super::row_context::RowContext;
use super::row_labels::RowLabels;
use super::value::{Cell, Number};
use super::{MeasureError, Unused};
use crate::kpi::{Column, Kpi, Metric, OnDuplicate, SkipReason, ValueSpec};
use crate::metric::{Histogram, Samples, Series, Summary};

/// A metric and its series so far.
pub(super) struct FamilyBuilder<'k> {
    metric: &'k Metric,
    series: Accumulator<'k>,
    /// A window: values must be finite, since totals are permanent.
    finite: bool,
    /// The totals before a window; none in the first window.
    before: Option<&'k Arc<Samples>>,
    /// Expected label sets without a row are 0.
    zeros: bool,
    /// The labels of the current row.
    labels: RowLabels,
}

enum Accumulator<'k> {
    Plain {
        value: Column,
        counter: bool,
        sum: bool,
        sets: LabelSets<'k, f64>,
    },
    Histogram {
        value: Column,
        weight: Option<Column>,
        bounds: &'k Arc<[f64]>,
        sets: LabelSets<'k, Histogram>,
    },
    Summary {
        columns: SummaryColumns<'k>,
        sets: LabelSets<'k, Summary>,
    },
    Info {
        sets: LabelSets<'k, ()>,
    },
    StateSet {
        value: Column,
        states: Option<&'k Arc<[Arc<str>]>>,
        sets: LabelSets<'k, Arc<str>>,
    },
}

struct SummaryColumns<'k> {
    quantiles: &'k Arc<[f64]>,
    values: &'k [Column],
    sum: Option<Column>,
    count: Option<Column>,
}

/// How to fix two rows with the same labels, by type.
const SUM: &str = "aggregate in the query, or write `on_duplicate = \"sum\"`";
const AGGREGATE: &str = "aggregate in the query, or return another label";
const DISTINCT: &str = "write `RETURN DISTINCT`";

/// The expected value of a counter.
const TOTAL: &str = "a counter total of at least 0";
const ADDED: &str = "a counter increment of at least 0";

impl<'k> FamilyBuilder<'k> {
    /// A metric without series; label sets that were in `last`, the samples of the last run, are shared.
    pub(super) fn after(kpi: &'k Kpi, metric: &'k Metric, last: Option<&Samples>) -> Self {
        let sum = kpi.on_duplicate == OnDuplicate::Sum;
        let series = Accumulator::after(kpi, metric, sum, last);
        let zeros = !metric.expected.is_empty();
        Self {
            metric,
            series,
            finite: false,
            before: None,
            zeros,
            labels: RowLabels::default(),
        }
    }

    /// A metric whose rows are added to the totals `before`.
    pub(super) fn over(kpi: &'k Kpi, metric: &'k Metric, before: Option<&'k Arc<Samples>>) -> Self {
        let series = match (&metric.shape, before.map(|samples| &**samples)) {
            (ValueSpec::Counter { value }, Some(Samples::Counter(totals))) => {
                let sets = LabelSets::over(&metric.desc, kpi.max_series, totals);
                Accumulator::Plain {
                    value: *value,
                    counter: true,
                    sum: true,
                    sets,
                }
            }
            (
                ValueSpec::Histogram {
                    value,
                    weight,
                    bounds,
                },
                Some(Samples::Histogram { series: totals, .. }),
            ) => {
                let sets = LabelSets::over(&metric.desc, kpi.max_series, totals);
                Accumulator::Histogram {
                    value: *value,
                    weight: *weight,
                    bounds,
                    sets,
                }
            }
            // Only counters and histograms have windows: this is the first one.
            (_, _) => Accumulator::after(kpi, metric, true, None),
        };
        Self {
            metric,
            series,
            finite: true,
            before,
            zeros: has_zeros(metric),
            labels: RowLabels::default(),
        }
    }

    /// Adds a row to this metric.
    pub(super) fn add(&mut self, row: &RowContext<'_>) -> Result<(), Unused> {
        let Self {
            metric,
            series,
            labels,
            finite,
            ..
        } = self;
        match series {
            Accumulator::Plain {
                value,
                counter,
                sum,
                sets,
            } => {
                let number = row.number(*value, *finite)?;
                if *counter {
                    row.cell(*value)
                        .not_negative(number, if *sum { ADDED } else { TOTAL })?;
                }
                row.labels(metric, labels)?;
                if *sum {
                    if number == 0.0 && sets.contains(labels) {
                        // `count(*)` returns a row even without events: do not save and publish the same totals again.
                        return Ok(());
                    }
                    let total = sets.entry(labels, || 0.0)?;
                    let sum = row.cell(*value).add_to(*total, number, *finite)?;
                    // Infinities of both signs make NaN.
                    *total = Some(sum)
                        .filter(|sum| !sum.is_nan())
                        .ok_or(SkipReason::NaNValue)?;
                    return Ok(());
                }
                Ok(sets.insert(row.number, labels, number, SUM)?)
            }
            Accumulator::Histogram {
                value,
                weight,
                bounds,
                sets,
            } => {
                let number = row.number(*value, *finite)?;
                if number < 0.0 && metric.shape.is_never_negative() {
                    return Err(SkipReason::NegativeValue.into());
                }
                let weight = row.weight(*weight)?;
                row.labels(metric, labels)?;
                if weight > 0 || !sets.contains(labels) {
                    let histogram = sets.entry(labels, || zero(&metric.shape, bounds))?;
                    if *finite {
                        let (cell, added) = (row.cell(*value), number * weight as f64);
                        cell.observations(count(histogram).saturating_add(weight))?;
                        let sum = histogram.sum.map(|sum| cell.add_to(sum, added, true));
                        sum.transpose()?;
                    }
                    observe(histogram, number, weight, bounds);
                }
                Ok(())
            }
            Accumulator::Summary { columns, sets } => {
                let quantiles = columns.read(row)?;
                row.labels(metric, labels)?;
                Ok(sets.insert(row.number, labels, quantiles, AGGREGATE)?)
            }
            Accumulator::Info { sets } => {
                row.labels(metric, labels)?;
                Ok(sets.insert(row.number, labels, (), DISTINCT)?)
            }
            Accumulator::StateSet {
                value,
                states,
                sets,
            } => {
                let state = row.state(*value, *states)?;
                row.labels(metric, labels)?;
                Ok(sets.insert(row.number, labels, state, AGGREGATE)?)
            }
        }
    }

    /// The samples, with a 0 for each expected label set without a row. If no row of a window changed anything, they are
    /// shared with the totals before.
    pub(super) fn finish(self) -> Result<Arc<Samples>, MeasureError> {
        match self.before {
            Some(before) if !self.is_changed() => Ok(before.clone()),
            Some(_) | None => self.complete().map(Arc::new),
        }
    }

    /// Whether the samples can differ from those before.
    pub(super) fn is_changed(&self) -> bool {
        self.before.is_none() || !self.series.is_untouched()
    }

    /// The samples, with a 0 for each expected label set that is missing.
    pub(super) fn complete(self) -> Result<Samples, MeasureError> {
        let expected = &self.metric.expected;
        Ok(match self.series {
            Accumulator::Plain {
                counter, mut sets, ..
            } => {
                if self.zeros {
                    sets.fill(expected, &0.0)?;
                }
                let series = sets.into_series();
                if counter {
                    Samples::Counter(series)
                } else {
                    Samples::Gauge(series)
                }
            }
            Accumulator::Histogram {
                bounds, mut sets, ..
            } => {
                if self.zeros {
                    sets.fill(expected, &zero(&self.metric.shape, bounds))?;
                }
                Samples::Histogram {
                    bounds: bounds.clone(),
                    series: sets.into_series(),
                }
            }
            Accumulator::Summary { columns, sets } => Samples::Summary {
                quantiles: columns.quantiles.clone(),
                series: sets.into_series(),
            },
            Accumulator::Info { sets } => Samples::Info(sets.into_series()),
            Accumulator::StateSet { states, sets, .. } => state_set(sets.into_series(), states),
        })
    }
}

/// Whether a window without rows has zeros: for `expect`, and for a metric without labels, whose one series is known. If the
/// series began with its first event, `rate` and `increase` would miss that event.
pub(super) fn has_zeros(metric: &Metric) -> bool {
    !metric.expected.is_empty() || metric.labels.is_empty()
}

impl<'k> Accumulator<'k> {
    fn after(kpi: &'k Kpi, metric: &'k Metric, sum: bool, last: Option<&Samples>) -> Self {
        let (desc, limit) = (&*metric.desc, kpi.max_series);
        match &metric.shape {
            ValueSpec::Gauge { value } => Self::Plain {
                value: *value,
                counter: false,
                sum,
                sets: LabelSets::after(desc, limit, last),
            },
            ValueSpec::Counter { value } => Self::Plain {
                value: *value,
                counter: true,
                sum,
                sets: LabelSets::after(desc, limit, last),
            },
            ValueSpec::Histogram {
                value,
                weight,
                bounds,
            } => Self::Histogram {
                value: *value,
                weight: *weight,
                bounds,
                sets: LabelSets::after(desc, limit, last),
            },
            ValueSpec::Summary {
                quantiles,
                columns,
                sum,
                count,
            } => Self::Summary {
                columns: SummaryColumns {
                    quantiles,
                    values: columns,
                    sum: *sum,
                    count: *count,
                },
                sets: LabelSets::after(desc, limit, last),
            },
            ValueSpec::Info => Self::Info {
                sets: LabelSets::after(desc, limit, last),
            },
            ValueSpec::StateSet { value, states } => Self::StateSet {
                value: *value,
                states: states.as_ref(),
                sets: LabelSets::after(desc, limit, last),
            },
        }
    }

    fn is_untouched(&self) -> bool {
        match self {
            Self::Plain { sets, .. } => sets.is_untouched(),
            Self::Histogram { sets, .. } => sets.is_untouched(),
            Self::Summary { sets, .. } => sets.is_untouched(),
            Self::Info { sets } => sets.is_untouched(),
            Self::StateSet { sets, .. } => sets.is_untouched(),
        }
    }
}

impl SummaryColumns<'_> {
    fn read(&self, row: &RowContext<'_>) -> Result<Summary, Unused> {
        let mut values = Vec::with_capacity(self.values.len());
        for column in self.values {
            let value = row.number(*column, false)?;
            values.push(
                row.cell(*column)
                    .not_negative(value, "a quantile of at least 0")?,
            );
        }
        let sum = optional(row, self.sum)?
            .map(|(cell, sum)| cell.not_negative(sum, "a summary sum of at least 0"));
        let count = optional(row, self.count)?.map(|(cell, count)| cell.count(count));
        Ok(Summary {
            values: values.into(),
            sum: sum.transpose()?,
            count: count.transpose()?,
        })
    }
}

/// The number in an optional column: the sum or count of a summary.
fn optional<'r>(
    row: &'r RowContext<'_>,
    column: Option<Column>,
) -> Result<Option<(Cell<'r>, f64)>, MeasureError> {
    let Some(column) = column else {
        return Ok(None);
    };
    Ok(match row.cell(column).number()? {
        Number::Is(number) => Some((row.cell(column), number)),
        Number::Null | Number::NaN => None,
    })
}

/// A histogram without observations. It has no sum if observations may be negative: parsers refuse a negative sum, and `rate`
/// would take a decrease for a reset.
fn zero(shape: &ValueSpec, bounds: &[f64]) -> Histogram {
    Histogram {
        counts: vec![0; bounds.len() + 1].into(),
        sum: shape.is_never_negative().then_some(0.0),
    }
}

fn observe(histogram: &mut Histogram, value: f64, weight: u64, bounds: &[f64]) {
    let bucket = &mut histogram.counts[bounds.partition_point(|bound| *bound < value)];
    *bucket = bucket.saturating_add(weight);
    // 0 times infinity would make the sum NaN permanently.
    if weight > 0 {
        histogram.sum = histogram.sum.map(|sum| sum + value * weight as f64);
    }
}

/// All observations.
fn count(histogram: &Histogram) -> u64 {
    let counts = histogram.counts.iter();
    counts.fold(0, |sum, count| sum.saturating_add(*count))
}

/// The states are those of `expect`, or without it those of the rows.
fn state_set(series: Vec<Series<Arc<str>>>, expected: Option<&Arc<[Arc<str>]>>) -> Samples {
    let states: Arc<[Arc<str>]> = expected.cloned().unwrap_or_else(|| {
        let mut found: Vec<_> = series.iter().map(|series| series.value.clone()).collect();
        found.sort_unstable();
        found.dedup();
        found.into()
    });
    let index = |series: Series<Arc<str>>| {
        let value = states.iter().position(|state| *state == series.value)?;
        Some(Series {
            labels: series.labels,
            value,
        })
    };
    Samples::StateSet {
        series: series.into_iter().filter_map(index).collect(),
        states: states.clone(),
    }
}
