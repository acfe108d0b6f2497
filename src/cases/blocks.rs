//! Splits a file of tests into its cases: the `/*test … */` comments and the statements after each.

use std::ops::Range;

use crate::diagnostic::Problems;

/// A comment and the statements up to the next one, as ranges of the file.
#[derive(Debug)]
pub(super) struct Block {
    /// `/*test`.
    pub(super) mark: Range<usize>,
    /// The TOML between the mark and `*/`.
    pub(super) toml: Range<usize>,
    /// The statements, without `;`.
    pub(super) statements: Vec<Range<usize>>,
}

/// Splits `text`; a statement without a comment before it and invalid Cypher tokens are problems.
pub(super) fn split(text: &str, problems: &mut Problems<'_>) -> Vec<Block> {
    let tokens = match cypher::tokens(text) {
        Ok(tokens) => tokens,
        Err(fault) => {
            problems.error(fault.span, fault.message, fault.fix);
            return Vec::new();
        }
    };
    let mut splitter = Splitter {
        text,
        blocks: Vec::new(),
        statement: None,
        orphan: None,
    };
    let mut end = 0;
    for token in &tokens {
        splitter.comments(end..token.span.start);
        end = token.span.end;
        if token.is(";") {
            splitter.end_statement();
        } else {
            splitter.extend_statement(token.span.clone());
        }
    }
    splitter.comments(end..text.len());
    splitter.end_statement();
    if let Some(orphan) = splitter.orphan {
        problems.error(
            orphan,
            "expected a `/*test … */` comment before this statement",
            "write the name and the expected samples of the case into a `/*test … */` comment above",
        );
    } else if splitter.blocks.is_empty() {
        problems.error(
            0..0,
            "expected a `/*test … */` comment, found none",
            "write a case: a `/*test … */` comment and a statement that builds its graph",
        );
    }
    splitter.blocks
}

struct Splitter<'t> {
    text: &'t str,
    blocks: Vec<Block>,
    statement: Option<Range<usize>>,
    /// The first statement before any comment.
    orphan: Option<Range<usize>>,
}

impl Splitter<'_> {
    /// Begins a block at each test comment between two tokens.
    fn comments(&mut self, gap: Range<usize>) {
        let mut at = gap.start;
        while at < gap.end {
            let rest = &self.text[at..gap.end];
            let first = rest.chars().next().map_or(1, char::len_utf8);
            at += if rest.starts_with("//") {
                rest.find(['\n', '\r']).unwrap_or(rest.len())
            } else if let Some(inner) = rest.strip_prefix("/*") {
                let end = inner.find("*/").map_or(rest.len(), |end| end + 4);
                if let Some(mark) = mark(&rest[..end]) {
                    self.end_statement();
                    self.blocks.push(Block {
                        mark: at..at + mark,
                        toml: at + mark..at + end.saturating_sub(2).max(mark),
                        statements: Vec::new(),
                    });
                }
                end
            } else {
                first
            };
        }
    }

    fn extend_statement(&mut self, token: Range<usize>) {
        let start = self.statement.as_ref().map_or(token.start, |s| s.start);
        self.statement = Some(start..token.end);
    }

    fn end_statement(&mut self) {
        let Some(statement) = self.statement.take() else {
            return;
        };
        match self.blocks.last_mut() {
            Some(block) => block.statements.push(statement),
            None => _ = self.orphan.get_or_insert(statement),
        }
    }
}

/// The length of `/*test` in any spelling (`/* test`, `/**TEST`) at the start of a comment, so that
/// no misspelt case is silently ignored.
fn mark(comment: &str) -> Option<usize> {
    const WORD: &str = "test";
    let after = comment
        .trim_start_matches('/')
        .trim_start_matches('*')
        .trim_start();
    let word = after.get(..WORD.len())?;
    let ends = after[WORD.len()..].starts_with(|c: char| c.is_whitespace() || c == '*');
    (word.eq_ignore_ascii_case(WORD) && ends).then(|| comment.len() - after.len() + WORD.len())
}
