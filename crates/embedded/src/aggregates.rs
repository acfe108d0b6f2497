//! Aggregates that the engine does not see, or orders wrongly: refused by the text.

use super::tokens::Tokens;

/// Why the engine must not be asked because of the token at `index`.
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

/// An aggregate in a condition, a test for NULL or a loop is none for the engine: it looks at single rows then, and answers
/// nothing at all when there are none.
fn hidden(tokens: &Tokens, index: usize) -> Option<String> {
    const LOOPS: [&str; 5] = ["all", "any", "none", "reduce", "single"];
    if !is_aggregate(tokens, index) {
        return None;
    }
    let name = &tokens.all[index].text;
    let mut inner = index..tokens.closed_by(index + 1)? + 1;
    loop {
        if condition_before(tokens, inner.start) || condition_behind(tokens, inner.end) {
            break;
        }
        let open = tokens.inside(inner.start)?;
        if LOOPS
            .iter()
            .any(|word| tokens.is_word(open.wrapping_sub(1), word))
        {
            break;
        }
        // What encloses a sub-query or a pattern is another matter.
        inner = open..tokens
            .closed_by(open)
            .filter(|_| !tokens.begins_subquery(open))?
            + 1;
    }
    Some(format!(
        "the embedded engine of `demo` does not see `{name}` in a condition or a loop: compute it in a WITH before"
    ))
}

/// Whether a condition leads up to `index`: `CASE WHEN … `, `NOT … `, `… AND`.
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

/// Whether what ends before `index` goes on as a condition: `… IS NULL`, `… OR`.
fn condition_behind(tokens: &Tokens, index: usize) -> bool {
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

/// After a RETURN that aggregates, the engine takes no notice of an ORDER BY by what UNWIND made, unless it is a column.
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
    let lost = |at: &usize| {
        let name = &tokens.all[*at].text;
        let variable = tokens.is_name(*at) && !tokens.is_call(*at) && !is_column(name);
        variable && (!tokens.is(at + 1, ".") || named_by_as(name))
    };
    let name = &tokens.all[keys.into_iter().find(lost)?].text;
    Some(format!(
        "the embedded engine of `demo` cannot order by `{name}` after a RETURN that aggregates: order by the name of a column"
    ))
}
