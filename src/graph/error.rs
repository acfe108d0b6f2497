//! Why a graph did not answer: reasons that a caller, a log and the label `reason` tell apart.

use std::time::Duration;

use cypher::Place;

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

    /// Whether the graph would not answer these words at any other time either: they name what it lacks or does not allow.
    pub(super) fn refuses_statement(&self) -> bool {
        match self {
            GraphError::Server { code, .. } => code.contains(".ClientError."),
            GraphError::Statement { .. }
            | GraphError::Writes(_)
            | GraphError::MissingColumn(_)
            | GraphError::Decode(_) => true,
            GraphError::Unreachable { .. }
            | GraphError::Authentication { .. }
            | GraphError::Timeout(_)
            | GraphError::Database(_) => false,
        }
    }

    /// Whether the graph itself is away, so that asking it with other queries would fail as well.
    pub fn graph_is_away(&self) -> bool {
        matches!(
            self,
            GraphError::Unreachable { .. } | GraphError::Authentication { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_graph_would_not_answer_later_either() {
        let server = |code: &str| GraphError::Server {
            code: code.to_owned(),
            message: String::new(),
        };
        for (error, refuses) in [
            (server("Neo.ClientError.Procedure.ProcedureNotFound"), true),
            (server("Neo.ClientError.Security.Forbidden"), true),
            (
                server("Memgraph.ClientError.MemgraphError.MemgraphError"),
                true,
            ),
            (
                server("Neo.TransientError.General.MemoryPoolOutOfMemoryError"),
                false,
            ),
            (
                GraphError::Statement {
                    message: String::new(),
                    place: None,
                },
                true,
            ),
            (GraphError::Timeout(Duration::from_secs(1)), false),
            (
                GraphError::Unreachable {
                    uri: String::new(),
                    cause: String::new(),
                },
                false,
            ),
        ] {
            assert_eq!(error.refuses_statement(), refuses, "{error:?}");
        }
    }
}
