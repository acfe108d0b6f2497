//! Measures the rows of one run as they arrive: each row goes into every metric of the KPI, and none is buffered.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::family_builder::FamilyBuilder;
use super::row_context::RowContext;
use super::whole::{self, Whole};
use super::{MeasureError, Measured, Skipped, Totals, Unused};
use crate::kpi::{Kpi, SkipReason};
use crate::metric::Samples;
use cypher::Row;

/// The most rows of one window. Rows cost time rather than memory, and a window can be made smaller.
pub const MAX_ROWS_OF_WINDOW: u64 = 1_000_000;

/// A run being measured.
pub struct Rows<'k> {
    kpi: &'k Kpi,
    metrics: Vec<FamilyBuilder<'k>>,
    wholes: Vec<Whole>,
    rows: u64,
    limit: Option<u64>,
    skipped: Skipped,
    error: Option<MeasureError>,
}

impl<'k> Rows<'k> {
    /// A snapshot: the rows replace the family. Labels that were in `last`, the samples of the last run, are shared with it.
    pub fn of_snapshot(kpi: &'k Kpi, last: &[Arc<Samples>]) -> Self {
        let last = |at: usize| last.get(at).map(|samples| &**samples);
        let metrics = kpi.metrics.iter().enumerate();
        let metrics = metrics
            .map(|(at, metric)| FamilyBuilder::after(kpi, metric, last(at)))
            .collect();
        Self {
            kpi,
            metrics,
            wholes: Whole::of(kpi),
            rows: 0,
            limit: None,
            skipped: Skipped::default(),
            error: None,
        }
    }

    /// A window: the rows are added to a copy of the totals `before`.
    pub fn of_window(kpi: &'k Kpi, before: &'k Totals) -> Self {
        let metrics = kpi.metrics.iter().enumerate();
        let metrics = metrics
            .map(|(at, metric)| FamilyBuilder::over(kpi, metric, before.samples().get(at)))
            .collect();
        Self {
            metrics,
            limit: Some(MAX_ROWS_OF_WINDOW),
            ..Self::of_snapshot(kpi, &[])
        }
    }

    /// Measures the next row. `Break` means that no further row is needed: [`Rows::finish`] returns the reason.
    pub fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.rows += 1;
        match self.measure(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    fn measure(&mut self, row: &Row) -> Result<(), MeasureError> {
        if let Some(limit) = self.limit.filter(|limit| self.rows > *limit) {
            return Err(MeasureError::TooManyRows { limit });
        }
        let context = RowContext {
            kpi: self.kpi,
            row,
            number: self.rows,
        };
        self.wholes.iter_mut().for_each(|whole| whole.row(row));
        let (mut nulls, mut skipped) = (0, Skipped::default());
        for metric in &mut self.metrics {
            match metric.add(&context) {
                Ok(()) => {}
                Err(Unused::Skipped(SkipReason::NullValue)) => nulls += 1,
                Err(Unused::Skipped(reason)) => skipped.add(reason),
                Err(Unused::Error(error)) => return Err(error),
            }
        }
        skipped
            .reasons()
            .for_each(|(reason, _)| self.skipped.add(reason));
        if nulls == self.metrics.len() {
            self.skipped.add(SkipReason::NullValue);
        }
        Ok(())
    }

    /// The number of rows so far.
    pub fn count(&self) -> u64 {
        self.rows
    }

    /// Whether a row was refused, so that no further row is needed.
    pub fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// The rows so far with a skipped value; they count even if the run fails.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// The samples, after the last row. A metric that no row of a window changed shares its samples with the totals before.
    ///
    /// # Errors
    /// The first error of a row, or `max_series`.
    pub fn finish(self) -> Result<Measured, MeasureError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let changed = self.metrics.iter().any(FamilyBuilder::is_changed);
        let integer_columns = whole::columns(self.kpi, &self.wholes);
        let metrics = self.metrics.into_iter();
        let samples: Result<Vec<_>, _> = metrics.map(FamilyBuilder::finish).collect();
        Ok(Measured {
            samples: samples?,
            rows: self.rows,
            skipped: self.skipped,
            changed,
            integer_columns,
        })
    }
}
