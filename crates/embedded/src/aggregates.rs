//! Refuses aggregates that the engine does not recognize or orders wrongly.

use super::tokens::Tokens;

/// The reason to refuse the statement because of the token at `index`.
pub(super) fn refusal(tokens: &Tokens, index: usize) -> Option<String> {
    hidden(tokens, index).or_else(|| order(tokens, index))
}

pub(super) fn is_aggregate(tokens: &Tokens, index: usize) -> bool {
    const AGGREGATES: [&str; 9] = [
        "avg",
        "collect",
        "count",
        "max",
        "min",
        "percentileCont",
        "percentileDisc",
        "stDev",
        "sum",
    ];
    let plain = tokens.is_call(index) && !tokens.is(index.wrapping_sub(1), ".");
    plain && AGGREGATES.iter().any(|name| tokens.is_word(index, name))
}

/// The engine does not recognize an aggregate in a condition, a NULL test or a loop: it evaluates
/// single rows and returns nothing if there are none.
fn hidden(tokens: &Tokens, index: usize) -> Option<String> {
    const LOOPS: [&str; 5] = ["all", "any", "none", "reduce", "single"];
    if !is_aggregate(tokens, index) {
        return None;
    }
    let name = &tokens.all[index].text;
    let mut inner = index..tokens.closed_by(index + 1)? + 1;
    loop {
        if condition_before(tokens, inner.start) || condition_after(tokens, inner.end) {
            break;
        }
        let open = tokens.inside(inner.start)?;
        if LOOPS
            .iter()
            .any(|word| tokens.is_word(open.wrapping_sub(1), word))
        {
            break;
        }
        // An aggregate inside a subquery or a pattern does not affect the outer expression.
        inner = open..tokens
            .closed_by(open)
            .filter(|_| !tokens.begins_subquery(open))?
            + 1;
    }
    Some(format!(
        "the embedded graph does not support `{name}` in a condition or a loop: compute it in a WITH first"
    ))
}

/// Whether a condition precedes `index`: `CASE WHEN … `, `NOT … `, `… AND`.
fn condition_before(tokens: &Tokens, index: usize) -> bool {
    let mut cases = 0;
    for at in (0..index)
        .rev()
        .filter(|&at| tokens.inside(at) == tokens.inside(index))
    {
        let is = |words: &[&str]| words.iter().any(|word| tokens.is_word(at, word));
        if is(&["END"]) {
            cases += 1;
        } else if cases > 0 {
            cases -= usize::from(is(&["CASE"]));
        } else if is(&["CASE", "WHEN", "AND", "OR", "XOR", "NOT"]) {
            return true;
        } else if tokens.is(at, ",")
            || is(&["RETURN", "WITH", "WHERE", "BY", "THEN", "ELSE", "UNWIND"])
        {
            return false;
        }
    }
    false
}

/// Whether the expression that ends before `index` continues as a condition: `… IS NULL`, `… OR`.
fn condition_after(tokens: &Tokens, index: usize) -> bool {
    let level = tokens.inside(index.saturating_sub(1));
    for at in (index..tokens.all.len()).filter(|&at| tokens.inside(at) == level) {
        let is = |words: &[&str]| words.iter().any(|word| tokens.is_word(at, word));
        if is(&["IS", "AND", "OR", "XOR"]) {
            return true;
        } else if tokens.is(at, ",")
            || is(&[
                "AS", "THEN", "WHEN", "ELSE", "END", "ORDER", "SKIP", "LIMIT", "UNION",
            ])
        {
            return false;
        }
    }
    false
}

/// After an aggregating RETURN the engine ignores an ORDER BY variable of UNWIND that is not a
/// column.
fn order(tokens: &Tokens, index: usize) -> Option<String> {
    if !tokens.is_word(index, "ORDER") || !tokens.is_word(index + 1, "BY") {
        return None;
    }
    let beside = |at: &usize| tokens.inside(*at) == tokens.inside(index);
    let clause = (0..index)
        .rev()
        .filter(beside)
        .find(|&at| tokens.is_word(at, "RETURN") || tokens.is_word(at, "WITH"))?;
    if !tokens.is_word(clause, "RETURN") || !(clause..index).any(|at| is_aggregate(tokens, at)) {
        return None;
    }
    let is_column = |name: &str| {
        (clause + 1..index).filter(beside).any(|at| {
            let ends = tokens.is(at + 1, ",") || at + 1 == index;
            tokens.is_name(at) && tokens.all[at].text == name && ends && !tokens.is(at - 1, ".")
        })
    };
    let begins_key = |at: &usize| *at == index + 2 || (tokens.is(at - 1, ",") && beside(at));
    let ends = |at: &usize| {
        ["LIMIT", "SKIP", "OFFSET", "UNION"]
            .iter()
            .any(|word| tokens.is_word(*at, word))
    };
    let keys = (index + 2..tokens.all.len())
        .take_while(|at| !ends(at))
        .filter(begins_key);
    let named_by_as = |name: &str| {
        (1..clause).any(|at| tokens.is_word(at - 1, "AS") && tokens.all[at].text == name)
    };
    let is_ignored = |at: &usize| {
        let name = &tokens.all[*at].text;
        let variable = tokens.is_name(*at) && !tokens.is_call(*at) && !is_column(name);
        variable && (!tokens.is(at + 1, ".") || named_by_as(name))
    };
    let name = &tokens.all[keys.into_iter().find(is_ignored)?].text;
    Some(format!(
        "the embedded graph cannot order by `{name}` after an aggregating RETURN: order by the name of a column"
    ))
}
