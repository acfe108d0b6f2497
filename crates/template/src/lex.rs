//! Splits a template into texts and the tokens of its actions, as Go's text/template does.

use std::ops::Range;

use super::Fault;
use super::strings::unquoted;

/// A token and its bytes of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

/// The kinds of tokens. Texts and comments are left out: they mean nothing to the reader.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// `{{`
    Open,
    /// `}}`
    Close,
    /// White space, which separates operands.
    Space,
    /// `if`, `humanize`
    Word(String),
    /// `$labels`
    Variable(String),
    /// `.region`, without the dot
    Field(String),
    /// `.`
    Dot,
    /// `"text"`, its value
    Text(String),
    /// `1.5`
    Number,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    /// `|`
    Pipe,
    /// `,`
    Comma,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
}

const WRITE_BRACES: &str = "to write braces into the text, use {{ \"{{\" }}";

/// All tokens, in order.
pub(crate) fn lex(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::new(),
    };
    while let Some(open) = lexer.rest().find("{{") {
        lexer.at += open;
        lexer.action()?;
    }
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, length: usize, kind: Kind) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    /// From `{{` to `}}`.
    fn action(&mut self) -> Result<(), Fault> {
        let open = self.at..self.at + 2;
        // `{{- ` also trims the text before it.
        let is_trimmed = has_trim_marker(&self.text[open.end..]);
        let comment = open.end + if is_trimmed { 2 } else { 0 };
        if self.text[comment..].starts_with("/*") {
            return self.comment(open, comment);
        }
        self.push(2, Kind::Open);
        self.at = comment;
        loop {
            if let Some(length) = closing(self.rest()) {
                let trim = length - 2;
                self.at += trim;
                self.push(2, Kind::Close);
                return Ok(());
            }
            if self.rest().is_empty() {
                let fix = format!("close it with }}}}; {WRITE_BRACES}");
                return Err(Fault::new(
                    open,
                    "expected `}}`, found the end of the text",
                    fix,
                ));
            }
            self.token()?;
        }
    }

    fn comment(&mut self, open: Range<usize>, start: usize) -> Result<(), Fault> {
        let fix = "close the comment with */}}";
        let Some(length) = self.text[start..].find("*/") else {
            return Err(Fault::new(open, "the comment is not closed", fix));
        };
        self.at = start + length + 2;
        match closing(self.rest()) {
            Some(length) => self.at += length,
            None => {
                let message = "expected `}}` after the comment";
                return Err(Fault::new(open.start..self.at, message, fix));
            }
        }
        Ok(())
    }

    fn token(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let mut chars = rest.chars();
        let (Some(first), second) = (chars.next(), chars.next()) else {
            return Ok(());
        };
        match first {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            ':' if second == Some('=') => self.push(2, Kind::Declare),
            '=' => self.push(1, Kind::Assign),
            '|' => self.push(1, Kind::Pipe),
            ',' => self.push(1, Kind::Comma),
            '(' => self.push(1, Kind::LeftParen),
            ')' => self.push(1, Kind::RightParen),
            '"' | '`' => return self.literal(first),
            '$' => return self.name(1, |name| Kind::Variable(name.to_owned())),
            '.' if !second.is_some_and(|c| c.is_ascii_digit()) => {
                return self.name(1, |name| match name.strip_prefix('.') {
                    None | Some("") => Kind::Dot,
                    Some(field) => Kind::Field(field.to_owned()),
                });
            }
            '.' | '+' | '-' | '0'..='9' => return self.number(),
            _ if is_alphanumeric(first) => {
                return self.name(0, |name| Kind::Word(name.to_owned()));
            }
            _ => return Err(self.unexpected(first)),
        }
        Ok(())
    }

    /// White space, except what belongs to ` -}}`.
    fn space(&mut self) {
        let rest = self.rest();
        let length = rest
            .char_indices()
            .take_while(|(at, c)| is_space(*c) && (*at == 0 || closing(&rest[*at..]).is_none()))
            .map(|(at, c)| at + c.len_utf8())
            .last();
        self.push(length.unwrap_or(0), Kind::Space);
    }

    fn name(&mut self, prefix: usize, kind: impl FnOnce(&str) -> Kind) -> Result<(), Fault> {
        let rest = self.rest();
        let name = rest[prefix..]
            .find(|c| !is_alphanumeric(c))
            .map_or(rest, |end| &rest[..prefix + end]);
        let next = rest[name.len()..].chars().next();
        if let Some(next) = next.filter(|next| !ends_a_name(*next))
            && !rest[name.len()..].starts_with("}}")
        {
            self.at += name.len();
            return Err(self.unexpected(next));
        }
        self.push(name.len(), kind(name));
        Ok(())
    }

    fn literal(&mut self, quote: char) -> Result<(), Fault> {
        let rest = self.rest();
        let mut is_escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == quote && !is_escaped;
            is_escaped = quote == '"' && *c == '\\' && !is_escaped;
            ends
        });
        let literal = end.map_or(rest, |(at, _)| &rest[..=at]);
        match unquoted(literal) {
            Some(value) => {
                self.push(literal.len(), Kind::Text(value));
                Ok(())
            }
            None => {
                let span = self.at..self.at + literal.len();
                let fix = format!("close it with {quote} in the same line, and escape \\ as \\\\");
                Err(Fault::new(span, "invalid string", fix))
            }
        }
    }

    fn number(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let is_part = |(at, c): (usize, char)| {
            let after_exponent = rest[..at].ends_with(['e', 'E']) && !rest.contains("0x");
            c.is_ascii_alphanumeric()
                || c == '_'
                || c == '.'
                || (at == 0 || after_exponent) && "+-".contains(c)
        };
        let end = rest.char_indices().find(|at| !is_part(*at));
        let number = end.map_or(rest, |(at, _)| &rest[..at]);
        if is_number(number) {
            self.push(number.len(), Kind::Number);
            return Ok(());
        }
        let span = self.at..self.at + number.len().max(1);
        let message = format!("invalid number `{}`", &self.text[span.clone()]);
        Err(Fault::new(
            span,
            message,
            "write a decimal number, e.g. 0.95",
        ))
    }

    fn unexpected(&self, c: char) -> Fault {
        let span = self.at..self.at + c.len_utf8();
        let fix = match c {
            '\'' => "put texts in double quotes".to_owned(),
            '}' => "close the action with two braces: }}".to_owned(),
            _ => format!("remove it; {WRITE_BRACES}"),
        };
        Fault::new(span, format!("unexpected character `{c}`"), fix)
    }
}

/// The length of `}}` or ` -}}` at the beginning of a text.
fn closing(rest: &str) -> Option<usize> {
    if rest.starts_with("}}") {
        return Some(2);
    }
    let is_trimmed = rest.starts_with(is_space) && rest[1..].starts_with("-}}");
    is_trimmed.then_some(4)
}

fn has_trim_marker(rest: &str) -> bool {
    rest.starts_with('-') && rest[1..].starts_with(is_space)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn ends_a_name(c: char) -> bool {
    is_space(c) || matches!(c, '.' | ',' | '|' | ':' | ')' | '(')
}

/// A decimal number that every version of Go reads: no leading zeros, no other base.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && is_integer;
    let signs = text.len() - digits.len();
    signs <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && !has_leading_zero
        && if is_integer {
            text.trim_start_matches('+').parse::<i64>().is_ok()
        } else {
            text.parse::<f64>().is_ok_and(f64::is_finite)
        }
}
