//! The lexer: PromQL text to tokens.

use std::ops::Range;
use std::time::Duration;

use super::Fault;

/// A token and its byte range.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name, a keyword or a number in letters (`Inf`, `NaN`).
    Name(String),
    Number(f64),
    Duration(Duration),
    Text(String),
    /// A Grafana variable, with its `$`.
    Variable(String),
    Sign(&'static str),
    End,
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [&str; 23] = [
    "==", "!=", ">=", "<=", "=~", "!~", "+", "-", "*", "/", "%", "^", ">", "<", "=", "(", ")", "{",
    "}", "[", "]", ",", "@",
];

const UNITS: [(&str, u64); 7] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
    ("y", 31_536_000_000),
];

/// All tokens of the text; the last one is [`Word::End`].
pub(super) fn words(text: &str) -> Result<Vec<Token>, Fault> {
    let mut words = Vec::new();
    let mut at = 0;
    // Inside brackets a colon separates range and step; outside it is part of a name.
    let mut in_brackets = false;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (word, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if first.is_ascii_alphabetic() || first == '_' || (first == ':' && !in_brackets) {
            let length = length_of(rest, |c| {
                c.is_ascii_alphanumeric() || c == '_' || (c == ':' && !in_brackets)
            });
            (Word::Name(rest[..length].to_owned()), length)
        } else if first.is_ascii_digit() || first == '.' {
            number(rest, at)?
        } else if matches!(first, '"' | '\'' | '`') {
            string(rest, at)?
        } else if first == '$' {
            let length = 1 + length_of(&rest[1..], |c| {
                c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '}')
            });
            (Word::Variable(rest[..length].to_owned()), length)
        } else if first == ':' {
            (Word::Sign(":"), 1)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            in_brackets = (in_brackets || *sign == "[") && *sign != "]";
            (Word::Sign(sign), sign.len())
        } else {
            let span = at..at + first.len_utf8();
            return Err(Fault::new(span, format!("unexpected character `{first}`")));
        };
        words.push(Token {
            word,
            span: at..at + length,
        });
        at += length;
    }
    words.push(Token {
        word: Word::End,
        span: at..at,
    });
    Ok(words)
}

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// A number or a duration.
fn number(rest: &str, at: usize) -> Result<(Word, usize), Fault> {
    let mut length = length_of(rest, |c| c.is_ascii_alphanumeric() || c == '.');
    // `1e-3` is one number, but `1-3` is not.
    let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
    let ends_in_exponent = |length: usize| !is_hex && rest[..length].ends_with(['e', 'E']);
    if ends_in_exponent(length) && rest[length..].starts_with(['+', '-']) {
        length += 1 + length_of(&rest[length + 1..], |c| c.is_ascii_digit());
    }
    let word = &rest[..length];
    let value = if is_hex {
        i64::from_str_radix(&word[2..], 16)
            .ok()
            .map(|n| Word::Number(n as f64))
    } else {
        word.parse()
            .ok()
            .map(Word::Number)
            .or_else(|| duration(word).map(Word::Duration))
    };
    match value {
        Some(value) => Ok((value, length)),
        None => Err(Fault::new(
            at..at + length,
            format!("invalid number or duration `{word}`"),
        )),
    }
}

/// `1h30m`: each unit once, from the longest to the shortest.
fn duration(word: &str) -> Option<Duration> {
    let (mut rest, mut millis, mut longest) = (word, 0_u64, u64::MAX);
    while !rest.is_empty() {
        let digits = length_of(rest, |c| c.is_ascii_digit());
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = length_of(&rest[digits..], |c| c.is_ascii_alphabetic());
        let (_, length) = UNITS
            .iter()
            .find(|(name, _)| *name == &rest[digits..digits + unit])?;
        if *length >= longest {
            return None;
        }
        longest = *length;
        millis = millis.checked_add(number.checked_mul(*length)?)?;
        rest = &rest[digits + unit..];
    }
    Some(Duration::from_millis(millis))
}

fn string(rest: &str, at: usize) -> Result<(Word, usize), Fault> {
    let mut chars = rest.char_indices();
    let quote = chars.next().map_or('"', |(_, quote)| quote);
    let mut text = String::new();
    while let Some((place, c)) = chars.next() {
        if c == quote {
            return Ok((Word::Text(text), place + c.len_utf8()));
        }
        if c != '\\' || quote == '`' {
            text.push(c);
            continue;
        }
        match chars.next().map(|(_, c)| c) {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some(c @ ('\\' | '"' | '\'')) => text.push(c),
            other => {
                let end = place + 1 + other.map_or(0, char::len_utf8);
                let message = "unknown escape sequence: write a backslash as `\\\\`".to_owned();
                return Err(Fault::new(at + place..at + end, message));
            }
        }
    }
    Err(Fault::new(at..at + rest.len(), "unterminated string"))
}
