//! A panel before it has a place: what it shows, in which unit, with which queries.

use std::time::Duration;

use super::thresholds::Step;
use super::variables::Variables;
use crate::generate::Shared;
use crate::kpi::PanelKind;
use promql::{Expr, Kind, Operator, Promql};

/// Grafana's range of a rate.
const RATE_INTERVAL: &str = "$__rate_interval";

/// What the queries of a dashboard are made with.
pub(crate) struct Source<'s, 'a> {
    pub(crate) shared: &'s Shared<'a>,
    pub(crate) variables: &'s Variables,
}

/// A panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) title: String,
    /// Markdown.
    pub(crate) description: String,
    pub(crate) kind: PanelKind,
    /// Grafana's.
    pub(crate) unit: String,
    /// From the lowest on; the first one is the base colour. Empty for no thresholds.
    pub(crate) steps: Vec<Step>,
    pub(crate) queries: Vec<Query>,
    /// What values are called, and their colours.
    pub(crate) mappings: Vec<(f64, String, String)>,
    /// Where the file of the KPI can be read, and what it is called.
    pub(crate) link: Option<(String, String)>,
}

/// A query of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    /// With the variables of the dashboard.
    pub(crate) expr: String,
    /// In Grafana's form.
    pub(crate) legend: String,
    /// The longest time between two changes of what it takes Grafana's rate of; none for what shows each scrape.
    pub(crate) interval: Option<Duration>,
    /// Whether it is an amount of something, which a line should show from nothing on.
    pub(crate) from_zero: bool,
}

impl Source<'_, '_> {
    /// A query, narrowed by the variables of the dashboard.
    pub(crate) fn query(&self, promql: &Promql, legend: impl Into<String>) -> Query {
        let vocabulary = &self.shared.vocabulary;
        // Any other query is drawn from the first scrape on; with a step it would be empty until the step is over.
        let selectors = if promql.text.contains(RATE_INTERVAL) {
            promql.selectors()
        } else {
            Vec::new()
        };
        let interval = selectors
            .iter()
            .filter_map(|selector| vocabulary.selected(selector)?.interval)
            .max();
        let expr = self.variables.narrowed(promql, vocabulary);
        Query {
            expr,
            legend: legend.into(),
            interval,
            from_zero: is_amount(&promql.expr),
        }
    }
}

/// Rates and quantiles, but no quotients of them: those move within bounds of their own.
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

impl Drawn {
    /// Wide and high as this kind of panel should be, in units of Grafana's grid.
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

    /// Whether each line is one of several of a query: their labels tell them apart.
    pub(super) fn has_lines_by_label(&self) -> bool {
        self.queries.iter().any(|query| query.legend.contains("{{"))
    }
}
