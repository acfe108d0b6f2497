//! What is wrong with a file, where, and what to do; shown as compilers show it.

use std::collections::HashSet;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};

/// Whether a problem keeps a KPI from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The KPI does not load.
    Error,
    /// It loads, but surely does something else than meant.
    Warning,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the KPI from running.
    pub level: Level,
    /// The file, as the user would type it.
    pub path: String,
    /// Where in its text, in bytes; `None` when it is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong, one line.
    pub message: String,
    /// What to do, one line.
    pub fix: String,
}

impl Problem {
    /// Where it begins; what is about the whole file comes first.
    pub fn start(&self) -> usize {
        self.span.as_ref().map_or(0, |span| span.start)
    }

    /// The problem with its lines of `text`, a caret and the fix; colours when `colour`.
    pub fn render(&self, text: &str, colour: bool) -> String {
        let level = match self.level {
            Level::Error => Title::ERROR,
            Level::Warning => Title::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let group = match self.span.as_ref().map(|span| within(text, span)) {
            Some(span) => Group::with_title(title).element(
                Snippet::source(text)
                    .path(self.path.as_str())
                    .annotation(AnnotationKind::Primary.span(span)),
            ),
            None => Group::with_title(title).element(Origin::path(self.path.as_str())),
        };
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group.element(Title::HELP.message(self.fix.as_str()))])
    }
}

/// The span cut to the text and widened to whole characters, so that no text can make the renderer panic.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor_boundary(text, span.start);
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The byte offset of a line and column as a server counts them: both from 1, in characters; CR alone starts no line.
pub fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start = match line {
        0 => return None,
        1 => 0,
        _ => text.match_indices('\n').nth(line - 2)?.0 + 1,
    };
    let rest = text.get(start..)?;
    let within_line = rest
        .char_indices()
        .map(|(at, _)| at)
        .nth(column.checked_sub(1)?);
    Some(start + within_line.unwrap_or(rest.len()))
}

/// The word of `known` that is nearest to `word`, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count();
            // A word of which no letter is left is another word.
            *distance <= length.max(3) / 3 && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A part of a string's text, by its bytes in the file; the whole string where escapes hide the place.
pub(crate) fn inside(string: &Range<usize>, text: &str, part: &Range<usize>) -> Range<usize> {
    // One quote, three, or three and a line break, which is no part of the text.
    let quotes = [(1, 2), (3, 6), (4, 7)];
    let opening = quotes
        .iter()
        .find(|(_, both)| string.len() == text.len() + both);
    opening.map_or(string.clone(), |(opening, _)| {
        shift(part.clone(), string.start + opening)
    })
}

/// A span of a text that begins at `base`.
pub(crate) fn shift(span: Range<usize>, base: usize) -> Range<usize> {
    span.start + base..span.end + base
}

/// Words as a fix names them.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Collects the problems of one file.
pub(crate) struct Problems<'s> {
    path: &'s str,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub(crate) fn of(path: &'s str) -> Self {
        Self {
            path,
            found: Vec::new(),
        }
    }

    pub(crate) fn error(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(Level::Error, Some(span), message.into(), fix.into());
    }

    pub(crate) fn warning(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(Level::Warning, Some(span), message.into(), fix.into());
    }

    fn push(&mut self, level: Level, span: Option<Range<usize>>, message: String, fix: String) {
        self.found.push(Problem {
            level,
            path: self.path.to_owned(),
            span,
            message,
            fix,
        });
    }

    pub(crate) fn is_without_errors(&self) -> bool {
        self.found
            .iter()
            .all(|problem| problem.level == Level::Warning)
    }

    /// All of them, in order of place; what several metrics of a file find at one place is said once.
    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        let mut said = HashSet::new();
        self.found
            .retain(|problem| said.insert((problem.span.clone(), problem.message.clone())));
        self.found.sort_by_key(Problem::start);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        let text = "MATCH (n)\nRETURN é, x\r\nLIMIT";
        for (line, column, expected) in [
            (1, 1, Some("MATCH")),
            (2, 8, Some("é, x")),
            (2, 11, Some("x")),
            (3, 1, Some("LIMIT")),
            (3, 99, Some("")),
            (4, 1, None),
            (0, 1, None),
        ] {
            let found = offset(text, line, column).map(|at| &text[at..]);
            assert!(
                found == expected || found.zip(expected).is_some_and(|(f, e)| f.starts_with(e)),
                "{line}:{column}"
            );
        }
    }

    #[test]
    fn nearest_word() {
        for (word, expected) in [
            ("lables", Some("labels")),
            ("evry", Some("every")),
            ("Agnet", None),
            ("colour", None),
            ("TYPE", Some("type")),
        ] {
            assert_eq!(
                nearest(word, ["labels", "every", "type"]),
                expected,
                "{word}"
            );
        }
    }
}
