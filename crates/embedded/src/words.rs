//! Translates single tokens to the dialect of the engine.

use std::borrow::Cow;

use super::forms;
use super::keys::{engine_key, is_reserved, quoted};
use super::tokens::Tokens;
use cypher::Kind;

/// The token at `index` in the dialect of the engine.
pub(super) fn for_engine(tokens: &Tokens, index: usize) -> Cow<'_, str> {
    let token = &tokens.all[index];
    let text = &*token.text;
    if let Some(word) = in_labels_procedure(tokens, index) {
        return Cow::Borrowed(word);
    }
    if let Some(word) = forms::word(tokens, index) {
        return word;
    }
    if tokens.is_entry_of_projection(index) && is_reserved(text) {
        return Cow::Owned(format!("{}: {}", quoted(&engine_key(text)), quoted(text)));
    }
    // Without back-ticks `n.end` is not a valid key.
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

/// The engine's name of a function. The standard deviation of fewer than two values is 0 in Neo4j
/// and NULL in the engine.
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

/// The engine's procedure returns only the first label of each node, so all labels are read from
/// the nodes.
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
