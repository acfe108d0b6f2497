//! Byte ranges of a text: on character boundaries, from line and column, inside a quoted string.

use std::ops::Range;

/// The span, cut to the text and widened to whole characters: the renderer panics on anything else.
pub(super) fn within(text: &str, span: &Range<usize>) -> Range<usize> {
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

/// The span in the file of a part of a string's text; the whole string if escapes hide the place.
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
}
