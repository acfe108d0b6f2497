//! `pack.toml`: the keys of a pack as a whole.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::fields::{self, At, Fields};
use super::{Alert, Condition, Panel, Source, alert, panel};
use crate::diagnostic::{Problem, Problems, nearest};
use crate::metric::{LabelName, MetricName};
use promql::{Promql, Variables};

/// How a row names the panel of [`Pack::query_latency`].
pub const QUERY_LATENCY: &str = "query_latency";
/// How a row names the panel of [`Pack::export_latency`].
pub const EXPORT_LATENCY: &str = "export_latency";

/// A folder of KPIs.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The folder's name; also the start of its metrics' names.
    pub name: Arc<str>,
    /// Its `pack.toml`, as the user would type it; empty when there is none.
    pub path: String,
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
    /// KPI file stems, [`QUERY_LATENCY`] and [`EXPORT_LATENCY`], in order.
    pub kpis: Vec<String>,
    /// Panels over several KPIs, behind those of `kpis`; each has a title and an `expr`.
    pub panels: Vec<Panel>,
}

/// A recording rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRule {
    /// `level:metric:operation`.
    pub record: String,
    /// What it records.
    pub expr: Promql,
    /// Where the file defines it, in bytes.
    pub place: Range<usize>,
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
    /// Where the file defines it, in bytes.
    pub place: Range<usize>,
}

impl Timing {
    /// How many of its unit a second has.
    pub fn per_second(&self) -> f64 {
        if self.name.as_str().ends_with("_ms") {
            1000.0
        } else {
            1.0
        }
    }
}

impl Pack {
    /// A pack without `pack.toml`.
    pub(super) fn bare(name: &Arc<str>) -> Self {
        Self {
            name: name.clone(),
            path: String::new(),
            title: name.to_string(),
            description: None,
            rows: Vec::new(),
            alerts: Vec::new(),
            records: Vec::new(),
            query_latency: None,
            export_latency: None,
        }
    }
}

/// Reads a `pack.toml`, whose rows name KPIs by the `stems` of their files. A pack comes only without errors.
pub(super) fn read(source: &Source, stems: &[&str]) -> (Option<Pack>, Vec<Problem>) {
    let mut problems = Problems::of(&source.path);
    let toml = fields::parse(&source.text, 0, &mut problems);
    if toml.is_cut {
        let end = source.text.len();
        problems.error(
            end..end,
            "unterminated string at the end of the file",
            "close the string",
        );
    }
    let pack = pack(&toml.table, source, stems, &mut problems);
    let pack = (!problems.has_errors()).then_some(pack);
    (pack, problems.into_vec())
}

fn pack(table: &DeTable<'_>, source: &Source, stems: &[&str], problems: &mut Problems<'_>) -> Pack {
    let mut fields = Fields::of(table, 0, "pack.toml", problems);
    let named: Vec<_> = [QUERY_LATENCY, EXPORT_LATENCY]
        .into_iter()
        .filter(|key| fields.any(key).is_some())
        .collect();
    let drawn = [stems, &named].concat();
    let title = fields.string("title").map(|at| at.value);
    let description = fields.string("description").map(|at| at.value);
    let rows = fields.tables("row");
    let alerts = fields.tables("alert");
    let records = fields.tables("record");
    let query_latency = fields.table(QUERY_LATENCY);
    let export_latency = fields.table(EXPORT_LATENCY);
    fields.finish();
    Pack {
        path: source.path.clone(),
        title: title.unwrap_or_else(|| source.pack.clone()),
        description,
        rows: rows
            .iter()
            .filter_map(|table| row(table, &drawn, problems))
            .collect(),
        alerts: alerts
            .into_iter()
            .filter_map(|table| pack_alert(table, problems))
            .collect(),
        records: records
            .iter()
            .filter_map(|table| record(table, problems))
            .collect(),
        query_latency: query_latency.and_then(|table| timing(&table, true, problems)),
        export_latency: export_latency.and_then(|table| timing(&table, false, problems)),
        ..Pack::bare(&source.pack.as_str().into())
    }
}

fn row(table: &At<&DeTable<'_>>, drawn: &[&str], problems: &mut Problems<'_>) -> Option<PanelRow> {
    let mut fields = Fields::of(table.value, 0, "a row", problems);
    let title = required(fields.string("title"), "title", table, fields.problems);
    let panels = fields.tables("panel");
    let kpis = match fields.strings("kpis") {
        None if !panels.is_empty() => Some(Vec::new()),
        kpis => required(kpis, "kpis", table, fields.problems),
    };
    fields.finish();
    let panels = panels
        .iter()
        .map(|table| row_panel(table, problems))
        .collect();
    for kpi in kpis
        .iter()
        .flatten()
        .filter(|kpi| !drawn.contains(&kpi.value.as_str()))
    {
        let fix = match nearest(&kpi.value, drawn.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write the file name of the KPI without `.cypher`".to_owned(),
        };
        problems.error(
            kpi.span.clone(),
            format!("the pack has no KPI `{}`", kpi.value),
            fix,
        );
    }
    Some(PanelRow {
        title: title?,
        kpis: kpis?.into_iter().map(|at| at.value).collect(),
        panels,
    })
}

