//! Divisions in the columns of a query. If both sides are integers, the server drops the fraction.

use std::collections::HashMap;
use std::ops::Range;

use super::aliases::Aliases;
use super::brackets::Pairs;
use super::token::{Kind, Token};

/// How deep expressions and aliases are followed: far beyond what people write, and no text can
/// exhaust the stack.
const DEPTH: usize = 32;

/// A division as ranges of tokens.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    /// Both sides.
    pub(super) tokens: Range<usize>,
    /// Both sides are certainly integers.
    pub(super) is_integer: bool,
}

/// The divisions in the expression `item`, also those behind its aliases.
pub(super) fn divisions(
    tokens: &[Token<'_>],
    pairs: &Pairs,
    aliases: &Aliases<'_, '_>,
    item: Range<usize>,
) -> Vec<Found> {
    let mut reader = Reader {
        tokens,
        pairs,
        aliases,
        depth: 0,
        read: HashMap::new(),
        found: Vec::new(),
    };
    reader.expression(item);
    reader
        .found
        .sort_by_key(|found| (found.tokens.start, found.tokens.end));
    reader.found.dedup_by(|a, b| a.tokens == b.tokens);
    reader.found
}

/// Functions whose result is an integer.
const INTEGERS: [&str; 7] = [
    "char_length",
    "character_length",
    "count",
    "id",
    "length",
    "size",
    "tointeger",
];
/// Functions whose result is an integer if their arguments are.
const OF_ARGUMENTS: [&str; 5] = ["abs", "coalesce", "max", "min", "sum"];

struct Reader<'s, 't> {
    tokens: &'s [Token<'t>],
    pairs: &'s Pairs,
    aliases: &'s Aliases<'s, 't>,
    depth: usize,
    /// Whether the expression behind an alias is an integer, by its first token: each is read once.
    read: HashMap<usize, bool>,
    found: Vec<Found>,
}

/// Whether an operand is certainly an integer, and the token after it.
type Operand = (bool, usize);

impl Reader<'_, '_> {
    fn is(&self, index: usize, end: usize, symbol: &str) -> bool {
        index < end && self.tokens[index].is(symbol)
    }

    fn is_one_of(&self, index: usize, end: usize, symbols: &[&str]) -> bool {
        symbols.iter().any(|symbol| self.is(index, end, symbol))
    }

    /// Reads everything in `range`; whether it is one arithmetic expression that is an integer.
    fn expression(&mut self, range: Range<usize>) -> bool {
        if self.depth == DEPTH {
            return false;
        }
        self.depth += 1;
        let mut at = range.start;
        let mut is_integer = false;
        while at < range.end {
            let (integer, next) = self.sum(at, range.end);
            is_integer = integer && at == range.start && next == range.end;
            // Any other operator, or a keyword, separates two expressions.
            at = next.max(at + 1);
        }
        self.depth -= 1;
        is_integer
    }

    fn sum(&mut self, start: usize, end: usize) -> Operand {
        let (mut is_integer, mut at) = self.product(start, end);
        while at > start && self.is_one_of(at, end, &["+", "-"]) {
            let (integer, next) = self.product(at + 1, end);
            is_integer &= integer;
            at = next;
        }
        (is_integer, at)
    }

    fn product(&mut self, start: usize, end: usize) -> Operand {
        let (mut is_integer, mut at) = self.power(start, end);
        while at > start && self.is_one_of(at, end, &["*", "/", "%"]) {
            let is_division = self.is(at, end, "/");
            let (integer, next) = self.power(at + 1, end);
            is_integer &= integer;
            at = next;
            if is_division {
                self.found.push(Found {
                    tokens: start..at,
                    is_integer,
                });
            }
        }
        (is_integer, at)
    }

    fn power(&mut self, start: usize, end: usize) -> Operand {
        let mut at = start;
        while self.is_one_of(at, end, &["+", "-"]) {
            at += 1;
        }
        let (mut is_integer, mut at) = self.operand(at, end);
        while at > start && self.is(at, end, "^") {
            (_, at) = self.operand(at + 1, end);
            is_integer = false;
        }
        (is_integer, at)
    }

