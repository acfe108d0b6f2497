//! Why a graph did not answer: reasons that a caller, a log and the label `reason` tell apart.

use std::time::Duration;

/// A place in a query as the server names it: line and column from 1, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// Why a graph did not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GraphError {
    /// No connection, or it broke.
    #[error("the graph at {uri} cannot be reached: {cause}")]
    Unreachable {
        /// The address, without credentials.
        uri: String,
        /// What the system or the driver said, and what to try.
        cause: String,
    },
    /// The server does not accept the credentials, or not now.
    #[error("the graph at {uri} refuses the login: {cause}; check user and password, next try in {}", humantime::format_duration(*.next_try))]
    Authentication {
        /// The address, without credentials.
        uri: String,
        /// What the server said.
        cause: String,
        /// How long no query goes out, so that the account is not locked for other applications.
        next_try: Duration,
    },
    /// The deadline of the request passed, here or on the server.
    #[error("no answer within {}: make the query cheaper or raise its `timeout`", humantime::format_duration(*.0))]
    Timeout(Duration),
    /// The server refuses the query's text.
    #[error("{message}")]
    Statement {
        /// What the server said, first line only.
        message: String,
        /// Where, when it says so.
        place: Option<Place>,
    },
    /// The query would write.
    #[error("the query would write: {0}")]
    Writes(String),
    /// The server knows no such database.
    #[error("no such database: {0}")]
    Database(String),
    /// The result lacks a column that the file's RETURN promises.
    #[error("the result has no column `{0}`")]
    MissingColumn(String),
    /// A value the driver could not decode.
    #[error("a value could not be decoded: {0}")]
    Decode(String),
    /// Anything else the server says, by its own code.
    #[error("{message} ({code})")]
    Server {
        /// E.g. `Neo.ClientError.Statement.ArithmeticError`.
        code: String,
        /// What the server said, first line only.
        message: String,
    },
}

impl GraphError {
    /// The value of the label `reason`; a closed set.
    pub fn reason(&self) -> &'static str {
        match self {
            GraphError::Unreachable { .. } => "unreachable",
            GraphError::Authentication { .. } => "authentication",
            GraphError::Timeout(_) => "timeout",
            GraphError::Statement { .. } => "statement",
            GraphError::Writes(_) => "writes",
            GraphError::Database(_) => "database",
            GraphError::MissingColumn(_) => "column",
            GraphError::Decode(_) => "decode",
            GraphError::Server { .. } => "server",
        }
    }

    /// Whether the graph itself is away, so that asking it with other queries would fail as well.
    pub fn graph_is_away(&self) -> bool {
        matches!(self, GraphError::Unreachable { .. } | GraphError::Authentication { .. })
    }
}
