//! What a token of a statement is, as far as its neighbours tell.

use crate::kpi::cypher::Token;

/// The tokens of a statement and the brackets around each.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token<'static>>,
    /// The bracket that each stands in.
    inside: Vec<Option<usize>>,
    /// The bracket that each closes.
    opens: Vec<Option<usize>>,
}

impl Tokens {
    pub(super) fn new(all: Vec<Token<'static>>) -> Self {
        let (mut open, mut inside, mut opens) = (Vec::new(), Vec::new(), Vec::new());
        for (index, token) in all.iter().enumerate() {
            let closes = [")", "]", "}"].iter().any(|bracket| token.is(bracket));
            opens.push(if closes { open.pop() } else { None });
            inside.push(open.last().copied());
            if ["(", "[", "{"].iter().any(|bracket| token.is(bracket)) {
                open.push(index);
            }
        }
        Self { all, inside, opens }
    }

    pub(super) fn is(&self, index: usize, symbol: &str) -> bool {
        self.all.get(index).is_some_and(|token| token.is(symbol))
    }

    pub(super) fn is_word(&self, index: usize, word: &str) -> bool {
        self.all.get(index).is_some_and(|token| token.is_word(word))
    }

    pub(super) fn is_name(&self, index: usize) -> bool {
        self.all.get(index).is_some_and(Token::is_name)
    }

    /// The bracket around a token.
    pub(super) fn inside(&self, index: usize) -> Option<usize> {
        self.inside.get(index).copied().flatten()
    }

    /// The bracket that the one at `index` closes.
    pub(super) fn opened_by(&self, index: usize) -> Option<usize> {
        self.opens.get(index).copied().flatten()
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closed_by(&self, open: usize) -> Option<usize> {
        (open..self.all.len()).find(|&close| self.opened_by(close) == Some(open))
    }

    /// Whether a curly bracket holds clauses: `EXISTS {…}`, `CALL (n) {…}`.
    pub(super) fn begins_subquery(&self, open: usize) -> bool {
        const WORDS: [&str; 4] = ["CALL", "COLLECT", "COUNT", "EXISTS"];
        let before = open.wrapping_sub(1);
        self.is(open, "{") && (self.is(before, ")") || WORDS.iter().any(|word| self.is_word(before, word)))
    }

    fn is_inside(&self, index: usize, bracket: &str) -> bool {
        self.inside(index).is_some_and(|open| self.is(open, bracket))
    }

    /// Whether a name is called here, as a function or procedure.
    pub(super) fn is_call(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index + 1, "(")
    }

    /// The full name, `apoc.text.join`, of what is called with these first words.
    pub(super) fn called(&self, first: usize) -> Option<String> {
        let mut name = self.all.get(first)?.text.clone().into_owned();
        let mut at = first;
        while self.is(at + 1, ".") && self.is_name(at + 2) {
            at += 2;
            name.extend([".", &self.all[at].text]);
        }
        self.is_call(at).then_some(name)
    }

    /// `{key: …}`.
    pub(super) fn is_key_of_map(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index + 1, ":") && self.begins_entry(index)
    }

    /// Whether a token comes first, or after a comma, in curly brackets.
    fn begins_entry(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_inside(index, "{") && (self.is(previous, "{") || self.is(previous, ","))
    }

    /// `n.key`, but no part of a function's name, as in `duration.between(…)`.
    pub(super) fn is_key_of_entity(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index.wrapping_sub(1), ".") && self.called(index).is_none()
    }

    /// `n {variable}`: an entry that is called as the variable is.
    pub(super) fn is_entry_of_projection(&self, index: usize) -> bool {
        let projects = |open: usize| self.is_name(open.wrapping_sub(1)) && !self.begins_subquery(open);
        self.is_name(index)
            && self.begins_entry(index)
            && (self.is(index + 1, ",") || self.is(index + 1, "}"))
            && self.inside(index).is_some_and(projects)
    }

    /// `(n:Label)`, `(n:A|B)`, `n:A:B`; in square brackets it is a relationship's type. After a bar it may be a variable.
    pub(super) fn is_label(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let named = self.is(previous, ":") && !self.is_key_of_map(index.wrapping_sub(2));
        self.is_name(index) && !self.is_inside(index, "[") && (named || self.is(previous, "|"))
    }

    /// A name that is neither key, label, type nor function.
    pub(super) fn is_variable(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_name(index)
            && ![".", ":", "|"].iter().any(|symbol| self.is(previous, symbol))
            && !self.is_key_of_map(index)
            && !self.is_call(index)
    }

    /// Whether a name is given to something here: `AS name`, `(name:Label)`, `[name IN …]`.
    pub(super) fn gives_name(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let begins = self.is(previous, "(") || self.is(previous, "[");
        let pattern = self.is(index + 1, ":") || self.is(index + 1, ")") && !self.is_name(index.wrapping_sub(2));
        self.is_word(previous, "AS") || (begins && (pattern || self.is_word(index + 1, "IN")))
    }
}
