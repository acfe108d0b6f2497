//! What the engine says when something goes wrong, as the reasons that we tell apart.

use std::time::Duration;

use kglite::api::session::CommitOutcome;
use kglite::api::{KgError, KgErrorCode};

use super::statement::Statement;
use crate::Error;
use cypher::Place;

const OUT_OF_MEMORY: &str = "Neo.TransientError.General.MemoryPoolOutOfMemoryError";
const TOO_MUCH: &str = "the embedded engine of `demo` holds rows and lists in memory, and a step of this \
    query has more than a million of them: write a narrower MATCH, or a WITH … LIMIT";

/// Ends what the engine says: a Neo4j may say otherwise.
const WHO: &str = "(embedded engine of `demo`)";

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
        // The engine's words for it are about settings that nobody can reach.
        KgError::CypherExecution { message, .. } if message.contains("max_work_units") => {
            Error::Server {
                code: OUT_OF_MEMORY.to_owned(),
                message: TOO_MUCH.to_owned(),
            }
        }
        KgError::CypherExecution { message, .. } => server(code(message), message),
        // The only thing that a statement can do wrong by itself: all others are about how we call the engine.
        KgError::Argument(message) if message.contains("mutation query") => {
            Error::Writes("the embedded graph lets a query only read".to_owned())
        }
        error => server(error.code().neo4j_status_code(), &error.to_string()),
    }
}

/// Why a transaction was not committed.
pub(super) fn of_commit(outcome: &CommitOutcome) -> Error {
    server(
        KgErrorCode::TransactionConflict.neo4j_status_code(),
        &format!("the changes were not made: {outcome:?}"),
    )
}

fn of_text(message: &str, place: Option<Place>) -> Error {
    let message = match after(message, "Unexpected token at start of clause: ", '\n') {
        // It has read `1 < x` and believes the statement's next part to begin.
        Some("<" | "<=" | ">" | ">=" | "=" | "<>") => {
            "a chain of comparisons cannot be read: write `a < b AND b < c`".to_owned()
        }
        _ => first_line(message),
    };
    Error::Statement {
        message: format!("{message} {WHO}"),
        place,
    }
}

fn server(code: &str, message: &str) -> Error {
    Error::Server {
        code: code.to_owned(),
        message: format!("{} {WHO}", first_line(message)),
    }
}

/// The engine has one code for all that can go wrong with values; Neo4j has one of its own for arithmetic.
fn code(message: &str) -> &'static str {
    if message.contains("division by zero") || message.contains("overflow") {
        "Neo.ClientError.Statement.ArithmeticError"
    } else {
        KgErrorCode::CypherExecution.neo4j_status_code()
    }
}

/// The place of what the message names, when it is of a kind that is wrong by its name alone.
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

/// The word behind `start` and before `end`.
fn after<'m>(message: &'m str, start: &str, end: char) -> Option<&'m str> {
    message.strip_prefix(start)?.split(end).next()
}

/// Some errors name a place by the number of characters before it.
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
    // What a procedure is not called is a list of a hundred names.
    let line = message.lines().next().unwrap_or_default();
    let line = line.split(". Available: ").next().unwrap_or_default();
    // What is wrong with a regular expression stands below a picture of it.
    let reason = message
        .lines()
        .find_map(|line| line.strip_prefix("error: "));
    match line.strip_suffix("regex parse error:").zip(reason) {
        Some((line, reason)) => format!("{line}{reason}"),
        None => line.trim_end().to_owned(),
    }
}
