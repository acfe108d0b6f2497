//! Reads Cypher text without a server: lexes it as the server does, reports its columns, parameters
//! and names, and rejects whatever does more than read. Also defines the values, rows and
//! parameters of a query.

use std::ops::Range;

use aliases::Aliases;
use brackets::Pairs;
use clauses::Refusal;
use columns::Columns;
pub use comparison::{Comparator, Owner, Property};
use decode::Decoded;
pub use row::{Change, Literal, Parameters, Place, Row, UnixMillis, Value};
pub use token::{Kind, Token};

mod aliases;
mod brackets;
mod clauses;
mod columns;
mod comparison;
mod decode;
mod division;
mod lookahead;
mod names;
mod options;
mod phrases;
mod procedures;
mod row;
pub mod temporal;
mod token;
mod words;

/// A name in the text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name, without back-ticks and with escapes decoded.
    pub name: String,
    /// A byte range of the original text.
    pub span: Range<usize>,
}

/// One read-only statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The columns of its last RETURN, in order.
    pub columns: Vec<Named>,
    /// Every use of a parameter, without `$`.
    pub parameters: Vec<Named>,
    /// Every use of a node label. Like types and keys, only names that are certain, since warnings
    /// are based on them.
    pub labels: Vec<Named>,
    /// Every use of a relationship type.
    pub relationship_types: Vec<Named>,
    /// Every use of a property key.
    pub properties: Vec<Named>,
    /// Every comparison with a parameter that orders.
    pub comparisons: Vec<Comparison>,
    /// The divisions in its columns.
    pub divisions: Vec<Division>,
    /// The positions of the columns that are named like their expression, since they have no alias.
    pub unnamed: Vec<usize>,
    /// For each column the function, in lower case, if its expression is one call.
    pub calls: Vec<Option<String>>,
    /// Its tokens joined by blanks: equal for texts that differ only in comments, white space and a
    /// final `;`.
    pub canonical: String,
}

/// `operand < $parameter`, or the same the other way round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The parameter, without `$`.
    pub parameter: String,
    /// The operator as it is with the parameter on its right.
    pub comparator: Comparator,
    /// The operator as it is written.
    pub operator: Named,
    /// The other side as it is written, if it is a property or a variable.
    pub operand: Option<Named>,
    /// The property of the other side, also behind an alias.
    pub property: Option<Property>,
}

/// A division in a column, also behind an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// The position of the column.
    pub column: usize,
    /// Both sides as they are written.
    pub expression: Named,
    /// Both sides are certainly integers: the server drops the fraction.
    pub is_integer: bool,
}

/// A reason why a text cannot be a KPI's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A byte range of the original text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong, in one line without a trailing period.
    pub message: String,
    /// The fix in the imperative, in one line.
    pub fix: String,
}

/// Scans the text of one KPI query.
///
/// # Errors
/// Every fault, when the text is not exactly one read-only statement with named columns.
pub fn scan(text: &str) -> Result<Statement, Vec<Fault>> {
    let (statement, faults) = read(text);
    if faults.is_empty() {
        Ok(statement)
    } else {
        Err(faults)
    }
}

/// The tokens of any text and their places in it, without white space and comments.
///
/// # Errors
/// The first lexical error: an unterminated string, name or comment, or an invalid escape.
pub fn tokens(text: &str) -> Result<Vec<Token<'static>>, Fault> {
    let mut faults = Vec::new();
    let decoded = decode::decode(text, &mut faults);
    let tokens = token::tokens(&decoded, &mut faults);
    let owned = |token: Token<'_>| Token {
        kind: token.kind,
        text: token.text.into_owned().into(),
        span: decoded.original(&token.span),
    };
    match faults.into_iter().min_by_key(|fault| fault.span.start) {
        Some(fault) => Err(fault),
        None => Ok(tokens.into_iter().map(owned).collect()),
    }
}

