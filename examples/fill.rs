//! Executes every statement of a Cypher file on a Neo4j:
//! `cargo run --example fill -- bolt://localhost:7687 examples/bmad.cypher`.
//!
//! Logs in with `NEO4J_USER` and `NEO4J_PASSWORD`. The exporter itself is read-only, so its sample
//! graph is created with this.
#![allow(clippy::print_stderr, reason = "an example prints to its user")]

use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, bail};
use neo4rs::{Graph, query};

/// Much longer than any statement takes; without it a server that hangs would block this program.
const DEADLINE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [uri, file] = &arguments[..] else {
        bail!("usage: fill URI FILE")
    };
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let user = env::var("NEO4J_USER").unwrap_or_else(|_| "neo4j".to_owned());
    let password = env::var("NEO4J_PASSWORD").unwrap_or_default();
    let graph = Graph::new(uri, user, password).with_context(|| format!("cannot use {uri}"))?;
    let statements = statements(&text);
    for (i, statement) in statements.iter().enumerate() {
        let run = tokio::time::timeout(DEADLINE, run(&graph, statement));
        run.await
            .with_context(|| format!("no answer within {} s", DEADLINE.as_secs()))
            .flatten()
            .with_context(|| format!("statement {} of {file}:\n{statement}", i + 1))?;
    }
    eprintln!("fill: ran {} statements of {file}", statements.len());
    Ok(())
}

async fn run(graph: &Graph, statement: &str) -> anyhow::Result<()> {
    let mut rows = graph.execute(query(statement)).await?;
    while rows.next().await?.is_some() {}
    Ok(())
}

/// The text between semicolons, ignoring those in strings, names and comments; comments alone are
/// not a statement.
fn statements(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut at, mut has_code) = (0, 0, false);
    while at < text.len() {
        let (length, kind) = piece(&text[at..]);
        match kind {
            Piece::Code => has_code = true,
            Piece::Blank => {}
            Piece::End => {
                if has_code {
                    found.push(text[start..at].trim());
                }
                (start, has_code) = (at + length, false);
            }
        }
        at += length;
    }
    if has_code {
        found.push(text[start..].trim());
    }
    found
}

enum Piece {
    Code,
    Blank,
    End,
}

/// The length in bytes and the kind of the first piece of `text`.
fn piece(text: &str) -> (usize, Piece) {
    let until = |end: &str, from: usize| {
        text[from..]
            .find(end)
            .map_or(text.len(), |at| from + at + end.len())
    };
    match text.chars().next() {
        Some(';') => (1, Piece::End),
        Some('`') => (until("`", 1), Piece::Code),
        Some(quote @ ('\'' | '"')) => (string(text, quote), Piece::Code),
        Some('/') if text.starts_with("//") => (until("\n", 2), Piece::Blank),
        Some('/') if text.starts_with("/*") => (until("*/", 2), Piece::Blank),
        Some(c) if c.is_whitespace() => (c.len_utf8(), Piece::Blank),
        Some(c) => (c.len_utf8(), Piece::Code),
        None => (0, Piece::Blank),
    }
}

fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn only_a_semicolon_in_code_ends_a_statement() {
        for (text, expected) in [
            ("", &[][..]),
            ("// only; a comment\n/* and ; another */ ;", &[]),
            ("A; B", &["A", "B"]),
            ("A;;\n B ;\n", &["A", "B"]),
            ("A ';' B; C \";\" D", &["A ';' B", "C \";\" D"]),
            (r"A '\';' B; C", &[r"A '\';' B", "C"]),
            ("A `;``;` B; C", &["A `;``;` B", "C"]),
            (
                "A // x; y\nB; C /* ; */ D",
                &["A // x; y\nB", "C /* ; */ D"],
            ),
            ("A 'é;", &["A 'é;"]),
        ] {
            assert_eq!(statements(text), expected, "{text}");
        }
    }
}
