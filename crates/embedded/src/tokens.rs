//! Classifies the tokens of a statement by their neighbours.

use cypher::{Kind, Token};

/// The tokens of a statement and their brackets.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token<'static>>,
    /// The bracket around each token.
    inside: Vec<Option<usize>>,
    /// The opening bracket that each token closes.
    opens: Vec<Option<usize>>,
    /// The bracket that closes each opening bracket.
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

    /// The opening bracket that the token at `index` closes.
    pub(super) fn opened_by(&self, index: usize) -> Option<usize> {
        self.opens.get(index).copied().flatten()
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closed_by(&self, open: usize) -> Option<usize> {
        self.closes.get(open).copied().flatten()
    }

    /// Whether the brace opens a subquery: `EXISTS {…}`, `CALL (n) {…}`.
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

    /// The number of commas directly inside a bracket.
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

    /// Whether an expression begins after the word.
    fn leads(&self, index: usize) -> bool {
        const WORDS: [&str; 18] = [
            "AND", "BY", "CASE", "CONTAINS", "DISTINCT", "ELSE", "IN", "LIMIT", "NOT", "OR",
            "RETURN", "SKIP", "THEN", "UNWIND", "WHEN", "WHERE", "WITH", "XOR",
        ];
        WORDS.iter().any(|word| self.is_word(index, word))
    }

    /// Whether the bracket is a subscript `x[…]` and not a list or a relationship.
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

    /// Whether the parenthesis is not that of a function call.
    pub(super) fn begins_pattern(&self, open: usize) -> bool {
        let before = open.wrapping_sub(1);
        let clause = ["CREATE", "MATCH", "MERGE"]
            .iter()
            .any(|word| self.is_word(before, word));
        clause || self.leads(before) || !self.is_name(before)
    }

    /// Whether the name is bound to a node, `(name:Label)`, `(name)`, `(name {…})`, and to nothing
    /// else.
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

    /// Whether the brace opens a map projection `x {.key, name, other: 1}`, not properties of a
    /// pattern or a subquery.
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

    /// Whether the name is called as a function or procedure.
    pub(super) fn is_call(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index + 1, "(")
    }

    /// The full name of the function or procedure that is called at `index`, e.g. `apoc.text.join`.
    pub(super) fn called(&self, first: usize) -> Option<String> {
        let mut name = self.all.get(first)?.text.clone().into_owned();
        let mut at = first;
        while self.is(at + 1, ".") && self.is_name(at + 2) {
            at += 2;
            name.extend([".", &self.all[at].text]);
        }
        self.is_call(at).then_some(name)
    }

    /// Whether the token is a key of a map: `{key: …}`.
    pub(super) fn is_key_of_map(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index + 1, ":") && self.begins_entry(index)
    }

    /// Whether a token is first or after a comma inside braces.
    pub(super) fn begins_entry(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_inside(index, "{") && (self.is(previous, "{") || self.is(previous, ","))
    }

    /// Whether the token is a property key, `n.key`, and not part of a function name.
    pub(super) fn is_key_of_entity(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index.wrapping_sub(1), ".") && self.called(index).is_none()
    }

    /// Whether the token is a variable entry of a map projection: `n {variable}`.
    pub(super) fn is_entry_of_projection(&self, index: usize) -> bool {
        self.is_name(index)
            && self.begins_entry(index)
            && (self.is(index + 1, ",") || self.is(index + 1, "}"))
            && self
                .inside(index)
                .is_some_and(|open| self.is_projection(open))
    }

    /// Whether the token is a label: `(n:Label)`, `(n:A|B)`, `n:A:B`. After a bar it may also be a
    /// variable.
    pub(super) fn is_label(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let named = self.is(previous, ":") && !self.is_key_of_map(index.wrapping_sub(2));
        self.is_name(index) && !self.is_inside(index, "[") && (named || self.is(previous, "|"))
    }

    /// Whether the token is a name but not a key, label, type or function.
    pub(super) fn is_variable(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_name(index)
            && ![".", ":", "|"]
                .iter()
                .any(|symbol| self.is(previous, symbol))
            && !self.is_key_of_map(index)
            && !self.is_call(index)
    }

    /// Whether the name is bound here: `AS name`, `(name:Label)`, `[name IN …]`.
    pub(super) fn binds_name(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let begins = self.is(previous, "(") || self.is(previous, "[");
        let pattern = self.is(index + 1, ":")
            || self.is(index + 1, ")") && !self.is_name(index.wrapping_sub(2));
        self.is_word(previous, "AS") || (begins && (pattern || self.is_word(index + 1, "IN")))
    }
}
