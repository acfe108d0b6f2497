//! Cypher without a server: the text as the server lexes it (what it returns, what it names, whether it only reads), and the
//! values, rows and parameters of a query.

use std::ops::Range;

use brackets::Pairs;
use clauses::Refusal;
use columns::Columns;
use decode::Decoded;
pub use row::{Change, Literal, Parameters, Place, Row, UnixMillis, Value};
pub use token::{Kind, Token};

mod brackets;
mod clauses;
mod columns;
mod decode;
mod lookahead;
mod names;
mod options;
mod phrases;
mod procedures;
mod row;
pub mod temporal;
mod token;
mod words;

/// Something the text names, and where: a byte range of the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name, back-ticks and escapes undone.
    pub name: String,
    /// Where.
    pub span: Range<usize>,
}

/// One statement that only reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The columns of its last RETURN, in order.
    pub columns: Vec<Named>,
    /// The parameters, without `$`, every use.
    pub parameters: Vec<Named>,
    /// Node labels, every use. As with types and keys, only names that certainly are one: they serve hints.
    pub labels: Vec<Named>,
    /// Relationship types, every use.
    pub relationship_types: Vec<Named>,
    /// Property keys, every use.
    pub properties: Vec<Named>,
}

/// A reason why a text cannot be a KPI's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a byte range of the original text, within it, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong, one line, no trailing period.
    pub message: String,
    /// What to do, one line.
    pub fix: String,
}

/// Scans one KPI's text.
///
/// # Errors
/// When the text is not exactly one statement that only reads, with named columns; every fault is returned.
pub fn scan(text: &str) -> Result<Statement, Vec<Fault>> {
    let (statement, faults) = read(text);
    if faults.is_empty() {
        Ok(statement)
    } else {
        Err(faults)
    }
}

/// The tokens of any text, with their places in it; white space and comments are none.
///
/// # Errors
/// The first thing that cannot be read: a string, a name or a comment that does not end, an escape that is none.
pub fn tokens(text: &str) -> Result<Vec<Token<'static>>, Fault> {
    let mut faults = Vec::new();
    let decoded = decode::decode(text, &mut faults);
    let tokens = token::tokens(&decoded, &mut faults);
    let own = |token: Token<'_>| Token {
        kind: token.kind,
        text: token.text.into_owned().into(),
        span: decoded.original(&token.span),
    };
    match faults.into_iter().min_by_key(|fault| fault.span.start) {
        Some(fault) => Err(fault),
        None => Ok(tokens.into_iter().map(own).collect()),
    }
}

/// The statement's tokens, each set apart by a blank: texts that differ in comments, line breaks and a `;` at the end only
/// are one.
pub fn canonical(text: &str) -> String {
    let mut faults = Vec::new();
    let decoded = decode::decode(text, &mut faults);
    let tokens = token::tokens(&decoded, &mut faults);
    let end = tokens
        .iter()
        .rposition(|token| !token.is(";"))
        .map_or(0, |last| last + 1);
    tokens[..end]
        .iter()
        .map(|token| &decoded.text[token.span.clone()])
        .collect::<Vec<_>>()
        .join(" ")
}

/// As [`scan`], but beside the faults, which stand in order of place, also gives what can be told of the statement.
pub fn read(text: &str) -> (Statement, Vec<Fault>) {
    let mut faults = Vec::new();
    let decoded = decode::decode(text, &mut faults);
    let tokens = token::tokens(&decoded, &mut faults);
    let statement = Scan {
        text,
        decoded: &decoded,
        tokens: &tokens,
    }
    .statement(&mut faults);
    faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    faults.dedup_by(|later, earlier| later.span == earlier.span);
    (statement, faults)
}

struct Scan<'s, 't> {
    text: &'s str,
    decoded: &'s Decoded<'t>,
    tokens: &'s [Token<'s>],
}

impl Scan<'_, '_> {
    fn statement(&self, faults: &mut Vec<Fault>) -> Statement {
        let pairs = match brackets::pair(self.tokens) {
            Ok(pairs) => pairs,
            Err(span) => {
                faults.push(self.fault(
                    span,
                    "this bracket has no partner",
                    "close every bracket that is opened",
                ));
                // Without pairs only what needs none can be told.
                self.refuse(
                    procedures::refusals(self.tokens)
                        .into_iter()
                        .chain(phrases::refusals(self.tokens)),
                    faults,
                );
                return Statement::default();
            }
        };
        let start = options::skip(self.tokens);
        faults.extend(options::faults(&self.tokens[..start]).into_iter().map(
            |(token, message, fix)| self.fault(self.tokens[token].span.clone(), &message, fix),
        ));
        let end = self.end(start, faults);
        let body = &self.tokens[..end];
        let (columns, refusals) = clauses::walk(body, &pairs, start);
        // What names the danger best comes first: of several faults at one place the first stays.
        let calls_and_phrases = procedures::refusals(self.tokens)
            .into_iter()
            .chain(phrases::refusals(self.tokens));
        let refused = self.refuse(calls_and_phrases.chain(refusals), faults);
        self.check_columns(body, &pairs, &columns, refused, faults);
        let names = names::graph_names(body, &pairs);
        Statement {
            columns: self.named_columns(body, &pairs, &columns),
            parameters: self.parameters(),
            labels: self.named(&names.labels),
            relationship_types: self.named(&names.relationship_types),
            properties: self.named(&names.properties),
        }
    }

