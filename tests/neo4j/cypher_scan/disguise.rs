//! Makes a plain query mean: the same tokens, so written that only a true lexer sees it.

use std::collections::HashMap;
use std::fmt::Write as _;

use test_support::random::Random;

/// Names that a careless scan takes for clauses, operators or ends of something.
const NAMES: &[&str] = &[
    "a",
    "b1",
    "_c",
    "é",
    "a$b",
    "set",
    "SET",
    "Delete",
    "create",
    "merge",
    "remove",
    "detach",
    "foreach",
    "load",
    "csv",
    "call",
    "match",
    "return",
    "with",
    "where",
    "unwind",
    "union",
    "order",
    "by",
    "skip",
    "limit",
    "yield",
    "use",
    "using",
    "as",
    "in",
    "is",
    "and",
    "or",
    "xor",
    "not",
    "starts",
    "ends",
    "contains",
    "case",
    "when",
    "then",
    "else",
    "end",
    "distinct",
    "exists",
    "count",
    "collect",
    "all",
    "any",
    "none",
    "single",
    "transactions",
    "terminate",
    "show",
    "optional",
    "on",
    "scan",
    "index",
    "drop",
    "insert",
    "finish",
    "explain",
    "profile",
    "cypher",
    "null",
    "true",
    "typed",
    "from",
    "headers",
    "desc",
    "list",
    "string",
    "value",
    "offset",
    "nodetach",
    "start",
    "stop",
    "grant",
    "graph",
    "dbms",
    "apoc",
    "concurrent",
    "reduce",
    "shortestPath",
    "periodic",
    "a b",
    "x`y",
    "SET n.x = 1",
    "/*",
    "//",
    "'",
    "\"",
    "(",
    "{",
    "}",
    ";",
    "$p",
    "",
];

const SPACES: &[&str] = &[
    " ",
    " ",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\u{B}",
    "\u{C}",
    "\u{1C}",
    "\u{A0}",
    "\u{1680}",
    "\u{2003}",
    "\u{2028}",
    "\u{2029}",
    "\u{202F}",
    "\u{205F}",
    "\u{3000}",
    "\\u0020",
    "\\u000a",
    "/* c */",
    "/**/",
    "/*/ SET */",
    "/* ' */",
    "/* // */",
    "/* ` \" */",
    "// SET n.x = 1\n",
    "// it's\r",
    "// x\\u000a",
    "/* \\u002a\\u002f",
    "\\u002f* LOAD CSV FROM */",
    "/* /* */",
    "// \u{2028} ; {\n",
    "/* } \\\\u0041 */",
];

/// Puts names in, and writes each token and each gap in a random way.
pub(crate) fn disguise(query: &str, random: &mut Random) -> String {
    let mut names = HashMap::new();
    let mut text = String::new();
    for token in query.split(' ') {
        let written = match token.strip_prefix('?') {
            Some(placeholder) => {
                let name = *names
                    .entry(placeholder.to_owned())
                    .or_insert_with(|| random.pick(NAMES));
                write_name(name, random)
            }
            None => write_token(token, random),
        };
        write_gap(&mut text, &written, random);
        text.push_str(&written);
    }
    while random.one_in(4) {
        text.push_str(random.pick::<&str>(SPACES));
    }
    text
}

fn write_name(name: &str, random: &mut Random) -> String {
    let plain = name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
    if !plain || random.one_in(6) {
        return escape_some(&format!("`{}`", name.replace('`', "``")), random);
    }
    escape_some(name, random)
}

fn write_token(token: &str, random: &mut Random) -> String {
    let keyword = token.len() > 1 && token.bytes().all(|byte| byte.is_ascii_uppercase());
    let folded: String = if keyword && random.one_in(3) {
        token
            .chars()
            .map(|c| {
                if random.one_in(2) {
                    c.to_ascii_lowercase()
                } else {
                    c
                }
            })
            .collect()
    } else {
        token.to_owned()
    };
    if folded.contains('\\') {
        folded
    } else {
        escape_some(&folded, random)
    }
}

fn escape_some(token: &str, random: &mut Random) -> String {
    if !random.one_in(8) {
        return token.to_owned();
    }
    let mut escaped = String::new();
    for character in token.chars() {
        if random.one_in(3) {
            write!(escaped, "\\u{:04x}", u32::from(character)).unwrap();
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Nothing where nothing is needed, most of the time something.
fn write_gap(text: &mut String, next: &str, random: &mut Random) {
    if text.is_empty() && !random.one_in(4) {
        return;
    }
    if may_touch(text, next) && random.one_in(2) {
        return;
    }
    text.push_str(random.pick::<&str>(SPACES));
    while random.one_in(8) {
        text.push_str(random.pick::<&str>(SPACES));
    }
}

/// Whether two tokens stay two without a gap.
fn may_touch(text: &str, next: &str) -> bool {
    // What ends or begins with an escape may be anything.
    let tail: String = text.chars().rev().take(6).collect();
    if tail.contains('\\') || next.contains("\\u") {
        return false;
    }
    let wordish = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '`' | '.');
    let (Some(last), Some(first)) = (text.chars().next_back(), next.chars().next()) else {
        return true;
    };
    let symbols = |c: char| ":|+<>=!./*~-&".contains(c);
    !(wordish(last) && wordish(first) || symbols(last) && symbols(first))
}
