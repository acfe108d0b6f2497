//! Maps the errors of the engine to [`Error`].

use std::time::Duration;

use kglite::api::session::CommitOutcome;
use kglite::api::{KgError, KgErrorCode};

use super::statement::Statement;
use crate::Error;
use cypher::Place;

const OUT_OF_MEMORY: &str = "Neo.TransientError.General.MemoryPoolOutOfMemoryError";
const TOO_MANY_ROWS: &str = "a step of this query has more than a million rows or list elements, which the embedded \
    graph holds in memory: write a narrower MATCH or a WITH … LIMIT";

/// Marks the messages of the engine, because Neo4j may report the same error differently.
const ORIGIN: &str = "(embedded graph)";

/// Why the engine did not answer within `timeout`.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the engine's enum is long, and most of it is about files"
)]
pub(super) fn of(error: &KgError, statement: &Statement, timeout: Duration) -> Error {
    match error {
        KgError::CypherTimeout { .. } | KgError::Cancelled => Error::Timeout(timeout),
        KgError::CypherSyntax { message, line, col } => {
            let place = line
                .zip(*col)
                .map(|(line, column)| statement.place(line, column));
            let (message, at) = split_offset(message);
            of_text(
                message,
                place.or_else(|| at.map(|at| statement.place_at(at))),
            )
        }
        KgError::Schema { message, .. } => of_text(message, named(message, statement)),
        KgError::CypherExecution { message, .. } if named(message, statement).is_some() => {
            of_text(message, named(message, statement))
        }
        // The message of the engine names settings that users do not have.
        KgError::CypherExecution { message, .. } if message.contains("max_work_units") => {
            Error::Server {
                code: OUT_OF_MEMORY.to_owned(),
                message: TOO_MANY_ROWS.to_owned(),
            }
        }
        KgError::CypherExecution { message, .. } => server(code(message), message),
        // The only argument error that a statement can cause.
        KgError::Argument(message) if message.contains("mutation query") => {
            Error::Writes("queries of the embedded graph are read-only".to_owned())
        }
        error => server(error.code().neo4j_status_code(), &error.to_string()),
    }
}

/// Why a transaction was not committed.
pub(super) fn of_commit(outcome: &CommitOutcome) -> Error {
    server(
        KgErrorCode::TransactionConflict.neo4j_status_code(),
        &format!("the transaction was not committed: {outcome:?}"),
    )
}

fn of_text(message: &str, place: Option<Place>) -> Error {
    let message = match after(message, "Unexpected token at start of clause: ", '\n') {
        // The engine has parsed `1 < x` and expects a new clause.
        Some("<" | "<=" | ">" | ">=" | "=" | "<>") => {
            "chained comparisons are not supported: write `a < b AND b < c`".to_owned()
        }
        _ => first_line(message),
    };
    Error::Statement {
        message: format!("{message} {ORIGIN}"),
        place,
    }
}

fn server(code: &str, message: &str) -> Error {
    Error::Server {
        code: code.to_owned(),
        message: format!("{} {ORIGIN}", first_line(message)),
    }
}

/// The engine has one code for all errors of values; Neo4j has a separate one for arithmetic.
fn code(message: &str) -> &'static str {
    if message.contains("division by zero") || message.contains("overflow") {
        "Neo.ClientError.Statement.ArithmeticError"
    } else {
        KgErrorCode::CypherExecution.neo4j_status_code()
    }
}

/// The place of the name in the message, for errors that are about a name.
fn named(message: &str, statement: &Statement) -> Option<Place> {
    if let Some(name) = after(message, "Undefined variable '", '\'') {
        return statement.variable(name);
    }
    if let Some(name) = after(message, "Missing parameter: $", ' ') {
        return statement.parameter(name);
    }
    let name = after(message, "Unknown function: ", ' ')
        .or_else(|| after(message, "Unknown procedure '", '\''))?;
    statement.call(name)
}

/// The text between `start` and `end`.
fn after<'m>(message: &'m str, start: &str, end: char) -> Option<&'m str> {
    message.strip_prefix(start)?.split(end).next()
}

/// Splits off the character offset that some messages contain.
fn split_offset(message: &str) -> (&str, Option<usize>) {
    let Some((text, rest)) = message.split_once(" at position ") else {
        return (message, None);
    };
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    (text, rest[..digits].parse().ok())
}

fn first_line(message: &str) -> String {
    // Drops the list of all procedure names.
    let line = message.lines().next().unwrap_or_default();
    let line = line.split(". Available: ").next().unwrap_or_default();
    // The reason of a regular expression error follows a picture of the expression.
    let reason = message
        .lines()
        .find_map(|line| line.strip_prefix("error: "));
    match line.strip_suffix("regex parse error:").zip(reason) {
        Some((line, reason)) => format!("{line}{reason}"),
        None => line.trim_end().to_owned(),
    }
}
