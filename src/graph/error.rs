//! Why a query failed: the reasons that callers, the log and the label `reason` distinguish.

use std::time::Duration;

use cypher::Place;

/// Why a query failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GraphError {
    /// There is no connection, or it broke.
    #[error("cannot reach the graph at {uri}: {cause}")]
    Unreachable {
        /// The address, without credentials.
        uri: String,
        /// What the system or the driver reported, and the fix.
        cause: String,
    },
    /// The server does not accept the credentials, or not at present.
    #[error("login refused by the graph at {uri}: {cause}")]
    Authentication {
        /// The address, without credentials.
        uri: String,
        /// What the server reported, and the fix.
        cause: String,
        /// How long no query is sent, so that the account is not locked for other applications.
        next_try: Duration,
    },
    /// The timeout of the query passed, here or on the server.
    #[error("no answer within {}: make the query cheaper or raise its `timeout`", humantime::format_duration(*.0))]
    Timeout(Duration),
    /// The server rejects the text of the query.
    #[error("{message}")]
    Statement {
        /// What the server reported, in one line.
        message: String,
        /// The position, if the server reports one.
        place: Option<Place>,
    },
    /// The query writes.
    #[error("the query writes to the graph: {0}")]
    Writes(String),
    /// The server has no such database.
    #[error("no such database: {0}")]
    Database(String),
    /// The result lacks a column that the query should return.
    #[error("the result has no column `{0}`")]
    MissingColumn(String),
    /// A value that cannot be decoded.
    #[error("cannot decode a value: {0}")]
    Decode(String),
    /// The exporter or the driver panicked during the query.
    #[error("{0}")]
    Internal(String),
    /// Any other error of the server, by its code.
    #[error("{message} ({code})")]
    Server {
        /// E.g. `Neo.ClientError.Statement.ArithmeticError`.
        code: String,
        /// What the server reported, in one line.
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
            GraphError::Internal(_) => "internal",
            GraphError::Server { .. } => "server",
        }
    }

    /// Whether a retry of the same text fails too: it names what the graph lacks or does not allow.
    pub fn refuses_statement(&self) -> bool {
        match self {
            GraphError::Server { code, .. } => code.contains(".ClientError."),
            GraphError::Statement { .. }
            | GraphError::Writes(_)
            | GraphError::MissingColumn(_)
            | GraphError::Decode(_) => true,
            GraphError::Unreachable { .. }
            | GraphError::Authentication { .. }
            | GraphError::Timeout(_)
            | GraphError::Internal(_)
            | GraphError::Database(_) => false,
        }
    }

    /// How long no query is sent, after a refused login.
    pub fn next_try(&self) -> Option<Duration> {
        if let GraphError::Authentication { next_try, .. } = self {
            Some(*next_try)
        } else {
            None
        }
    }

    /// Whether the graph itself is unreachable, so that other queries fail as well.
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
    fn a_statement_that_is_refused_fails_again() {
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
