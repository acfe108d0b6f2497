//! Series of a simple shape: their value at any time, and their notation in promtool tests.

use std::collections::BTreeMap;

/// Labels and their values.
pub type LabelValues = BTreeMap<String, String>;

/// A minute, in seconds: the interval between samples.
pub const MINUTE: f64 = 60.0;

/// An expression that the evaluator does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A sample of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its labels, without the name.
    pub labels: LabelValues,
    /// Its value.
    pub value: f64,
}

/// A series with a simple shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The metric.
    pub name: String,
    /// Its labels.
    pub labels: LabelValues,
    /// Its values.
    pub shape: Shape,
}

/// The values of a series over time, in seconds from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Always the same value.
    Constant(f64),
    /// From 0, increasing by this much each minute.
    Ramp(f64),
    /// One value, and another one from some minute on.
    Step {
        /// The first value.
        before: f64,
        /// The second value.
        after: f64,
        /// The first minute of the second value.
        at: u32,
    },
    /// No samples.
    Absent,
}

impl Series {
    /// The newest value at `time`. A sample is valid for five minutes, so there always is one.
    pub(super) fn at(&self, time: f64) -> Option<f64> {
        let minute = (time / MINUTE).floor();
        if minute < 0.0 {
            return None;
        }
        match self.shape {
            Shape::Constant(value) => Some(value),
            Shape::Ramp(step) => Some(step * minute),
            Shape::Step { before, after, at } => Some(if minute < f64::from(at) {
                before
            } else {
                after
            }),
            Shape::Absent => None,
        }
    }

    /// `name{label="value"}`.
    pub fn written(&self) -> String {
        written(&self.name, &self.labels)
    }

    /// Its values up to minute `end`, one every so many minutes, in the notation of promtool.
    pub fn values(&self, end: u32, every: u32) -> String {
        let last = end / every;
        match self.shape {
            Shape::Constant(value) => format!("{value}+0x{last}"),
            Shape::Ramp(step) => format!("0+{}x{last}", step * f64::from(every)),
            Shape::Step { before, after, at } => {
                let at = at.div_ceil(every).max(1);
                format!(
                    "{before}+0x{} {after}+0x{}",
                    at - 1,
                    last.saturating_sub(at)
                )
            }
            Shape::Absent => format!("_x{}", last + 1),
        }
    }
}

/// A series in the notation of Prometheus.
pub fn written(name: &str, labels: &LabelValues) -> String {
    if labels.is_empty() {
        return name.to_owned();
    }
    let escaped = |value: &str| {
        value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    };
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    format!("{name}{{{}}}", labels.join(","))
}
