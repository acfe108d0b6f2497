//! Refuses what the engine does not support or silently evaluates differently from Neo4j, with an
//! alternative.

use super::tokens::Tokens;
use super::{aggregates, forms, phrases};
use cypher::Kind;

/// Functions and procedures by full name or by prefix, and the alternative.
const CALLS: [(&str, &str); 10] = [
    (
        "apoc.",
        "write it in plain Cypher, or use a Neo4j with APOC",
    ),
    ("gds.", "use a Neo4j with the Graph Data Science library"),
    ("datetime.fromEpoch", SINCE_1970),
    ("datetime.fromEpochMillis", SINCE_1970),
    // The engine counts days where Neo4j counts months and days.
    (
        "duration.between",
        "write `duration.inDays`, `duration.inSeconds` or `duration.inMonths`",
    ),
    ("isEmpty", "write `size(x) = 0`"),
    (
        "isNaN",
        "write `x IS NULL`, because NaN is null in the embedded graph",
    ),
    ("nullIf", "write `CASE WHEN a = b THEN null ELSE a END`"),
    ("stDevP", "write `stDev`, or use Neo4j"),
    ("timestamp", "write `datetime().epochMillis`"),
];

const SINCE_1970: &str = "write `datetime('1970-01-01T00:00:00Z') + duration({milliseconds: n})`";

/// The first reason to refuse a statement, with its token.
pub(super) fn refusal(tokens: &Tokens) -> Option<(usize, String)> {
    let unknown = |index| {
        let phrase =
            || phrases::refusal(tokens, index).map(|(what, instead)| (what.to_owned(), instead));
        let (what, instead) = construct(tokens, index)
            .or_else(phrase)
            .or_else(|| call(tokens, index))?;
        Some(format!(
            "the embedded graph does not support {what}: {instead}"
        ))
    };
    let refused = |index| {
        unknown(index)
            .or_else(|| second(tokens, index))
            .or_else(|| aggregates::refusal(tokens, index))
    };
    (0..tokens.all.len()).find_map(|index| Some((index, refused(index)?)))
}

fn construct(tokens: &Tokens, index: usize) -> Option<(String, &'static str)> {
    let next_is_number = tokens
        .all
        .get(index + 1)
        .is_some_and(|next| next.kind == Kind::Number);
    let (what, instead) = if tokens.is(index, "&") {
        ("`A&B` for labels", "write `WHERE n:A AND n:B`")
    } else if tokens.is(index, "!") {
        ("`!A` for labels", "write `WHERE NOT n:A`")
    } else if tokens.is(index, "{") && (next_is_number || tokens.is(index + 1, ",")) {
        (
            "quantified paths",
            "write a path of variable length: `-[:TYPE*1..3]->`",
        )
    } else if tokens.is_word(index, "COLLECT") && tokens.is(index + 1, "{") {
        (
            "`COLLECT {}`",
            "write `CALL (n) { … RETURN collect(x) AS xs }`",
        )
    } else if tokens.is_word(index, "LOAD") && tokens.is_word(index + 1, "CSV") {
        ("`LOAD CSV`", "pass the rows as a parameter")
    } else if tokens.is_word(index, "USE") && (index == 0 || tokens.is_word(index - 1, "EXPLAIN")) {
        ("`USE`", "remove it, because there is only one graph")
    } else if tokens.is(index, "||") {
        ("`||`", "write `+`")
    } else if is_projection_of_more(tokens, index) {
        (
            "`.*` together with other keys, except for nodes of a pattern",
            "list the keys: `x {.a, .b, c: 1}`",
        )
    } else if tokens.is_key_of_map(index) && since_1970(tokens, index) {
        ("`datetime({epochMillis: n})`", SINCE_1970)
    } else {
        return None;
    };
    Some((what.to_owned(), instead))
}

fn is_projection_of_more(tokens: &Tokens, index: usize) -> bool {
    let name = |index: usize| &tokens.all[index - 1].text;
    forms::is_projection_of_node(tokens, index) && !tokens.names_node(name(index))
}

fn since_1970(tokens: &Tokens, index: usize) -> bool {
    let argument =
        |open: usize| open >= 2 && tokens.is(open - 1, "(") && tokens.is_word(open - 2, "datetime");
    (tokens.is_word(index, "epochMillis") || tokens.is_word(index, "epochSeconds"))
        && tokens.inside(index).is_some_and(argument)
}

fn call(tokens: &Tokens, index: usize) -> Option<(String, &'static str)> {
    let is_first = !tokens.is(index.wrapping_sub(1), ".");
    let name = tokens.called(index).filter(|_| is_first)?;
    let is_it = |known: &str| match name.get(..known.len()) {
        Some(start) if known.ends_with('.') => start.eq_ignore_ascii_case(known),
        _ => name.eq_ignore_ascii_case(known),
    };
    let (_, instead) = CALLS.iter().find(|(known, _)| is_it(known))?;
    Some((format!("`{name}`"), instead))
}

/// The engine would return only the result of the last statement.
fn second(tokens: &Tokens, index: usize) -> Option<String> {
    let more = index > 0 && tokens.is(index - 1, ";");
    more.then(|| "expected one statement, found a second one: remove it".to_owned())
}
