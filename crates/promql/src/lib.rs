//! PromQL: a text becomes an expression whose syntax and types are right, or the place where it is wrong.
//!
//! It knows nothing of KPI files. It reads what Prometheus 2.42 and all later ones understand, so that a mistake in a panel or an alert shows when the
//! file loads, and so that others can ask which series an expression speaks of.

use std::ops::Range;

mod duration;
pub mod evaluate;
mod expr;
mod functions;
mod lex;
mod read;
mod select;
#[cfg(test)]
mod tests;
mod types;

pub use duration::written;
pub use expr::{
    Aggregate, Aggregator, Binary, Expr, Grouping, Kind, Many, MatchOperator, Matcher, Matching,
    Operator, Selector, Shift, Subquery, Window,
};
pub use functions::Function;
pub use types::Type;

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
    /// The names that are valid here, where the fault is a name that is not one of them.
    pub known: Vec<&'static str>,
}

impl Fault {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            known: Vec::new(),
        }
    }
}

/// Whether Grafana's variables may stand for windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variables {
    /// In a panel: `rate(x[$__rate_interval])`.
    Allowed,
    /// In a rule.
    Refused,
}

impl Promql {
    /// Reads a text that stands for a number or for one sample of each series, as panels and rules want it.
    ///
    /// # Errors
    /// The first place where it is no such PromQL.
    pub fn read(text: &str, variables: Variables) -> Result<Self, Fault> {
        let expr = read::read(text, variables)?;
        match expr.value_type() {
            Type::Scalar | Type::Vector => Ok(Self {
                text: text.to_owned(),
                place: 0..0,
                expr,
            }),
            Type::Matrix => {
                Err(expr.fault("a range stands alone: give it to a function, as in rate(x[15m])"))
            }
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
            left: Expr {
                kind: Kind::Select(selector),
                span: 0..name_end,
            },
            right: Expr {
                kind: Kind::Number(threshold),
                span: number_start..end,
            },
        };
        Self {
            text,
            place: 0..0,
            expr: Expr {
                kind: Kind::Binary(Box::new(binary)),
                span: 0..end,
            },
        }
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
