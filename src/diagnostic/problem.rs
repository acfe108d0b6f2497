//! One problem: its level, its place, what is wrong and how to fix it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};

use super::spans::within;

/// Whether a problem keeps a KPI from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The file or setting is rejected.
    Error,
    /// It is accepted, but probably does not do what its author expects.
    Warning(WarningReason),
}

impl Level {
    /// The reason of a warning.
    pub const fn reason(self) -> Option<WarningReason> {
        match self {
            Self::Error => None,
            Self::Warning(reason) => Some(reason),
        }
    }

    /// Whether it is a warning about precision only: the numbers are right, a quantile of them is not.
    pub const fn is_hint(self) -> bool {
        matches!(self, Self::Warning(WarningReason::LastBucket))
    }

    /// Whether it is a warning, whatever the reason.
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::Warning(_))
    }
}

/// Why there is a warning: a closed set, the values of the label `reason` of `cypher_exporter_kpi_warnings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningReason {
    /// The query names a label, relationship type or property that the graph does not have.
    UnknownName,
    /// The compared time property has another type than `time` says.
    WindowType,
    /// The bounds of a window count an event twice or never.
    WindowBounds,
    /// A value is the result of an integer division.
    IntegerDivision,
    /// Window totals live in memory only.
    NoStatePath,
    /// Too many observations exceed the last bucket.
    LastBucket,
    /// An expression selects nothing, or can never be true.
    Promql,
    /// An alert text names a label that the alert does not have.
    Template,
    /// The plan of the query reads more than it needs: an index is missing, or everything is scanned.
    Plan,
    /// Anything else about the file.
    File,
}

impl WarningReason {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::UnknownName,
        Self::WindowType,
        Self::WindowBounds,
        Self::IntegerDivision,
        Self::NoStatePath,
        Self::LastBucket,
        Self::Promql,
        Self::Template,
        Self::Plan,
        Self::File,
    ];

    /// The value of the label `reason`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownName => "unknown_name",
            Self::WindowType => "window_type",
            Self::WindowBounds => "window_bounds",
            Self::IntegerDivision => "integer_division",
            Self::NoStatePath => "no_state_path",
            Self::LastBucket => "last_bucket",
            Self::Promql => "promql",
            Self::Template => "template",
            Self::Plan => "plan",
            Self::File => "file",
        }
    }
}

/// Where a problem is. A path is written as the user would type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file as a whole.
    File(String),
    /// A byte range of a file's text, which is shown.
    Span(String, Range<usize>),
    /// A line of a file, from 1, whose text is not shown since it may hold a secret.
    Line(String, usize),
    /// An environment variable.
    Variable(String),
}

impl Place {
    /// A byte range of a file, or the whole file.
    pub fn of(path: impl Into<String>, span: Option<Range<usize>>) -> Self {
        match span {
            Some(span) => Self::Span(path.into(), span),
            None => Self::File(path.into()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Span(path, _) => f.write_str(path),
            Self::Line(path, line) => write!(f, "{path}:{line}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// Something wrong with a file or a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the KPI from running.
    pub level: Level,
    /// Where it is.
    pub place: Place,
    /// What is wrong, one line.
    pub message: String,
    /// What to do, one line.
    pub fix: String,
}

impl Problem {
    /// What keeps the file or setting from being used.
    pub fn error(place: Place, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            place,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// What is probably a mistake.
    pub fn warning(
        reason: WarningReason,
        place: Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Warning(reason),
            ..Self::error(place, message, fix)
        }
    }

    /// The file; `None` for an environment variable.
    pub fn path(&self) -> Option<&str> {
        match &self.place {
            Place::File(path) | Place::Span(path, _) | Place::Line(path, _) => Some(path),
            Place::Variable(_) => None,
        }
    }

    /// The byte range in the file's text, if there is one.
    pub fn span(&self) -> Option<&Range<usize>> {
        match &self.place {
            Place::Span(_, span) => Some(span),
            Place::File(_) | Place::Line(..) | Place::Variable(_) => None,
        }
    }

    /// Where it begins in the file's text; 0 for the file as a whole.
    pub fn start(&self) -> usize {
        self.span().map_or(0, |span| span.start)
    }

    /// The problem with the lines of `text` it is about, a caret and the fix; in colours if `colour`.
    pub fn render(&self, text: &str, colour: bool) -> String {
        let level = match self.level {
            Level::Error => Title::ERROR,
            Level::Warning(_) => Title::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let group = match &self.place {
            Place::Span(path, span) => Group::with_title(title).element(
                Snippet::source(text)
                    .path(path.as_str())
                    .annotation(AnnotationKind::Primary.span(within(text, span))),
            ),
            Place::File(name) | Place::Variable(name) => {
                Group::with_title(title).element(Origin::path(name.as_str()))
            }
            Place::Line(path, line) => {
                Group::with_title(title).element(Origin::path(path.as_str()).line(*line))
            }
        };
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group.element(Title::HELP.message(self.fix.as_str()))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_own_look() {
        let shown: Vec<_> = [
            Place::File("a.toml".to_owned()),
            Place::Span("a.toml".to_owned(), 8..13),
            Place::Line("a.toml".to_owned(), 2),
            Place::Variable("NEO4J_URI".to_owned()),
        ]
        .into_iter()
        .map(|place| Problem::error(place, "what", "fix").render("a = 1\nb_see = 2\n", false))
        .collect();
        insta::assert_snapshot!(shown.join("\n\n"), @"
        error: what
        --> a.toml
         = help: fix

        error: what
         --> a.toml:2:3
          |
        2 | b_see = 2
          |   ^^^^^
          |
          = help: fix

        error: what
        --> a.toml:2
         = help: fix

        error: what
        --> NEO4J_URI
         = help: fix
        ");
    }

    #[test]
    fn reasons_have_different_names() {
        let names: std::collections::HashSet<_> =
            WarningReason::ALL.map(WarningReason::as_str).into();
        assert_eq!(names.len(), WarningReason::ALL.len());
    }
}
