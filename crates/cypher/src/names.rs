//! The labels, relationship types and property keys that a query names: only those that certainly are one, for a hint to a misspelt name.

use std::collections::HashSet;

use super::brackets::Pairs;
use super::token::{Kind, Token};

/// Tokens that are names in the graph.
#[derive(Debug, Default)]
pub(super) struct GraphNames {
    pub(super) labels: Vec<usize>,
    pub(super) relationship_types: Vec<usize>,
    pub(super) properties: Vec<usize>,
}

/// Finds them.
pub(super) fn graph_names(tokens: &[Token<'_>], pairs: &Pairs) -> GraphNames {
    let mut reader = Reader {
        tokens,
        pairs,
        names: GraphNames::default(),
        entities: Entities::default(),
        labels_read: 0,
    };
    for index in 0..tokens.len() {
        reader.pattern(index);
    }
    reader.entities.forget_others(tokens);
    reader.labels_read = 0;
    // The brackets that are open at a token tell a map's key from an expression.
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if pairs.other(index) > index {
            open.push(index);
        } else if pairs.other(index) < index {
            open.pop();
        }
        if token.is_name() {
            reader.expression(index, open.last().is_some_and(|&last| tokens[last].is("{")));
        }
    }
    let GraphNames {
        mut labels,
        mut relationship_types,
        mut properties,
    } = reader.names;
    for found in [&mut labels, &mut relationship_types, &mut properties] {
        found.sort_unstable();
        found.dedup();
    }
    GraphNames {
        labels,
        relationship_types,
        properties,
    }
}

/// Variables that patterns bind.
#[derive(Debug, Default)]
struct Entities<'s> {
    nodes: HashSet<&'s str>,
    relationships: HashSet<&'s str>,
}

impl<'s> Entities<'s> {
    /// A name that is also given to something else (`WITH n.x AS n`, `[n IN …]`) says nothing any more.
    fn forget_others(&mut self, tokens: &'s [Token<'_>]) {
        for (index, token) in tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.is_name())
        {
            let aliased = index > 0 && tokens[index - 1].is_word("AS");
            let listed = index > 0 && (tokens[index - 1].is("[") || tokens[index - 1].is("("));
            let looped = listed && tokens.get(index + 1).is_some_and(|next| next.is_word("IN"));
            if aliased || looped {
                self.nodes.remove(token.text.as_ref());
                self.relationships.remove(token.text.as_ref());
            }
        }
    }
}

struct Reader<'s, 't> {
    tokens: &'s [Token<'t>],
    pairs: &'s Pairs,
    names: GraphNames,
    entities: Entities<'s>,
    /// Where the last label expression ended: what lies before it is read.
    labels_read: usize,
}

