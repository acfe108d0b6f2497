//! The expressions behind aliases: `count(a)` for `n` after `WITH count(a) AS n`.

use std::collections::HashMap;
use std::ops::Range;

use super::brackets::Pairs;
use super::token::Token;

/// Every `AS name` of a statement.
pub(super) struct Aliases<'s, 't> {
    tokens: &'s [Token<'t>],
    pairs: &'s Pairs,
    /// For each name the places of its AS, in order.
    places: HashMap<&'s str, Vec<usize>>,
}

impl<'s, 't> Aliases<'s, 't> {
    pub(super) fn of(tokens: &'s [Token<'t>], pairs: &'s Pairs) -> Self {
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (index, pair) in tokens.windows(2).enumerate() {
            if pair[0].is_word("AS") && pair[1].is_name() {
                places.entry(pair[1].text.as_ref()).or_default().push(index);
            }
        }
        Self {
            tokens,
            pairs,
            places,
        }
    }

    /// The tokens of the expression that `name` has before the token `before`, by its last AS there.
    /// `None` if there is none, or if it is an element of a list.
    pub(super) fn expression(&self, name: &str, before: usize) -> Option<Range<usize>> {
        let places = self.places.get(name)?;
        let last = places
            .partition_point(|place| *place < before)
            .checked_sub(1)?;
        let end = places[last];
        let start = self.item_start(end)?;
        (start < end).then_some(start..end)
    }

    /// The start of the item that ends before the token `end`.
    fn item_start(&self, end: usize) -> Option<usize> {
        let mut start = end;
        while let Some(before) = start.checked_sub(1) {
            let token = &self.tokens[before];
            let other = self.pairs.other(before);
            if other < before {
                start = other;
                continue;
            }
            if other > before || token.is(",") {
                return Some(start);
            }
            let is_name = before
                .checked_sub(1)
                .map(|index| &self.tokens[index])
                .is_some_and(|previous| {
                    [".", ":"].iter().any(|symbol| previous.is(symbol))
                        || ["STARTS", "ENDS"].iter().any(|word| previous.is_word(word))
                });
            let begins = ["WITH", "RETURN", "DISTINCT", "YIELD"];
            if !is_name && begins.iter().any(|word| token.is_word(word)) {
                return Some(start);
            }
            if !is_name && token.is_word("UNWIND") {
                return None;
            }
            start = before;
        }
        None
    }
}
