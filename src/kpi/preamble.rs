//! The comments before the query: the HELP paragraph and the `/*kpi … */` header.

use std::ops::Range;

/// The comments before the query.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Opening<'t> {
    /// The first paragraph of the comments, as one line.
    pub(super) help: Option<String>,
    /// Every header, in order; a file should have one at most.
    pub(super) headers: Vec<Block<'t>>,
    /// The start of a block comment without an end.
    pub(super) unclosed: Option<Range<usize>>,
    /// Where the query begins.
    pub(super) end: usize,
}

/// A header.
#[derive(Debug, PartialEq)]
pub(super) struct Block<'t> {
    /// The TOML text.
    pub(super) toml: &'t str,
    /// Its place in the file.
    pub(super) start: usize,
    /// The place of its `/*kpi`.
    pub(super) mark: Range<usize>,
}

const MARK: &str = "/*kpi";

/// Reads the comments up to the first word of the query.
pub(super) fn read(text: &str) -> Opening<'_> {
    let mut opening = Opening::default();
    let mut help = Help::default();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        if let Some(line) = rest.strip_prefix("//") {
            let length = line.find(['\n', '\r']).unwrap_or(line.len());
            help.line(&line[..length]);
            at += 2 + length;
            // The line break itself does not end a paragraph, an empty line does.
            at += line_break(&text[at..]);
        } else if let Some(inside) = rest.strip_prefix("/*") {
            let Some(length) = inside.find("*/") else {
                opening.unclosed = Some(at..at + 2);
                break;
            };
            help.end();
            match mark_length(rest) {
                Some(mark) => opening.headers.push(Block {
                    toml: rest.get(mark..2 + length).unwrap_or_default(),
                    start: at + mark,
                    mark: at..at + mark,
                }),
                None => help.block(&inside[..length]),
            }
            at += length + 4;
            at += line_break(&text[at..]);
        } else if let Some(space) = rest
            .chars()
            .next()
            .filter(|c| c.is_whitespace() || *c == '\u{feff}')
        {
            if matches!(space, '\n' | '\r') {
                help.end();
            }
            at += space.len_utf8();
        } else {
            break;
        }
    }
    opening.help = help.text();
    opening.end = at;
    opening
}

fn line_break(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The length of the `/*kpi` that a comment begins with, in any spelling: `/* kpi`, `/*KPI`, `/**kpi`, `kpi` on the next
/// line; but not `/*kpis`.
fn mark_length(comment: &str) -> Option<usize> {
    let word = comment
        .strip_prefix("/*")?
        .trim_start_matches(|c: char| c.is_whitespace() || c == '*');
    let start = comment.len() - word.len();
    let is_kpi = word
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case("kpi"));
    let after = word.get(3..)?;
    let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (is_kpi && ends).then_some(start + 3)
}

impl Block<'_> {
    /// Whether it begins with `/*kpi`, which no other comment does by chance.
    pub(super) fn is_certain(&self) -> bool {
        self.mark.len() == MARK.len()
    }

    /// The place of its `*/`.
    pub(super) fn end(&self) -> Range<usize> {
        let end = self.start + self.toml.len();
        end..end + 2
    }
}

/// The place of a header after the start of the query, which is not read.
pub(super) fn late_header(text: &str, opening: &Opening<'_>) -> Option<Range<usize>> {
    let query = text
        .get(opening.end..)
        .filter(|_| opening.unclosed.is_none())?;
    query.match_indices("/*").find_map(|(at, _)| {
        let start = opening.end + at;
        Some(start..start + mark_length(&query[at..])?)
    })
}

/// Finds the first paragraph that is neither a licence nor a rule.
#[derive(Default)]
struct Help {
    found: Option<String>,
    paragraph: Vec<String>,
}

impl Help {
    /// A line of a comment; an empty one and a rule (`// =====`) end the paragraph.
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.chars().any(char::is_alphanumeric) {
            self.paragraph.push(line.to_owned());
        } else {
            self.end();
        }
    }

    /// The inside of a block comment, whose lines may begin with `*`.
    fn block(&mut self, inside: &str) {
        for line in inside.lines() {
            self.line(line.trim_start().trim_start_matches('*'));
        }
        self.end();
    }

    fn end(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph).join(" ");
        if self.found.is_none() && !paragraph.is_empty() && !is_licence(&paragraph) {
            self.found = Some(paragraph);
        }
    }

    fn text(mut self) -> Option<String> {
        self.end();
        self.found
    }
}

/// Whether a paragraph is about the rights to the file.
fn is_licence(paragraph: &str) -> bool {
    let lower = paragraph.to_lowercase();
    ["copyright", "spdx-", "licensed", "©", "(c) "]
        .iter()
        .any(|start| lower.starts_with(start))
        || [
            "spdx-license-identifier",
            "licensed under",
            "all rights reserved",
        ]
        .iter()
        .any(|words| lower.contains(words))
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
                "/* Copyright 2026 A */ /*kpi*/ // Late help\nMATCH",
                Some("Late help"),
                vec![""],
                "MATCH",
            ),
            ("/*kpis*/ RETURN 1", Some("kpis"), vec![], "RETURN 1"),
            ("/*kpi a*//*kpi b*/x", None, vec![" a", " b"], "x"),
            ("// Only this", Some("Only this"), vec![], ""),
            // Every spelling of the header.
            ("/* kpi a */x", None, vec![" a "], "x"),
            ("/*KPI a*/x", None, vec![" a"], "x"),
            ("/**kpi\n a*/x", None, vec!["\n a"], "x"),
            ("/*\n * Kpi\na*/x", None, vec!["\na"], "x"),
            // HELP is the first paragraph that says what the KPI is.
            ("// A\n// b.\n\n// More.\nx", Some("A b."), vec![], "x"),
            (
                "// A\r\n// b.\r\n\r\n// More.\r\nx",
                Some("A b."),
                vec![],
                "x",
            ),
            ("/* A\n * b.\n *\n * More. */x", Some("A b."), vec![], "x"),
            (
                "// =====\n// A b.\n// =====\n// More.\nx",
                Some("A b."),
                vec![],
                "x",
            ),
            (
                "// SPDX-License-Identifier: MIT\n// Copyright (c) 2026 A\n\n// A b.\nx",
                Some("A b."),
                vec![],
                "x",
            ),
            (
                "/* Licensed under the Apache License */\n// A b.\nx",
                Some("A b."),
                vec![],
                "x",
            ),
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
        for (text, late) in [
            ("RETURN 1 /*kpi x*/", 9..14),
            ("RETURN 1 /* KPI x*/", 9..15),
        ] {
            assert_eq!(late_header(text, &read(text)), Some(late));
        }
    }
}
