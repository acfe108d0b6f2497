//! A statement in the engine's words, and the way back from a place in them to the place in the user's text.
//!
//! Lines stay lines. What is changed: comments become space; the percentiles have other names; `stDev` of fewer than two
//! values is 0, not NULL; a word after a dot is a name, also where the engine would take it for a keyword; and the keys that
//! the engine answers by itself get a name of their own.

use std::borrow::Cow;

use super::refusals;
use crate::graph::{GraphError, Place};
use crate::kpi::cypher::{self, Kind, Token};

/// Keys that every node of the engine's answers, set or not, and partly cannot be set or must be unique. With another name
/// they are keys like any other.
const TAKEN: [&str; 6] = ["id", "label", "name", "node_type", "title", "type"];
/// Ends the other name, in letters that the engine takes in a pattern.
const MARK: &str = "__";

/// The name of a key for the engine.
pub(super) fn engine_key(key: &str) -> Cow<'_, str> {
    if is_taken(key) { Cow::Owned(format!("{key}{MARK}")) } else { Cow::Borrowed(key) }
}

/// The name of a key for the user.
pub(super) fn user_key(key: &str) -> &str {
    key.strip_suffix(MARK).filter(|key| is_taken(key)).unwrap_or(key)
}

/// A key that already ends so is moved on, so that two keys never become one.
fn is_taken(key: &str) -> bool {
    TAKEN.contains(&key.trim_end_matches(MARK))
}

/// See the module.
#[derive(Debug)]
pub(super) struct Statement {
    original: String,
    tokens: Tokens,
    text: String,
    /// Where each token begins in `text`, in characters.
    starts: Vec<usize>,
}

impl Statement {
    /// Reads a statement, or says what in it the engine cannot do, or would do wrong.
    pub(super) fn read(query: &str) -> Result<Self, GraphError> {
        let tokens = cypher::tokens(query).map_err(|fault| {
            let message = format!("{}: {}", fault.message, fault.fix);
            GraphError::Statement { message, place: Some(place_in(query, fault.span.start)) }
        })?;
        let tokens = Tokens::new(tokens);
        if let Some((token, message)) = refusals::refusal(&tokens) {
            let place = tokens.all.get(token).map(|token| place_in(query, token.span.start));
            return Err(GraphError::Statement { message, place });
        }
        Ok(Self::translated(query, tokens))
    }

    fn translated(query: &str, tokens: Tokens) -> Self {
        let (mut text, mut starts, mut written, mut end) = (String::new(), Vec::new(), 0, 0);
        let gap = |gap: &str| gap.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>();
        for (index, token) in tokens.all.iter().enumerate() {
            let before = gap(&query[end..token.span.start]);
            starts.push(written + before.chars().count());
            let word = tokens.for_engine(index);
            written += before.chars().count() + word.chars().count();
            text.extend([before.as_str(), &*word]);
            end = token.span.end;
        }
        Self { original: query.to_owned(), tokens, text, starts }
    }

    /// What the engine is asked.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it asks for a plan only.
    pub(super) fn explains(&self) -> bool {
        self.tokens.all.first().is_some_and(|first| first.is_word("EXPLAIN"))
    }

    /// Whether a map in it names keys.
    pub(super) fn names_keys(&self) -> bool {
        (0..self.tokens.all.len()).any(|index| self.tokens.is_key_of_map(index))
    }

    /// The keys of its maps, by their names for the engine.
    pub(super) fn keys(&self) -> Vec<String> {
        let keys = (0..self.tokens.all.len()).filter(|&index| self.tokens.is_key_of_map(index));
        keys.map(|index| engine_key(&self.tokens.all[index].text).into_owned()).collect()
    }

    /// The labels of nodes that it names.
    pub(super) fn labels(&self) -> Vec<String> {
        let tokens = &self.tokens;
        let labels = (0..tokens.all.len()).filter(|&index| tokens.is_label(index));
        labels.map(|index| tokens.all[index].text.clone().into_owned()).collect()
    }

    /// The place in the user's text of a place in the engine's.
    pub(super) fn place(&self, line: usize, column: usize) -> Place {
        let before: usize =
            self.text.split('\n').take(line.saturating_sub(1)).map(|line| line.chars().count() + 1).sum();
        self.place_at(before + column.saturating_sub(1))
    }

    /// The place in the user's text of the engine's character number `at`.
    pub(super) fn place_at(&self, at: usize) -> Place {
        let Some(index) = self.starts.partition_point(|&start| start <= at).checked_sub(1) else {
            return place_in(&self.original, 0);
        };
        let span = &self.tokens.all[index].span;
        let rest = &self.original[span.start..];
        let next = self.tokens.all.get(index + 1).map_or(rest.len(), |next| next.span.start - span.start);
        let passed = rest[..next].char_indices().nth(at - self.starts[index]).map_or(next, |(offset, _)| offset);
        // A token that is longer for the engine than for the user has no place inside.
        let inside = if passed >= span.len() && at < self.end(index) { 0 } else { passed };
        place_in(&self.original, span.start + inside)
    }

    /// Where the engine's token ends.
    fn end(&self, index: usize) -> usize {
        self.starts[index] + self.tokens.for_engine(index).chars().count()
    }

