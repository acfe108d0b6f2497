//! PromQL: a text becomes an expression whose syntax and types are right, or the place where it is wrong.
//!
//! It reads what Prometheus 2.42 and all later ones understand, so that a mistake in a panel or an alert shows when the
//! file loads, and so that others can ask which series an expression speaks of.

use std::ops::Range;
use std::time::Duration;

mod duration;
mod functions;
mod lex;
mod read;
#[cfg(test)]
mod tests;

pub use duration::written;
pub use functions::Function;

/// A text that is PromQL.
#[derive(Clone, Debug)]
pub struct Promql {
    /// As the file has it.
    pub text: String,
    /// Where the file has it, in bytes; empty for one that stands in no file.
    pub place: Range<usize>,
    /// What it says; all spans in it are bytes of `text`.
    pub expr: Expr,
}

/// The same wherever it stands.
impl PartialEq for Promql {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.expr) == (&other.text, &other.expr)
    }
}

/// Where the text is no PromQL, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, one line.
    pub message: String,
}

/// Whether Grafana's variables may stand for windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variables {
    /// In a panel: `rate(x[$__rate_interval])`.
    Allowed,
    /// In a rule.
    Refused,
}

/// What an expression evaluates to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One number.
    Scalar,
    /// A sample for each series.
    Vector,
    /// Several samples for each series.
    Matrix,
    /// A string.
    Text,
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Its bytes of the text.
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

/// Which series.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// The metric's name, unless it stands in the matchers.
    pub name: Option<String>,
    /// All matchers.
    pub matchers: Vec<Matcher>,
    /// Where a further matcher can be put: behind the name or the opening brace.
    pub open: usize,
    /// Whether there are braces.
    pub braces: bool,
    /// Whether it is taken at another time.
    pub shift: Shift,
    /// Where it stands, without range and offset.
    pub span: Range<usize>,
}

/// The time at which something is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shift {
    /// Now.
    None,
    /// So many seconds ago.
    Offset(f64),
    /// At a moment of its own: `@`.
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
    /// What is evaluated again and again.
    pub expr: Expr,
    /// Over which range.
    pub range: Window,
    /// How often; the evaluation interval when nothing is said.
    pub step: Option<Window>,
    /// Whether it is taken at another time.
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
#[expect(missing_docs, reason = "they are called as PromQL calls them")]
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
    /// Only these stay; none when nothing is said.
    By(Vec<String>),
    /// These go.
    Without(Vec<String>),
}

/// Two expressions and what stands between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub operator: Operator,
    /// Whether a comparison gives 0 or 1 instead of filtering.
    pub is_bool: bool,
    /// Which labels must be the same.
    pub matching: Matching,
    /// Which side may have several series for one of the other.
    pub many: Many,
    /// What stands left.
    pub left: Expr,
    /// What stands right.
    pub right: Expr,
}

/// The binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are called by their names")]
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

/// The labels that must be the same on both sides.
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

impl Promql {
    /// Reads a text that stands for a number or for one sample of each series, as panels and rules want it.
    ///
    /// # Errors
    /// The first place where it is no such PromQL.
    pub fn read(text: &str, variables: Variables) -> Result<Self, Fault> {
        let expr = read::read(text, variables)?;
        match expr.value_type() {
            Type::Scalar | Type::Vector => Ok(Self { text: text.to_owned(), place: 0..0, expr }),
            Type::Matrix => Err(expr.fault("a range stands alone: give it to a function, as in rate(x[15m])")),
            Type::Text => Err(expr.fault("a string has no value")),
        }
    }

    /// A metric compared with a number, as `metric < 0.6`.
    pub fn comparison(metric: &str, operator: Operator, threshold: f64) -> Self {
        let text = format!("{metric} {} {threshold}", operator.sign());
        let (name_end, end) = (metric.len(), text.len());
        let selector = Selector {
            name: Some(metric.to_owned()),
            matchers: Vec::new(),
            open: name_end,
            braces: false,
            shift: Shift::None,
            span: 0..name_end,
        };
        let number_start = name_end + operator.sign().len() + 2;
        let binary = Binary {
            operator,
            is_bool: false,
            matching: Matching::All,
            many: Many::Neither,
            left: Expr { kind: Kind::Select(selector), span: 0..name_end },
            right: Expr { kind: Kind::Number(threshold), span: number_start..end },
        };
        Self { text, place: 0..0, expr: Expr { kind: Kind::Binary(Box::new(binary)), span: 0..end } }
    }

    /// Everything it selects, in order of place.
    pub fn selectors(&self) -> Vec<&Selector> {
        let mut found = Vec::new();
        self.expr.walk(&mut |expr| {
            if let Kind::Select(selector) | Kind::Range(selector, _) = &expr.kind {
                found.push(selector);
            }
        });
        found.sort_by_key(|selector| selector.span.start);
        found
    }
}

impl Selector {
    /// The metric, when one is named; by a matcher too.
    pub fn metric(&self) -> Option<&str> {
        let by_matcher = |matcher: &&Matcher| matcher.label == "__name__" && matcher.operator == MatchOperator::Equal;
        self.name.as_deref().or_else(|| self.matchers.iter().find(by_matcher).map(|matcher| matcher.value.as_str()))
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

    /// Whether it is an operator of sets.
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
            Kind::Binary(binary) => match (binary.left.value_type(), binary.right.value_type()) {
                (Type::Scalar, Type::Scalar) => Type::Scalar,
                _ => Type::Vector,
            },
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

    /// Visits the expression and everything in it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) | Kind::Select(_) | Kind::Range(..) => {}
            Kind::Subquery(subquery) => subquery.expr.walk(visit),
            Kind::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(visit)),
            Kind::Aggregate(aggregate) => {
                aggregate.parameter.iter().for_each(|parameter| parameter.walk(visit));
                aggregate.expr.walk(visit);
            }
            Kind::Binary(binary) => {
                binary.left.walk(visit);
                binary.right.walk(visit);
            }
            Kind::Negative(inner) | Kind::Parentheses(inner) => inner.walk(visit),
        }
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { span: self.span.clone(), message: message.into() }
    }
}
