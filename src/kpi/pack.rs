//! `pack.toml`: what is said of a pack as a whole.

use std::sync::Arc;

use super::Alert;
use crate::metric::{LabelName, MetricName};

/// A folder of KPIs.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The folder's name; also the start of its metrics' names.
    pub name: Arc<str>,
    /// For people, e.g. the dashboard's title.
    pub title: String,
    /// A sentence or two.
    pub description: Option<String>,
    /// The rows of its dashboard, in order.
    pub rows: Vec<PanelRow>,
    /// Alerts over several KPIs; each has an `expr`.
    pub alerts: Vec<Alert>,
    /// Recording rules.
    pub records: Vec<RecordingRule>,
    /// Under which name the durations of this pack's queries appear.
    pub query_latency: Option<Timing>,
    /// Under which name the durations of the exporter's own exports appear.
    pub export_latency: Option<Timing>,
}

/// A row of a dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelRow {
    /// Its title.
    pub title: String,
    /// KPI file stems, in order.
    pub kpis: Vec<String>,
}

/// A recording rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRule {
    /// `level:metric:operation`.
    pub record: String,
    /// PromQL.
    pub expr: String,
}

/// A histogram of the exporter's own timings under a name of the pack's choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Ends in `_seconds` or `_ms`, which is its unit.
    pub name: MetricName,
    /// One sentence.
    pub help: String,
    /// The label that names the KPI by its file stem; none for a timing that is not of a KPI.
    pub label: Option<LabelName>,
    /// Upper bounds in the unit of the name, strictly rising, without `+Inf`.
    pub bounds: Arc<[f64]>,
}

impl Timing {
    /// How many of its unit a second has.
    pub fn per_second(&self) -> f64 {
        if self.name.as_str().ends_with("_ms") { 1000.0 } else { 1.0 }
    }
}
