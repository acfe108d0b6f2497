//! What is wrong with the settings. No text here ever repeats a value that may be a secret.

use std::fmt;
use std::path::Path;

use super::document::SyntaxError;
use super::excerpt::Excerpt;
use super::origin::Origin;
use crate::diagnostic::{Place, Problem};

/// Everything that is wrong with the settings; at least one problem, in order of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    problems: Vec<Problem>,
    text: String,
}

/// Why a value is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What was expected, or what was found instead.
    pub reason: String,
    /// What to write, in the imperative.
    pub fix: String,
}

impl Invalid {
    pub(super) fn new(reason: impl Into<String>, fix: impl Into<String>) -> Self {
        let (reason, fix) = (reason.into(), fix.into());
        Self { reason, fix }
    }
}

/// A mistake, before it is known which lines may be shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mistake {
    pub(super) origin: Origin,
    pub(super) caret: Caret,
    pub(super) message: String,
    pub(super) fix: String,
}

/// What the caret is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Caret {
    Key,
    Value,
}

impl ConfigErrors {
    /// The mistakes in a file and in variables; `excerpt` is what may be shown of the file.
    pub(super) fn new(path: &Path, excerpt: Excerpt, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort();
        mistakes.dedup();
        let problem = |mistake: Mistake| {
            let place = match (mistake.origin, mistake.caret) {
                (Origin::Variable(name), _) => Place::Variable(name),
                (Origin::File(spans), Caret::Key) => excerpt.place(path, &spans.key),
                (Origin::File(spans), Caret::Value) => excerpt.place(path, &spans.value),
            };
            Problem::error(place, mistake.message, mistake.fix)
        };
        Self {
            problems: mistakes.into_iter().map(problem).collect(),
            text: excerpt.into_text(),
        }
    }

    /// A file that is not TOML has no other mistakes yet.
    pub(super) fn syntax(path: &Path, excerpt: Excerpt, errors: Vec<SyntaxError>) -> Self {
        let problem = |SyntaxError { span, message }| {
            let place = match span {
                Some(span) => excerpt.place(path, &span),
                None => file(path),
            };
            let fix = if message.contains("duplicate key") {
                "remove one of them"
            } else {
                "fix the TOML; strings need quotes"
            };
            Problem::error(place, format!("invalid TOML: {message}"), fix)
        };
        Self {
            problems: errors.into_iter().map(problem).collect(),
            text: excerpt.into_text(),
        }
    }

    pub(super) fn unreadable(path: &Path, cause: &std::io::Error) -> Self {
        let message = format!("cannot read the settings: {cause}");
        let fix = "check that the file exists and can be read";
        Self {
            problems: vec![Problem::error(file(path), message, fix)],
            text: String::new(),
        }
    }

    pub(super) fn not_unicode(variables: Vec<String>) -> Self {
        let problem = |name| {
            let place = Place::Variable(name);
            Problem::error(place, "the value is not UTF-8", "set it to plain text")
        };
        Self {
            problems: variables.into_iter().map(problem).collect(),
            text: String::new(),
        }
    }

    /// The problems, in order of place.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The text that the places of the problems are in; it holds no secret.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn file(path: &Path) -> Place {
    Place::File(path.display().to_string())
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let between = if i == 0 { "" } else { "\n\n" };
            write!(f, "{between}{}", problem.render(&self.text, false))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
