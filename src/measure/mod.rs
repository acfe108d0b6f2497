//! Turns rows into samples, by the rules that no KPI may break. Pure.

mod fallback;
mod family_builder;
mod label_sets;
mod outcome;
mod overflow;
mod row_context;
mod row_labels;
mod rows;
mod totals;
mod value;
mod warnings;
mod whole;

use std::sync::Arc;

use crate::kpi::SkipReason;

pub use fallback::fallback;
pub use outcome::{Counts, Failure, Measured, Outcome};
pub use rows::{MAX_ROWS_OF_WINDOW, Rows};
pub use totals::Totals;
pub use warnings::{integer_divisions, last_buckets};

/// The number of rows with a skipped value, by reason. A NULL counts only if no metric used the row: a row may feed only
/// some of several metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped([u64; SkipReason::ALL.len()]);

impl Skipped {
    /// The number for one reason.
    pub fn of(&self, reason: SkipReason) -> u64 {
        self.0[reason as usize]
    }

    /// The reasons with at least one row.
    pub fn reasons(&self) -> impl Iterator<Item = (SkipReason, u64)> {
        SkipReason::ALL
            .into_iter()
            .map(|reason| (reason, self.of(reason)))
            .filter(|(_, rows)| *rows > 0)
    }

    fn add(&mut self, reason: SkipReason) {
        self.0[reason as usize] += 1;
    }
}

/// Why a metric did not use a row.
enum Unused {
    /// The value is skipped.
    Skipped(SkipReason),
    /// The run fails.
    Error(MeasureError),
}

impl From<SkipReason> for Unused {
    fn from(reason: SkipReason) -> Self {
        Self::Skipped(reason)
    }
}

impl From<MeasureError> for Unused {
    fn from(error: MeasureError) -> Self {
        Self::Error(error)
    }
}

/// Why the rows of a run cannot become samples.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// A value has a type that is not a number.
    #[error("row {row}: expected a number in the column `{column}`, found a {found}; {fix}")]
    Value {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// Its type there.
        found: &'static str,
        /// How to fix it.
        fix: &'static str,
    },
    /// An integer that a float64 cannot hold.
    #[error(
        "row {row}: {value} in the column `{column}` is beyond 2^53 and would lose digits; divide it in the query, or accept the loss with `toFloat(…)`"
    )]
    TooLarge {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The integer.
        value: i64,
    },
    /// A value outside the range of the metric's type.
    #[error("row {row}: expected {expected} in the column `{column}`, found {value}")]
    Range {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The number.
        value: f64,
        /// E.g. `a counter total of at least 0`.
        expected: &'static str,
    },
    /// A total would lose an addition: it would exceed what a float64 holds exactly, or become infinite.
    #[error(
        "row {row}: {total} as the total of the column `{column}` would be beyond {limit} and lose additions; divide the value in the query, which restarts the totals"
    )]
    Total {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The total that was not taken.
        total: f64,
        /// E.g. `2^53`.
        limit: &'static str,
    },
    /// A label is a list, a map, a node, a relationship or a path.
    #[error("row {row}: expected a label in the column `{column}`, found a {found}; {fix}")]
    Label {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// Its type there.
        found: &'static str,
        /// How to fix it.
        fix: &'static str,
    },
    /// A state that `expect` does not list.
    #[error(
        "row {row}: unexpected state `{state}` in the column `{column}`; add it to `expect`, or map it in the query"
    )]
    State {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The state.
        state: Arc<str>,
    },
    /// Two rows with the same labels.
    #[error("row {row}: duplicate row for `{metric}` {}; {fix}", with(.labels))]
    Duplicate {
        /// From 1.
        row: u64,
        /// The metric.
        metric: String,
        /// The labels as `name="value"` pairs.
        labels: String,
        /// How to fix it.
        fix: &'static str,
    },
    /// More rows than a window may have.
    #[error("a window has more than {limit} rows; aggregate in the query")]
    TooManyRows {
        /// The limit.
        limit: u64,
    },
    /// More label sets than `max_series`.
    #[error(
        "`{metric}` has more than {limit} series; return fewer label values, or raise `max_series`"
    )]
    TooManySeries {
        /// The metric.
        metric: String,
        /// `max_series`.
        limit: usize,
    },
}

fn with(labels: &str) -> String {
    if labels.is_empty() {
        "without labels".to_owned()
    } else {
        format!("with the labels {{{labels}}}")
    }
}

impl MeasureError {
    /// Whether a limit was exceeded, so that a smaller window may succeed.
    pub fn is_limit(&self) -> bool {
        match self {
            MeasureError::TooManyRows { .. } | MeasureError::TooManySeries { .. } => true,
            MeasureError::Value { .. }
            | MeasureError::TooLarge { .. }
            | MeasureError::Range { .. }
            | MeasureError::Total { .. }
            | MeasureError::Label { .. }
            | MeasureError::State { .. }
            | MeasureError::Duplicate { .. } => false,
        }
    }

    /// The value of the label `reason`; a closed set.
    pub fn reason(&self) -> &'static str {
        match self {
            MeasureError::Value { .. }
            | MeasureError::TooLarge { .. }
            | MeasureError::Range { .. } => "value",
            MeasureError::Total { .. } => "total",
            MeasureError::Label { .. } => "label",
            MeasureError::State { .. } => "unexpected_state",
            MeasureError::Duplicate { .. } => "duplicate",
            MeasureError::TooManyRows { .. } => "max_rows",
            MeasureError::TooManySeries { .. } => "max_series",
        }
    }
}
