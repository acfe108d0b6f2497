//! Values that are integer divisions: the server drops the fraction, so that a share is 0 or 1.

use super::{Column, Kpi, Metric};
use crate::diagnostic::{Problems, WarningReason};
use cypher::{Division, Statement};

/// Warns about each value whose division has certainly integers on both sides.
pub(super) fn check(statement: &Statement, metrics: &[Metric], problems: &mut Problems<'_>) {
    let is_value = |column: &Column| {
        metrics
            .iter()
            .any(|metric| metric.shape.columns().contains(column))
    };
    let divisions = statement.divisions.iter();
    for division in divisions.filter(|division| division.is_integer && is_value(&division.column)) {
        let expression = &division.expression;
        let shown = expression
            .name
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        problems.warning(
            WarningReason::IntegerDivision,
            expression.span.clone(),
            "both sides are integers, so the server drops the fraction",
            format!("write `1.0 * {shown}`"),
        );
    }
}

/// Units of values that have a fraction, as a metric names them.
const FRACTIONAL: [&str; 7] = [
    "ratio", "rate", "percent", "seconds", "minutes", "hours", "days",
];

/// What makes a division one of floats, where its text has it.
const FLOATS: [&str; 9] = [
    "tofloat",
    "avg(",
    "percentile",
    "stdev",
    "round(",
    "ceil(",
    "floor(",
    "sqrt(",
    "rand(",
];

/// The divisions whose result is a ratio or a time. Nothing shows at load whether their sides are integers; the values do.
pub(super) fn fractional(kpi: &Kpi) -> impl Iterator<Item = &Division> {
    kpi.statement.divisions.iter().filter(|division| {
        !division.is_integer
            && !has_float(&division.expression.name)
            && kpi.metrics.iter().any(|metric| {
                metric.shape.columns().contains(&division.column) && is_fractional(metric)
            })
    })
}

fn is_fractional(metric: &Metric) -> bool {
    let name = metric.desc.name.as_str();
    let name = name.strip_suffix("_total").unwrap_or(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    let unit = metric.desc.unit.as_deref();
    FRACTIONAL.contains(&last) || unit.is_some_and(|unit| FRACTIONAL.contains(&unit))
}

fn has_float(expression: &str) -> bool {
    let expression = expression.to_lowercase();
    let is_point = |bytes: &[u8]| bytes[0].is_ascii_digit() && bytes[1] == b'.';
    FLOATS.iter().any(|float| expression.contains(float))
        || expression.as_bytes().windows(2).any(is_point)
}
