//! A KPI file becomes a [`Kpi`] that cannot be wrong, or every problem in it. Pure: no I/O, no clock, no panic.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::metric::{Desc, Family, LabelName, MetricType, Part};
use cypher::{Parameters, Statement};

mod alert;
mod bounds;
mod catalog;
mod columns;
mod cron;
mod division;
mod example;
mod expect;
mod fields;
mod fingerprint;
mod header;
mod labels;
mod metrics;
mod names;
mod pack;
mod panel;
mod parse;
mod preamble;
mod skip;
mod value_spec;
pub mod vocabulary;
mod window;

#[cfg(test)]
pub(crate) use catalog::one;
pub use catalog::{Catalog, load};
pub use cron::Cron;
pub use fingerprint::Definition;
pub use pack::{EXPORT_LATENCY, Pack, PanelRow, QUERY_LATENCY, RecordingRule, Timing};
use promql::{Operator, Promql};
pub use skip::SkipReason;
use template::Template;
pub use window::{BEGINNING, Start, TimeForm, Window, iso};

/// One file's text and the name it has for people, e.g. `queries/bmad/orphaned_agents.cypher`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user would type it.
    pub path: String,
    /// The pack: the folder the file lies in.
    pub pack: String,
    /// The whole text.
    pub text: String,
}

/// The settings that apply to all KPIs.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// The interval of a KPI that names none.
    pub every: Duration,
    /// The labels that every series carries anyway.
    pub const_labels: &'a [LabelName],
}

/// A KPI: one query, the metrics it feeds, and when it runs.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// `pack/file-stem`: how commands, logs and the label `kpi` call it.
    pub id: Arc<str>,
    /// The pack it belongs to.
    pub pack: Arc<str>,
    /// The file, as the user would type it.
    pub path: String,
    /// The Cypher text exactly as in the file, header comment included, so that positions stay true.
    pub query: Arc<str>,
    /// The RETURN columns, in order; a [`Column`] is an index into them.
    pub columns: Arc<[Arc<str>]>,
    /// The metrics; at least one.
    pub metrics: Vec<Metric>,
    /// When it runs.
    pub schedule: Schedule,
    /// The longest a run may take.
    pub timeout: Duration,
    /// Snapshot or window.
    pub mode: Mode,
    /// The query runs once for each of these; at least one, which may be empty.
    pub parameters: Vec<Parameters>,
    /// The graph to ask; `None` is all of them.
    pub graph: Option<Arc<str>>,
    /// The database to ask; `None` is the graph's default.
    pub database: Option<Arc<str>>,
    /// What a failed run does to the values.
    pub on_error: OnError,
    /// How old a kept value may grow.
    pub stale_after: Duration,
    /// Two rows with the same labels.
    pub on_duplicate: OnDuplicate,
    /// The most label sets one run may bring, for each metric.
    pub max_series: usize,
    /// Its panels: `None` when the default follows from the type, empty for `panel = false`.
    pub panels: Option<Vec<Panel>>,
    /// Its alerts.
    pub alerts: Vec<Alert>,
    statement: Statement,
    /// Where the statement begins in `query`.
    start: usize,
    definition: Definition,
}

impl Kpi {
    /// Whether this KPI is for the graph of that name.
    pub fn asks(&self, graph: &str) -> bool {
        self.graph.as_deref().is_none_or(|only| only == graph)
    }

    /// The query without the comments above it.
    pub fn statement_text(&self) -> &str {
        self.query.get(self.start..).unwrap_or_default()
    }

    /// The scan of its query.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The divisions in its columns of ratios and times that would lose their fraction if both sides were integers.
    pub fn fractional_divisions(&self) -> impl Iterator<Item = &cypher::Division> {
        division::fractional(self)
    }

    /// Whether its query chooses between values, so that a value need not be the result of a calculation.
    pub fn has_fallback(&self) -> bool {
        let query = self.query.to_lowercase();
        query.contains("case") || query.contains("coalesce")
    }

    /// What it counts.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Runs it on the only graph there is, in its default database.
    pub fn run_on_the_only_graph(&mut self) {
        (self.graph, self.database) = (None, None);
        self.definition = fingerprint::of(self);
    }

    /// The id without its pack.
    pub fn stem(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or(&self.id)
    }
}

/// The position of a column in [`Kpi::columns`].
pub type Column = usize;

/// One metric that a query feeds.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Name, help, unit and label names.
    pub desc: Arc<Desc>,
    /// For each label of `desc` the column it is read from.
    pub labels: Vec<Column>,
    /// Type, and the columns of its value.
    pub shape: ValueSpec,
    /// Label values known in advance: combinations that no row brings are 0.
    pub expected: Vec<Expected>,
    /// Where the file defines it, in bytes.
    pub place: Range<usize>,
}

impl Metric {
    /// The family of this metric, of what the graphs contribute to it.
    pub fn family(&self, parts: Vec<Part>) -> Family {
        Family {
            desc: self.desc.clone(),
            metric_type: self.shape.metric_type(),
            parts,
        }
    }
}

/// The values of one label that are known in advance.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The label, as an index into the labels of the metric.
    pub label: usize,
    /// Its values.
    pub values: Vec<Arc<str>>,
}

