//! Standard error: errors and problems as text, or as JSON in the form of the log with `--log-format json`.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::SystemTime;

use humantime::format_rfc3339_micros;
use serde_json::{Value, json};

use crate::cli::LogFormat;
use crate::diagnostic::{Level, Place, Problem};

/// As the log, standard error has one format in the whole process.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Sets the format; the first call counts. Before it, the format is text.
pub fn set_format(format: LogFormat) {
    let _ = FORMAT.set(format);
}

fn is_json() -> bool {
    FORMAT.get() == Some(&LogFormat::Json)
}

/// Prints an error.
///
/// # Errors
/// If standard error is closed.
pub fn error(message: impl Display) -> io::Result<()> {
    match is_json() {
        true => event(
            "ERROR",
            json!({ "message": message.to_string().trim_end() }),
        ),
        false => writeln!(anstream::stderr(), "error: {message}"),
    }
}

/// Prints an error that begins with what failed.
pub(super) fn plain_error(message: impl Display) -> io::Result<()> {
    match is_json() {
        true => event(
            "ERROR",
            json!({ "message": message.to_string().trim_end() }),
        ),
        false => writeln!(anstream::stderr(), "{message}"),
    }
}

/// Prints problems; `text` is that of a file.
pub(super) fn problems<'t>(problems: &[Problem], text: impl Fn(&str) -> &'t str) -> io::Result<()> {
    for problem in problems {
        let text = problem.path().map_or("", &text);
        if is_json() {
            event(level(problem), fields(problem, text))?;
        } else {
            writeln!(anstream::stderr(), "{}\n", problem.render(text, true))?;
        }
    }
    Ok(())
}

fn level(problem: &Problem) -> &'static str {
    match problem.level {
        Level::Error => "ERROR",
        Level::Warning(_) => "WARN",
    }
}

/// A problem as JSON; what it has not is null.
pub(super) fn fields(problem: &Problem, text: &str) -> Value {
    let place = LineAndColumn::of(problem, text);
    let variable = match &problem.place {
        Place::Variable(name) => Some(name),
        Place::File(_) | Place::Span(..) | Place::Line(..) => None,
    };
    let reason = match problem.level {
        Level::Error => None,
        Level::Warning(reason) => Some(reason.as_str()),
    };
    json!({
        "message": problem.message,
        "help": problem.fix,
        "path": problem.path(),
        "variable": variable,
        "line": place.line,
        "column": place.column,
        "reason": reason,
    })
}

/// Where a problem begins in its file: both from 1, the column in characters.
pub(super) struct LineAndColumn {
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
}

impl LineAndColumn {
    pub(super) fn of(problem: &Problem, text: &str) -> Self {
        let (line, column) = match &problem.place {
            Place::File(_) | Place::Variable(_) => (None, None),
            Place::Line(_, line) => (Some(*line), None),
            Place::Span(_, span) => {
                let before = text.get(..span.start).unwrap_or(text);
                let line = before.rsplit('\n').next().unwrap_or_default();
                let column = 1 + line.chars().count();
                (Some(1 + before.matches('\n').count()), Some(column))
            }
        };
        Self { line, column }
    }
}

fn event(level: &str, fields: Value) -> io::Result<()> {
    let timestamp = format_rfc3339_micros(SystemTime::now()).to_string();
    let event = json!({ "timestamp": timestamp, "level": level, "fields": fields });
    writeln!(io::stderr(), "{event}")
}
