//! Metric and label names in the character set that every Prometheus reads; UTF-8 names are not supported.

use std::fmt;
use std::sync::Arc;

/// The name of a metric family as its KPI file writes it, `_total` and `_info` included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricName(Arc<str>);

/// The name of a label; never one that Prometheus reserves (`__…`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelName(Arc<str>);

/// Why a name is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalName {
    /// An empty text.
    #[error("a name cannot be empty")]
    Empty,
    /// A character that is not an ASCII letter, a digit or `_`.
    #[error("invalid character `{0}`: use ASCII letters, digits and `_`")]
    Character(char),
    /// A digit at the start.
    #[error("a name cannot start with a digit")]
    Digit,
    /// `:` is for recording rules.
    #[error("`:` is reserved for recording rules")]
    Colon,
    /// `__` at the start.
    #[error("names that start with `__` are reserved for Prometheus")]
    Reserved,
}

fn legal(text: &str) -> Result<Arc<str>, IllegalName> {
    let first = text.chars().next().ok_or(IllegalName::Empty)?;
    if first.is_ascii_digit() {
        return Err(IllegalName::Digit);
    }
    match text
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && *c != '_')
    {
        Some(':') => Err(IllegalName::Colon),
        Some(c) => Err(IllegalName::Character(c)),
        None if text.starts_with("__") => Err(IllegalName::Reserved),
        None => Ok(text.into()),
    }
}

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// A valid name.
            pub fn new(text: &str) -> Result<Self, IllegalName> {
                legal(text).map(Self)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(MetricName);
name!(LabelName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, expected) in [
            ("bmad_orphaned_agents", Ok(())),
            ("_x", Ok(())),
            ("", Err(IllegalName::Empty)),
            ("1x", Err(IllegalName::Digit)),
            ("a:b", Err(IllegalName::Colon)),
            ("a-b", Err(IllegalName::Character('-'))),
            ("é", Err(IllegalName::Character('é'))),
            ("__name__", Err(IllegalName::Reserved)),
        ] {
            assert_eq!(LabelName::new(text).map(|_| ()), expected, "{text}");
        }
    }
}