/// Like [`scan`], but returns all faults in order of place together with whatever could be read of
/// the statement.
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
        if let Some(fault) = self.client_command() {
            faults.push(fault);
            return Statement::default();
        }
        let pairs = match brackets::pair(self.tokens) {
            Ok(pairs) => pairs,
            Err(span) => {
                faults.push(self.fault(
                    span,
                    "unmatched bracket",
                    "add the missing bracket or remove this one",
                ));
                // These checks do not need pairs of brackets.
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
        // The most specific check comes first: of several faults at one place only the first is
        // kept.
        let calls_and_phrases = procedures::refusals(self.tokens)
            .into_iter()
            .chain(phrases::refusals(self.tokens));
        let refused = self.refuse(calls_and_phrases.chain(refusals), faults);
        self.check_columns(body, &pairs, &columns, refused, faults);
        let names = names::graph_names(body, &pairs);
        let aliases = Aliases::of(self.tokens, &pairs);
        Statement {
            columns: self.named_columns(body, &pairs, &columns),
            parameters: self.parameters(),
            labels: self.named(&names.labels),
            relationship_types: self.named(&names.relationship_types),
            properties: self.named(&names.properties),
            comparisons: self.comparisons(&pairs, &aliases),
            divisions: self.divisions(&pairs, &aliases, &columns),
            unnamed: columns
                .named(body, &pairs)
                .unwrap_or_default()
                .iter()
                .enumerate()
                .filter(|(_, (name, _))| name.is_none())
                .map(|(at, _)| at)
                .collect(),
            calls: columns
                .expressions()
                .map(|tokens| self.call(&pairs, tokens))
                .collect(),
            canonical: self.canonical(),
        }
    }

    /// A command such as `:param`, which a client interprets and the server does not know.
    fn client_command(&self) -> Option<Fault> {
        let [colon, name, ..] = self.tokens else {
            return None;
        };
        if !colon.is(":") || !name.is_name() || colon.span.end != name.span.start {
            return None;
        }
        let command = format!(":{}", name.text);
        let fix = if command.to_ascii_lowercase().starts_with(":param") {
            "remove the line, and add the value to the header: params = { name = … }"
        } else {
            "remove it: the KPI runs as one read-only query"
        };
        let message = format!(
            "expected Cypher, found `{command}`, a command of Neo4j Browser and cypher-shell"
        );
        Some(self.fault(colon.span.start..name.span.end, &message, fix))
    }

    fn comparisons(&self, pairs: &Pairs, aliases: &Aliases<'_, '_>) -> Vec<Comparison> {
        comparison::comparisons(self.tokens, pairs, aliases)
            .into_iter()
            .map(|found| Comparison {
                parameter: self.tokens[found.parameter].text.clone().into_owned(),
                comparator: found.comparator,
                operator: self.written(found.operator..found.operator + 1),
                operand: found.operand.map(|tokens| self.written(tokens)),
                property: found.property,
            })
            .collect()
    }

    fn divisions(
        &self,
        pairs: &Pairs,
        aliases: &Aliases<'_, '_>,
        columns: &Columns,
    ) -> Vec<Division> {
        let mut divisions = Vec::new();
        for (column, item) in columns.expressions().enumerate() {
            for found in division::divisions(self.tokens, pairs, aliases, item) {
                divisions.push(Division {
                    column,
                    expression: self.written(found.tokens),
                    is_integer: found.is_integer,
                });
            }
        }
        divisions
    }

    /// The function that the tokens call, and do nothing else.
    fn call(&self, pairs: &Pairs, tokens: Range<usize>) -> Option<String> {
        let name = &self.tokens[tokens.start];
        let open = tokens.start + 1;
        let is_call = name.is_name()
            && self.tokens.get(open).is_some_and(|token| token.is("("))
            && pairs.other(open) + 1 == tokens.end;
        is_call.then(|| name.text.to_ascii_lowercase())
    }

    /// Tokens as the text has them.
    fn written(&self, tokens: Range<usize>) -> Named {
        let decoded = self.tokens[tokens.start].span.start..self.tokens[tokens.end - 1].span.end;
        let span = self.decoded.original(&decoded);
        Named {
            name: self.text.get(span.clone()).unwrap_or_default().to_owned(),
            span,
        }
    }

    fn canonical(&self) -> String {
        let end = self
            .tokens
            .iter()
            .rposition(|token| !token.is(";"))
            .map_or(0, |last| last + 1);
        self.tokens[..end]
            .iter()
            .map(|token| &self.decoded.text[token.span.clone()])
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn fault(&self, decoded: Range<usize>, message: &str, fix: &str) -> Fault {
        Fault {
            span: self.decoded.original(&decoded),
            message: message.to_owned(),
            fix: fix.to_owned(),
        }
    }

    /// Converts refusals to faults; true if there were any.
    fn refuse(&self, refusals: impl Iterator<Item = Refusal>, faults: &mut Vec<Fault>) -> bool {
        let before = faults.len();
        let span = |token: usize| self.tokens[token].span.clone();
        faults.extend(
            refusals.map(|refusal| self.fault(span(refusal.token), &refusal.message, &refusal.fix)),
        );
        faults.len() > before
    }

    /// The end of the statement: a final `;` or the end of the text.
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
                "expected a statement, found none",
                "write a query that ends with RETURN",
            ));
        } else if let Some(second) = self.tokens.get(end + 1) {
            faults.push(self.fault(
                second.span.clone(),
                "expected one statement, found a second one",
                "move the second statement to its own file",
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
                "`RETURN *` does not name its columns",
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
                "this statement returns no columns: it has no RETURN",
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

    /// The original text as the server cuts it: it keeps only the backslash of an escape at the
    /// very end.
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