    fn fault(&self, decoded: Range<usize>, message: &str, fix: &str) -> Fault {
        Fault {
            span: self.decoded.original(&decoded),
            message: message.to_owned(),
            fix: fix.to_owned(),
        }
    }

    /// Turns refusals into faults; says whether there was one.
    fn refuse(&self, refusals: impl Iterator<Item = Refusal>, faults: &mut Vec<Fault>) -> bool {
        let before = faults.len();
        let span = |token: usize| self.tokens[token].span.clone();
        faults.extend(
            refusals.map(|refusal| self.fault(span(refusal.token), &refusal.message, &refusal.fix)),
        );
        faults.len() > before
    }

    /// The end of the statement: a `;` that nothing follows, or the end of the text.
    fn end(&self, start: usize, faults: &mut Vec<Fault>) -> usize {
        let end = self.tokens[start..]
            .iter()
            .position(|token| token.is(";"))
            .map_or(self.tokens.len(), |at| start + at);
        if end == start {
            let span = self
                .tokens
                .get(end)
                .map_or(self.decoded.text.len()..self.decoded.text.len(), |token| {
                    token.span.clone()
                });
            faults.push(self.fault(
                span,
                "there is no statement here",
                "write a query that ends with RETURN",
            ));
        } else if let Some(second) = self.tokens.get(end + 1) {
            faults.push(self.fault(
                second.span.clone(),
                "a second statement begins here, but a KPI is one statement",
                "keep one statement, and move the other to a file of its own",
            ));
        }
        end
    }

    fn check_columns(
        &self,
        body: &[Token<'_>],
        pairs: &Pairs,
        columns: &Columns,
        refused: bool,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(star) = columns.star_token() {
            let fix = "name the columns, e.g. `RETURN n.group AS group, n.count AS value`";
            faults.push(self.fault(
                body[star].span.clone(),
                "`RETURN *` does not say which columns there are",
                fix,
            ));
        } else if columns
            .named(body, pairs)
            .is_none_or(|named| named.is_empty())
            && !refused
        {
            let Some(first) = body.get(options::skip(body)) else {
                return;
            };
            let yields = first.is_word("CALL") || first.is_word("SHOW");
            let fix = if yields {
                "add YIELD and RETURN, e.g. `YIELD name RETURN count(name) AS value`"
            } else {
                "end the query with RETURN, e.g. `RETURN count(*) AS value`"
            };
            faults.push(self.fault(
                first.span.clone(),
                "this statement has no RETURN, so it has no columns",
                fix,
            ));
        }
    }

    fn named_columns(&self, body: &[Token<'_>], pairs: &Pairs, columns: &Columns) -> Vec<Named> {
        let unknown = columns.star_token().is_some();
        let named = columns
            .named(body, pairs)
            .filter(|_| !unknown)
            .unwrap_or_default();
        let column = |(name, tokens): (Option<String>, Range<usize>)| {
            let decoded = body[tokens.start].span.start..body[tokens.end - 1].span.end;
            let name = name.unwrap_or_else(|| self.as_written(&decoded));
            Named {
                name,
                span: self.decoded.original(&decoded),
            }
        };
        named.into_iter().map(column).collect()
    }

    /// The original text as the server cuts it: of an escape at the very end it takes the backslash only.
    fn as_written(&self, decoded: &Range<usize>) -> String {
        let last = self.decoded.text[decoded.clone()]
            .chars()
            .next_back()
            .map_or(0, char::len_utf8);
        let start = self.decoded.original(decoded).start;
        let end = self
            .decoded
            .original(&(decoded.end - last..decoded.end))
            .start;
        self.text[start..]
            .char_indices()
            .take_while(|(offset, _)| start + offset <= end)
            .map(|(_, shown)| shown)
            .collect()
    }

    fn parameters(&self) -> Vec<Named> {
        let parameters = self
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Parameter);
        parameters.map(|token| self.name(token)).collect()
    }

    fn named(&self, tokens: &[usize]) -> Vec<Named> {
        tokens
            .iter()
            .map(|&token| self.name(&self.tokens[token]))
            .collect()
    }

    fn name(&self, token: &Token<'_>) -> Named {
        Named {
            name: token.text.clone().into_owned(),
            span: self.decoded.original(&token.span),
        }
    }
}

#[cfg(test)]
mod tests;
