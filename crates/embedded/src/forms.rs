//! Rewrites expressions that the engine evaluates differently from Neo4j.

use std::borrow::Cow;

use super::keys::{RESERVED, engine_key, quoted};
use super::tokens::Tokens;
use cypher::Kind;

/// The replacement of the token at `index`, if it is part of a rewritten expression.
pub(super) fn word(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    between(tokens, index)
        .or_else(|| keys(tokens, index))
        .or_else(|| subscript(tokens, index))
        .or_else(|| projection(tokens, index))
}

/// The engine subtracts local times and ignores the zones. Neo4j subtracts instants, counts days
/// and months in the zone of the first one, and gives a time without a zone that of the other.
fn between(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    const UNITS: [&str; 3] = ["inSeconds", "inDays", "inMonths"];
    let unit = |open: usize| {
        let first = open.checked_sub(3)?;
        let begins =
            tokens.is_word(first, "duration") && tokens.is(first + 1, ".") && tokens.is(open, "(");
        let unit = UNITS
            .into_iter()
            .find(|unit| tokens.is_word(first + 2, unit))?;
        (begins && tokens.commas(open) == 1).then_some(unit)
    };
    if let Some(unit) = tokens.opened_by(index).and_then(unit) {
        let (first, zone) = if unit == "inSeconds" {
            ("datetime({datetime: two[0], timezone: 'Z'})", "'Z'")
        } else {
            ("two[0]", "two[0].timezone")
        };
        return Some(Cow::Owned(format!(
            "]] | CASE WHEN two[0].timezone IS NULL OR two[1].timezone IS NULL THEN duration.{unit}(two[0], two[1]) \
             ELSE duration.{unit}({first}, datetime({{datetime: two[1], timezone: {zone}}})) END])"
        )));
    }
    let open = (index..index + 4).find(|&open| unit(open).is_some())?;
    Some(Cow::Borrowed(if open == index {
        "head([two IN [["
    } else {
        ""
    }))
}

/// The engine adds its own keys to those of a node and renames some of the user's.
fn keys(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    let is_keys = |at: usize| {
        tokens.is_word(at, "keys") && tokens.is_call(at) && !tokens.is(at.wrapping_sub(1), ".")
    };
    if is_keys(index) {
        return Some(Cow::Borrowed("([key IN keys"));
    }
    tokens
        .opened_by(index)
        .filter(|open| is_keys(open.wrapping_sub(1)))?;
    let names = renamed(|key| (engine_key(key).into_owned(), key.to_owned()));
    Some(Cow::Owned(format!(
        ") WHERE NOT key IN ['id', 'title', 'type'] | {names}])"
    )))
}

/// A dynamic key: `n['id']`, `n[$key]`.
fn subscript(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    let token = &tokens.all[index];
    let open = tokens
        .opened_by(index)
        .or_else(|| tokens.is(index, "[").then_some(index));
    let open = open
        .or_else(|| tokens.inside(index))
        .filter(|&open| tokens.is_subscript(open))?;
    let inner = open + 1..tokens.closed_by(open)?;
    if inner.len() == 1 && tokens.all[inner.start].kind == Kind::String {
        return text(&token.text)
            .filter(|_| index == inner.start)
            .map(Cow::Owned);
    }
    let is_place = |at: usize| tokens.is(at, "-") || tokens.all[at].kind == Kind::Number;
    let is_slice = inner
        .clone()
        .any(|at| tokens.is(at, "..") && tokens.inside(at) == Some(open));
    if is_slice || inner.clone().all(is_place) {
        return None;
    }
    if index == open {
        return Some(Cow::Borrowed("[head([key IN ["));
    }
    let names = renamed(|key| (key.to_owned(), engine_key(key).into_owned()));
    (index == inner.end).then(|| Cow::Owned(format!("] | {names}])]")))
}

/// The renamed key of a string literal, with its quotes.
fn text(text: &str) -> Option<String> {
    let quote = text.get(..1)?;
    let key = text.get(1..text.len() - 1)?;
    Some(format!("{quote}{}{quote}", engine_key(key)))
}

/// A CASE that renames the text in the variable `key`.
fn renamed(names: impl Fn(&str) -> (String, String)) -> String {
    let one = |(from, to): (String, String)| format!(" WHEN '{from}' THEN '{to}'");
    format!(
        "CASE key{} ELSE key END",
        RESERVED.into_iter().map(names).map(one).collect::<String>()
    )
}

/// The engine evaluates a map projection of anything but a node to NULL.
fn projection(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    if tokens.is_projection(index + 1) {
        return before_projection(tokens, index);
    }
    let open = tokens
        .opened_by(index)
        .or_else(|| tokens.inside(index))
        .filter(|&open| tokens.is_projection(open));
    let open = open.or_else(|| tokens.is_projection(index).then_some(index))?;
    let close = tokens.closed_by(open)?;
    let text = quoted(&tokens.all[index].text);
    let key = quoted(&engine_key(&tokens.all[index].text));
    match stars(tokens, open) {
        Stars::Alone => Some(Cow::Borrowed("")),
        Stars::Some => None,
        Stars::None if index == close => Some(Cow::Borrowed("} END)")),
        Stars::None if tokens.is(index, ".") && tokens.begins_entry(index) => {
            Some(Cow::Borrowed(""))
        }
        Stars::None if tokens.is(index - 1, ".") && tokens.begins_entry(index - 1) => {
            Some(Cow::Owned(format!(
                "{key}: {}.{key}",
                quoted(&tokens.all[open - 1].text)
            )))
        }
        Stars::None if tokens.is_entry_of_projection(index) => {
            Some(Cow::Owned(format!("{key}: {text}")))
        }
        Stars::None => None,
    }
}

fn before_projection(tokens: &Tokens, index: usize) -> Option<Cow<'_, str>> {
    let name = quoted(&tokens.all[index].text);
    match stars(tokens, index + 1) {
        Stars::Alone => Some(Cow::Owned(format!("properties({name})"))),
        Stars::Some => None,
        Stars::None => Some(Cow::Owned(format!(
            "(CASE WHEN {name} IS NULL THEN null ELSE "
        ))),
    }
}

/// Whether a map projection contains `.*`.
#[derive(PartialEq)]
enum Stars {
    None,
    Alone,
    Some,
}

fn stars(tokens: &Tokens, open: usize) -> Stars {
    let is_star =
        |at: usize| tokens.is(at, ".") && tokens.begins_entry(at) && tokens.is(at + 1, "*");
    match tokens.closed_by(open) {
        Some(close)
            if (open + 1..close).any(|at| tokens.inside(at) == Some(open) && is_star(at)) =>
        {
            if close == open + 3 {
                Stars::Alone
            } else {
                Stars::Some
            }
        }
        _ => Stars::None,
    }
}

/// Whether `open` begins a map projection that works only for nodes: `x {.*, other: 1}`.
pub(super) fn is_projection_of_node(tokens: &Tokens, open: usize) -> bool {
    tokens.is_projection(open) && stars(tokens, open) == Stars::Some
}
