//! The type of a metric, and which columns its value is made of.

use super::columns::Columns;
use super::header::{Header, MetricKeys};
use super::{Column, ValueSpec};
use crate::diagnostic::Problems;
use crate::metric::MetricType;

pub(super) fn shape(
    keys: &MetricKeys,
    header: &Header,
    query: &Columns<'_>,
    problems: &mut Problems<'_>,
) -> Option<ValueSpec> {
    if keys.is_unread("type") {
        return None;
    }
    let metric_type = keys.metric_type();
    refuse_foreign_keys(keys, metric_type, problems);
    match metric_type {
        MetricType::Gauge => Some(ValueSpec::Gauge {
            value: query.value(keys, problems)?,
        }),
        MetricType::Counter => Some(ValueSpec::Counter {
            value: query.value(keys, problems)?,
        }),
        MetricType::Histogram => histogram(keys, query, problems),
        MetricType::Summary => summary(keys, query, problems),
        MetricType::Info => Some(ValueSpec::Info),
        MetricType::StateSet => {
            let value = query.value(keys, problems)?;
            let column = &query.statement.columns[value].name;
            let expect = header
                .expect
                .iter()
                .find(|expect| expect.column.value == *column);
            let states = expect.map(|expect| {
                expect
                    .values
                    .iter()
                    .map(|state| state.value.as_str().into())
                    .collect()
            });
            Some(ValueSpec::StateSet { value, states })
        }
    }
}

/// A key without effect is an error, so that its author does not rely on it.
fn refuse_foreign_keys(keys: &MetricKeys, metric_type: MetricType, problems: &mut Problems<'_>) {
    let no_value = matches!(metric_type, MetricType::Summary | MetricType::Info);
    let foreign = [
        (
            "buckets",
            keys.buckets.as_ref().map(|at| &at.span),
            metric_type != MetricType::Histogram,
        ),
        (
            "quantiles",
            keys.quantiles.as_ref().map(|at| &at.span),
            metric_type != MetricType::Summary,
        ),
        ("value", keys.value.as_ref().map(|at| &at.span), no_value),
        (
            "unit",
            keys.unit.as_ref().map(|at| &at.span),
            !metric_type.may_have_unit(),
        ),
    ];
    for (key, span, is_foreign) in foreign {
        if let Some(span) = span.filter(|_| is_foreign) {
            let message = format!(
                "`{key}` is not allowed for a metric of type {}",
                metric_type.as_str()
            );
            problems.error(
                span.clone(),
                message,
                format!("remove `{key}`, or change `type`"),
            );
        }
    }
}

fn histogram(
    keys: &MetricKeys,
    query: &Columns<'_>,
    problems: &mut Problems<'_>,
) -> Option<ValueSpec> {
    if keys.buckets.is_none() && !keys.is_unread("buckets") {
        let fix = "add the upper bounds, e.g. buckets = [0.1, 0.5, 1, 5]";
        let place = keys
            .metric_type
            .as_ref()
            .map_or(keys.span.clone(), |at| at.span.clone());
        problems.error(place, "a histogram must have `buckets`", fix);
    }
    let value = query.value(keys, problems)?;
    let bounds = keys.buckets.as_ref()?.value.as_slice().into();
    Some(ValueSpec::Histogram {
        value,
        weight: query.position("weight"),
        bounds,
    })
}

fn summary(
    keys: &MetricKeys,
    query: &Columns<'_>,
    problems: &mut Problems<'_>,
) -> Option<ValueSpec> {
    let Some(quantiles) = &keys.quantiles else {
        if keys.is_unread("quantiles") {
            return None;
        }
        let fix = "name a column for each quantile: quantiles = { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }";
        let place = keys
            .metric_type
            .as_ref()
            .map_or(keys.span.clone(), |at| at.span.clone());
        problems.error(place, "a summary must have `quantiles`", fix);
        return None;
    };
    let columns: Vec<_> = quantiles
        .value
        .iter()
        .map(|(_, column)| query.named(column, problems))
        .collect();
    Some(ValueSpec::Summary {
        quantiles: quantiles
            .value
            .iter()
            .map(|(quantile, _)| *quantile)
            .collect(),
        columns: columns.into_iter().collect::<Option<_>>()?,
        sum: query.position("sum"),
        count: query.position("count"),
    })
}

impl ValueSpec {
    /// The columns that hold its value and are therefore no labels.
    pub(super) fn columns(&self) -> Vec<Column> {
        match self {
            ValueSpec::Gauge { value }
            | ValueSpec::Counter { value }
            | ValueSpec::StateSet { value, .. } => {
                vec![*value]
            }
            ValueSpec::Histogram { value, weight, .. } => {
                std::iter::once(*value).chain(*weight).collect()
            }
            ValueSpec::Summary {
                columns,
                sum,
                count,
                ..
            } => columns.iter().copied().chain(*sum).chain(*count).collect(),
            ValueSpec::Info => Vec::new(),
        }
    }
}
