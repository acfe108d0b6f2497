//! The labels, relationship types and property keys of a query: only names that are certain, for
//! warnings about misspelt ones.

use std::collections::HashSet;

use super::brackets::Pairs;
use super::token::{Kind, Token};

/// Indexes of the tokens that are names in the graph.
#[derive(Debug, Default)]
pub(super) struct GraphNames {
    pub(super) labels: Vec<usize>,
    pub(super) relationship_types: Vec<usize>,
    pub(super) properties: Vec<usize>,
}

/// Finds the names.
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
    reader.entities.remove_rebound(tokens);
    reader.labels_read = 0;
    // The brackets around a token distinguish the key of a map from an expression.
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

/// Variables bound by patterns.
#[derive(Debug, Default)]
struct Entities<'s> {
    nodes: HashSet<&'s str>,
    relationships: HashSet<&'s str>,
}

impl<'s> Entities<'s> {
    /// Removes names that are also bound to something else (`WITH n.x AS n`, `[n IN …]`).
    fn remove_rebound(&mut self, tokens: &'s [Token<'_>]) {
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
    /// The end of the last label expression: everything before has been read.
    labels_read: usize,
}

impl Reader<'_, '_> {
    fn is(&self, index: usize, symbol: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(symbol))
    }

    fn is_name(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(Token::is_name)
    }

    /// Reads a node or relationship pattern that opens at `open`: `(n:Label {key: …})`,
    /// `-[r:TYPE]-`.
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

    /// Whether the parenthesis is a node: it is next to an arrow or follows a word that begins a
    /// pattern.
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

    /// Reads the names of `A|B&!C` with brackets; returns the token after it. `$(…)` is dynamic and
    /// has no names.
    fn label_expression(&mut self, mut at: usize, relationship: bool) -> usize {
        let mut expects_name = true;
        while let Some(token) = self.tokens.get(at) {
            if expects_name && token.is("$") {
                let dynamic = if self.is(at + 1, "(") { at + 1 } else { at + 2 };
                at = self.pairs.other(dynamic).max(at) + 1;
                expects_name = false;
                continue;
            }
            if expects_name && token.is_name() {
                let found = if relationship {
                    &mut self.names.relationship_types
                } else {
                    &mut self.names.labels
                };
                found.push(at);
                expects_name = false;
            } else if expects_name && token.is("%") {
                expects_name = false;
            } else if ["|", "&", ":"].iter().any(|symbol| token.is(symbol)) {
                expects_name = true;
            } else if !(expects_name && (token.is("!") || token.is("("))
                || !expects_name && token.is(")") && self.closes_label(at))
            {
                break;
            }
            at += 1;
        }
        self.labels_read = at;
        at
    }

    /// Whether the parenthesis that closes at `close` is part of a label expression.
    fn closes_label(&self, close: usize) -> bool {
        let open = self.pairs.other(close);
        open > 0
            && [":", "|", "&", "!", "("]
                .iter()
                .any(|symbol| self.is(open - 1, symbol))
    }

    /// Reads the keys of the map that opens at `open`.
    fn keys(&mut self, open: usize) {
        let close = self.pairs.other(open);
        let mut at = open + 1;
        let mut expects_key = true;
        while at < close {
            if expects_key && self.is_name(at) && self.is(at + 1, ":") {
                self.names.properties.push(at);
            }
            expects_key = self.is(at, ",");
            at = self.pairs.other(at).max(at) + 1;
        }
    }

    /// Reads `n.key`, `n:Label` and `n {.key}` of a variable bound by a pattern.
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

    /// Whether the name at `index`, followed by a colon, is the key of a map.
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
