//! One cell of a row, as a number or as a label.

use std::fmt::Write;
use std::sync::Arc;

use super::MeasureError;
use cypher::Value;

/// The largest integer up to which a float64 holds every one.
const EXACT: u64 = 1 << 53;

/// A cell as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Is(f64),
    Null,
    NaN,
}

/// A cell, with the column and row that an error names.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) value: &'a Value,
    pub(super) column: &'a Arc<str>,
    /// From 1.
    pub(super) row: u64,
}

impl Cell<'_> {
    pub(super) fn is_null(self) -> bool {
        *self.value == Value::Null
    }

    pub(super) fn number(self) -> Result<Number, MeasureError> {
        match self.value {
            Value::Null => Ok(Number::Null),
            Value::Boolean(boolean) => Ok(Number::Is(f64::from(u8::from(*boolean)))),
            Value::Integer(integer) if integer.unsigned_abs() > EXACT => {
                Err(MeasureError::TooLarge {
                    row: self.row,
                    column: self.column.clone(),
                    value: *integer,
                })
            }
            Value::Integer(integer) => Ok(Number::Is(*integer as f64)),
            Value::Float(float) if float.is_nan() => Ok(Number::NaN),
            Value::Float(float) => Ok(Number::Is(*float)),
            Value::String(_) => Err(self.not_a_number("convert it with `toFloat(…)`")),
            Value::Temporal(_) => {
                Err(self
                    .not_a_number("return its `.epochSeconds`, or the `.seconds` of a duration"))
            }
            Value::Composite(kind) => Err(self.not_a_number(number_of(kind))),
        }
    }

    fn not_a_number(self, fix: &'static str) -> MeasureError {
        let found = self.value.type_name();
        MeasureError::Value {
            row: self.row,
            column: self.column.clone(),
            found,
            fix,
        }
    }

    /// A number as a count.
    pub(super) fn count(self, count: f64) -> Result<u64, MeasureError> {
        if count >= 0.0 && count.fract() == 0.0 && count <= EXACT as f64 {
            return Ok(count as u64);
        }
        Err(self.out_of_range(count, "a whole number of at least 0"))
    }

    /// A number of at least 0; `expected` is the text for the error.
    pub(super) fn not_negative(
        self,
        number: f64,
        expected: &'static str,
    ) -> Result<f64, MeasureError> {
        if number < 0.0 {
            Err(self.out_of_range(number, expected))
        } else {
            Ok(number)
        }
    }

    /// Adds what this cell says to a total. Integers must stay exact; `finite` is for totals, which an infinity would end.
    pub(super) fn add_to(
        self,
        before: f64,
        number: f64,
        finite: bool,
    ) -> Result<f64, MeasureError> {
        let (total, exact) = (before + number, EXACT as f64);
        let is_integer = matches!(self.value, Value::Integer(_));
        // 2^53 + 1 is 2^53 for a float64.
        let is_lost = total.abs() > exact || total.abs() == exact && total - before != number;
        if is_integer && is_lost {
            return Err(self.total_lost(total, "2^53"));
        }
        if finite && total.is_infinite() {
            return Err(self.total_lost(total, "the range of a float64"));
        }
        Ok(total)
    }

    /// A total of observations, which a float64 must hold exactly.
    pub(super) fn observations(self, total: u64) -> Result<(), MeasureError> {
        if total > EXACT {
            return Err(self.total_lost(total as f64, "2^53"));
        }
        Ok(())
    }

    fn total_lost(self, total: f64, limit: &'static str) -> MeasureError {
        MeasureError::Total {
            row: self.row,
            column: self.column.clone(),
            total,
            limit,
        }
    }

    fn out_of_range(self, value: f64, expected: &'static str) -> MeasureError {
        MeasureError::Range {
            row: self.row,
            column: self.column.clone(),
            value,
            expected,
        }
    }

    /// Appends the cell as a label value: NULL becomes `unknown`, an empty string stays empty.
    pub(super) fn write_label(self, out: &mut String) -> Result<(), MeasureError> {
        match self.value {
            Value::Null => out.push_str("unknown"),
            Value::Boolean(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
            Value::Integer(integer) => out.push_str(itoa::Buffer::new().format(*integer)),
            // Like toString in Cypher, 1.0 keeps its point. Writing to a string cannot fail.
            Value::Float(float) => drop(write!(out, "{float:?}")),
            Value::String(text) | Value::Temporal(text) => out.push_str(text),
            Value::Composite(found) => {
                return Err(MeasureError::Label {
                    row: self.row,
                    column: self.column.clone(),
                    found,
                    fix: label_of(found),
                });
            }
        }
        Ok(())
    }

    /// The cell as a label.
    pub(super) fn label(self) -> Result<Arc<str>, MeasureError> {
        let mut label = String::new();
        self.write_label(&mut label)?;
        Ok(label.into())
    }
}

