//! PromQL: a reader that gives a typed syntax tree or the place of the mistake, and an evaluator over simple series.
//!
//! It accepts what Prometheus 2.42 and every later release accept, so that a mistake in a panel or an
//! alert is found when its file loads. It does no I/O and knows nothing of KPI files.

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

/// A valid PromQL expression.
#[derive(Clone, Debug)]
pub struct Promql {
    /// Its text.
    pub text: String,
    /// Its byte range in a file; empty for one that comes from no file.
    pub place: Range<usize>,
    /// Its syntax tree; all spans are byte ranges of `text`.
    pub expr: Expr,
}

/// Equal by text, wherever it comes from.
impl PartialEq for Promql {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.expr) == (&other.text, &other.expr)
    }
}

/// Why a text is not valid PromQL, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The byte range of the mistake.
    pub span: Range<usize>,
    /// What is wrong, one line.
    pub message: String,
    /// The valid names, where the mistake is an unknown name.
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

/// Whether a Grafana variable may be the length of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variables {
    /// In a panel: `rate(x[$__rate_interval])`.
    Allowed,
    /// In a rule.
    Refused,
}

impl Promql {
    /// Reads an expression that evaluates to a scalar or an instant vector, as panels and rules need.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(text: &str, variables: Variables) -> Result<Self, Fault> {
        let expr = read::read(text, variables)?;
        match expr.value_type() {
            Type::Scalar | Type::Vector => Ok(Self {
                text: text.to_owned(),
                place: 0..0,
                expr,
            }),
            Type::Matrix => Err(expr.fault(
                "a range vector has no single value: pass it to a function, as in rate(x[15m])",
            )),
            Type::Text => Err(expr.fault("expected a scalar or an instant vector, found a string")),
        }
    }

    /// The comparison of a metric with a number: `metric < 0.6`.
    pub fn comparison(metric: &str, operator: Operator, threshold: f64) -> Self {
        let selector = Selector::of_metric(metric);
        let left = selector.span.clone();
        let text = format!("{} {} {threshold}", selecting(metric), operator.sign());
        let (number, end) = (left.end + operator.sign().len() + 2, text.len());
        let binary = Binary {
            operator,
            is_bool: false,
            matching: Matching::All,
            many: Many::Neither,
            left: Expr {
                kind: Kind::Select(selector),
                span: left,
            },
            right: Expr {
                kind: Kind::Number(threshold),
                span: number..end,
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

    /// Its selectors, in order of place.
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

/// The text that selects a metric: its name, or a matcher where PromQL reads the bare name as a keyword or a number.
pub fn selecting(metric: &str) -> String {
    if is_reserved(metric) {
        format!("{{__name__=\"{metric}\"}}")
    } else {
        metric.to_owned()
    }
}

/// Whether the bare name does not select the metric.
fn is_reserved(metric: &str) -> bool {
    !matches!(
        read::read(metric, Variables::Refused),
        Ok(Expr {
            kind: Kind::Select(_),
            ..
        })
    )
}

impl Selector {
    /// What [`selecting`] writes.
    fn of_metric(metric: &str) -> Self {
        let (is_reserved, end) = (is_reserved(metric), selecting(metric).len());
        let matcher = || Matcher {
            label: "__name__".to_owned(),
            operator: MatchOperator::Equal,
            value: metric.to_owned(),
        };
        Self {
            name: (!is_reserved).then(|| metric.to_owned()),
            matchers: is_reserved.then(matcher).into_iter().collect(),
            open: if is_reserved { 1 } else { end },
            braces: is_reserved,
            shift: Shift::None,
            span: 0..end,
        }
    }
}
