//! Decides what an ambiguous token is from the tokens around it.

use super::brackets::Pairs;
use super::token::{Kind, Token};
use super::words::{Role, is_type_word, role};

/// The tokens of a text and their matching brackets.
#[derive(Clone, Copy)]
pub(super) struct Lookahead<'s, 't> {
    pub(super) tokens: &'s [Token<'t>],
    pub(super) pairs: &'s Pairs,
}

const SORT_ORDERS: &[&str] = &["ASC", "ASCENDING", "DESC", "DESCENDING"];

impl Lookahead<'_, '_> {
    /// Whether the token at `index` is one of the keywords `words`.
    pub(super) fn is_one_of(&self, index: usize, words: &[&str]) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    }

    /// Whether the token before is one of `words`, not a property or label of that name.
    pub(super) fn word_before(&self, index: usize, words: &[&str]) -> bool {
        let Some(word) = index.checked_sub(1).map(|before| &self.tokens[before]) else {
            return false;
        };
        let named = index
            .checked_sub(2)
            .is_some_and(|before| self.tokens[before].is(".") || self.tokens[before].is(":"));
        !named && words.iter().any(|wanted| word.is_word(wanted))
    }

    /// Whether the brace at `index` follows `CALL` or `CALL (…)`.
    pub(super) fn belongs_to_call(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else {
            return false;
        };
        self.word_before(index, &["CALL"])
            || (self.tokens[before].is(")")
                && self.word_before(self.pairs.other(before), &["CALL"]))
    }

    /// Whether the brace at `index` opens a map: `{.x}`, `{x: 1}`, `{x}`, `{x, y}`.
    pub(super) fn is_projection(&self, index: usize) -> bool {
        let inside = |offset: usize| self.tokens.get(index + offset);
        match inside(1) {
            Some(first) if first.is_name() => inside(2)
                .is_some_and(|second| [":", ",", "}"].iter().any(|symbol| second.is(symbol))),
            Some(first) => first.is(".") || first.is("}"),
            None => true,
        }
    }

    /// Whether the prefix word at `index` is a variable of that name, judged by what follows.
    pub(super) fn is_variable(&self, in_items: bool, index: usize, prefix: &str) -> bool {
        let Some(next) = self.tokens.get(index + 1) else {
            return true;
        };
        if prefix == "DISTINCT" && !self.word_before(index, &["RETURN", "WITH"]) {
            return true;
        }
        match next.kind {
            Kind::Symbol if next.is("*") => prefix != "DISTINCT",
            // A map projection of a variable, because a map cannot begin with a dot.
            Kind::Symbol if next.is("{") => self
                .tokens
                .get(index + 2)
                .is_some_and(|first| first.is(".")),
            Kind::Symbol => self.follows_operand(index + 1),
            Kind::Word => self.is_variable_before(in_items, index + 1, prefix == "CASE"),
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => false,
        }
    }

    /// The same, where a word follows at `index`. Mistaking a variable `not` for the operator does
    /// no harm unless a clause follows; mistaking a variable `case` would hide the clauses after
    /// it.
    fn is_variable_before(&self, in_items: bool, index: usize, case: bool) -> bool {
        let word = |index, words: &[&str]| self.is_one_of(index, words);
        let operand_after = !self.follows_operand(index + 1) && self.tokens.len() > index + 1;
        match role(&self.tokens[index].text) {
            Role::Other | Role::End => {
                case && self.is_one_of(index, SORT_ORDERS) && !word(index + 1, &["WHEN"])
            }
            Role::Union => {
                in_items && (self.is_clause(index + 1) || word(index + 1, &["ALL", "DISTINCT"]))
            }
            Role::Before => case && word(index + 1, &["MATCH", "CALL"]),
            Role::As => {
                self.tokens.get(index + 1).is_some_and(Token::is_name) && self.ends_item(index + 2)
            }
            // A label may have the name of a clause and be followed by a clause.
            Role::Is if self.is_clause(index + 1) => {
                self.is_clause(index + 2) && !self.follows_operand(index + 3)
            }
            Role::Affix if case => word(index + 1, &["WITH"]),
            Role::Infix if word(index, &["WHEN"]) => false,
            Role::Infix | Role::Affix | Role::Is => operand_after && !self.is_clause(index + 1),
            Role::Match | Role::Return | Role::Call | Role::Using | Role::Show | Role::Finish => {
                self.begins_clause(index)
            }
            Role::Reads | Role::Writes | Role::Administers => self.begins_clause(index),
        }
    }

    /// Whether an item ends before `index`.
    fn ends_item(&self, index: usize) -> bool {
        let symbol = |token: &Token<'_>| [",", ";", "}", ")"].iter().any(|symbol| token.is(symbol));
        self.tokens.get(index).is_none_or(symbol) || self.is_clause(index)
    }

    fn is_clause(&self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == Kind::Word && role(&token.text).is_clause())
    }

    /// Whether the clause word at `index` is followed by the beginning of a clause and so is not a
    /// variable.
    fn begins_clause(&self, index: usize) -> bool {
        let Some(next) = self.tokens.get(index + 1) else {
            return false;
        };
        match next.kind {
            Kind::Word => {
                let order_by = self.tokens[index].is_word("ORDER") && next.is_word("BY");
                order_by
                    || (matches!(role(&next.text), Role::Other)
                        && !self.is_one_of(index + 1, SORT_ORDERS))
            }
            Kind::Symbol if next.is("{") => {
                self.tokens[index].is_word("CALL") && !self.is_projection(index + 1)
            }
            Kind::Symbol => ["(", "*", "$", "-"].iter().any(|symbol| next.is(symbol)),
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => true,
        }
    }

    /// Whether the token at `index` follows a complete operand instead of beginning one; true at
    /// the end of the text.
    fn follows_operand(&self, index: usize) -> bool {
        let Some(token) = self.tokens.get(index) else {
            return true;
        };
        match token.kind {
            Kind::Symbol => !["(", "[", "{", "+", "-", "$"]
                .iter()
                .any(|symbol| token.is(symbol)),
            Kind::Word => matches!(role(&token.text), Role::Infix | Role::Is | Role::As),
            Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => false,
        }
    }

    /// The token after the type that begins at `index`: its `<`, `>` and `WITH` are neither
    /// operators nor a clause.
    pub(super) fn after_type(&self, mut index: usize) -> usize {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(index) {
            let zone = self
                .tokens
                .get(index + 1)
                .is_some_and(|next| next.is_word("TIME") || next.is_word("TIMEZONE"));
            let of_type = match token.kind {
                Kind::Word => is_type_word(&token.text) || (token.is_word("WITH") && zone),
                Kind::Symbol => match token.text.as_ref() {
                    "<" => {
                        depth += 1;
                        true
                    }
                    ">" if depth > 0 => {
                        depth -= 1;
                        true
                    }
                    "!" => true,
                    "|" => depth > 0 || self.is_type(index + 1),
                    _ => false,
                },
                Kind::Quoted | Kind::String | Kind::Number | Kind::Parameter => false,
            };
            if !of_type {
                break;
            }
            index += 1;
        }
        index
    }

    fn is_type(&self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == Kind::Word && is_type_word(&token.text))
    }

    /// `USING TEXT INDEX SEEK n:Label(x)`: the variable comes after the words.
    pub(super) fn after_hint(&self, mut at: usize) -> usize {
        let word = |index, words: &[&str]| self.is_one_of(index, words);
        if word(at, &["BTREE", "TEXT", "RANGE", "POINT"]) && word(at + 1, &["INDEX"]) {
            at += 1;
        }
        if word(at, &["INDEX"]) {
            at += 1;
            if word(at, &["SEEK"]) && self.tokens.get(at + 1).is_some_and(Token::is_name) {
                at += 1;
            }
        } else if word(at, &["SCAN"]) {
            at += 1;
        }
        at
    }
}
