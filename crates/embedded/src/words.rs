//! The engine's word for a token.

use std::borrow::Cow;

use super::forms;
use super::keys::{engine_key, is_taken, quoted};
use super::tokens::Tokens;
use cypher::Kind;

/// The token at `index` as the engine wants it.
pub(super) fn for_engine(tokens: &Tokens, index: usize) -> Cow<'_, str> {
    let token = &tokens.all[index];
    let text = &*token.text;
    if let Some(word) = in_labels_procedure(tokens, index) {
        return Cow::Borrowed(word);
    }
    if let Some(word) = forms::word(tokens, index) {
        return word;
    }
    if tokens.is_entry_of_projection(index) && is_taken(text) {
        return Cow::Owned(format!("{}: {}", quoted(&engine_key(text)), quoted(text)));
    }
    // Without quotes `n.end` would be no key.
    if tokens.is_key_of_entity(index) || tokens.is_key_of_map(index) {
        return Cow::Owned(quoted(&engine_key(text)));
    }
    match token.kind {
        Kind::Quoted => Cow::Owned(quoted(text)),
        Kind::Parameter => Cow::Owned(format!("${text}")),
        Kind::Word if tokens.is_call(index) => Cow::Borrowed(function(text)),
        Kind::Symbol if closes_deviation(tokens, index) => Cow::Borrowed("), 0.0)"),
        Kind::Number => Cow::Owned(text.replace('_', "")),
        Kind::Word | Kind::String | Kind::Symbol => Cow::Borrowed(text),
    }
}

/// A function by the engine's name for it. The deviation of fewer than two values is 0, for the engine it is NULL.
fn function(name: &str) -> &str {
    const NAMES: [(&str, &str); 3] = [
        ("percentileCont", "percentile_cont"),
        ("percentileDisc", "percentile_disc"),
        ("stDev", "coalesce(stDev"),
    ];
    NAMES
        .iter()
        .find(|(ours, _)| ours.eq_ignore_ascii_case(name))
        .map_or(name, |(_, engine)| engine)
}

fn closes_deviation(tokens: &Tokens, index: usize) -> bool {
    tokens
        .opened_by(index)
        .is_some_and(|open| tokens.is_word(open.wrapping_sub(1), "stDev"))
}

/// The engine's own procedure tells only the first label of a node: all of them are found by looking at the nodes.
fn in_labels_procedure(tokens: &Tokens, index: usize) -> Option<&'static str> {
    const PROCEDURE: [&str; 8] = ["CALL", "db", ".", "labels", "(", ")", "YIELD", "label"];
    const NODES: &str = "MATCH (labelled) UNWIND labels(labelled) AS label WITH DISTINCT label";
    let is_it = |start: usize| {
        (start..)
            .zip(PROCEDURE)
            .all(|(at, word)| tokens.is_word(at, word) || tokens.is(at, word))
    };
    let start = (index.saturating_sub(PROCEDURE.len() - 1)..=index).find(|&start| is_it(start))?;
    Some(if start == index { NODES } else { "" })
}
