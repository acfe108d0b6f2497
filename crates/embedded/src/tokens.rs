//! What a token of a statement is, as far as its neighbours tell.

use cypher::{Kind, Token};

/// The tokens of a statement and the brackets around each.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token<'static>>,
    /// The bracket that each stands in.
    inside: Vec<Option<usize>>,
    /// The bracket that each closes.
    opens: Vec<Option<usize>>,
    /// The bracket that closes each.
    closes: Vec<Option<usize>>,
}

impl Tokens {
    pub(super) fn new(all: Vec<Token<'static>>) -> Self {
        let (mut open, mut inside, mut opens, mut closes) =
            (Vec::new(), Vec::new(), Vec::new(), vec![None; all.len()]);
        for (index, token) in all.iter().enumerate() {
            let is_end = [")", "]", "}"].iter().any(|bracket| token.is(bracket));
            let begin = if is_end { open.pop() } else { None };
            if let Some(begin) = begin {
                closes[begin] = Some(index);
            }
            opens.push(begin);
            inside.push(open.last().copied());
            if ["(", "[", "{"].iter().any(|bracket| token.is(bracket)) {
                open.push(index);
            }
        }
        Self {
            all,
            inside,
            opens,
            closes,
        }
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
        self.closes.get(open).copied().flatten()
    }

    /// Whether a curly bracket holds clauses: `EXISTS {…}`, `CALL (n) {…}`.
    pub(super) fn begins_subquery(&self, open: usize) -> bool {
        const WORDS: [&str; 4] = ["CALL", "COLLECT", "COUNT", "EXISTS"];
        let before = open.wrapping_sub(1);
        self.is(open, "{")
            && (self.is(before, ")") || WORDS.iter().any(|word| self.is_word(before, word)))
    }

    fn is_inside(&self, index: usize, bracket: &str) -> bool {
        self.inside(index)
            .is_some_and(|open| self.is(open, bracket))
    }

    /// The commas that stand in a bracket, and not in one within it.
    pub(super) fn commas(&self, open: usize) -> usize {
        let close = self.closed_by(open).unwrap_or(open);
        (open..close)
            .filter(|&at| self.is(at, ",") && self.inside(at) == Some(open))
            .count()
    }

    /// Whether the word is the second one of `STARTS WITH` or `ENDS WITH`.
    pub(super) fn ends_operator(&self, index: usize) -> bool {
        ["STARTS", "ENDS"]
            .iter()
            .any(|word| self.is_word(index.wrapping_sub(1), word))
    }

    /// Whether a word leads up to an expression, so that what comes next is no part of the one before.
    fn leads(&self, index: usize) -> bool {
        const WORDS: [&str; 18] = [
            "AND", "BY", "CASE", "CONTAINS", "DISTINCT", "ELSE", "IN", "LIMIT", "NOT", "OR",
            "RETURN", "SKIP", "THEN", "UNWIND", "WHEN", "WHERE", "WITH", "XOR",
        ];
        WORDS.iter().any(|word| self.is_word(index, word))
    }

    /// `x[…]`, where a list's element or a key's value is asked for; no list, and no relationship.
    pub(super) fn is_subscript(&self, open: usize) -> bool {
        let before = open.wrapping_sub(1);
        let is_parameter = self
            .all
            .get(before)
            .is_some_and(|token| token.kind == Kind::Parameter);
        let is_value = is_parameter || (self.is_name(before) && !self.leads(before));
        self.is(open, "[")
            && (is_value
                || [")", "]", "}"]
                    .iter()
                    .any(|bracket| self.is(before, bracket)))
    }

    /// Whether the round bracket is no function's.
    pub(super) fn begins_pattern(&self, open: usize) -> bool {
        let before = open.wrapping_sub(1);
        let clause = ["CREATE", "MATCH", "MERGE"]
            .iter()
            .any(|word| self.is_word(before, word));
        clause || self.leads(before) || !self.is_name(before)
    }

    /// Whether a pattern has this name for a node, `(name:Label)`, `(name)`, `(name {…})`, and it is given to nothing else.
    pub(super) fn names_node(&self, name: &str) -> bool {
        let other = |at: usize| self.is_word(at - 1, "AS") || self.is_word(at + 1, "IN");
        if (1..self.all.len()).any(|at| self.is_name(at) && self.all[at].text == name && other(at))
        {
            return false;
        }
        let ends = |at: usize| {
            self.is_word(at, "WHERE") || [")", ":", "{"].iter().any(|symbol| self.is(at, symbol))
        };
        let is_it = |at: usize| self.is_name(at) && self.all[at].text == name && ends(at + 1);
        (1..self.all.len())
            .any(|at| is_it(at) && self.is(at - 1, "(") && self.begins_pattern(at - 1))
    }

    /// `x {.key, name, other: 1}`; no properties in a pattern, and no clauses.
    pub(super) fn is_projection(&self, open: usize) -> bool {
        let (name, before) = (open.wrapping_sub(1), open.wrapping_sub(2));
        let in_pattern = [":", "|", "&", "."]
            .iter()
            .any(|symbol| self.is(before, symbol))
            || (self.is(before, "(") && self.begins_pattern(before))
            || (self.is(before, "[") && self.is(before.wrapping_sub(1), "-"));
        let is_value = self.is_name(name) && !self.leads(name) && !self.begins_subquery(open);
        self.is(open, "{") && is_value && (!in_pattern || self.is(open + 1, "."))
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
    pub(super) fn begins_entry(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_inside(index, "{") && (self.is(previous, "{") || self.is(previous, ","))
    }

    /// `n.key`, but no part of a function's name, as in `duration.between(…)`.
    pub(super) fn is_key_of_entity(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index.wrapping_sub(1), ".") && self.called(index).is_none()
    }

    /// `n {variable}`: an entry that is called as the variable is.
    pub(super) fn is_entry_of_projection(&self, index: usize) -> bool {
        self.is_name(index)
            && self.begins_entry(index)
            && (self.is(index + 1, ",") || self.is(index + 1, "}"))
            && self
                .inside(index)
                .is_some_and(|open| self.is_projection(open))
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
            && ![".", ":", "|"]
                .iter()
                .any(|symbol| self.is(previous, symbol))
            && !self.is_key_of_map(index)
            && !self.is_call(index)
    }

    /// Whether a name is given to something here: `AS name`, `(name:Label)`, `[name IN …]`.
    pub(super) fn gives_name(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let begins = self.is(previous, "(") || self.is(previous, "[");
        let pattern = self.is(index + 1, ":")
            || self.is(index + 1, ")") && !self.is_name(index.wrapping_sub(2));
        self.is_word(previous, "AS") || (begins && (pattern || self.is_word(index + 1, "IN")))
    }
}
