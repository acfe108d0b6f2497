//! Tells whether a column of ratios or times had only integers: the server then probably dropped the fractions.

use crate::kpi::{Column, Kpi};
use cypher::{Row, Value};

/// A column with a division, and its values so far.
#[derive(Debug)]
pub(super) struct Whole {
    column: Column,
    /// The first integer.
    first: Option<i64>,
    /// Two integers differ.
    varies: bool,
    /// A value was not an integer.
    has_other: bool,
}

impl Whole {
    /// The columns that are worth a look.
    pub(super) fn of(kpi: &Kpi) -> Vec<Self> {
        let mut columns: Vec<_> = kpi
            .fractional_divisions()
            .map(|division| division.column)
            .collect();
        columns.dedup();
        let whole = |column| Self {
            column,
            first: None,
            varies: false,
            has_other: false,
        };
        columns.into_iter().map(whole).collect()
    }

    pub(super) fn row(&mut self, row: &Row) {
        match &row[self.column] {
            Value::Null => {}
            Value::Integer(integer) => match self.first {
                None => self.first = Some(*integer),
                Some(first) => self.varies |= first != *integer,
            },
            Value::Boolean(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Temporal(_)
            | Value::Composite(_) => self.has_other = true,
        }
    }
}

/// The columns with only integers; none if no row had a value, which says nothing.
pub(super) fn columns(kpi: &Kpi, wholes: &[Whole]) -> Option<Vec<Column>> {
    let mut seen = wholes
        .iter()
        .filter(|whole| whole.has_other || whole.first.is_some())
        .peekable();
    seen.peek()?;
    // `CASE WHEN n > 0 THEN 1.0 * a / n ELSE 0 END` is an integer while n is 0.
    let may_be_constant = kpi.has_fallback();
    let whole = seen.filter(|whole| !whole.has_other && (whole.varies || !may_be_constant));
    Some(whole.map(|whole| whole.column).collect())
}
