//! Lexes words, names, strings, numbers, parameters and symbols exactly as the server does.

use std::borrow::Cow;
use std::ops::Range;

use super::Fault;
use super::decode::Decoded;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a plain name.
    Word,
    /// A name in back-ticks.
    Quoted,
    /// A string.
    String,
    /// A number.
    Number,
    /// A parameter, including `$`.
    Parameter,
    /// An operator, a bracket, a comma, or a character that is not valid Cypher.
    Symbol,
}

/// A token of the decoded text.
#[derive(Clone, Debug)]
pub struct Token<'t> {
    /// The kind.
    pub kind: Kind,
    /// A name without back-ticks, a parameter without `$`, any other token as written.
    pub text: Cow<'t, str>,
    /// The byte range.
    pub span: Range<usize>,
}

impl Token<'_> {
    /// Whether this is the keyword `word`; the server folds ASCII letters only.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether this is the symbol `symbol`.
    pub fn is(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// Whether this can be a name.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }
}

/// The tokens of `decoded`, without white space and comments.
pub(super) fn tokens<'t>(decoded: &'t Decoded<'_>, faults: &mut Vec<Fault>) -> Vec<Token<'t>> {
    let mut lexer = Lexer {
        text: &decoded.text,
        at: 0,
        tokens: Vec::new(),
        unfinished: None,
    };
    while lexer.at < lexer.text.len() {
        lexer.step();
    }
    if let Some((span, what, fix)) = lexer.unfinished {
        faults.push(Fault {
            span: decoded.original(&span),
            message: format!("unterminated {what}"),
            fix: fix.to_owned(),
        });
    }
    lexer.tokens
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    unfinished: Option<(Range<usize>, &'static str, &'static str)>,
}

const TWO_CHARACTER_SYMBOLS: [&str; 9] = ["::", "..", "=~", "<>", "<=", ">=", "!=", "||", "+="];

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return;
        };
        match first {
            '\u{FEFF}' if self.at == 0 => self.at += first.len_utf8(),
            _ if is_space(first) => self.at += first.len_utf8(),
            '/' if rest.starts_with("//") => {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len())
            }
            '/' if rest.starts_with("/*") => self.comment(),
            '\'' | '"' => self.string(first),
            '`' => self.quoted(),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            '$' => self.parameter(),
            _ if starts_word(first) => self.word(),
            _ => self.symbol(first),
        }
    }

    fn push(&mut self, kind: Kind, text: impl Into<Cow<'t, str>>, len: usize) {
        let span = self.at..self.at + len;
        self.at = span.end;
        self.tokens.push(Token {
            kind,
            text: text.into(),
            span,
        });
    }

    fn comment(&mut self) {
        match self.rest()[2..].find("*/") {
            Some(end) => self.at += end + 4,
            None => self.give_up("comment", "close it with `*/`"),
        }
    }

    fn string(&mut self, quote: char) {
        let mut escaped = false;
        for (offset, character) in self.rest().char_indices().skip(1) {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if character == quote {
                let len = offset + 1;
                let text = &self.rest()[..len];
                return self.push(Kind::String, text, len);
            }
        }
        self.give_up("string", "close it with the quote that opened it");
    }

    fn quoted(&mut self) {
        match quoted_len(self.rest()) {
            Some(len) => {
                let name = unquoted(&self.rest()[..len]);
                self.push(Kind::Quoted, name, len);
            }
            None => self.give_up("name", "close it with a back-tick"),
        }
    }

    fn give_up(&mut self, what: &'static str, fix: &'static str) {
        let first = self.rest().chars().next().map_or(0, char::len_utf8);
        self.unfinished = Some((self.at..self.at + first, what, fix));
        self.at = self.text.len();
    }

    fn number(&mut self) {
        let len = number_len(self.rest());
        let text = &self.rest()[..len];
        self.push(Kind::Number, text, len);
    }

    fn word(&mut self) {
        let len = word_len(self.rest());
        let text = &self.rest()[..len];
        self.push(Kind::Word, text, len);
    }

    /// Lexes `$name`, `$0` and ``$`a name` ``, with white space and comments in between; `$(…)` is
    /// a dynamic label.
    fn parameter(&mut self) {
        let start = self.at;
        let before = self.tokens.len();
        self.push(Kind::Symbol, "$", 1);
        while self.at < self.text.len() && self.tokens.len() == before + 1 {
            let next = self.rest();
            if !next.starts_with(|c: char| {
                is_space(c) || starts_word(c) || matches!(c, '/' | '`' | '0'..='9')
            }) {
                return;
            }
            self.step();
        }
        let Some(name) = self.tokens.pop() else {
            return;
        };
        let dynamic = (name.is_word("all") || name.is_word("any")) && self.next_is_parenthesis();
        if dynamic
            || !(name.is_name() || name.kind == Kind::Number)
            || self.tokens.len() != before + 1
        {
            return self.tokens.push(name);
        }
        self.tokens.pop();
        self.tokens.push(Token {
            kind: Kind::Parameter,
            text: name.text,
            span: start..name.span.end,
        });
    }

    fn next_is_parenthesis(&self) -> bool {
        self.rest().trim_start_matches(is_space).starts_with('(')
    }

    fn symbol(&mut self, first: char) {
        let rest = self.rest();
        if let Some(symbol) = TWO_CHARACTER_SYMBOLS
            .into_iter()
            .find(|symbol| rest.starts_with(symbol))
        {
            return self.push(Kind::Symbol, symbol, 2);
        }
        let len = first.len_utf8();
        match first {
            _ if is_dash(first) => self.push(Kind::Symbol, "-", len),
            '⟨' | '〈' | '﹤' | '＜' => self.push(Kind::Symbol, "<", len),
            '⟩' | '〉' | '﹥' | '＞' => self.push(Kind::Symbol, ">", len),
            _ => self.push(Kind::Symbol, &rest[..len], len),
        }
    }
}