/// The type of a metric and the columns its value is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueSpec {
    /// The value as it is.
    Gauge {
        /// The value.
        value: Column,
    },
    /// The total as it is (snapshot), or what to add (window).
    Counter {
        /// The value.
        value: Column,
    },
    /// A row is an observation.
    Histogram {
        /// What was observed.
        value: Column,
        /// How often, if the query returns it.
        weight: Option<Column>,
        /// Upper bounds, strictly rising, without `+Inf`.
        bounds: Arc<[f64]>,
    },
    /// A row brings all quantiles.
    Summary {
        /// The quantiles, rising.
        quantiles: Arc<[f64]>,
        /// For each quantile its column.
        columns: Vec<Column>,
        /// The column `sum`, when the query returns one.
        sum: Option<Column>,
        /// The column `count`, when the query returns one.
        count: Option<Column>,
    },
    /// A row is a fact.
    Info,
    /// A row names the state that is true.
    StateSet {
        /// The name of the state.
        value: Column,
        /// The states, if `expect` lists them; by default those in the rows.
        states: Option<Arc<[Arc<str>]>>,
    },
}

impl ValueSpec {
    /// The type without its columns.
    pub fn metric_type(&self) -> MetricType {
        match self {
            ValueSpec::Gauge { .. } => MetricType::Gauge,
            ValueSpec::Counter { .. } => MetricType::Counter,
            ValueSpec::Histogram { .. } => MetricType::Histogram,
            ValueSpec::Summary { .. } => MetricType::Summary,
            ValueSpec::Info => MetricType::Info,
            ValueSpec::StateSet { .. } => MetricType::StateSet,
        }
    }
}

/// When a KPI runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    /// At start, then at this interval.
    Every(Duration),
    /// At start, then at the times of the expression.
    Cron(Cron),
}

impl Schedule {
    /// The interval, or the longest one.
    pub fn interval(&self) -> Duration {
        match self {
            Schedule::Every(interval) => *interval,
            Schedule::Cron(cron) => cron.longest(),
        }
    }
}

/// Snapshot or window.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// The rows of a run replace the family.
    Snapshot,
    /// The rows of a run are events since the last one.
    Window(Window),
}

/// What a failed run does to the last good values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OnError {
    /// They stay until `stale_after`.
    Keep,
    /// They are dropped immediately.
    Drop,
    /// Every gauge takes this value.
    Publish(f64),
}

/// What two rows with the same labels mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDuplicate {
    /// The run fails.
    Error,
    /// Their values add up.
    Sum,
}

/// A panel of the generated dashboard; what is `None` follows from the metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Title.
    pub title: Option<String>,
    /// What it shows, in Markdown; the HELP text when the file does not say it.
    pub description: Option<String>,
    /// What it looks like.
    pub kind: Option<PanelKind>,
    /// Grafana unit, e.g. `percentunit`.
    pub unit: Option<String>,
    /// In rising order.
    pub thresholds: Vec<Threshold>,
    /// What it draws; nothing when that follows from the metric.
    pub exprs: Vec<Promql>,
    /// What each of them is called, in Grafana's form, e.g. `{{group_id}}`; nothing when the labels say it.
    pub legends: Vec<String>,
}

/// A value from which a colour holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The value; that of the first one is of no account.
    pub from: f64,
    /// Grafana's name of it.
    pub color: String,
    /// What the panel writes instead of just this value.
    pub name: Option<String>,
}

/// The panels that Grafana itself has and that can draw a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelKind {
    /// Bars side by side.
    BarChart,
    /// Bars that fill up.
    BarGauge,
    /// A dial.
    Gauge,
    /// Buckets over time.
    Heatmap,
    /// How often which value.
    Histogram,
    /// Shares of a whole.
    PieChart,
    /// A number, with a sparkline.
    Stat,
    /// States over time.
    StateTimeline,
    /// Rows and columns.
    Table,
    /// Lines over time.
    TimeSeries,
}

impl PanelKind {
    /// As Grafana calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            PanelKind::BarChart => "barchart",
            PanelKind::BarGauge => "bargauge",
            PanelKind::Gauge => "gauge",
            PanelKind::Heatmap => "heatmap",
            PanelKind::Histogram => "histogram",
            PanelKind::PieChart => "piechart",
            PanelKind::Stat => "stat",
            PanelKind::StateTimeline => "state-timeline",
            PanelKind::Table => "table",
            PanelKind::TimeSeries => "timeseries",
        }
    }
}

/// An alert of a KPI.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// CamelCase by custom.
    pub name: String,
    /// When it fires.
    pub condition: Condition,
    /// For how long it must hold.
    pub hold: Duration,
    /// For how long it keeps firing after the condition no longer holds.
    pub keep_firing_for: Option<Duration>,
    /// `critical`, `warning` or `info`.
    pub severity: Severity,
    /// Labels besides the severity, for example for the routes of Alertmanager.
    pub labels: BTreeMap<String, String>,
    /// One line.
    pub summary: Option<Template>,
    /// More lines.
    pub description: Option<Template>,
    /// The URL of the runbook.
    pub runbook: Option<Template>,
    /// Series for its test; where they are missing they are found from the condition.
    pub examples: Option<Examples>,
    /// Where the file defines it, in bytes.
    pub place: Range<usize>,
}

/// When an alert fires.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// PromQL.
    Expr(Promql),
    /// The metric compared with a number.
    When {
        /// A comparison.
        operator: Operator,
        /// What it is compared with.
        threshold: f64,
    },
}

/// Series with which an alert fires, and series with which it is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examples {
    /// It fires with these, at the latest at their end.
    pub fires: Vec<Example>,
    /// It is silent with these.
    pub silent: Vec<Example>,
}

/// A series for the test of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The metric.
    pub metric: String,
    /// The metric and its labels.
    pub series: String,
    /// Its values in the notation of promtool.
    pub values: String,
    /// How many there are, one a minute.
    pub minutes: usize,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Someone must act now.
    Critical,
    /// Someone should look.
    Warning,
    /// Good to know.
    Info,
}

#[cfg(test)]
mod tests;