/// How to return a number instead of a value of this type.
fn number_of(kind: &str) -> &'static str {
    match kind {
        "list" => "return its `size(…)`, or one of its elements such as `list[0]`",
        "map" => "return one of its entries, such as `map.key`",
        "node" | "relationship" => {
            "return one of its properties, such as `n.amount`, or `count(…)` of them"
        }
        "path" => "return its `length(…)`",
        "point" => "return one of its coordinates, such as `.x`",
        "byte array" => "store the number as a number, and return that property",
        _ => "return a number",
    }
}

/// How to return a label instead of a value of this type.
fn label_of(kind: &str) -> &'static str {
    match kind {
        "list" => {
            "return one of its elements, such as `labels(n)[0]`, or a row for each with `UNWIND`"
        }
        "map" => "return one of its entries, such as `map.key`",
        "node" | "relationship" => "return one of its properties, such as `n.name`",
        "path" => "return a property of one of its nodes, such as `nodes(path)[0].name`",
        "point" => "return one of its coordinates, such as `.srid`",
        "byte array" => "return a string property instead",
        _ => "return a string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: &Value) -> Result<Number, MeasureError> {
        Cell {
            value,
            column: &"n".into(),
            row: 1,
        }
        .number()
    }

    #[test]
    fn numbers() {
        let exact = 9_007_199_254_740_992;
        for (value, expected) in [
            (Value::Null, Number::Null),
            (Value::Boolean(true), Number::Is(1.0)),
            (Value::Integer(exact), Number::Is(9_007_199_254_740_992.0)),
            (Value::Integer(-exact), Number::Is(-9_007_199_254_740_992.0)),
            (Value::Float(f64::NAN), Number::NaN),
            (Value::Float(f64::INFINITY), Number::Is(f64::INFINITY)),
        ] {
            assert_eq!(cell(&value).unwrap(), expected, "{value:?}");
        }
    }

    #[test]
    fn values_that_are_not_numbers_name_the_column() {
        for (value, expected) in [
            (
                Value::Integer(9_007_199_254_740_993),
                "row 1: 9007199254740993 in the column `n` is beyond 2^53",
            ),
            (
                Value::Integer(i64::MIN),
                "row 1: -9223372036854775808 in the column `n` is beyond 2^53",
            ),
            (
                Value::String("12".into()),
                "row 1: expected a number in the column `n`, found a string; convert it",
            ),
            (
                Value::Temporal("P1D".into()),
                "row 1: expected a number in the column `n`, found a temporal value",
            ),
            (
                Value::Composite("list"),
                "row 1: expected a number in the column `n`, found a list; return its `size(…)`",
            ),
            (
                Value::Composite("map"),
                "row 1: expected a number in the column `n`, found a map; return one of its entries",
            ),
            (
                Value::Composite("node"),
                "row 1: expected a number in the column `n`, found a node; return one of its properties",
            ),
            (
                Value::Composite("byte array"),
                "row 1: expected a number in the column `n`, found a byte array; store the number",
            ),
        ] {
            let text = cell(&value).unwrap_err().to_string();
            assert!(text.starts_with(expected), "{text}");
        }
    }

    #[test]
    fn labels() {
        for (value, expected) in [
            (Value::Null, "unknown"),
            (Value::String(String::new()), ""),
            (Value::String("a\n\"b".into()), "a\n\"b"),
            (Value::Boolean(false), "false"),
            (Value::Integer(i64::MAX), "9223372036854775807"),
            (Value::Float(1.0), "1.0"),
            (Value::Temporal("2026-11-21".into()), "2026-11-21"),
        ] {
            assert_eq!(
                &*Cell {
                    value: &value,
                    column: &"l".into(),
                    row: 1
                }
                .label()
                .unwrap(),
                expected
            );
        }
        let map = Value::Composite("map");
        let error = Cell {
            value: &map,
            column: &"l".into(),
            row: 3,
        }
        .label()
        .unwrap_err();
        assert_eq!(error.reason(), "label");
        assert_eq!(
            error.to_string(),
            "row 3: expected a label in the column `l`, found a map; return one of its entries, such as `map.key`"
        );
    }
}
