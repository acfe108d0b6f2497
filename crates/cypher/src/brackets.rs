//! Which bracket closes which, found in one pass so that no later step has to search.

use std::ops::Range;

use super::token::{Kind, Token};

/// For each token the other one of its pair; itself when it is no bracket.
pub(super) struct Pairs(Vec<usize>);

impl Pairs {
    /// The other bracket of the pair.
    pub(super) fn other(&self, index: usize) -> usize {
        self.0.get(index).copied().unwrap_or(index)
    }
}

/// Pairs the brackets; the place of the first that has no partner, otherwise.
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