    fn operand(&mut self, at: usize, end: usize) -> Operand {
        if at >= end {
            return (false, at);
        }
        let (mut is_integer, mut at) = self.atom(at, end);
        // A property, an element or a label test of the operand.
        loop {
            if self.is(at, end, ".") && at + 1 < end {
                at += 2;
            } else if self.is(at, end, "[") {
                at = self.pairs.other(at) + 1;
            } else {
                return (is_integer, at);
            }
            is_integer = false;
        }
    }

    fn atom(&mut self, at: usize, end: usize) -> Operand {
        let token = &self.tokens[at];
        let close = self.pairs.other(at);
        match token.kind {
            Kind::Number => (is_integer_literal(&token.text), at + 1),
            Kind::String | Kind::Parameter => (false, at + 1),
            Kind::Symbol if close > at => {
                let inside = self.arguments(at);
                (inside && token.is("("), close + 1)
            }
            Kind::Symbol => (false, at),
            Kind::Word | Kind::Quoted if self.is(at + 1, end, "(") => {
                let inside = self.arguments(at + 1);
                let function = token.text.to_ascii_lowercase();
                let is_integer = INTEGERS.contains(&function.as_str())
                    || OF_ARGUMENTS.contains(&function.as_str()) && inside;
                (is_integer, self.pairs.other(at + 1) + 1)
            }
            Kind::Word if self.is(at + 1, end, "{") => {
                // A sub-query or a map projection: what is divided in it is not the value.
                (token.is_word("COUNT"), self.pairs.other(at + 1) + 1)
            }
            Kind::Word if token.is_word("CASE") => self.case(at, end),
            Kind::Word if token.is_word("NULL") => (true, at + 1),
            Kind::Word | Kind::Quoted => (self.alias(at), at + 1),
        }
    }

    /// What the bracket at `open` encloses, separated by commas; whether all of it are integers.
    fn arguments(&mut self, open: usize) -> bool {
        let close = self.pairs.other(open);
        let (mut start, mut all) = (open + 1, open + 1 < close);
        let mut at = start;
        while at <= close {
            if at == close || self.tokens[at].is(",") {
                all &= self.expression(start..at);
                start = at + 1;
            }
            at = self.pairs.other(at).max(at) + 1;
        }
        all
    }

    /// `CASE … END`: an integer if each result is.
    fn case(&mut self, start: usize, end: usize) -> Operand {
        if self.depth == DEPTH {
            return (false, end);
        }
        self.depth += 1;
        let (mut results, mut all) = (0, true);
        let (mut part, mut is_result) = (start + 1, false);
        let mut at = part;
        let mut nested = 0_usize;
        while at < end {
            let token = &self.tokens[at];
            nested += usize::from(token.is_word("CASE"));
            let ends = token.is_word("END");
            let separates = ends
                || ["WHEN", "THEN", "ELSE"]
                    .iter()
                    .any(|word| token.is_word(word));
            if separates && nested == 0 {
                let next_is_result = token.is_word("THEN") || token.is_word("ELSE");
                let integer = self.expression(part..at);
                all &= integer || !is_result;
                results += usize::from(is_result);
                (part, is_result) = (at + 1, next_is_result);
                if ends {
                    self.depth -= 1;
                    return (all && results > 0, at + 1);
                }
            }
            nested -= usize::from(ends && nested > 0);
            at = self.pairs.other(at).max(at) + 1;
        }
        self.depth -= 1;
        (false, end)
    }

    fn alias(&mut self, at: usize) -> bool {
        let name = self.tokens[at].text.as_ref();
        let Some(expression) = self.aliases.expression(name, at) else {
            return false;
        };
        let start = expression.start;
        if let Some(is_integer) = self.read.get(&start) {
            return *is_integer;
        }
        let is_integer = self.expression(expression);
        self.read.insert(start, is_integer);
        is_integer
    }
}

fn is_integer_literal(text: &str) -> bool {
    let digits = text.replace('_', "");
    digits.bytes().all(|byte| byte.is_ascii_digit())
        || ["0x", "0o"].iter().any(|prefix| digits.starts_with(prefix))
}
