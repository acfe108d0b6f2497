//! The key of a setting: `graph.uri` in the file, `CYPHER_EXPORTER__GRAPH__URI` in the environment.

use std::fmt;

/// The prefix of the exporter's own variables. Two underscores, since Kubernetes sets `CYPHER_EXPORTER_PORT` and similar
/// variables for every service named `cypher-exporter`.
pub(super) const PREFIX: &str = "CYPHER_EXPORTER__";

/// The path of a setting: section, then name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(Vec<String>);

impl Key {
    pub(super) fn new(segments: &[&str]) -> Self {
        Self(segments.iter().map(ToString::to_string).collect())
    }

    pub(super) fn child(&self, segment: &str) -> Self {
        Self(self.0.iter().cloned().chain([segment.to_owned()]).collect())
    }

    pub(super) fn segments(&self) -> &[String] {
        &self.0
    }

    /// The key without its section.
    pub(super) fn name(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The variable that sets this key.
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.0.join("__").to_uppercase())
    }

    /// Whether the value is a secret, whatever it is.
    pub(super) fn is_secret(&self) -> bool {
        self.name() == "password"
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// Whether a segment has no syntax of its own. The crate `config` reads `a[9]` and `a.b` as paths into lists and tables.
pub(super) fn is_plain(segment: &str) -> bool {
    !segment.is_empty()
        && segment
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}
