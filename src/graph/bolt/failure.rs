//! Classifies the driver's errors by the reasons that we distinguish.

use std::io::ErrorKind;
use std::time::Duration;

use neo4rs::Error;

use crate::graph::{GraphError, Request};
use cypher::Place;

/// Why connecting failed.
pub(super) fn of_connecting(error: &Error, address: &str) -> GraphError {
    match login(error, address) {
        Some(refused) => refused,
        None => GraphError::Unreachable {
            uri: address.to_owned(),
            cause: advise(error, address),
        },
    }
}

/// Why the query failed on a server that accepted the login.
pub(super) fn of_query(error: &Error, address: &str, request: &Request<'_>) -> GraphError {
    if let Some(refused) = login(error, address) {
        return refused;
    }
    if let Error::Neo4j(error) = error {
        if is_starting(error.code()) && request.database.is_none() {
            return GraphError::Unreachable {
                uri: address.to_owned(),
                cause: first_line(error.message()).to_owned(),
            };
        }
        return of_server(error.code(), error.message(), request);
    }
    if matches!(
        error,
        Error::DeserializationError(_)
            | Error::ConversionError
            | Error::UnknownType(_)
            | Error::InvalidTypeMarker(_)
    ) {
        return GraphError::Decode(error.to_string());
    }
    GraphError::Unreachable {
        uri: address.to_owned(),
        cause: error.to_string(),
    }
}

/// A server that accepts connections and does not respond.
pub(super) fn silent(address: &str, limit: Duration) -> GraphError {
    let limit = humantime::format_duration(Duration::from_millis(
        limit.as_millis().try_into().unwrap_or(u64::MAX),
    ));
    GraphError::Unreachable {
        uri: address.to_owned(),
        cause: format!("no response within {limit}"),
    }
}

/// None of several addresses is reachable: one error that names all of them.
pub(super) fn all_unreachable(causes: Vec<(String, String)>) -> GraphError {
    let (uris, causes): (Vec<_>, Vec<_>) = causes.into_iter().unzip();
    match &causes[..] {
        [] => GraphError::Unreachable {
            uri: "(none)".into(),
            cause: "no address configured: set `uri`".into(),
        },
        _ => GraphError::Unreachable {
            uri: uris.join(", "),
            cause: causes.join("; "),
        },
    }
}

/// Whether an error of this code is about the login, and not about a permission.
pub(super) fn is_login(code: &str) -> bool {
    code.starts_with("Neo.ClientError.Security.") && code != "Neo.ClientError.Security.Forbidden"
}

/// Whether the server accepts connections while its database is unavailable: every query would fail
/// this way.
fn is_starting(code: &str) -> bool {
    code.starts_with("Neo.TransientError.") && code.ends_with(".DatabaseUnavailable")
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the driver's enum is long and open"
)]
fn login(error: &Error, address: &str) -> Option<GraphError> {
    let cause = match error {
        // The driver reports every failure of the first message this way, also "the database is
        // unavailable".
        Error::AuthenticationError(message) if !message.contains("unavailable") => {
            first_line(message)
        }
        Error::Neo4j(error) if is_login(error.code()) => first_line(error.message()),
        _ => return None,
    };
    let cause = cause.trim_end_matches('.').to_owned();
    Some(GraphError::Authentication {
        uri: address.to_owned(),
        cause,
        next_try: Duration::ZERO,
    })
}

/// What the driver reported, and the fix.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the system's enum is long and open"
)]
fn advise(error: &Error, address: &str) -> String {
    let cause = error.to_string();
    let Error::IOError { detail } = error else {
        return cause;
    };
    let encrypted = address.starts_with("bolt+s") || address.starts_with("neo4j+s");
    let text = detail.to_string();
    let advice = match detail.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset if !encrypted => {
            "the server may require TLS: use bolt+s://"
        }
        ErrorKind::InvalidData if text.contains("certificate") => {
            "make the system trust the authority that signed it, or use bolt+ssc:// to trust any certificate"
        }
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
            if encrypted =>
        {
            "the server may not offer TLS: use bolt://"
        }
        _ => return text,
    };
    format!("{text}; {advice}")
}

fn of_server(code: &str, message: &str, request: &Request<'_>) -> GraphError {
    let (message, place) = split_place(message);
    let place = place.map(|place| in_characters(place, request.query));
    let message = message.to_owned();
    match code {
        "Neo.ClientError.Statement.AccessMode" => GraphError::Writes(message),
        "Neo.ClientError.Database.DatabaseNotFound" => GraphError::Database(message),
        "Neo.ClientError.Statement.SyntaxError"
        | "Neo.ClientError.Statement.SemanticError"
        | "Neo.ClientError.Statement.ParameterMissing" => GraphError::Statement { message, place },
        code if code.starts_with("Neo.ClientError.Transaction.TransactionTimedOut") => {
            GraphError::Timeout(request.timeout)
        }
        code if code.starts_with("Neo.ClientError.Statement.") && place.is_some() => {
            GraphError::Statement { message, place }
        }
        code => GraphError::Server {
            code: code.to_owned(),
            message,
        },
    }
}

