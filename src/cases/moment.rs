//! Fixes the clock of a query: replaces every call that reads it by the time of a test.
//!
//! A parameter would have to be in every KPI, and a session setting does not exist; a literal works
//! on every graph and leaves the KPI file as it is.

use chrono::{DateTime, Utc};
use cypher::{Token, UnixMillis};

/// The functions that read the clock when called without arguments, and how each writes a time.
const CLOCKS: [(&str, &str); 5] = [
    ("datetime", "%Y-%m-%dT%H:%M:%S%.3fZ"),
    ("localdatetime", "%Y-%m-%dT%H:%M:%S%.3f"),
    ("date", "%Y-%m-%d"),
    ("time", "%H:%M:%S%.3fZ"),
    ("localtime", "%H:%M:%S%.3f"),
];
/// `datetime.statement()` and the like.
const VARIANTS: [&str; 3] = ["transaction", "statement", "realtime"];

/// The Cypher text with the time `at` in place of `datetime()`, `date()`, `localdatetime()`,
/// `time()`, `localtime()` and `timestamp()`. Comments and strings stay, and so do all lines.
pub fn at_moment(text: &str, at: UnixMillis) -> String {
    // A text that is not valid Cypher fails at the graph with its own error.
    let tokens = cypher::tokens(text).unwrap_or_default();
    let (mut fixed, mut end) = (String::new(), 0);
    for index in 0..tokens.len() {
        let Some((literal, last)) = clock_call(&tokens, index, at) else {
            continue;
        };
        fixed.push_str(&text[end..tokens[index].span.start]);
        fixed.push_str(&literal);
        end = tokens[last].span.end;
    }
    fixed + &text[end..]
}

/// The literal for the call that begins at `index`, and its last token.
fn clock_call(tokens: &[Token<'_>], index: usize, at: UnixMillis) -> Option<(String, usize)> {
    let is = |at: usize, symbol: &str| tokens.get(at).is_some_and(|token| token.is(symbol));
    let is_word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(word));
    let is_qualified = index > 0 && is(index - 1, ".");
    let is_variant =
        is(index + 1, ".") && VARIANTS.iter().any(|variant| is_word(index + 2, variant));
    let open = if is_variant { index + 3 } else { index + 1 };
    if is_qualified || !is(open, "(") || !is(open + 1, ")") {
        return None;
    }
    if is_word(index, "timestamp") {
        return Some((at.0.to_string(), open + 1));
    }
    let utc: DateTime<Utc> = at.utc();
    let (name, format) = CLOCKS.iter().find(|(name, _)| is_word(index, name))?;
    Some((format!("{name}('{}')", utc.format(format)), open + 1))
}
