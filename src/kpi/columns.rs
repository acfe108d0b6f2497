//! The RETURN columns, looked up by name.

use std::collections::HashSet;
use std::ops::Range;

use super::Column;
use super::fields::At;
use super::header::MetricKeys;
use crate::diagnostic::{Problems, listed, nearest};
use cypher::Statement;

/// Functions whose result is probably the value.
const AGGREGATES: [&str; 5] = ["avg", "count", "max", "min", "sum"];

/// Functions whose result is a list.
const LISTS: [&str; 8] = [
    "collect",
    "keys",
    "labels",
    "nodes",
    "range",
    "relationships",
    "split",
    "tail",
];

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

    /// The server rejects such a RETURN, since the name is ambiguous.
    pub(super) fn refuse_twice(&self, problems: &mut Problems<'_>) {
        let mut seen = HashSet::new();
        for column in self
            .statement
            .columns
            .iter()
            .filter(|column| !seen.insert(column.name.as_str()))
        {
            let message = format!("two columns have the name `{}`", column.name);
            problems.error(column.span.clone(), message, "rename one of them with AS");
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

    /// The only column that is an expression without an alias, and therefore no label.
    fn without_alias(&self) -> Option<Column> {
        let unnamed = &self.statement.unnamed;
        let is_aggregate = |column: &Column| {
            let call = self.statement.calls.get(*column).and_then(Option::as_deref);
            call.is_some_and(|call| AGGREGATES.contains(&call))
        };
        let mut aggregates = unnamed.iter().copied().filter(is_aggregate);
        match (&unnamed[..], aggregates.next(), aggregates.next()) {
            ([only], _, _) => Some(*only),
            (_, Some(aggregate), None) => Some(aggregate),
            (_, Some(_) | None, _) => None,
        }
    }

    /// The function that the column is a call of, if its result is a list.
    pub(super) fn list_function(&self, column: Column) -> Option<&str> {
        let call = self.statement.calls.get(column)?.as_deref()?;
        LISTS.contains(&call).then_some(call)
    }

    /// The value column: the one that the header names, or `value`.
    pub(super) fn value(&self, keys: &MetricKeys, problems: &mut Problems<'_>) -> Option<Column> {
        if let Some(name) = &keys.value {
            return self.named(name, problems);
        }
        let found = self.position("value");
        if found.is_none()
            && let Some(unnamed) = self.without_alias()
        {
            let column = &self.statement.columns[unnamed];
            let message = format!(
                "expected a column `value`, found `{}` without an alias",
                column.name
            );
            let fix = format!("write `{} AS value`", column.name);
            problems.error(column.span.clone(), message, fix);
            return Some(unnamed);
        }
        if found.is_none() {
            let fix = "name the value column `AS value`, or name it in the header: value = \"…\"";
            problems.error(self.place(), "the query returns no column `value`", fix);
        }
        found
    }
}
