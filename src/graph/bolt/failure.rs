//! Classifies the driver's errors by the reasons that we distinguish.

use std::io::ErrorKind;
use std::time::Duration;

use neo4rs::Error;
use secrecy::{ExposeSecret, SecretString};

use super::message::{in_characters, one_line, with_place};
use crate::graph::{GraphError, Request};

/// The login succeeds, but every query is refused until the user changes the password. The server
/// explains this after a first line about missing permissions, in more words than are shown.
const CREDENTIALS_EXPIRED: &str = "Neo.ClientError.Security.CredentialsExpired";

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
                cause: with_code(error.message(), error.code()),
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
        return GraphError::Decode(one_line(&error.to_string()));
    }
    GraphError::Unreachable {
        uri: address.to_owned(),
        cause: one_line(&error.to_string()),
    }
}

pub(super) fn unreachable(address: &str, cause: String) -> GraphError {
    GraphError::Unreachable {
        uri: address.to_owned(),
        cause,
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
        // The driver reports every failure of the first message this way, without its code, also
        // "the database is unavailable".
        Error::AuthenticationError(message) if !message.contains("unavailable") => {
            let message = one_line(message);
            format!("{}; check user and password", message.trim_end_matches('.'))
        }
        Error::Neo4j(error) if error.code() == CREDENTIALS_EXPIRED => format!(
            "the password is valid but must be changed before use: run `ALTER CURRENT USER SET \
             PASSWORD FROM '<old>' TO '<new>'` against the database `system` and configure the new \
             password ({CREDENTIALS_EXPIRED})"
        ),
        Error::Neo4j(error) if is_login(error.code()) => with_code(error.message(), error.code()),
        _ => return None,
    };
    Some(GraphError::Authentication {
        uri: address.to_owned(),
        cause,
        next_try: Duration::ZERO,
    })
}

/// Adds to the error of a refused login what is unusual about the ends of the password, which may
/// come from a file or a copy. The password is sent as it is, since it may be meant so.
pub(super) fn with_password(mut error: GraphError, password: &SecretString) -> GraphError {
    if let GraphError::Authentication { cause, .. } = &mut error
        && !cause.contains(CREDENTIALS_EXPIRED)
        && let Some(unusual) = unusual(password.expose_secret())
    {
        cause.push_str("; the password ");
        cause.push_str(unusual);
        cause.push_str(": remove that, unless it is part of the password");
    }
    error
}

/// What is unusual about the ends of a password, without its text.
fn unusual(password: &str) -> Option<&'static str> {
    if password.starts_with('\u{feff}') {
        Some("begins with a byte order mark")
    } else if password.ends_with(['\n', '\r']) {
        Some("ends with a line end")
    } else if password.starts_with(char::is_whitespace) {
        Some("begins with a blank")
    } else if password.ends_with(char::is_whitespace) {
        Some("ends with a blank")
    } else {
        None
    }
}

fn with_code(message: &str, code: &str) -> String {
    format!("{} ({code})", one_line(message))
}

