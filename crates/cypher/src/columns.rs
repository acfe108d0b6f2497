//! The columns of the last RETURN outside subqueries; for a UNION, those of its first part.

use std::ops::Range;

use super::brackets::Pairs;
use super::token::{Kind, Token};

/// One item of a RETURN as a range of tokens, and its alias.
#[derive(Debug)]
struct Item {
    tokens: Range<usize>,
    alias: Option<usize>,
}

/// The items of a RETURN, filled in by the walk.
#[derive(Debug, Default)]
pub(super) struct Columns {
    items: Option<Vec<Item>>,
    star: Option<usize>,
    open: Option<Item>,
    frozen: bool,
}

impl Columns {
    /// A RETURN begins and replaces earlier ones.
    pub(super) fn begin(&mut self, token: usize) {
        if !self.frozen {
            self.items = Some(Vec::new());
            self.star = None;
            self.open = Some(Item {
                tokens: token..token,
                alias: None,
            });
        }
    }

    /// The DISTINCT of RETURN is not part of the first item.
    pub(super) fn distinct(&mut self, token: usize) {
        if let Some(item) = self.open.as_mut().filter(|item| item.tokens.start == token) {
            item.tokens = token + 1..token + 1;
        }
    }

    /// A `*` where an operand is expected.
    pub(super) fn star(&mut self, token: usize, in_items: bool) {
        if in_items
            && self
                .open
                .as_ref()
                .is_some_and(|item| item.tokens.start == token)
        {
            self.star = Some(token);
        }
    }

    /// The name after AS.
    pub(super) fn alias(&mut self, token: usize) {
        if let Some(item) = &mut self.open {
            item.tokens.end = token - 1;
            item.alias = Some(token);
        }
    }

    /// One item ends and the next begins.
    pub(super) fn comma(&mut self, token: usize) {
        if self.open.is_some() {
            self.end(token);
            self.open = Some(Item {
                tokens: token + 1..token + 1,
                alias: None,
            });
        }
    }

    /// The last item ends before `token`.
    pub(super) fn end(&mut self, token: usize) {
        let Some(mut item) = self.open.take() else {
            return;
        };
        if item.alias.is_none() {
            item.tokens.end = token;
        }
        self.items.get_or_insert_default().push(item);
    }

    /// The next part of a UNION begins.
    pub(super) fn freeze(&mut self) {
        self.frozen = true;
    }

    /// The `*` of `RETURN *`.
    pub(super) fn star_token(&self) -> Option<usize> {
        self.star
    }

    /// The tokens of the expression of each column.
    pub(super) fn expressions(&self) -> impl Iterator<Item = Range<usize>> {
        let items = self.items.iter().flatten();
        items
            .map(|item| item.tokens.clone())
            .filter(|tokens| !tokens.is_empty())
    }

    /// Name (`None`: as written) and tokens of each column; `None` without RETURN.
    pub(super) fn named(
        &self,
        tokens: &[Token<'_>],
        pairs: &Pairs,
    ) -> Option<Vec<(Option<String>, Range<usize>)>> {
        let items = self
            .items
            .as_ref()?
            .iter()
            .filter(|item| !item.tokens.is_empty());
        Some(items.map(|item| name(item, tokens, pairs)).collect())
    }
}

/// The server names a column by its alias, a single variable or map projection by the variable,
/// anything else as written.
fn name(item: &Item, tokens: &[Token<'_>], pairs: &Pairs) -> (Option<String>, Range<usize>) {
    if let Some((alias, token)) = item
        .alias
        .and_then(|alias| Some((alias, tokens.get(alias)?)))
    {
        return (Some(token.text.clone().into_owned()), alias..alias + 1);
    }
    let mut inner = item.tokens.clone();
    while tokens[inner.start].is("(")
        && pairs.other(inner.start) + 1 == inner.end
        && inner.len() > 2
    {
        inner = inner.start + 1..inner.end - 1;
    }
    let first = &tokens[inner.start];
    let alone = inner.len() == 1 && !is_literal(first);
    let projection = inner.len() > 1 && is_projection(tokens, pairs, &inner);
    let variable =
        (first.is_name() && (alone || projection)).then(|| first.text.clone().into_owned());
    (variable, item.tokens.clone())
}

fn is_projection(tokens: &[Token<'_>], pairs: &Pairs, item: &Range<usize>) -> bool {
    let brace = item.start + 1;
    if !tokens[brace].is("{") || pairs.other(brace) + 1 != item.end {
        return false;
    }
    let subquery = ["EXISTS", "COUNT", "COLLECT"]
        .iter()
        .any(|word| tokens[item.start].is_word(word));
    let (first, second) = (&tokens[brace + 1], tokens.get(brace + 2));
    let entries = first.is(".")
        || (first.is_name()
            && second.is_some_and(|next| [":", ",", "}"].iter().any(|symbol| next.is(symbol))));
    !subquery || entries
}

fn is_literal(token: &Token<'_>) -> bool {
    token.kind == Kind::Word
        && ["true", "false", "null", "nan", "inf", "infinity"]
            .iter()
            .any(|literal| token.is_word(literal))
}