/// The white space of Cypher, which differs from that of Unicode.
fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r' | '\u{1C}'..=' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}'
            | '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{AD}' | '\u{2010}'..='\u{2015}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
    )
}

fn is_arrow(character: char) -> bool {
    is_dash(character)
        || matches!(
            character,
            '⟨' | '〈' | '﹤' | '＜' | '⟩' | '〉' | '﹥' | '＞'
        )
}

/// Any other character counts as a letter: where the server disagrees, it reports a syntax error.
fn starts_word(character: char) -> bool {
    character.is_ascii_alphabetic()
        || character == '_'
        || (!character.is_ascii() && !is_space(character) && !is_arrow(character))
}

fn continues_word(character: char) -> bool {
    // Soft hyphens and control characters are ignorable characters of Java identifiers.
    starts_word(character)
        || character.is_ascii_digit()
        || matches!(character, '$' | '\u{AD}')
        || (character.is_ascii_control() && !is_space(character))
}

fn word_len(text: &str) -> usize {
    text.find(|character| !continues_word(character))
        .unwrap_or(text.len())
}

fn quoted_len(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.find('`')? + 1;
        if !text[at..].starts_with('`') {
            return Some(at);
        }
        at += 1;
    }
}

fn unquoted(quoted: &str) -> Cow<'_, str> {
    let inner = &quoted[1..quoted.len() - 1];
    if inner.contains("``") {
        Cow::Owned(inner.replace("``", "`"))
    } else {
        Cow::Borrowed(inner)
    }
}

/// The longest number including trailing letters: `1AS` is one token for the server.
fn number_len(text: &str) -> usize {
    let mut at = digits_len(text);
    if text[at..].starts_with('.') && text[at + 1..].starts_with(|next: char| next.is_ascii_digit())
    {
        at += 1 + digits_len(&text[at + 1..]);
    }
    let exponent = text[at..].trim_start_matches(['e', 'E']);
    if exponent.len() + 1 == text.len() - at {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.starts_with(|next: char| next.is_ascii_digit()) {
            at = text.len() - unsigned.len();
        }
    }
    at + word_len(&text[at..])
}

fn digits_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while digit(at) || (bytes.get(at) == Some(&b'_') && digit(at + 1)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    fn lex(text: &str) -> String {
        let mut faults = Vec::new();
        let decoded = decode(text, &mut faults);
        let all = tokens(&decoded, &mut faults);
        let mut shown: Vec<String> = all
            .iter()
            .map(|token| format!("{:?}:{}", token.kind, token.text))
            .collect();
        shown.extend(faults.into_iter().map(|fault| fault.message));
        shown.join(" ").replace("Symbol:", "").replace("Word:", "")
    }

    #[test]
    fn tokens_are_those_of_the_server() {
        for (text, expected) in [
            ("a$b", "a$b"),
            ("$a$b", "Parameter:a$b"),
            ("$ /* c */ p", "Parameter:p"),
            ("$0 $SET $`a b`", "Parameter:0 Parameter:SET Parameter:a b"),
            ("n:$($x) n:$any(y)", "n : $ ( Parameter:x ) n : $ any ( y )"),
            ("$/1", "$ / Number:1"),
            ("/*/ x */ y", "y"),
            ("/* /* */ y", "y"),
            ("// a\u{2028}b\u{85}c\rd", "d"),
            ("a\u{A0}b\u{200B}c", "a b\u{200B}c"),
            (r"'\u0027 x", "String:'' x"),
            (r"'it\'s' 'a\\' x", r"String:'it\'s' String:'a\\' x"),
            (r"/* \u002a\u002f x", "x"),
            ("`a``b` ``", "Quoted:a`b Quoted:"),
            (
                "1..2 1.5e-3 .5 1AS 0x1F 1_000 1.x",
                "Number:1 .. Number:2 Number:1.5e-3 Number:.5 Number:1AS Number:0x1F Number:1_000 Number:1 . x",
            ),
            ("a–[r]—〉b", "a - [ r ] - > b"),
            ("'open", "unterminated string"),
            ("/* open", "unterminated comment"),
            ("`open", "unterminated name"),
            ("\u{FEFF}RETURN", "RETURN"),
        ] {
            assert_eq!(lex(text), expected, "{text}");
        }
    }
}
