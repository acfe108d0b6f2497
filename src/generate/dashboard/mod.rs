//! `grafana/dashboards/<pack>.json`: the dashboard of a pack.
//!
//! The data source is a variable, so that one file serves both ways into Grafana: an import asks for it, by `__inputs`, and
//! a provisioned file, whose `__inputs` stay unset, uses the default one.

mod defaults;
mod json;
mod layout;
mod queries;
mod spec;
mod thresholds;
mod variables;
mod visual;

use std::time::Duration;

use serde_json::{Value, json};

use super::alerts::AlertRule;
use super::{File, Shared};
use crate::diagnostic::Problem;
use crate::kpi::{EXPORT_LATENCY, Kpi, Pack, QUERY_LATENCY, Timing};

use spec::{PanelSpec, QueryContext};
pub(super) use variables::Variables;

/// The version of the dashboard schema that current Grafanas write.
const SCHEMA_VERSION: u32 = 42;

/// The tag of all our dashboards, by which they link to each other.
const TAG: &str = "cypher-exporter";

/// The variable by which an import asks for the data source.
const INPUT: &str = "DS_PROMETHEUS";

/// The longest identifier that Grafana accepts.
const LONGEST_UID: usize = 40;

/// A row and its panels.
struct Row {
    /// Its title; none for panels without a row.
    title: Option<String>,
    /// In order.
    panels: Vec<PanelSpec>,
}

/// What the file of a dashboard says besides its panels.
pub(super) struct DashboardSpec<'a> {
    pub(super) pack: &'a Pack,
    /// Where to make changes.
    pub(super) notice: String,
    pub(super) variables: Variables,
    /// The KPIs whose failed runs are marked: a regular expression.
    pub(super) kpis: String,
    /// The shortest time in which a value changes.
    pub(super) interval: Duration,
}

