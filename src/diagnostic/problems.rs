//! Collects the problems of one file.

use std::collections::HashSet;
use std::ops::Range;

use super::problem::{Level, Place, Problem, WarningReason};

/// The problems of one file.
pub(crate) struct Problems<'s> {
    path: &'s str,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub(crate) fn of(path: &'s str) -> Self {
        Self {
            path,
            found: Vec::new(),
        }
    }

    pub(crate) fn error(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let place = Place::Span(self.path.to_owned(), span);
        self.found.push(Problem::error(place, message, fix));
    }

    pub(crate) fn warning(
        &mut self,
        reason: WarningReason,
        span: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let place = Place::Span(self.path.to_owned(), span);
        self.found
            .push(Problem::warning(reason, place, message, fix));
    }

    /// Adds the problems of another part of the file.
    pub(crate) fn append(&mut self, other: Problems<'_>) {
        self.found.extend(other.found);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|problem| problem.level == Level::Error)
    }

    /// All of them, in order of place. Several metrics of a file may find the same problem: it is listed once.
    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        let mut seen = HashSet::new();
        self.found
            .retain(|problem| seen.insert((problem.span().cloned(), problem.message.clone())));
        self.found.sort_by_key(Problem::start);
        self.found
    }
}
