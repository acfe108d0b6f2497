//! What the engine cannot do, or does silently otherwise than Neo4j: refused by the text, with what to write instead.

use super::tokens::Tokens;
use super::{aggregates, forms, phrases};
use cypher::Kind;

/// Functions and procedures by their full names, or by how those begin, and what to write instead.
const CALLS: [(&str, &str); 10] = [
    (
        "apoc.",
        "write it in plain Cypher, or ask a Neo4j that has APOC",
    ),
    (
        "gds.",
        "ask a Neo4j that has the Graph Data Science library",
    ),
    ("datetime.fromEpoch", SINCE_1970),
    ("datetime.fromEpochMillis", SINCE_1970),
    // It counts days where Neo4j counts months and days, and says nothing of it.
    (
        "duration.between",
        "write `duration.inDays`, `duration.inSeconds` or `duration.inMonths`",
    ),
    ("isEmpty", "write `size(x) = 0`"),
    (
        "isNaN",
        "write `x IS NULL`, since what is no number is null here",
    ),
    ("nullIf", "write `CASE WHEN a = b THEN null ELSE a END`"),
    ("stDevP", "write `stDev`, or ask a Neo4j"),
    ("timestamp", "write `datetime().epochMillis`"),
];

const SINCE_1970: &str = "write `datetime('1970-01-01T00:00:00Z') + duration({milliseconds: n})`";

/// The first thing in a statement that the engine must not be asked: its token, and why.
pub(super) fn refusal(tokens: &Tokens) -> Option<(usize, String)> {
    let unknown = |index| {
        let phrase =
            || phrases::refusal(tokens, index).map(|(what, instead)| (what.to_owned(), instead));
        let (what, instead) = construct(tokens, index)
            .or_else(phrase)
            .or_else(|| call(tokens, index))?;
        Some(format!(
            "the embedded engine of `demo` has no {what}: {instead}"
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
        ("`LOAD CSV`", "hand the rows over as a parameter")
    } else if tokens.is_word(index, "USE") && (index == 0 || tokens.is_word(index - 1, "EXPLAIN")) {
        ("`USE`", "leave it out, since there is only one graph")
    } else if tokens.is(index, "||") {
        ("`||` that knows lists", "write `+`")
    } else if is_projection_of_more(tokens, index) {
        (
            "`.*` with other keys beside it, but for the nodes of a pattern",
            "write out the keys: `x {.a, .b, c: 1}`",
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

/// The engine would answer the last of several statements only.
fn second(tokens: &Tokens, index: usize) -> Option<String> {
    let more = index > 0 && tokens.is(index - 1, ";");
    more.then(|| "a second statement begins here, but a query is one statement".to_owned())
}
