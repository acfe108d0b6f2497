//! The request and the errors of the embedded graph.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use cypher::{Parameters, Place, Row};

/// A query to the graph.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The name of the KPI; per name one query runs at a time.
    pub name: &'a str,
    /// One read-only Cypher statement.
    pub query: &'a str,
    /// The requested columns, in the order of the values of a [`Row`].
    pub columns: &'a [Arc<str>],
    /// The values of the query's parameters.
    pub parameters: &'a Parameters,
    /// The database; `None` for the default one.
    pub database: Option<&'a str>,
    /// The timeout of the whole query.
    pub timeout: Duration,
}

/// Receives each row; `Break` ends the query.
pub type RowSink<'a> = dyn FnMut(&Row) -> ControlFlow<()> + Send + 'a;

/// Why a query or a write failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The timeout of the request passed.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The query is invalid, or the engine would evaluate it differently from Neo4j.
    #[error("{message}")]
    Statement {
        /// What is wrong.
        message: String,
        /// The place, if known.
        place: Option<Place>,
    },
    /// The query is not read-only.
    #[error("the query is not read-only: {0}")]
    Writes(String),
    /// The database does not exist.
    #[error("no such database: {0}")]
    Database(String),
    /// The result lacks a column.
    #[error("the result has no column `{0}`")]
    MissingColumn(String),
    /// A value that a row cannot hold.
    #[error("a value could not be decoded: {0}")]
    Decode(String),
    /// Any other error, with its Neo4j code.
    #[error("{message} ({code})")]
    Server {
        /// E.g. `Neo.ClientError.Statement.ArithmeticError`.
        code: String,
        /// What is wrong, in one line.
        message: String,
    },
}
