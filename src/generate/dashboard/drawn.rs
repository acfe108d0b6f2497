//! A panel before it has a place: what it shows, in which unit, with which queries.

use std::time::Duration;

use serde_json::{Value, json};

use super::thresholds::Step;
use super::variables::Variables;
use super::{data_source, visual};
use crate::generate::Shared;
use crate::kpi::PanelKind;
use promql::{self, Expr, Kind, Operator, Promql};

/// Grafana takes this for the distance of samples unless a query says more.
const USUAL_SCRAPE: Duration = Duration::from_secs(15);

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
        let selectors = if promql.text.contains(RATE_INTERVAL) { promql.selectors() } else { Vec::new() };
        let interval = selectors.iter().filter_map(|selector| vocabulary.selected(selector)?.interval).max();
        let expr = self.variables.narrowed(promql, vocabulary);
        Query { expr, legend: legend.into(), interval, from_zero: is_amount(&promql.expr) }
    }
}

/// Rates and quantiles, but no quotients of them: those move within bounds of their own.
fn is_amount(expr: &Expr) -> bool {
    let (mut is_amount, mut divides) = (false, false);
    expr.walk(&mut |expr| match &expr.kind {
        Kind::Call(function, _) => {
            is_amount |= ["rate", "irate", "increase", "histogram_quantile"].contains(&function.name);
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

    /// The panel as Grafana has it.
    pub(super) fn json(&self, id: usize, place: &Value) -> Value {
        let targets: Vec<_> = self.queries.iter().zip('A'..='Z').map(|(query, id)| self.target(query, id)).collect();
        let mut panel = json!({
            "datasource": data_source(),
            "description": self.description,
            "fieldConfig": { "defaults": visual::field(self), "overrides": [] },
            "gridPos": place,
            "id": id,
            "options": visual::options(self),
            "targets": targets,
            "title": self.title,
            "type": self.kind.as_str(),
        });
        let links: Vec<_> = self.link.iter().map(|(title, url)| link(title, url)).collect();
        if !links.is_empty() {
            panel["links"] = links.into();
        }
        let transformations = visual::transformations(self);
        if !transformations.is_empty() {
            panel["transformations"] = transformations.into();
        }
        panel
    }

    fn target(&self, query: &Query, id: char) -> Value {
        let instant = match self.kind {
            PanelKind::BarChart | PanelKind::BarGauge | PanelKind::Gauge | PanelKind::PieChart | PanelKind::Table => {
                true
            }
            PanelKind::Heatmap
            | PanelKind::Histogram
            | PanelKind::Stat
            | PanelKind::StateTimeline
            | PanelKind::TimeSeries => false,
        };
        let format = match self.kind {
            PanelKind::Heatmap => "heatmap",
            PanelKind::Table => "table",
            PanelKind::BarChart
            | PanelKind::BarGauge
            | PanelKind::Gauge
            | PanelKind::Histogram
            | PanelKind::PieChart
            | PanelKind::Stat
            | PanelKind::StateTimeline
            | PanelKind::TimeSeries => "time_series",
        };
        let mut target = json!({
            "datasource": data_source(), "editorMode": "code", "expr": query.expr, "format": format, "instant": instant,
            "legendFormat": query.legend, "range": !instant, "refId": id.to_string(),
        });
        // Grafana's rate interval is four times this: enough for a rate to see several answers of the KPI.
        if let Some(interval) = query.interval.filter(|interval| *interval > USUAL_SCRAPE) {
            target["interval"] = promql::written(interval).into();
        }
        target
    }
}

fn link(title: &str, url: &str) -> Value {
    json!({
        "title": title, "url": url, "type": "link", "asDropdown": false, "icon": "external link", "includeVars": false,
        "keepTime": false, "tags": [], "targetBlank": true, "tooltip": "",
    })
}
