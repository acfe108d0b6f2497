//! Rows become samples, by the rules that no KPI may break. Pure.

mod fallback;
mod family_builder;
mod label_sets;
mod overflow;
mod row_context;
mod row_labels;
mod rows;
mod totals;
mod value;

use std::sync::Arc;

use crate::kpi::SkipReason;
use crate::metric::Samples;

pub use fallback::substitute;
pub use overflow::{Beyond, beyond};
pub use rows::{MAX_ROWS_OF_WINDOW, Rows};
pub use totals::Totals;

/// What a run brought.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The series of each metric of the KPI, in that order.
    pub points: Vec<Arc<Samples>>,
    /// The rows that came.
    pub rows: u64,
    /// The rows of which a value was left out.
    pub skipped: Skipped,
}

impl Measured {
    /// How many label sets there are, over all metrics.
    pub fn series(&self) -> u64 {
        self.points.iter().map(|points| points.len() as u64).sum()
    }
}

/// How many rows had a value that was left out, by reason. A NULL counts where no metric took anything of its row: that a row
/// feeds only some of several metrics is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped([u64; SkipReason::ALL.len()]);

impl Skipped {
    /// For one reason.
    pub fn of(&self, reason: SkipReason) -> u64 {
        self.0[reason as usize]
    }

    /// For each reason for which there was one.
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

/// Why a metric took nothing of a row.
enum NotTaken {
    /// Its value is left out.
    Skipped(SkipReason),
    /// The run is to fail.
    Fault(MeasureError),
}

impl From<SkipReason> for NotTaken {
    fn from(reason: SkipReason) -> Self {
        Self::Skipped(reason)
    }
}

impl From<MeasureError> for NotTaken {
    fn from(fault: MeasureError) -> Self {
        Self::Fault(fault)
    }
}

/// Why the rows of a run make no samples.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// A value is of a type that no sample holds.
    #[error("row {row}: the column `{column}` is a {found}, not a number; {fix}")]
    Value {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// Its type there.
        found: &'static str,
        /// What to write instead.
        fix: &'static str,
    },
    /// An integer that a float64 cannot hold.
    #[error(
        "row {row}: {value} in the column `{column}` is beyond 2^53 and would lose digits; divide it in the query, or use `toFloat` to say that this is meant"
    )]
    TooLarge {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The integer.
        value: i64,
    },
    /// A value out of the range that the metric's type allows.
    #[error("row {row}: {value} in the column `{column}` cannot be {wanted}")]
    Range {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The number.
        value: f64,
        /// E.g. `a counter's total: it must not be negative`.
        wanted: &'static str,
    },
    /// A label is a list, a map or a part of the graph.
    #[error(
        "row {row}: the column `{column}` is a {found} and cannot be a label; return one of its properties"
    )]
    Label {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// Its type there.
        found: &'static str,
    },
    /// A state that `expect` does not list.
    #[error("row {row}: `{state}` is not among the states that `expect` lists for `{column}`")]
    State {
        /// From 1.
        row: u64,
        /// The column.
        column: Arc<str>,
        /// The state.
        state: Arc<str>,
    },
    /// Two rows with the same labels.
    #[error("row {row}: a second row for `{metric}` {}; {fix}", with(.labels))]
    Duplicate {
        /// From 1.
        row: u64,
        /// The metric.
        metric: String,
        /// The labels as they would be shown.
        labels: String,
        /// What to write instead.
        fix: &'static str,
    },
    /// More rows than a window may have.
    #[error("a window has more than {limit} rows; aggregate in the query")]
    TooManyRows {
        /// How many it may have.
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
    /// Whether there was too much of something, so that less at once may go well.
    pub fn is_limit(&self) -> bool {
        match self {
            MeasureError::TooManyRows { .. } | MeasureError::TooManySeries { .. } => true,
            MeasureError::Value { .. }
            | MeasureError::TooLarge { .. }
            | MeasureError::Range { .. }
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
            MeasureError::Label { .. } => "label",
            MeasureError::State { .. } => "unexpected_state",
            MeasureError::Duplicate { .. } => "duplicate",
            MeasureError::TooManyRows { .. } => "max_rows",
            MeasureError::TooManySeries { .. } => "max_series",
        }
    }
}
