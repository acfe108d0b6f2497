//! Values that are integer divisions: the server drops the fraction, so that a share is 0 or 1.

use super::{Column, Metric};
use crate::diagnostic::{Problems, WarningReason};
use cypher::Statement;

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
