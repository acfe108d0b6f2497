//! The syntax tree.

use std::ops::Range;
use std::time::Duration;

use super::{Fault, Function, Type};

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its kind.
    pub kind: Kind,
    /// Its byte range in the text.
    pub span: Range<usize>,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `1.5`
    Number(f64),
    /// `"text"`
    Text(String),
    /// `x{a="b"}`
    Select(Selector),
    /// `x[5m]`
    Range(Selector, Window),
    /// `x[1h:5m]`
    Subquery(Box<Subquery>),
    /// `rate(…)`
    Call(&'static Function, Vec<Expr>),
    /// `sum by (a) (…)`
    Aggregate(Box<Aggregate>),
    /// `a + b`
    Binary(Box<Binary>),
    /// `-a`
    Negative(Box<Expr>),
    /// `(a)`
    Parentheses(Box<Expr>),
}

/// The length of a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// Written out.
    Fixed(Duration),
    /// A variable of Grafana, as written.
    Variable(String),
}

/// A selector: which series.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// The metric name, unless a matcher has it.
    pub name: Option<String>,
    /// All matchers.
    pub matchers: Vec<Matcher>,
    /// Where a matcher can be inserted: after the name or the opening brace.
    pub open: usize,
    /// Whether there are braces.
    pub braces: bool,
    /// Its `offset` or `@` modifier.
    pub shift: Shift,
    /// Its byte range, without range and modifiers.
    pub span: Range<usize>,
}

/// The time at which series are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shift {
    /// Now.
    None,
    /// So many seconds ago.
    Offset(f64),
    /// At a fixed time: `@`.
    At,
}

/// `label="value"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// How it compares.
    pub operator: MatchOperator,
    /// With what.
    pub value: String,
}

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

/// `expr[range:step]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// The expression that is evaluated at each step.
    pub expr: Expr,
    /// Over which range.
    pub range: Window,
    /// The step; the evaluation interval by default.
    pub step: Option<Window>,
    /// Its `offset` or `@` modifier.
    pub shift: Shift,
}

/// An aggregation over labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Which one.
    pub operator: Aggregator,
    /// The first argument of `topk`, `quantile` and their like.
    pub parameter: Option<Expr>,
    /// What is aggregated.
    pub expr: Expr,
    /// Over which labels.
    pub grouping: Grouping,
}

/// The aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they have the names of PromQL")]
pub enum Aggregator {
    Avg,
    Bottomk,
    Count,
    CountValues,
    Group,
    Max,
    Min,
    Quantile,
    Stddev,
    Stdvar,
    Sum,
    Topk,
}

/// The labels of an aggregation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Only these labels stay; none by default.
    By(Vec<String>),
    /// These labels are dropped.
    Without(Vec<String>),
}

/// A binary operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub operator: Operator,
    /// Whether a comparison gives 0 or 1 instead of filtering.
    pub is_bool: bool,
    /// Which labels must be equal.
    pub matching: Matching,
    /// Which side may have several series for one of the other.
    pub many: Many,
    /// The left operand.
    pub left: Expr,
    /// The right operand.
    pub right: Expr,
}

/// The binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
    Unless,
}

/// The labels that must be equal on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matching {
    /// All of them.
    All,
    /// These.
    On(Vec<String>),
    /// All but these.
    Ignoring(Vec<String>),
}

/// Several series for one of the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Many {
    /// On neither side.
    Neither,
    /// `group_left`, with the labels taken from the right.
    Left(Vec<String>),
    /// `group_right`, with the labels taken from the left.
    Right(Vec<String>),
}

impl Selector {
    /// The metric name, if there is one, also by a matcher on `__name__`.
    pub fn metric(&self) -> Option<&str> {
        let by_matcher = |matcher: &&Matcher| {
            matcher.label == "__name__" && matcher.operator == MatchOperator::Equal
        };
        self.name.as_deref().or_else(|| {
            self.matchers
                .iter()
                .find(by_matcher)
                .map(|matcher| matcher.value.as_str())
        })
    }
}

impl Operator {
    /// As PromQL writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::Power => "^",
            Operator::Atan2 => "atan2",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::And => "and",
            Operator::Or => "or",
            Operator::Unless => "unless",
        }
    }

    /// Whether it compares.
    pub fn is_comparison(self) -> bool {
        match self {
            Operator::Equal
            | Operator::NotEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual => true,
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Modulo
            | Operator::Power
            | Operator::Atan2 => false,
            Operator::And | Operator::Or | Operator::Unless => false,
        }
    }

    /// Whether it is a set operator.
    pub fn is_set(self) -> bool {
        matches!(self, Operator::And | Operator::Or | Operator::Unless)
    }
}

impl Expr {
    /// What it evaluates to.
    pub fn value_type(&self) -> Type {
        match &self.kind {
            Kind::Number(_) => Type::Scalar,
            Kind::Text(_) => Type::Text,
            Kind::Select(_) | Kind::Aggregate(_) => Type::Vector,
            Kind::Range(..) | Kind::Subquery(_) => Type::Matrix,
            Kind::Call(function, _) => function.returns,
            Kind::Binary(binary) => {
                let both = [&binary.left, &binary.right]
                    .iter()
                    .all(|side| side.value_type() == Type::Scalar);
                if both { Type::Scalar } else { Type::Vector }
            }
            Kind::Negative(inner) | Kind::Parentheses(inner) => inner.value_type(),
        }
    }

    /// The expression without the parentheses around it.
    pub fn bare(&self) -> &Expr {
        match &self.kind {
            Kind::Parentheses(inner) => inner.bare(),
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Select(_)
            | Kind::Range(..)
            | Kind::Subquery(_)
            | Kind::Call(..)
            | Kind::Aggregate(_)
            | Kind::Binary(_)
            | Kind::Negative(_) => self,
        }
    }

    /// Its value, if it is a number with or without a sign.
    pub fn number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(number) => Some(*number),
            Kind::Negative(inner) => inner.number().map(|number| -number),
            Kind::Parentheses(inner) => inner.number(),
            Kind::Text(_)
            | Kind::Select(_)
            | Kind::Range(..)
            | Kind::Subquery(_)
            | Kind::Call(..)
            | Kind::Aggregate(_)
            | Kind::Binary(_) => None,
        }
    }

    /// Visits the expression and everything in it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Select(_) | Kind::Range(..) => {}
            Kind::Subquery(subquery) => subquery.expr.walk(visit),
            Kind::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(visit)),
            Kind::Aggregate(aggregate) => {
                aggregate
                    .parameter
                    .iter()
                    .for_each(|parameter| parameter.walk(visit));
                aggregate.expr.walk(visit);
            }
            Kind::Binary(binary) => {
                binary.left.walk(visit);
                binary.right.walk(visit);
            }
            Kind::Negative(inner) | Kind::Parentheses(inner) => inner.walk(visit),
        }
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.span.clone(), message)
    }
}