/// A panel without a metric from which title and query could follow.
fn row_panel(table: &At<&DeTable<'_>>, problems: &mut Problems<'_>) -> Panel {
    let panel = panel::panel(table, 0, problems);
    for (key, is_missing) in [
        ("title", panel.title.is_none()),
        ("expr", panel.exprs.is_empty()),
    ] {
        if is_missing {
            report_missing(key, table, problems);
        }
    }
    panel
}

fn record(table: &At<&DeTable<'_>>, problems: &mut Problems<'_>) -> Option<RecordingRule> {
    let mut fields = Fields::of(table.value, 0, "a recording rule", problems);
    let record = fields.string("record");
    let place = record
        .as_ref()
        .map_or(table.span.clone(), |record| record.span.clone());
    let record = required(record, "record", table, fields.problems);
    let expr = required(
        fields.promql("expr", Variables::Refused),
        "expr",
        table,
        fields.problems,
    );
    fields.finish();
    let record = record?;
    // A colon is legal in the name of a recording rule, and only there.
    if let Err(fault) = MetricName::new(&record.replace(':', "_")) {
        let fix = "name it `level:metric:operation`, for example group_id:bmad_events_total:rate5m";
        problems.error(
            place.clone(),
            format!("invalid recording rule name `{record}`: {fault}"),
            fix,
        );
    }
    Some(RecordingRule {
        record,
        expr: expr?,
        place,
    })
}

fn pack_alert(table: At<&DeTable<'_>>, problems: &mut Problems<'_>) -> Option<Alert> {
    let alert = alert::read(table, 0, problems)?;
    if matches!(alert.condition, Condition::When { .. }) {
        let fix =
            "write the condition as `expr` in PromQL, or move the alert into the file of the KPI";
        problems.error(
            alert.place.clone(),
            "`when` is not allowed in pack.toml: there is no metric to compare",
            fix,
        );
    }
    Some(alert)
}

fn timing(table: &At<&DeTable<'_>>, labelled: bool, problems: &mut Problems<'_>) -> Option<Timing> {
    let mut fields = Fields::of(table.value, 0, "a timing", problems);
    let name = fields.string("name");
    let place = name
        .as_ref()
        .map_or(table.span.clone(), |name| name.span.clone());
    let help = required(fields.word("help"), "help", table, fields.problems);
    let label = if labelled {
        fields.string("label")
    } else {
        None
    };
    let bounds = super::header::buckets(&mut fields);
    let bounds = required(bounds, "buckets", table, fields.problems);
    fields.finish();
    let name = required(name, "name", table, problems)?;
    let legal = MetricName::new(&name)
        .ok()
        .filter(|_| name.ends_with("_seconds") || name.ends_with("_ms"));
    if legal.is_none() {
        let fix = "end the name in its unit, `_seconds` or `_ms`";
        problems.error(
            place.clone(),
            format!("invalid name of a timing `{name}`: expected a metric name with a unit"),
            fix,
        );
    }
    let label = label.and_then(|label| timing_label(label, problems));
    Some(Timing {
        name: legal?,
        help: help?,
        label,
        bounds: bounds?.into(),
        place,
    })
}

fn timing_label(label: At<String>, problems: &mut Problems<'_>) -> Option<LabelName> {
    let fault = match LabelName::new(&label.value) {
        Ok(name) if name.as_str() != "le" => return Some(name),
        Ok(_) => "a histogram adds it itself".to_owned(),
        Err(fault) => fault.to_string(),
    };
    let message = format!("invalid label `{}` of a timing: {fault}", label.value);
    problems.error(
        label.span,
        message,
        "rename the label, for example to `query_type`",
    );
    None
}

fn required<T>(
    field: Option<At<T>>,
    key: &str,
    table: &At<&DeTable<'_>>,
    problems: &mut Problems<'_>,
) -> Option<T> {
    if field.is_none() {
        report_missing(key, table, problems);
    }
    field.map(|at| at.value)
}

/// A key that is there has a wrong value, which has been reported already.
fn report_missing(key: &str, table: &At<&DeTable<'_>>, problems: &mut Problems<'_>) {
    if !table.value.iter().any(|(name, _)| name.get_ref() == key) {
        problems.error(
            table.span.clone(),
            format!("missing key `{key}`"),
            format!("add `{key} = …`"),
        );
    }
}
