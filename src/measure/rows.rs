//! The rows of one run while they arrive: each is taken into every metric of the KPI, and none is held.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::family_builder::FamilyBuilder;
use super::row_context::RowContext;
use super::{MeasureError, Measured, NotTaken, Skipped, Totals};
use crate::kpi::{Kpi, SkipReason};
use crate::metric::Samples;
use cypher::Row;

/// The most rows of one window. Their number costs no memory but time, and a window can be made smaller.
pub const MAX_ROWS_OF_WINDOW: u64 = 1_000_000;

/// A run being measured.
pub struct Rows<'k> {
    kpi: &'k Kpi,
    metrics: Vec<FamilyBuilder<'k>>,
    rows: u64,
    most: Option<u64>,
    skipped: Skipped,
    fault: Option<MeasureError>,
}

impl<'k> Rows<'k> {
    /// A snapshot: the rows are the whole family. `last` is what the last run brought: labels that come again are shared
    /// with it, and nothing else is taken over.
    pub fn of_snapshot(kpi: &'k Kpi, last: &[Arc<Samples>]) -> Self {
        let last = |at: usize| last.get(at).map(|points| &**points);
        let metrics = kpi.metrics.iter().enumerate();
        let metrics = metrics
            .map(|(at, metric)| FamilyBuilder::after(kpi, metric, last(at)))
            .collect();
        Self {
            kpi,
            metrics,
            rows: 0,
            most: None,
            skipped: Skipped::default(),
            fault: None,
        }
    }

    /// A window: the rows are added to what has been counted before, which itself is left as it is.
    pub fn of_window(kpi: &'k Kpi, before: &'k Totals) -> Self {
        let metrics = kpi.metrics.iter().enumerate();
        let metrics = metrics
            .map(|(at, metric)| FamilyBuilder::over(kpi, metric, before.points().get(at)))
            .collect();
        Self {
            metrics,
            most: Some(MAX_ROWS_OF_WINDOW),
            ..Self::of_snapshot(kpi, &[])
        }
    }

    /// Takes the next row. `Break` says that no further row is wanted: [`Rows::finish`] tells why.
    pub fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.rows += 1;
        match self.take(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(fault) => {
                self.fault = Some(fault);
                ControlFlow::Break(())
            }
        }
    }

    fn take(&mut self, row: &Row) -> Result<(), MeasureError> {
        if let Some(limit) = self.most.filter(|most| self.rows > *most) {
            return Err(MeasureError::TooManyRows { limit });
        }
        let numbered = RowContext {
            kpi: self.kpi,
            row,
            number: self.rows,
        };
        let (mut nulls, mut left_out) = (0, Skipped::default());
        for metric in &mut self.metrics {
            match metric.take(&numbered) {
                Ok(()) => {}
                Err(NotTaken::Skipped(SkipReason::NullValue)) => nulls += 1,
                Err(NotTaken::Skipped(reason)) => left_out.add(reason),
                Err(NotTaken::Fault(fault)) => return Err(fault),
            }
        }
        left_out
            .reasons()
            .for_each(|(reason, _)| self.skipped.add(reason));
        if nulls == self.metrics.len() {
            self.skipped.add(SkipReason::NullValue);
        }
        Ok(())
    }

    /// How many rows there were so far.
    pub fn taken(&self) -> u64 {
        self.rows
    }

    /// Whether something was wrong with a row, so that no further row is wanted.
    pub fn is_broken(&self) -> bool {
        self.fault.is_some()
    }

    /// The rows so far of which a value was left out; they count even when the run fails.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// The samples, once the graph has said that there are no more rows. What no row of a window touched is shared with
    /// what was there before.
    ///
    /// # Errors
    /// What was wrong with the rows.
    pub fn finish(self) -> Result<Measured, MeasureError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let points: Result<Vec<_>, _> = self
            .metrics
            .into_iter()
            .map(FamilyBuilder::finish)
            .collect();
        Ok(Measured {
            points: points?,
            rows: self.rows,
            skipped: self.skipped,
        })
    }
}
