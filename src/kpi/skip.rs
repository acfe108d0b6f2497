//! Why a value of a KPI's rows may become no sample, and which of these reasons there can be for a KPI.

use super::{Kpi, ValueSpec};

/// Why a value became no sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// It is NULL.
    NullValue,
    /// It is not a number.
    NaNValue,
    /// It is below 0, in a histogram of what never is: all its bounds are 0 or more. With it the sum could fall.
    NegativeValue,
    /// It is infinite, in a window: totals would stay infinite.
    InfiniteValue,
}

impl SkipReason {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::NullValue,
        Self::NaNValue,
        Self::NegativeValue,
        Self::InfiniteValue,
    ];

    /// The value of the label `reason`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NullValue => "null_value",
            Self::NaNValue => "nan_value",
            Self::NegativeValue => "negative_value",
            Self::InfiniteValue => "infinite_value",
        }
    }
}

impl Kpi {
    /// Why its rows may become no samples; a closed set, so that each can be counted from 0.
    pub fn skip_reasons(&self) -> impl Iterator<Item = SkipReason> {
        SkipReason::ALL.into_iter().filter(|reason| match reason {
            SkipReason::NullValue | SkipReason::NaNValue => true,
            SkipReason::NegativeValue => self
                .metrics
                .iter()
                .any(|metric| metric.shape.is_never_negative()),
            SkipReason::InfiniteValue => self.window().is_some(),
        })
    }
}

impl ValueSpec {
    /// Whether it is a histogram whose bounds say that nothing it observes is below 0.
    pub fn is_never_negative(&self) -> bool {
        match self {
            ValueSpec::Histogram { bounds, .. } => bounds.iter().all(|bound| *bound >= 0.0),
            ValueSpec::Gauge { .. }
            | ValueSpec::Counter { .. }
            | ValueSpec::Summary { .. }
            | ValueSpec::Info
            | ValueSpec::StateSet { .. } => false,
        }
    }
}
