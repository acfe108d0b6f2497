//! Comparisons with a parameter, as the bounds of a window are, and the property that is compared.

use std::ops::Range;

use super::aliases::Aliases;
use super::brackets::Pairs;
use super::token::{Kind, Token};

/// An operator that orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// As Cypher writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn of(token: &Token<'_>) -> Option<Self> {
        [
            Self::Less,
            Self::LessOrEqual,
            Self::Greater,
            Self::GreaterOrEqual,
        ]
        .into_iter()
        .find(|comparator| token.is(comparator.as_str()))
    }

    /// The operator with its sides swapped.
    const fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

/// The property of a node or relationship.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Property {
    /// What carries it, if the pattern names exactly one label or type.
    pub owner: Option<Owner>,
    /// The key.
    pub key: String,
}

/// What carries a property.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Nodes with this label.
    Label(String),
    /// Relationships of this type.
    RelationshipType(String),
}

/// A comparison as ranges of tokens, written with the parameter on the right.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) parameter: usize,
    pub(super) comparator: Comparator,
    /// The operator.
    pub(super) operator: usize,
    /// The other side, if it is a property or a variable.
    pub(super) operand: Option<Range<usize>>,
    pub(super) property: Option<Property>,
}

/// Functions that keep the order of times.
const CONVERSIONS: [&str; 5] = [
    "datetime",
    "localdatetime",
    "tofloat",
    "tointeger",
    "tostring",
];

/// How many aliases of aliases are followed.
const ALIASES: usize = 8;

pub(super) fn comparisons(
    tokens: &[Token<'_>],
    pairs: &Pairs,
    aliases: &Aliases<'_, '_>,
) -> Vec<Found> {
    let reader = Reader {
        tokens,
        pairs,
        aliases,
    };
    let parameters = (0..tokens.len()).filter(|&index| tokens[index].kind == Kind::Parameter);
    parameters
        .flat_map(|parameter| reader.around(parameter))
        .collect()
}

struct Reader<'s, 't> {
    tokens: &'s [Token<'t>],
    pairs: &'s Pairs,
    aliases: &'s Aliases<'s, 't>,
}

impl Reader<'_, '_> {
    /// The comparisons on both sides of a parameter: `a < $p`, `$p <= b`, `a < $p <= b`.
    fn around(&self, parameter: usize) -> Vec<Found> {
        let side = self.widened(parameter);
        let (before, after) = (side.start.checked_sub(1), side.end);
        let (left, right) = (
            before.and_then(|at| self.comparator(at)),
            self.comparator(after),
        );
        let mut found = Vec::new();
        let (begins, ends) = (!self.precedes(side.start), !self.continues(after));
        if let (Some(comparator), Some(operator), true) = (left, before, ends) {
            let operand = operator
                .checked_sub(1)
                .and_then(|end| self.operand_before(end));
            found.push(self.found(parameter, comparator, operator, operand));
        }
        if let (Some(comparator), true) = (right, begins) {
            let operand = self.operand_after(after + 1);
            found.push(self.found(parameter, comparator.swapped(), after, operand));
        }
        found
    }

    fn found(
        &self,
        parameter: usize,
        comparator: Comparator,
        operator: usize,
        operand: Option<Range<usize>>,
    ) -> Found {
        Found {
            parameter,
            comparator,
            operator,
            property: operand.clone().and_then(|side| self.property(side)),
            operand,
        }
    }

    fn comparator(&self, at: usize) -> Option<Comparator> {
        self.tokens.get(at).and_then(Comparator::of)
    }

    /// The parameter with the parentheses and conversions around it.
    fn widened(&self, parameter: usize) -> Range<usize> {
        let mut side = parameter..parameter + 1;
        while let Some(open) = side.start.checked_sub(1) {
            if !self.tokens[open].is("(") || self.pairs.other(open) != side.end {
                break;
            }
            let name = open.checked_sub(1).map(|at| &self.tokens[at]);
            let function = name.filter(|name| name.is_name());
            let converts = function
                .is_some_and(|name| CONVERSIONS.contains(&name.text.to_ascii_lowercase().as_str()));
            match (function.is_some(), converts) {
                (false, _) => side = open..side.end + 1,
                (true, true) => side = open - 1..side.end + 1,
                (true, false) => break,
            }
        }
        side
    }

    /// Whether the token continues an expression, so that the operand beside it is only a part.
    fn continues(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            ["+", "-", "*", "/", "%", "^", ".", "[", "||", "("]
                .iter()
                .any(|symbol| token.is(symbol))
        })
    }

    /// Whether the token before `at` makes the operand that begins there a part of an expression.
    fn precedes(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        !self.is(before, "(") && !self.is(before, "[") && self.continues(before)
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_name)
    }

    fn is(&self, at: usize, symbol: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(symbol))
    }

    /// `variable` or `variable.key`, up to and with the token `last`.
    fn operand_before(&self, last: usize) -> Option<Range<usize>> {
        if !self.is_name(last) {
            return None;
        }
        let is_property = last >= 2 && self.is(last - 1, ".") && self.is_name(last - 2);
        let start = if is_property { last - 2 } else { last };
        (!self.precedes(start)).then_some(start..last + 1)
    }

    /// The same, from the token `first` on.
    fn operand_after(&self, first: usize) -> Option<Range<usize>> {
        if !self.is_name(first) {
            return None;
        }
        let is_property = self.is(first + 1, ".") && self.is_name(first + 2);
        let end = if is_property { first + 3 } else { first + 1 };
        (!self.continues(end)).then_some(first..end)
    }

    /// The property that `operand` is, possibly behind aliases.
    fn property(&self, mut operand: Range<usize>) -> Option<Property> {
        for _ in 0..ALIASES {
            if operand.len() == 3 && self.is(operand.start + 1, ".") {
                return Some(Property {
                    owner: self.owner(operand.start),
                    key: self.tokens[operand.start + 2].text.clone().into_owned(),
                });
            }
            if operand.len() != 1 || !self.is_name(operand.start) {
                return None;
            }
            let name = self.tokens[operand.start].text.as_ref();
            operand = self.aliases.expression(name, operand.start)?;
        }
        None
    }

    /// The one label or type that a pattern gives to the variable.
    fn owner(&self, variable: usize) -> Option<Owner> {
        let mut variable = variable;
        let mut pattern = self.pattern(variable);
        for _ in 0..ALIASES {
            if pattern.is_some() {
                break;
            }
            let name = self.tokens[variable].text.as_ref();
            let renamed = self.aliases.expression(name, variable)?;
            if renamed.len() != 1 {
                return None;
            }
            variable = renamed.start;
            pattern = self.pattern(variable);
        }
        let at = pattern?;
        let name = self.tokens.get(at + 2).filter(|name| name.is_name())?;
        if self.is(at + 3, "|") {
            return None;
        }
        let name = name.text.clone().into_owned();
        Some(if self.is(at - 1, "(") {
            Owner::Label(name)
        } else {
            Owner::RelationshipType(name)
        })
    }

    /// Where a pattern binds the variable with a label or type.
    fn pattern(&self, variable: usize) -> Option<usize> {
        let variable = self.tokens[variable].text.as_ref();
        (1..self.tokens.len()).find(|&at| {
            self.is_name(at)
                && self.tokens[at].text == variable
                && self.is(at + 1, ":")
                && (self.is(at - 1, "(") || self.is(at - 1, "["))
        })
    }
}
