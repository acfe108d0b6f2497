//! The config file as an error may show it: without the values that may be secrets.

use std::ops::Range;
use std::path::Path;

use crate::diagnostic::Place;

/// The text of the file with `…` in the place of values, and the lines that are not shown even so.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    text: String,
    /// In bytes of `text`: no line that one of these touches is shown.
    private: Vec<Range<usize>>,
    /// Each range of the file that was cut, and the length of what replaces it. In order, without overlaps.
    cuts: Vec<(Range<usize>, usize)>,
}

/// A value that is not shown.
pub(super) struct Hidden {
    pub(super) span: Range<usize>,
    /// Whether the whole line is not shown.
    pub(super) with_line: bool,
}

impl Excerpt {
    pub(super) fn new(file: &str, mut hidden: Vec<Hidden>) -> Self {
        hidden.sort_by_key(|value| value.span.start);
        let mut excerpt = Self::default();
        let mut at = 0;
        for Hidden { span, with_line } in hidden {
            excerpt.text += file.get(at..span.start).unwrap_or_default();
            let start = excerpt.text.len();
            let value = file.get(span.clone()).unwrap_or_default();
            excerpt.text.push('…');
            // The lines after it keep their numbers.
            excerpt.text.extend(value.matches('\n'));
            let end = excerpt.text.len();
            if with_line {
                excerpt.private.push(start..end);
            }
            at = span.end;
            excerpt.cuts.push((span, end - start));
        }
        excerpt.text += file.get(at..).unwrap_or_default();
        excerpt
    }

    /// The file of which only the lines for which `is_safe` are shown.
    pub(super) fn of_lines(file: &str, is_safe: impl Fn(&str) -> bool) -> Self {
        let mut hidden = Vec::new();
        let mut start = 0;
        for line in file.split('\n') {
            let span = start..start + line.len();
            start = span.end + 1;
            if !is_safe(line) {
                let with_line = true;
                hidden.push(Hidden { span, with_line });
            }
        }
        Self::new(file, hidden)
    }

    /// The place of a span of the file.
    pub(super) fn place(&self, path: &Path, span: &Range<usize>) -> Place {
        let path = path.display().to_string();
        let start = self.offset(span.start, |cut, _| cut);
        let span = start..self.offset(span.end, |cut, length| cut + length).max(start);
        if self.shows(&span) {
            return Place::Span(path, span);
        }
        let before = self.text.get(..start).unwrap_or_default();
        Place::Line(path, 1 + before.matches('\n').count())
    }

    /// Where an offset of the file is in the text; `inside` picks one in what replaces a cut.
    fn offset(&self, at: usize, inside: impl Fn(usize, usize) -> usize) -> usize {
        let (mut removed, mut added) = (0, 0);
        for (cut, length) in &self.cuts {
            if cut.start >= at {
                break;
            }
            if at < cut.end {
                return inside(cut.start + added - removed, *length);
            }
            removed += cut.len();
            added += length;
        }
        at + added - removed
    }

    /// Whether the lines of a span of the text may be shown.
    fn shows(&self, span: &Range<usize>) -> bool {
        let before = self.text.get(..span.start).unwrap_or_default();
        let after = self.text.get(span.end..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = span.end + after.find('\n').unwrap_or(after.len());
        let apart = |private: &Range<usize>| private.end <= start || end <= private.start;
        self.private.iter().all(apart)
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
