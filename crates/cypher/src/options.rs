//! The prefix of a query: `CYPHER` options are allowed, EXPLAIN and PROFILE are not.

use super::token::{Kind, Token};

/// The first token after the options.
pub(super) fn skip(tokens: &[Token<'_>]) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.is_word("CYPHER") {
            at = after_settings(tokens, at + 1);
        } else if token.is_word("EXPLAIN") || token.is_word("PROFILE") {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// `5 planner=cost runtime=slotted`.
fn after_settings(tokens: &[Token<'_>], mut at: usize) -> usize {
    if tokens
        .get(at)
        .is_some_and(|version| version.kind == Kind::Number)
    {
        at += 1;
    }
    while tokens.get(at).is_some_and(Token::is_name)
        && tokens.get(at + 1).is_some_and(|equals| equals.is("="))
    {
        at = (at + 3).min(tokens.len());
    }
    at
}

/// The options that a KPI must not have: token, message, fix.
pub(super) fn faults(options: &[Token<'_>]) -> Vec<(usize, String, &'static str)> {
    let refused = options
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_word("EXPLAIN") || token.is_word("PROFILE"));
    refused
        .map(|(index, token)| {
            let word = token.text.to_ascii_uppercase();
            let what = if word == "EXPLAIN" {
                "plans the query without running it"
            } else {
                "profiles the query, which makes it slower"
            };
            (
                index,
                format!("`{word}` is not allowed in a KPI: it {what}"),
                "remove the prefix",
            )
        })
        .collect()
}
