//! A row, its number and its KPI: what an error about the row names.

use std::sync::Arc;

use super::row_labels::RowLabels;
use super::value::{Cell, Number};
use super::{MeasureError, Unused};
use crate::kpi::{Column, Kpi, Metric, SkipReason};
use cypher::Row;

/// A row in the context of its run.
pub(super) struct RowContext<'a> {
    pub(super) kpi: &'a Kpi,
    pub(super) row: &'a Row,
    /// From 1.
    pub(super) number: u64,
}

impl RowContext<'_> {
    pub(super) fn cell(&self, column: Column) -> Cell<'_> {
        Cell {
            value: &self.row[column],
            column: &self.kpi.columns[column],
            row: self.number,
        }
    }

    pub(super) fn labels(
        &self,
        metric: &Metric,
        labels: &mut RowLabels,
    ) -> Result<(), MeasureError> {
        labels.read(metric.labels.iter().map(|column| self.cell(*column)))
    }

    /// The number in a column. With `finite` an infinite one is skipped: it would stay in a total permanently.
    pub(super) fn number(&self, column: Column, finite: bool) -> Result<f64, Unused> {
        match self.cell(column).number()? {
            Number::Is(number) if finite && number.is_infinite() => {
                Err(SkipReason::InfiniteValue.into())
            }
            Number::Is(number) => Ok(number),
            Number::Null => Err(SkipReason::NullValue.into()),
            Number::NaN => Err(SkipReason::NaNValue.into()),
        }
    }

    /// How often the row's value was observed; once without a weight column.
    pub(super) fn weight(&self, column: Option<Column>) -> Result<u64, Unused> {
        let Some(column) = column else { return Ok(1) };
        Ok(self.cell(column).count(self.number(column, false)?)?)
    }

    pub(super) fn state(
        &self,
        column: Column,
        states: Option<&Arc<[Arc<str>]>>,
    ) -> Result<Arc<str>, Unused> {
        let cell = self.cell(column);
        if cell.is_null() {
            return Err(SkipReason::NullValue.into());
        }
        let state = cell.label()?;
        if states.is_some_and(|states| !states.contains(&state)) {
            return Err(MeasureError::State {
                row: self.number,
                column: cell.column.clone(),
                state,
            }
            .into());
        }
        Ok(state)
    }
}