/// What the driver reported, and the fix.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the system's enum is long and open"
)]
fn advise(error: &Error, address: &str) -> String {
    let cause = one_line(&error.to_string());
    let Error::IOError { detail } = error else {
        return cause;
    };
    let encrypted = address.starts_with("bolt+s") || address.starts_with("neo4j+s");
    let text = one_line(&detail.to_string());
    let advice = match detail.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset if !encrypted => {
            "the server may require TLS: use bolt+s://"
        }
        ErrorKind::InvalidData if text.contains("certificate") => {
            "set `ca_file` to the authority that signed it, or use bolt+ssc:// to trust any certificate"
        }
        ErrorKind::InvalidData
            if text.contains("alert: BadCertificate")
                || text.contains("alert: CertificateRequired") =>
        {
            "the server may require a client certificate: set `client_cert_file` and `client_key_file`"
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
    let (message, place) = with_place(message);
    let place = place.map(|place| in_characters(place, request.query));
    let message = match cure(&message) {
        Some(cure) => format!("{message}; {cure}"),
        None => message,
    };
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

/// How to write a calculation that fails for some data.
fn cure(message: &str) -> Option<&'static str> {
    let message = message.to_lowercase();
    if message.contains("by zero") {
        Some(
            "write `CASE WHEN n > 0 THEN 1.0 * x / n END`, and aggregate in a `WITH` before it: a row with NULL \
             is skipped",
        )
    } else if message.contains("long overflow") || message.contains("integer overflow") {
        Some("calculate with floats: `toFloat(x)`")
    } else {
        None
    }
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
    fn a_calculation_that_fails_says_how_to_write_it() {
        let error = classified("Statement.ArithmeticError", "/ by zero", "RETURN 1 / 0");
        insta::assert_snapshot!(error, @"/ by zero; write `CASE WHEN n > 0 THEN 1.0 * x / n END`, and aggregate in a `WITH` before it: a row with NULL is skipped (Neo.ClientError.Statement.ArithmeticError)");
        let error = classified("Statement.ArithmeticError", "long overflow", "RETURN 1");
        insta::assert_snapshot!(error, @"long overflow; calculate with floats: `toFloat(x)` (Neo.ClientError.Statement.ArithmeticError)");
    }

    #[test]
    fn a_refused_password_with_unusual_ends_is_explained() {
        let refused = |cause: &str, password: &str| {
            let error = GraphError::Authentication {
                uri: "bolt://db".into(),
                cause: cause.to_owned(),
                next_try: Duration::ZERO,
            };
            with_password(error, &password.into()).to_string()
        };
        for (password, expected) in [
            ("geheim", None),
            ("ge heim", None),
            ("geheim\n", Some("ends with a line end")),
            ("geheim\r\n", Some("ends with a line end")),
            ("\u{feff}geheim", Some("begins with a byte order mark")),
            (" geheim", Some("begins with a blank")),
            ("geheim\t", Some("ends with a blank")),
        ] {
            let text = refused("unauthorized", password);
            let unusual = expected.map_or(String::new(), |unusual| {
                format!("; the password {unusual}: remove that, unless it is part of the password")
            });
            let expected =
                format!("login refused by the graph at bolt://db: unauthorized{unusual}");
            assert_eq!(text, expected, "{password:?}");
        }
        // The server has accepted this one.
        assert!(!refused(CREDENTIALS_EXPIRED, "geheim\n").contains("line end"));
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
    fn every_address_that_failed_is_named() {
        let causes = vec![
            ("bolt://a".to_owned(), "refused".to_owned()),
            ("bolt://b".to_owned(), "silent".to_owned()),
        ];
        insta::assert_snapshot!(all_unreachable(causes), @"cannot reach the graph at bolt://a, bolt://b: refused; silent");
        insta::assert_snapshot!(all_unreachable(vec![]), @"cannot reach the graph at (none): no address configured: set `uri`");
    }

    #[test]
    fn an_error_of_tls_names_its_fix() {
        let advised = |text: &str, address: &str| {
            let detail = std::io::Error::new(ErrorKind::InvalidData, text.to_owned());
            advise(&Error::IOError { detail }, address)
        };
        for (text, address, fix) in [
            (
                "invalid peer certificate: UnknownIssuer",
                "bolt+s://db",
                "set `ca_file`",
            ),
            (
                "received fatal alert: BadCertificate",
                "bolt+ssc://db",
                "set `client_cert_file`",
            ),
            (
                "received fatal alert: CertificateRequired",
                "bolt+s://db",
                "set `client_cert_file`",
            ),
            ("received corrupt message", "bolt+s://db", "use bolt://"),
        ] {
            let advice = advised(text, address);
            assert!(advice.starts_with(text) && advice.contains(fix), "{advice}");
        }
    }
}
