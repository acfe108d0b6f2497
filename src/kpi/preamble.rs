//! The comments a KPI file opens with: the HELP paragraph and the `/*kpi … */` header.

use std::ops::Range;

/// What stands before the query.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Opening<'t> {
    /// The first paragraph of `//` lines, as one line.
    pub(super) help: Option<String>,
    /// Every `/*kpi` block, in order; a file should have one at most.
    pub(super) headers: Vec<Block<'t>>,
    /// Where a block comment begins that never ends.
    pub(super) unclosed: Option<Range<usize>>,
    /// Where the query begins.
    pub(super) end: usize,
}

/// The inside of a header.
#[derive(Debug, PartialEq)]
pub(super) struct Block<'t> {
    /// The TOML text.
    pub(super) toml: &'t str,
    /// Where it begins in the file.
    pub(super) start: usize,
}

const MARK: &str = "/*kpi";

/// Reads the comments up to the first word of the query.
pub(super) fn read(text: &str) -> Opening<'_> {
    let mut opening = Opening::default();
    let mut paragraph = Paragraph::default();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        if let Some(line) = rest.strip_prefix("//") {
            let length = line.find(['\n', '\r']).unwrap_or(line.len());
            paragraph.line(&line[..length]);
            at += 2 + length;
        } else if let Some(inside) = rest.strip_prefix("/*") {
            paragraph.end();
            let Some(length) = inside.find("*/") else {
                opening.unclosed = Some(at..at + 2);
                break;
            };
            if is_header(rest) {
                let mark = MARK.len();
                opening.headers.push(Block {
                    toml: &rest[mark..2 + length],
                    start: at + mark,
                });
            }
            at += length + 4;
        } else if let Some(space) = rest
            .chars()
            .next()
            .filter(|c| c.is_whitespace() || *c == '\u{feff}')
        {
            at += space.len_utf8();
        } else {
            break;
        }
    }
    opening.help = paragraph.text();
    opening.end = at;
    opening
}

/// `/*kpi`, but not `/*kpis`.
fn is_header(rest: &str) -> bool {
    let after = rest.strip_prefix(MARK);
    after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

impl Block<'_> {
    /// Where its `/*kpi` stands.
    pub(super) fn mark(&self) -> Range<usize> {
        self.start - MARK.len()..self.start
    }

    /// Where the `*/` stands that ends it.
    pub(super) fn end(&self) -> Range<usize> {
        let end = self.start + self.toml.len();
        end..end + 2
    }
}

/// Where a header stands that comes too late to be read: after the query has begun.
pub(super) fn late_header(text: &str, opening: &Opening<'_>) -> Option<Range<usize>> {
    let query = text
        .get(opening.end..)
        .filter(|_| opening.unclosed.is_none())?;
    let (at, _) = query
        .match_indices(MARK)
        .find(|(at, _)| is_header(&query[*at..]))?;
    Some(opening.end + at..opening.end + at + MARK.len())
}

/// The first run of `//` lines; an empty one ends it.
#[derive(Default)]
struct Paragraph {
    lines: Vec<String>,
    ended: bool,
}

impl Paragraph {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            self.end();
        } else if !self.ended {
            self.lines.push(line.to_owned());
        }
    }

    fn end(&mut self) {
        self.ended = self.ended || !self.lines.is_empty();
    }

    fn text(self) -> Option<String> {
        (!self.lines.is_empty()).then(|| self.lines.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings() {
        for (text, help, toml, query) in [
            ("RETURN 1", None, vec![], "RETURN 1"),
            (
                "// One\n// sentence.\n//\n// More.\nRETURN 1",
                Some("One sentence."),
                vec![],
                "RETURN 1",
            ),
            (
                "\u{feff}// Help.\r\n/*kpi\nunit = \"s\"\n*/\r\nMATCH",
                Some("Help."),
                vec!["\nunit = \"s\"\n"],
                "MATCH",
            ),
            (
                "/* licence */ /*kpi*/ // Late help\nMATCH",
                Some("Late help"),
                vec![""],
                "MATCH",
            ),
            ("/*kpis*/ RETURN 1", None, vec![], "RETURN 1"),
            ("/*kpi a*//*kpi b*/x", None, vec![" a", " b"], "x"),
            ("// Only this", Some("Only this"), vec![], ""),
        ] {
            let opening = read(text);
            assert_eq!(opening.help.as_deref(), help, "{text}");
            assert_eq!(
                opening
                    .headers
                    .iter()
                    .map(|block| block.toml)
                    .collect::<Vec<_>>(),
                toml,
                "{text}"
            );
            for block in &opening.headers {
                assert_eq!(
                    &text[block.start..block.start + block.toml.len()],
                    block.toml
                );
            }
            assert_eq!(&text[opening.end..], query, "{text}");
        }
    }

    #[test]
    fn unclosed_and_late() {
        assert_eq!(read("// a\n/*kpi x").unclosed, Some(5..7));
        assert_eq!(read("/*/").unclosed, Some(0..2));
        let text = "RETURN 1 /*kpi x*/";
        assert_eq!(late_header(text, &read(text)), Some(9..14));
    }
}