impl Reader<'_, '_> {
    fn is(&self, index: usize, symbol: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(symbol))
    }

    fn is_name(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(Token::is_name)
    }

    /// A node or relationship pattern that opens at `open`: `(n:Label {key: …})`, `-[r:TYPE]-`.
    fn pattern(&mut self, open: usize) {
        let close = self.pairs.other(open);
        let relationship =
            self.is(open, "[") && open > 0 && self.is(open - 1, "-") && self.is(close + 1, "-");
        let node = self.is(open, "(") && self.is_node(open, close);
        if !relationship && !node {
            return;
        }
        let mut at = open + 1;
        if self.is_name(at)
            && !self.tokens[at].is_word("WHERE")
            && (at + 1 == close || !self.tokens[at].is_word("IS"))
        {
            let name = self.tokens[at].text.as_ref();
            if relationship {
                &mut self.entities.relationships
            } else {
                &mut self.entities.nodes
            }
            .insert(name);
            at += 1;
        }
        if self.is(at, ":") || self.tokens.get(at).is_some_and(|token| token.is_word("IS")) {
            at = self.label_expression(at + 1, relationship);
        }
        // The length of a path: `*1..3`.
        while self.is(at, "*")
            || self.is(at, "..")
            || self
                .tokens
                .get(at)
                .is_some_and(|token| token.kind == Kind::Number)
        {
            at += 1;
        }
        if self.is(at, "{") && at < close {
            self.keys(at);
        }
    }

    /// Whether the parenthesis is a node: it stands beside an arrow, or holds `n:Label` or `n {…}` after a word that begins a pattern.
    fn is_node(&self, open: usize, close: usize) -> bool {
        let called = open > 0 && self.is_name(open - 1) && !self.begins_pattern(open - 1);
        if called || close <= open {
            return false;
        }
        let arrow_before = open > 1
            && ((self.is(open - 1, "-") && (self.is(open - 2, "-") || self.is(open - 2, "]")))
                || (self.is(open - 1, ">") && self.is(open - 2, "-")));
        let arrow_after = (self.is(close + 1, "-")
            && (self.is(close + 2, "-") || self.is(close + 2, "[")))
            || (self.is(close + 1, "<") && self.is(close + 2, "-"));
        let begins = open > 0 && self.begins_pattern(open - 1);
        (arrow_before || arrow_after || begins) && !self.is(open + 1, "(")
    }

    fn begins_pattern(&self, index: usize) -> bool {
        self.tokens[index].is_word("MATCH")
            && !(index > 0 && (self.is(index - 1, ".") || self.is(index - 1, ":")))
    }

    /// The names of `A|B&!C`, with brackets; ends before anything else. `$(…)` is dynamic and names nothing.
    fn label_expression(&mut self, mut at: usize, relationship: bool) -> usize {
        let mut name_due = true;
        while let Some(token) = self.tokens.get(at) {
            if name_due && token.is("$") {
                let dynamic = if self.is(at + 1, "(") { at + 1 } else { at + 2 };
                at = self.pairs.other(dynamic).max(at) + 1;
                name_due = false;
                continue;
            }
            if name_due && token.is_name() {
                let found = if relationship {
                    &mut self.names.relationship_types
                } else {
                    &mut self.names.labels
                };
                found.push(at);
                name_due = false;
            } else if name_due && token.is("%") {
                name_due = false;
            } else if ["|", "&", ":"].iter().any(|symbol| token.is(symbol)) {
                name_due = true;
            } else if !(name_due && (token.is("!") || token.is("("))
                || !name_due && token.is(")") && self.closes_label(at))
            {
                break;
            }
            at += 1;
        }
        self.labels_read = at;
        at
    }

    /// Whether the parenthesis that closes at `close` belongs to a label expression.
    fn closes_label(&self, close: usize) -> bool {
        let open = self.pairs.other(close);
        open > 0
            && [":", "|", "&", "!", "("]
                .iter()
                .any(|symbol| self.is(open - 1, symbol))
    }

    /// The keys of the map that opens at `open`.
    fn keys(&mut self, open: usize) {
        let close = self.pairs.other(open);
        let mut at = open + 1;
        let mut due = true;
        while at < close {
            if due && self.is_name(at) && self.is(at + 1, ":") {
                self.names.properties.push(at);
            }
            due = self.is(at, ",");
            at = self.pairs.other(at).max(at) + 1;
        }
    }

    /// `n.key`, `n:Label`, `n IS Label` and `n {.key}` for a variable that a pattern binds.
    fn expression(&mut self, index: usize, in_map: bool) {
        let tokens = self.tokens;
        let token = &tokens[index];
        let inside_a_name = index > 0
            && [".", ":", "|", "&", "!"]
                .iter()
                .any(|symbol| self.is(index - 1, symbol));
        if inside_a_name || index < self.labels_read {
            return;
        }
        let node = self.entities.nodes.contains(token.text.as_ref());
        let relationship = self.entities.relationships.contains(token.text.as_ref());
        if node == relationship {
            return;
        }
        if self.is(index + 1, ".") && self.is_name(index + 2) {
            self.names.properties.push(index + 2);
        } else if self.is(index + 1, ":") && !(in_map && self.is_key(index)) {
            self.label_expression(index + 2, relationship);
        } else if self.is(index + 1, "{") {
            self.projection(index + 1);
        }
    }

    /// Whether the name at `index`, which a colon follows, is the key of a map.
    fn is_key(&self, index: usize) -> bool {
        index > 0 && (self.is(index - 1, "{") || self.is(index - 1, ","))
    }

    fn projection(&mut self, open: usize) {
        let close = self.pairs.other(open);
        let mut at = open + 1;
        while at < close {
            let first = self.is(at - 1, ",") || at == open + 1;
            if first && self.is(at, ".") && self.is_name(at + 1) {
                self.names.properties.push(at + 1);
            }
            at = self.pairs.other(at).max(at) + 1;
        }
    }
}