    /// The place of a name that is used as a variable, for an error that names it alone. A name that is never given to
    /// anything is wrong where it stands first, any other where it stands last.
    pub(super) fn variable(&self, name: &str) -> Option<Place> {
        let tokens = &self.tokens;
        let is_it = |index: &usize| tokens.is_variable(*index) && tokens.all[*index].text == name;
        let mut uses = (0..tokens.all.len()).filter(is_it).peekable();
        let given = uses.clone().any(|index| tokens.gives_name(index));
        let index = if given { uses.last() } else { uses.next() }?;
        Some(place_in(&self.original, tokens.all[index].span.start))
    }

    /// The first place of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<Place> {
        self.first(|tokens, index| tokens.all[index].kind == Kind::Parameter && tokens.all[index].text == name)
    }

    /// The first place where a function or procedure is called, by its full name.
    pub(super) fn call(&self, name: &str) -> Option<Place> {
        self.first(|tokens, index| {
            let is_first = !tokens.is(index.wrapping_sub(1), ".");
            is_first && tokens.called(index).is_some_and(|called| called.eq_ignore_ascii_case(name))
        })
    }

    fn first(&self, is_it: impl Fn(&Tokens, usize) -> bool) -> Option<Place> {
        let index = (0..self.tokens.all.len()).find(|&index| is_it(&self.tokens, index))?;
        Some(place_in(&self.original, self.tokens.all[index].span.start))
    }
}

/// The place of a byte of `text`.
fn place_in(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// The tokens of a statement and the brackets around each.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) all: Vec<Token<'static>>,
    /// The bracket that each stands in.
    inside: Vec<Option<usize>>,
    /// The bracket that opens what this one closes.
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

    /// `n.key`, but no function `duration.between(…)`.
    fn is_key_of_entity(&self, index: usize) -> bool {
        self.is_name(index) && self.is(index.wrapping_sub(1), ".") && !self.is_call(index)
    }

    /// `n {variable}`: an entry that is called as the variable is.
    fn is_entry_of_projection(&self, index: usize) -> bool {
        const SUBQUERIES: [&str; 4] = ["CALL", "COLLECT", "COUNT", "EXISTS"];
        let projects = |open: usize| {
            let subject = open.wrapping_sub(1);
            self.is_name(subject) && !SUBQUERIES.iter().any(|word| self.is_word(subject, word))
        };
        self.is_name(index)
            && self.begins_entry(index)
            && (self.is(index + 1, ",") || self.is(index + 1, "}"))
            && self.inside(index).is_some_and(projects)
    }

    /// `(n:Label)`, `(n:A|B)`, `n:A:B`; in square brackets it is a relationship's type.
    fn is_label(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let before = index.wrapping_sub(2);
        self.is_name(index)
            && !self.is_inside(index, "[")
            && ((self.is(previous, ":") && !self.is_key_of_map(before))
                || ((self.is(previous, "|") || self.is(previous, "&")) && self.is_label(before)))
    }

    /// A name that is neither key, label, type nor function.
    fn is_variable(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        self.is_name(index)
            && ![".", ":", "|"].iter().any(|symbol| self.is(previous, symbol))
            && !self.is_key_of_map(index)
            && !self.is_call(index)
    }

    /// Whether a name is given to something here: `AS name`, `(name:Label)`, `[name IN …]`.
    fn gives_name(&self, index: usize) -> bool {
        let previous = index.wrapping_sub(1);
        let begins = self.is(previous, "(") || self.is(previous, "[");
        let pattern = self.is(index + 1, ":") || self.is(index + 1, ")") && !self.is_name(index.wrapping_sub(2));
        self.is_word(previous, "AS") || (begins && (pattern || self.is_word(index + 1, "IN")))
    }

    /// The token as the engine wants it.
    fn for_engine(&self, index: usize) -> Cow<'_, str> {
        let token = &self.all[index];
        let text = &*token.text;
        if self.is_entry_of_projection(index) && is_taken(text) {
            return Cow::Owned(format!("{}: {}", quoted(&engine_key(text)), quoted(text)));
        }
        if self.is_key_of_entity(index) || (self.is_key_of_map(index) && is_taken(text)) {
            return Cow::Owned(quoted(&engine_key(text)));
        }
        match token.kind {
            Kind::Quoted => Cow::Owned(quoted(text)),
            Kind::Parameter => Cow::Owned(format!("${text}")),
            Kind::Word if self.is_call(index) => Cow::Borrowed(function(text)),
            Kind::Symbol if self.closes_deviation(index) => Cow::Borrowed("), 0.0)"),
            Kind::Word | Kind::String | Kind::Number | Kind::Symbol => Cow::Borrowed(text),
        }
    }

    fn closes_deviation(&self, index: usize) -> bool {
        let name = self.opens.get(index).copied().flatten().map(|open| open.wrapping_sub(1));
        name.is_some_and(|name| self.is_word(name, "stDev"))
    }
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A function by the engine's name for it.
fn function(name: &str) -> &str {
    const NAMES: [(&str, &str); 3] =
        [("percentileCont", "percentile_cont"), ("percentileDisc", "percentile_disc"), ("stDev", "coalesce(stDev")];
    NAMES.iter().find(|(ours, _)| ours.eq_ignore_ascii_case(name)).map_or(name, |(_, engine)| engine)
}
