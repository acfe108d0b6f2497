//! Constructs of several words that the engine does not support, and their alternatives.

use super::tokens::Tokens;

/// The unsupported construct at the token, and its alternative.
pub(super) fn refusal(tokens: &Tokens, index: usize) -> Option<(&'static str, &'static str)> {
    let phrases: [(bool, &str, &str); 11] = [
        (
            in_subquery(tokens, index),
            "`COUNT {}` or `EXISTS {}` with more than MATCH and WHERE",
            "leave out its RETURN, or write `CALL (n) { … RETURN count(DISTINCT x) AS xs }`",
        ),
        (
            in_pattern(tokens, index) && tokens.is_word(index, "WHERE"),
            "WHERE inside a pattern",
            "write it after the pattern: `MATCH (n:Label) WHERE n.key = 1`",
        ),
        (
            is_choice(tokens, index),
            "`n:A|B` in a condition",
            "write `(n:A OR n:B)`",
        ),
        (is_both_ways(tokens, index), "`<-[r]->`", "write `-[r]-`"),
        (
            is_part_of_trim(tokens, index),
            "`trim(… FROM …)`",
            "write `trim(x)`, `ltrim(x)` or `rtrim(x)`, or `replace(x, 'a', '')`",
        ),
        (
            tokens.is_word(index, "OPTIONAL") && tokens.is_word(index + 1, "CALL"),
            "`OPTIONAL CALL`",
            "write `CALL (n) { OPTIONAL MATCH … RETURN … }`",
        ),
        (
            is_case_of_more(tokens, index),
            "`CASE x` with more than a value after WHEN",
            "write `CASE WHEN x > 2 THEN …`",
        ),
        (
            is_other_union(tokens, index),
            "UNION together with UNION ALL",
            "put one of them into `CALL () { … }`",
        ),
        (
            has_mode(tokens, index),
            "`round` with a mode",
            "write `round(x, 1)`, `floor(x)` or `ceil(x)`",
        ),
        (
            splits_by_list(tokens, index),
            "`split` by a list",
            "write `split(replace(x, ';', ','), ',')`",
        ),
        (
            begins_show(tokens, index),
            "`SHOW`",
            "use Neo4j, or `CALL db.labels()` for the labels",
        ),
    ];
    phrases
        .into_iter()
        .find(|(is_it, ..)| *is_it)
        .map(|(_, what, instead)| (what, instead))
}

/// A clause inside COUNT {} or EXISTS {}.
fn in_subquery(tokens: &Tokens, index: usize) -> bool {
    const CLAUSES: [&str; 5] = ["CALL", "RETURN", "UNION", "UNWIND", "WITH"];
    let counts = |open: usize| {
        tokens.is_word(open.wrapping_sub(1), "COUNT")
            || tokens.is_word(open.wrapping_sub(1), "EXISTS")
    };
    let open = tokens
        .inside(index)
        .filter(|&open| tokens.begins_subquery(open) && counts(open));
    open.is_some()
        && !tokens.ends_operator(index)
        && CLAUSES.iter().any(|clause| tokens.is_word(index, clause))
}

/// Between the brackets of a node or a relationship.
fn in_pattern(tokens: &Tokens, index: usize) -> bool {
    tokens.inside(index).is_some_and(|open| {
        let relationship = tokens.is(open, "[") && tokens.is(open.wrapping_sub(1), "-");
        relationship || (tokens.is(open, "(") && tokens.begins_pattern(open))
    })
}

/// A `|` between labels outside patterns and list comprehensions.
fn is_choice(tokens: &Tokens, index: usize) -> bool {
    let in_list = tokens
        .inside(index)
        .is_some_and(|open| tokens.is(open, "["));
    let after_label =
        tokens.is_name(index.wrapping_sub(1)) && tokens.is(index.wrapping_sub(2), ":");
    tokens.is(index, "|") && after_label && !in_list && !in_pattern(tokens, index)
}

fn is_both_ways(tokens: &Tokens, index: usize) -> bool {
    if !tokens.is(index, "<") || !tokens.is(index + 1, "-") {
        return false;
    }
    let end = if tokens.is(index + 2, "[") {
        tokens.closed_by(index + 2).map(|close| close + 1)
    } else {
        Some(index + 2)
    };
    end.is_some_and(|end| tokens.is(end, "-") && tokens.is(end + 1, ">"))
}

fn is_part_of_trim(tokens: &Tokens, index: usize) -> bool {
    let is_trim =
        |open: usize| tokens.is(open, "(") && tokens.is_word(open.wrapping_sub(1), "trim");
    tokens.is_word(index, "FROM") && tokens.inside(index).is_some_and(is_trim)
}

/// `WHEN > 2`, `WHEN IS NULL`, `WHEN 1, 2`.
fn is_case_of_more(tokens: &Tokens, index: usize) -> bool {
    const OPERATORS: [&str; 7] = ["<", "<=", "<>", "=", "=~", ">", ">="];
    const WORDS: [&str; 5] = ["CONTAINS", "ENDS", "IN", "IS", "STARTS"];
    let beside = |at: &usize| tokens.inside(*at) == tokens.inside(index);
    let value = || {
        (index + 1..tokens.all.len())
            .filter(beside)
            .take_while(|&at| !tokens.is_word(at, "THEN"))
    };
    let operator = OPERATORS.iter().any(|symbol| tokens.is(index + 1, symbol))
        || WORDS.iter().any(|word| tokens.is_word(index + 1, word));
    tokens.is_word(index, "WHEN") && (operator || value().any(|at| tokens.is(at, ",")))
}

fn begins_show(tokens: &Tokens, index: usize) -> bool {
    tokens.is_word(index, "SHOW") && (index == 0 || tokens.is_word(index - 1, "EXPLAIN"))
}

/// A UNION of another kind than the first one next to it, which Neo4j refuses as well.
fn is_other_union(tokens: &Tokens, index: usize) -> bool {
    let is_union =
        |at: usize| tokens.is_word(at, "UNION") && tokens.inside(at) == tokens.inside(index);
    let first = || (0..index).find(|&at| is_union(at));
    is_union(index)
        && first()
            .is_some_and(|at| tokens.is_word(at + 1, "ALL") != tokens.is_word(index + 1, "ALL"))
}

/// `round(x, 1, 'HALF_EVEN')`: the engine ignores the mode.
fn has_mode(tokens: &Tokens, index: usize) -> bool {
    tokens.is_word(index, "round") && tokens.is_call(index) && tokens.commas(index + 1) == 2
}

fn splits_by_list(tokens: &Tokens, index: usize) -> bool {
    let is_split =
        |open: usize| tokens.is(open, "(") && tokens.is_word(open.wrapping_sub(1), "split");
    tokens.is(index, "[")
        && tokens.is(index.wrapping_sub(1), ",")
        && tokens.inside(index).is_some_and(is_split)
}