/// The message's first line and the place that ends it or a later line: `… (line 1, column 11
/// (offset: 10))`.
fn split_place(message: &str) -> (&str, Option<Place>) {
    for line in message.lines() {
        let Some((text, place)) = line.rsplit_once("(line ") else {
            continue;
        };
        if let Some(place) = parse_place(place) {
            let text = if line.as_ptr() == message.as_ptr() {
                text
            } else {
                first_line(message)
            };
            // The server reports line 0 without a position, for example for two statements in one
            // query.
            return (
                text.trim_end(),
                Some(place).filter(|place| place.line > 0 && place.column > 0),
            );
        }
    }
    (first_line(message), None)
}

fn parse_place(text: &str) -> Option<Place> {
    let (line, text) = text.split_once(", column ")?;
    let (column, offset) = text.split_once(" (offset: ")?;
    offset.trim_end().strip_suffix("))")?;
    Some(Place {
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

/// The server counts columns in UTF-16 units, and only a line feed ends a line.
fn in_characters(place: Place, query: &str) -> Place {
    let line = query
        .split('\n')
        .nth(place.line.saturating_sub(1))
        .unwrap_or_default();
    let mut units = place.column.saturating_sub(1);
    let mut characters = 0;
    for character in line.chars() {
        if units == 0 {
            break;
        }
        units = units.saturating_sub(character.len_utf16());
        characters += 1;
    }
    // Past the end of the line, one unit is one character.
    Place {
        line: place.line,
        column: characters + units + 1,
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cypher::Parameters;

    fn classified(code: &str, message: &str, query: &str) -> GraphError {
        let parameters = Parameters::new();
        let timeout = Duration::from_secs(30);
        let request = Request {
            kpi: "k",
            query,
            columns: &[],
            parameters: &parameters,
            database: None,
            timeout,
        };
        of_server(&format!("Neo.ClientError.{code}"), message, &request)
    }

    #[test]
    fn a_code_determines_the_reason() {
        for (code, reason) in [
            ("Statement.SyntaxError", "statement"),
            ("Statement.SemanticError", "statement"),
            ("Statement.ParameterMissing", "statement"),
            ("Statement.AccessMode", "writes"),
            ("Statement.ArithmeticError", "server"),
            ("Database.DatabaseNotFound", "database"),
            ("Transaction.TransactionTimedOut", "timeout"),
            (
                "Transaction.TransactionTimedOutClientConfiguration",
                "timeout",
            ),
            ("Transaction.Terminated", "server"),
            ("Security.Forbidden", "server"),
        ] {
            assert_eq!(
                classified(code, "because", "RETURN 1").reason(),
                reason,
                "{code}"
            );
        }
    }

    #[test]
    fn a_starting_server_differs_from_a_refusing_one() {
        for (code, starting) in [
            ("Neo.TransientError.General.DatabaseUnavailable", true),
            ("Neo.TransientError.Database.DatabaseUnavailable", true),
            ("Neo.TransientError.Transaction.DeadlockDetected", false),
            ("Neo.ClientError.Database.DatabaseNotFound", false),
        ] {
            assert_eq!(is_starting(code), starting, "{code}");
        }
    }

    #[test]
    fn a_position_is_parsed_from_the_message() {
        let place = |message: &str, query: &str| {
            let GraphError::Statement { message, place } =
                classified("Statement.SyntaxError", message, query)
            else {
                panic!()
            };
            (message, place.map(|place| (place.line, place.column)))
        };
        for (message, query, expected) in [
            (
                "Variable `x` not defined (line 1, column 8 (offset: 7))\n\"RETURN x\"\n        ^",
                "RETURN x",
                ("Variable `x` not defined", Some((1, 8))),
            ),
            (
                "Expected: \n  a (line 2, column 3 (offset: 9))",
                "MATCH\n  (n)",
                ("Expected:", Some((2, 3))),
            ),
            (
                "No (line 1, column two (offset: 7))",
                "",
                ("No (line 1, column two (offset: 7))", None),
            ),
            (
                "After an emoji (line 1, column 12 (offset: 11))",
                "RETURN '🦀' x",
                ("After an emoji", Some((1, 11))),
            ),
            (
                "At the end (line 1, column 9 (offset: 8))",
                "RETURN 1",
                ("At the end", Some((1, 9))),
            ),
            (
                "Nowhere (line 0, column 1 (offset: 0))",
                "RETURN 1; RETURN 2",
                ("Nowhere", None),
            ),
            ("", "", ("", None)),
        ] {
            let (message, place) = place(message, query);
            assert_eq!((&*message, place), expected);
        }
    }

    #[test]
    fn every_address_that_failed_is_named() {
        let causes = vec![
            ("bolt://a".to_owned(), "refused".to_owned()),
            ("bolt://b".to_owned(), "silent".to_owned()),
        ];
        insta::assert_snapshot!(all_unreachable(causes), @"cannot reach the graph at bolt://a, bolt://b: refused; silent");
        insta::assert_snapshot!(all_unreachable(vec![]), @"cannot reach the graph at (none): no address configured: set `uri`");
    }
}