/// The dashboard of a pack of KPIs.
///
/// # Errors
/// The panels whose query is not valid PromQL.
pub(super) fn file(
    shared: &Shared<'_>,
    pack: &Pack,
    alerts: &[AlertRule<'_>],
) -> Result<File, Vec<Problem>> {
    let kpis: Vec<_> = shared.kpis_of(pack).map(|kpi| kpi.as_ref()).collect();
    let interval = kpis
        .iter()
        .map(|kpi| kpi.schedule.interval())
        .min()
        .unwrap_or(Duration::from_secs(300));
    let spec = DashboardSpec {
        pack,
        notice: shared.notice(pack),
        variables: Variables::of_pack(shared, &kpis),
        kpis: format!("{}/.+", pack.name),
        interval,
    };
    render(shared, &spec, alerts)
}

/// The dashboard with its rows as `pack.toml` has them.
///
/// # Errors
/// As [`file`].
pub(super) fn render(
    shared: &Shared<'_>,
    spec: &DashboardSpec<'_>,
    alerts: &[AlertRule<'_>],
) -> Result<File, Vec<Problem>> {
    let kpis: Vec<_> = shared.kpis_of(spec.pack).map(|kpi| kpi.as_ref()).collect();
    let context = QueryContext {
        shared,
        variables: &spec.variables,
    };
    Ok(json(spec, rows(&context, spec.pack, &kpis, alerts)?))
}

fn json(spec: &DashboardSpec<'_>, rows: Vec<Row>) -> File {
    let pack = spec.pack;
    let description = pack.description.as_deref().unwrap_or_default();
    let panels = layout::placed(rows);
    let kinds: std::collections::BTreeSet<_> = panels
        .iter()
        .filter_map(|panel| panel["type"].as_str())
        .filter(|kind| *kind != "row")
        .collect();
    let plugins = kinds
        .iter()
        .map(|kind| json!({ "type": "panel", "id": kind, "name": kind, "version": "" }));
    let requires: Vec<_> = [
        json!({ "type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.0.0" }),
        json!({ "type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0" }),
    ]
    .into_iter()
    .chain(plugins)
    .collect();
    let dashboard = json!({
        "__inputs": [{
            "name": INPUT, "label": "Prometheus", "description": "The Prometheus that scrapes the exporter.",
            "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus",
        }],
        "__requires": requires,
        "annotations": { "list": annotations(spec) },
        "description": format!("{description} {}", spec.notice).trim_start(),
        "editable": true,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "id": null,
        "links": [{
            "title": "KPI dashboards", "type": "dashboards", "tags": [TAG], "asDropdown": true, "icon": "dashboard",
            "includeVars": true, "keepTime": true, "targetBlank": false, "tooltip": "",
        }],
        "panels": panels,
        "refresh": promql::written(spec.interval.clamp(Duration::from_secs(15), Duration::from_secs(300))),
        "schemaVersion": SCHEMA_VERSION,
        "tags": [TAG, &*pack.name],
        "templating": { "list": spec.variables.json() },
        "time": { "from": time_range(spec.interval), "to": "now" },
        "timepicker": {},
        "timezone": "browser",
        "title": pack.title,
        "uid": uid(&pack.name),
    });
    File {
        path: format!("grafana/dashboards/{}.json", pack.name),
        text: format!("{dashboard:#}\n"),
    }
}

/// The identifier by which Grafana links to a dashboard.
pub(super) fn uid(name: &str) -> String {
    let legal = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    name.chars().map(legal).take(LONGEST_UID).collect()
}

/// Long enough for the values to have a history.
fn time_range(interval: Duration) -> &'static str {
    match interval.as_secs() {
        0..60 => "now-1h",
        60..300 => "now-6h",
        _ => "now-24h",
    }
}

/// The data source that the variable names.
fn data_source() -> Value {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

/// Marks the time of failed runs.
fn annotations(spec: &DashboardSpec<'_>) -> Value {
    let kpis = spec.kpis.replace('\\', "\\\\").replace('"', "\\\"");
    let of = |metric: &str| {
        format!(
            "cypher_exporter_kpi_{metric}{{job=~\"$job\",instance=~\"$instance\",kpi=~\"{kpis}\"}}"
        )
    };
    // A KPI that has not run yet has not failed.
    let expr = format!("{} == 0 and {} > 0", of("up"), of("runs_total"));
    json!([
        {
            "builtIn": 1, "datasource": { "type": "grafana", "uid": "-- Grafana --" }, "enable": true, "hide": true,
            "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard",
        },
        {
            "datasource": data_source(), "enable": true, "hide": false, "iconColor": "red", "name": "Failed runs",
            "target": { "expr": expr, "interval": "", "refId": "Anno" },
            "titleFormat": "{{kpi}} failed", "textFormat": "", "tagKeys": "kpi",
        },
    ])
}

/// The rows as `pack.toml` has them; KPIs that no row names go into a final row.
fn rows(
    context: &QueryContext<'_, '_>,
    pack: &Pack,
    kpis: &[&Kpi],
    alerts: &[AlertRule<'_>],
) -> Result<Vec<Row>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut panels = |name: &str| {
        let timing = |timing: &Option<Timing>| match timing {
            Some(timing) => defaults::of_timing(context, &pack.path, timing, alerts),
            None => Ok(Vec::new()),
        };
        let panels = match (kpis.iter().find(|kpi| kpi.stem() == name), name) {
            (Some(kpi), _) => defaults::of_kpi(context, kpi, alerts),
            (None, QUERY_LATENCY) => timing(&pack.query_latency),
            (None, EXPORT_LATENCY) => timing(&pack.export_latency),
            (None, _) => Ok(Vec::new()),
        };
        panels.unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        })
    };
    let mut rows = Vec::new();
    for row in &pack.rows {
        let of_kpis = row.kpis.iter().flat_map(|name| panels(name));
        let of_row = row
            .panels
            .iter()
            .map(|panel| defaults::of_row(context, panel, alerts));
        rows.push(Row {
            title: Some(row.title.clone()),
            panels: of_kpis.chain(of_row).collect(),
        });
    }
    let is_named = |name: &str| {
        let mut named = pack.rows.iter().flat_map(|row| &row.kpis);
        named.any(|of_row| of_row == name)
    };
    let all = kpis.iter().map(|kpi| kpi.stem());
    let others = all.chain([QUERY_LATENCY, EXPORT_LATENCY]);
    rows.push(Row {
        title: (!pack.rows.is_empty()).then(|| "More".to_owned()),
        panels: others
            .filter(|name| !is_named(name))
            .flat_map(&mut panels)
            .collect(),
    });
    rows.retain(|row| !row.panels.is_empty());
    if problems.is_empty() {
        Ok(rows)
    } else {
        Err(problems)
    }
}
