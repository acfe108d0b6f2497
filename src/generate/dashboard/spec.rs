//! A panel before layout: what it shows, in which unit, with which queries.

use std::time::Duration;

use super::thresholds::Step;
use super::variables::Variables;
use crate::generate::Shared;
use crate::kpi::PanelKind;
use promql::{Expr, Kind, Operator, Promql};

/// Grafana's range for rates.
const RATE_INTERVAL: &str = "$__rate_interval";

/// What the queries of a dashboard depend on.
pub(crate) struct QueryContext<'s, 'a> {
    pub(crate) shared: &'s Shared<'a>,
    pub(crate) variables: &'s Variables,
}

/// A panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PanelSpec {
    pub(crate) title: String,
    /// Markdown.
    pub(crate) description: String,
    pub(crate) kind: PanelKind,
    /// Grafana's.
    pub(crate) unit: String,
    /// In rising order; the first one is the base colour. Empty for no thresholds.
    pub(crate) steps: Vec<Step>,
    pub(crate) queries: Vec<Query>,
    /// Values with their names and colours.
    pub(crate) mappings: Vec<(f64, String, String)>,
    /// Title and URL of the KPI file.
    pub(crate) link: Option<(String, String)>,
}

/// A query of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    /// With the variables of the dashboard.
    pub(crate) expr: String,
    /// In Grafana's form.
    pub(crate) legend: String,
    /// The longest interval of the metrics in a query that uses Grafana's rate interval; none for other queries.
    pub(crate) interval: Option<Duration>,
    /// Whether the axis of a line should start at 0.
    pub(crate) from_zero: bool,
}

impl QueryContext<'_, '_> {
    /// A query, filtered by the variables of the dashboard.
    pub(crate) fn query(&self, promql: &Promql, legend: impl Into<String>) -> Query {
        let vocabulary = &self.shared.vocabulary;
        // Any other query has values from the first scrape on; with a step it would be empty until the step is over.
        let selectors = if promql.text.contains(RATE_INTERVAL) {
            promql.selectors()
        } else {
            Vec::new()
        };
        let interval = selectors
            .iter()
            .filter_map(|selector| vocabulary.selected(selector)?.interval)
            .max();
        let expr = self.variables.filtered(promql, vocabulary);
        Query {
            expr,
            legend: legend.into(),
            interval,
            from_zero: is_amount(&promql.expr),
        }
    }
}

/// Rates and quantiles, but no quotients of them: those vary within a range of their own.
fn is_amount(expr: &Expr) -> bool {
    let (mut is_amount, mut divides) = (false, false);
    expr.walk(&mut |expr| match &expr.kind {
        Kind::Call(function, _) => {
            is_amount |=
                ["rate", "irate", "increase", "histogram_quantile"].contains(&function.name);
        }
        Kind::Binary(binary) => divides |= binary.operator == Operator::Divide,
        Kind::Number(_)
        | Kind::Text(_)
        | Kind::Select(_)
        | Kind::Range(..)
        | Kind::Subquery(_)
        | Kind::Aggregate(_)
        | Kind::Negative(_)
        | Kind::Parentheses(_) => {}
    });
    is_amount && !divides
}

impl PanelSpec {
    /// Width and height in units of Grafana's grid.
    pub(super) fn size(&self) -> (u32, u32) {
        match self.kind {
            PanelKind::Stat | PanelKind::Gauge => (4, 4),
            // A line for each series.
            PanelKind::StateTimeline => (24, 14),
            PanelKind::BarChart
            | PanelKind::BarGauge
            | PanelKind::Heatmap
            | PanelKind::Histogram
            | PanelKind::PieChart
            | PanelKind::Table
            | PanelKind::TimeSeries => (12, 8),
        }
    }

    /// Whether a query gives several lines, distinguished by their labels.
    pub(super) fn has_lines_by_label(&self) -> bool {
        self.queries.iter().any(|query| query.legend.contains("{{"))
    }
}

/// Invisible, and part of no variable's name.
const WORD_JOINER: char = '\u{2060}';

/// A text of the graph's author as Grafana shows it literally: it would replace `$job`, `${job}` and `[[job]]` in titles and
/// descriptions by the value of a variable, and has no escape for them.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        literal.push(c);
        let is_variable = match (c, rest.peek()) {
            ('$', Some(next)) => next.is_alphanumeric() || matches!(next, '_' | '{'),
            ('[', Some('[')) => true,
            (_, Some(_) | None) => false,
        };
        if is_variable {
            literal.push(WORD_JOINER);
        }
    }
    literal
}

/// A literal text as a legend, in which Grafana would also replace `{{job}}` by the value of a label.
pub(super) fn literal_legend(text: &str) -> String {
    literal(text).replace("{{", &format!("{{{WORD_JOINER}{{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_variable_is_left() {
        for (text, expected) in [
            ("Cost in $ of a job", "Cost in $ of a job"),
            (
                "$job ${job} [[job]]",
                "$\u{2060}job $\u{2060}{job} [\u{2060}[job]]",
            ),
            ("{{job}}", "{{job}}"),
        ] {
            assert_eq!(literal(text), expected);
        }
        assert_eq!(literal_legend("{{job}} $x"), "{\u{2060}{job}} $\u{2060}x");
    }
}
