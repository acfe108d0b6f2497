//! Rows as a table.

use crate::kpi::Kpi;
use cypher::{Row, Value};

/// The rows under their columns, each column as wide as its widest cell.
pub(super) fn table(kpi: &Kpi, rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = kpi
        .columns
        .iter()
        .map(|column| column.to_string())
        .collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.iter().map(|row| row.iter().map(cell).collect()))
        .collect();
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..kpi.columns.len()).map(width).collect();
    let padded = |line: &Vec<String>| {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(padded).collect()
}

pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::String(text) => format!("{text:?}"),
        Value::Temporal(text) => text.clone(),
        Value::Composite(kind) => format!("<{kind}>"),
    }
}
