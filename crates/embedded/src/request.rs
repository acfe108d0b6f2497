//! What the graph is asked, where its rows go, and why it does not answer.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use cypher::{Parameters, Place, Row};

/// A query to the graph.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks: of each name one query runs at a time.
    pub name: &'a str,
    /// The Cypher text, exactly one statement that only reads.
    pub query: &'a str,
    /// The columns wanted, in the order in which [`Row`]s are to hold them.
    pub columns: &'a [Arc<str>],
    /// The values of the query's parameters.
    pub parameters: &'a Parameters,
    /// The database; `None` is the only one.
    pub database: Option<&'a str>,
    /// The longest the whole answer may take.
    pub timeout: Duration,
}

/// Takes rows one by one as they arrive; `Break` ends the query.
pub type RowSink<'a> = dyn FnMut(&Row) -> ControlFlow<()> + Send + 'a;

/// Why the graph did not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The timeout of the request passed.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The engine cannot read the query's text, or refuses what Neo4j would answer differently.
    #[error("{message}")]
    Statement {
        /// What is wrong.
        message: String,
        /// Where, when it is known.
        place: Option<Place>,
    },
    /// The query would write.
    #[error("the query would write: {0}")]
    Writes(String),
    /// There is no such database.
    #[error("no such database: {0}")]
    Database(String),
    /// The result lacks a column.
    #[error("the result has no column `{0}`")]
    MissingColumn(String),
    /// A value that a row cannot hold.
    #[error("a value could not be decoded: {0}")]
    Decode(String),
    /// Anything else, by the code that Neo4j has for it.
    #[error("{message} ({code})")]
    Server {
        /// E.g. `Neo.ClientError.Statement.ArithmeticError`.
        code: String,
        /// What went wrong, one line.
        message: String,
    },
}
