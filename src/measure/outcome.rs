//! What became of a run: the one value that the board, the instruments, a refresh and `run` read.

use std::sync::Arc;
use std::time::Duration;

use super::Skipped;
use crate::kpi::Column;
use crate::metric::Samples;

/// What became of one run. The schedule passes on the samples and the error itself; everyone else reads [`Counts`] and
/// [`Failure`].
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<S = Counts, E = Failure> {
    /// The query was not answered because the graph is unreachable: this says nothing about the KPI.
    NotAsked(E),
    /// The query was not sent because a window KPI has counted everything.
    NothingNew(S),
    /// The run succeeded.
    Succeeded {
        /// What it returned.
        result: S,
        /// From the first query to the last row.
        duration: Duration,
    },
    /// The run failed.
    Failed {
        /// Why.
        error: E,
        /// From the first query to the failure.
        duration: Duration,
        /// The rows with a skipped value before the failure.
        skipped: Skipped,
    },
}

/// The samples of a run.
#[derive(Clone, Debug)]
pub struct Measured {
    /// One for each metric of the KPI, in that order.
    pub samples: Vec<Arc<Samples>>,
    /// How many rows the query returned.
    pub rows: u64,
    /// The rows with a skipped value.
    pub skipped: Skipped,
    /// Whether the samples can differ from those before: false for a window that counted nothing.
    pub changed: bool,
    /// The columns of ratios and times that had only integers, although they are divisions; none if no row says so or not.
    pub integer_columns: Option<Vec<Column>>,
}

impl Measured {
    /// The number of series over all metrics.
    pub fn series(&self) -> u64 {
        self.samples
            .iter()
            .map(|samples| samples.len() as u64)
            .sum()
    }

    /// Its numbers.
    pub fn counts(&self) -> Counts {
        Counts {
            rows: self.rows,
            series: self.series(),
            skipped: self.skipped,
        }
    }
}

/// The numbers of a successful run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many rows the query returned.
    pub rows: u64,
    /// The number of series over all metrics.
    pub series: u64,
    /// The rows with a skipped value.
    pub skipped: Skipped,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The value of the label `reason`; a closed set.
    pub reason: &'static str,
    /// The text of the error.
    pub message: String,
}

impl<S, E> Outcome<S, E> {
    /// What the run returned, or why it failed.
    ///
    /// # Errors
    /// The error of a run that failed.
    pub fn result(&self) -> Result<&S, &E> {
        match self {
            Outcome::NotAsked(error) | Outcome::Failed { error, .. } => Err(error),
            Outcome::NothingNew(result) | Outcome::Succeeded { result, .. } => Ok(result),
        }
    }

    /// As [`Self::result`], by value.
    ///
    /// # Errors
    /// The error of a run that failed.
    pub fn into_result(self) -> Result<S, E> {
        match self {
            Outcome::NotAsked(error) | Outcome::Failed { error, .. } => Err(error),
            Outcome::NothingNew(result) | Outcome::Succeeded { result, .. } => Ok(result),
        }
    }

    /// Why the run failed; none if it succeeded.
    pub fn error(&self) -> Option<&E> {
        self.result().err()
    }

    /// How long the run took; none if the query was not answered.
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Outcome::Succeeded { duration, .. } | Outcome::Failed { duration, .. } => {
                Some(*duration)
            }
            Outcome::NotAsked(_) | Outcome::NothingNew(_) => None,
        }
    }

    /// The same outcome with the result and the error in another form.
    pub fn map<T, F>(
        &self,
        result: impl FnOnce(&S) -> T,
        error: impl FnOnce(&E) -> F,
    ) -> Outcome<T, F> {
        match self {
            Outcome::NotAsked(cause) => Outcome::NotAsked(error(cause)),
            Outcome::NothingNew(found) => Outcome::NothingNew(result(found)),
            Outcome::Succeeded {
                result: found,
                duration,
            } => Outcome::Succeeded {
                result: result(found),
                duration: *duration,
            },
            Outcome::Failed {
                error: cause,
                duration,
                skipped,
            } => Outcome::Failed {
                error: error(cause),
                duration: *duration,
                skipped: *skipped,
            },
        }
    }
}

impl Outcome {
    /// The rows with a skipped value.
    pub fn skipped(&self) -> Skipped {
        match self {
            Outcome::NotAsked(_) => Skipped::default(),
            Outcome::NothingNew(counts) | Outcome::Succeeded { result: counts, .. } => {
                counts.skipped
            }
            Outcome::Failed { skipped, .. } => *skipped,
        }
    }
}
