//! Snapshot mode: the rows of a run are the whole family.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::growing::Growing;
use super::{MeasureError, Measured, Skipped};
use crate::kpi::Kpi;
use crate::metric::Points;
use crate::row::Row;

/// A run being measured: takes rows one by one, holds no row.
pub struct Snapshot<'k> {
    kpi: &'k Kpi,
    metrics: Vec<Growing<'k>>,
    rows: u64,
    skipped: Skipped,
    fault: Option<MeasureError>,
}

impl<'k> Snapshot<'k> {
    /// A run that has seen no row.
    pub fn new(kpi: &'k Kpi) -> Self {
        Self::after(kpi, &[])
    }

    /// A run after another one that brought `last`: labels that come again are shared with it. Nothing else is taken over.
    pub fn after(kpi: &'k Kpi, last: &[Arc<Points>]) -> Self {
        let last = |at: usize| last.get(at).map(|points| &**points);
        let metrics = kpi.metrics.iter().enumerate();
        let metrics = metrics.map(|(at, metric)| Growing::new(kpi, metric, last(at))).collect();
        Self { kpi, metrics, rows: 0, skipped: Skipped::default(), fault: None }
    }

    /// Takes the next row. `Break` says that no further row is wanted: [`Snapshot::finish`] tells why.
    pub fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.rows += 1;
        let numbered = Numbered { kpi: self.kpi, row, number: self.rows };
        for metric in &mut self.metrics {
            if let Err(fault) = metric.take(&numbered, &mut self.skipped) {
                self.fault = Some(fault);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    /// The rows taken so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether something was wrong with a row, so that no further row is wanted.
    pub fn is_broken(&self) -> bool {
        self.fault.is_some()
    }

    /// The values left out so far; they count even when the run fails.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// The samples, once the graph has said that there are no more rows.
    ///
    /// # Errors
    /// What was wrong with the rows.
    pub fn finish(self) -> Result<Measured, MeasureError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let points: Result<Vec<_>, _> = self.metrics.into_iter().map(|metric| metric.finish().map(Arc::new)).collect();
        Ok(Measured { points: points?, rows: self.rows, skipped: self.skipped })
    }
}

/// A row, and what an error about it needs to know.
pub(super) struct Numbered<'a> {
    pub(super) kpi: &'a Kpi,
    pub(super) row: &'a Row,
    /// From 1.
    pub(super) number: u64,
}
