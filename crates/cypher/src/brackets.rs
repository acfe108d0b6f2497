//! Matches brackets in one pass, so that no later step has to search.

use std::ops::Range;

use super::token::{Kind, Token};

/// For each token the index of the matching bracket; its own index if it is not a bracket.
pub(super) struct Pairs(Vec<usize>);

impl Pairs {
    /// The matching bracket.
    pub(super) fn other(&self, index: usize) -> usize {
        self.0.get(index).copied().unwrap_or(index)
    }
}

/// Matches all brackets, or returns the place of the first unmatched one.
pub(super) fn pair(tokens: &[Token<'_>]) -> Result<Pairs, Range<usize>> {
    let mut others: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (index, token) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == Kind::Symbol)
    {
        let opener = match token.text.as_ref() {
            "(" | "[" | "{" => {
                open.push(index);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        let partner = open
            .pop()
            .filter(|&partner| tokens[partner].is(opener))
            .ok_or_else(|| token.span.clone())?;
        others[partner] = index;
        others[index] = partner;
    }
    match open.last() {
        Some(&unclosed) => Err(tokens[unclosed].span.clone()),
        None => Ok(Pairs(others)),
    }
}
