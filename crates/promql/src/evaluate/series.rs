//! Series that can be written down in a word: what they are at any moment, and how promtool writes them.

use std::collections::BTreeMap;

/// Labels and their values.
pub type LabelValues = BTreeMap<String, String>;

/// A minute, in seconds: the distance of samples.
pub const MINUTE: f64 = 60.0;

/// Something that is not evaluated here.
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

/// How the values of a series go. Time is in seconds, from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Always the same.
    Constant(f64),
    /// From 0 on, so much more each minute.
    Ramp(f64),
    /// One value, and another one from a minute on.
    Step {
        /// Until then.
        before: f64,
        /// From then on.
        after: f64,
        /// The first minute of the second value.
        at: u32,
    },
    /// No samples.
    Absent,
}

impl Series {
    /// The newest value at `time`; a sample lives for five minutes, so there is one from the beginning on.
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

    /// Its values up to minute `end`, one every so many minutes, as promtool writes them.
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

/// A series as Prometheus shows it.
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
