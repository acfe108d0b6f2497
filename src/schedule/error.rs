//! Why a run failed: the reasons that the label `reason` and the schedule distinguish.

use crate::graph::GraphError;
use crate::kpi::{Kpi, iso};
use crate::measure::MeasureError;
use crate::state::StateError;
use crate::supervisor::Panicked;
use cypher::UnixMillis;

/// Why a run failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// The query failed.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The rows cannot become samples.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The totals could not be loaded or saved, so the window does not count.
    #[error(transparent)]
    State(#[from] StateError),
    /// The graph's clock is wrong: no cursor is derived from it.
    #[error("graph clock shows {}, more than a year away from ours, {}; set the clock of the graph or of the exporter", iso(*.graph), iso(*.ours))]
    Clock {
        /// The graph's clock.
        graph: UnixMillis,
        /// The clock of this machine.
        ours: UnixMillis,
    },
    /// The shortest possible window failed.
    #[error("{cause}; in the shortest possible window, from {} to {}", iso(*.since), iso(*.until))]
    Shortest {
        /// Why it failed.
        cause: Box<RunError>,
        /// Exclusive.
        since: UnixMillis,
        /// Inclusive.
        until: UnixMillis,
    },
}

impl RunError {
    /// The value of the label `reason`; a closed set.
    pub fn reason(&self) -> &'static str {
        match self {
            RunError::Graph(error) => error.reason(),
            RunError::Measure(error) => error.reason(),
            RunError::State(_) => "state",
            RunError::Clock { .. } => "clock",
            RunError::Shortest { cause, .. } => cause.reason(),
        }
    }

    /// The text of the error; a server's complaint about the query with its place in the KPI's file.
    pub fn in_file(&self, kpi: &Kpi) -> String {
        match self {
            RunError::Graph(GraphError::Statement {
                message,
                place: Some(place),
            }) => {
                format!("{}:{}:{}: {message}", kpi.path, place.line, place.column)
            }
            RunError::Graph(_)
            | RunError::Measure(_)
            | RunError::State(_)
            | RunError::Clock { .. }
            | RunError::Shortest { .. } => self.to_string(),
        }
    }

    /// The error of the graph, if it is one.
    pub(super) fn graph(&self) -> Option<&GraphError> {
        match self {
            RunError::Graph(error) => Some(error),
            RunError::Shortest { cause, .. } => cause.graph(),
            RunError::Measure(_) | RunError::State(_) | RunError::Clock { .. } => None,
        }
    }

    /// Whether a window of half the length may succeed.
    pub fn is_limit(&self) -> bool {
        match self {
            RunError::Graph(GraphError::Timeout(_)) => true,
            // The memory of a query is limited by the server too.
            RunError::Graph(GraphError::Server { code, .. }) => code.contains("OutOfMemory"),
            RunError::Measure(error) => error.is_limit(),
            RunError::Graph(_)
            | RunError::State(_)
            | RunError::Clock { .. }
            | RunError::Shortest { .. } => false,
        }
    }

    /// Whether a single row is the cause, so that the windows before it succeed.
    pub fn is_row(&self) -> bool {
        match self {
            RunError::Measure(error) => !error.is_limit(),
            RunError::Graph(_)
            | RunError::State(_)
            | RunError::Clock { .. }
            | RunError::Shortest { .. } => false,
        }
    }
}

impl From<Panicked> for RunError {
    fn from(panicked: Panicked) -> Self {
        GraphError::from(panicked).into()
    }
}

impl From<Panicked> for GraphError {
    fn from(panicked: Panicked) -> Self {
        Self::Internal(panicked.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn errors_that_a_shorter_window_can_avoid_or_locate() {
        let server = |code: &str| GraphError::Server {
            code: code.to_owned(),
            message: String::new(),
        };
        let timeout = || RunError::Graph(GraphError::Timeout(Duration::from_secs(1)));
        let at = UnixMillis(1_795_252_087_006);
        let range = MeasureError::Range {
            row: 1,
            column: "value".into(),
            value: -1.0,
            expected: "a total",
        };
        for (error, limit, row) in [
            (timeout(), true, false),
            (
                server("Neo.TransientError.General.MemoryPoolOutOfMemoryError").into(),
                true,
                false,
            ),
            (MeasureError::TooManyRows { limit: 1 }.into(), true, false),
            (
                MeasureError::TooManySeries {
                    metric: String::new(),
                    limit: 1,
                }
                .into(),
                true,
                false,
            ),
            (range.into(), false, true),
            (
                server("Neo.ClientError.Statement.ArithmeticError").into(),
                false,
                false,
            ),
            (GraphError::Writes(String::new()).into(), false, false),
            (StateError::Taken("state".into()).into(), false, false),
            (
                RunError::Shortest {
                    cause: Box::new(timeout()),
                    since: at,
                    until: at,
                },
                false,
                false,
            ),
        ] {
            assert_eq!((error.is_limit(), error.is_row()), (limit, row), "{error}");
        }
    }

    #[test]
    fn the_shortest_window_is_named() {
        let cause = Box::new(RunError::Graph(GraphError::Timeout(Duration::from_secs(
            30,
        ))));
        let error = RunError::Shortest {
            cause,
            since: UnixMillis(1_795_252_087_006),
            until: UnixMillis(1_795_252_088_006),
        };
        assert_eq!(error.reason(), "timeout");
        assert_eq!(
            error.to_string(),
            "no answer within 30s: make the query cheaper or raise its `timeout`; in the shortest possible window, from 2026-11-21T09:08:07.006Z to 2026-11-21T09:08:08.006Z"
        );
    }
}
