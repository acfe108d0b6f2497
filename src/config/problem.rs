//! What is wrong with the settings, where, and what to do. No text here ever repeats a value, since it may be a secret.

use std::fmt;
use std::path::PathBuf;

use super::key::Key;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of the config file; without a line it is the file as a whole.
    File {
        /// As the user named it.
        path: PathBuf,
        /// From 1.
        line: Option<usize>,
    },
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File {
                path,
                line: Some(line),
            } => write!(f, "{}:{line}", path.display()),
            Place::File { path, line: None } => write!(f, "{}", path.display()),
            Place::Variable(name) => f.write_str(name),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and the fix.
    pub reason: Reason,
}

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    /// The config file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A variable holds bytes that are no text.
    #[error("is not UTF-8: set it to plain text")]
    NotUnicode,
    /// The file is not TOML.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// Nobody knows this key or variable.
    #[error("unknown {what} `{name}`: {hint}")]
    Unknown {
        /// `key` or `variable`.
        what: &'static str,
        /// The key, dotted, or the variable.
        name: String,
        /// The nearest known one, or all that could stand there.
        hint: String,
    },
    /// The value has another type.
    #[error("`{key}` must be {expected}, found {found}")]
    Type {
        /// The key.
        key: Key,
        /// What is allowed, and how it is written.
        expected: String,
        /// The type that was found.
        found: &'static str,
    },
    /// The value is not allowed.
    #[error("`{key}` {rule}")]
    Value {
        /// The key.
        key: Key,
        /// What is allowed, and what to write.
        rule: String,
    },
    /// Two keys that exclude each other.
    #[error("`{key}` and `{other}` are both set: keep one of them")]
    Both {
        /// One.
        key: Key,
        /// The other.
        other: Key,
    },
}

pub(super) fn not_unicode(variable: String) -> Problem {
    Problem {
        place: Place::Variable(variable),
        reason: Reason::NotUnicode,
    }
}

/// Everything that is wrong with the settings; at least one problem, in order of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    /// The problems, in order of place.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl From<Vec<Problem>> for ConfigErrors {
    fn from(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let line_break = if i == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
