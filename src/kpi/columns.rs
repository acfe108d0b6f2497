//! The RETURN columns, looked up by name.

use std::collections::HashSet;
use std::ops::Range;

use super::Column;
use super::fields::At;
use super::header::MetricKeys;
use crate::diagnostic::{Problems, listed, nearest};
use cypher::Statement;

/// The columns of the query, looked up by name.
pub(super) struct Columns<'a> {
    pub(super) statement: &'a Statement,
}

impl Columns<'_> {
    pub(super) fn position(&self, name: &str) -> Option<Column> {
        self.statement
            .columns
            .iter()
            .position(|column| column.name == name)
    }

    /// The server refuses such a RETURN, and which of the two is meant nobody can say.
    pub(super) fn refuse_twice(&self, problems: &mut Problems<'_>) {
        let mut seen = HashSet::new();
        for column in self
            .statement
            .columns
            .iter()
            .filter(|column| !seen.insert(column.name.as_str()))
        {
            let message = format!("two columns are called `{}`", column.name);
            problems.error(
                column.span.clone(),
                message,
                "give one of them another name, with AS",
            );
        }
    }

    fn place(&self) -> Range<usize> {
        let columns = &self.statement.columns;
        columns
            .first()
            .zip(columns.last())
            .map_or(0..0, |(first, last)| first.span.start..last.span.end)
    }

    /// The column that a key names, or a problem at the key.
    pub(super) fn named(&self, name: &At<String>, problems: &mut Problems<'_>) -> Option<Column> {
        let found = self.position(&name.value);
        if found.is_none() {
            let columns = self
                .statement
                .columns
                .iter()
                .map(|column| column.name.as_str());
            let fix = match nearest(&name.value, columns.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the query returns {}", listed(columns)),
            };
            problems.error(
                name.span.clone(),
                format!("the query returns no column `{}`", name.value),
                fix,
            );
        }
        found
    }

    /// The value column: the one that the header names, or `value`.
    pub(super) fn value(&self, keys: &MetricKeys, problems: &mut Problems<'_>) -> Option<Column> {
        if let Some(name) = &keys.value {
            return self.named(name, problems);
        }
        let found = self.position("value");
        if found.is_none() {
            let fix = "name the value: `RETURN … AS value`, or say in the header which column it is: value = \"…\"";
            problems.error(self.place(), "the query returns no column `value`", fix);
        }
        found
    }
}
