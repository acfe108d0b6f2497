//! `grafana/dashboards/<pack>.json`: the dashboard of a pack.
//!
//! The data source is a variable, so that one file serves both ways into Grafana: an import asks for it, by `__inputs`, and
//! a provisioned file, in which nobody fills `__inputs` in, takes the default one.

mod defaults;
mod drawn;
mod json;
mod layout;
mod thresholds;
mod variables;
mod visual;

use std::time::Duration;

use serde_json::{Value, json};

use super::alerts::AlertRule;
use super::{File, Shared};
use crate::kpi::{EXPORT_LATENCY, Kpi, Pack, PanelRow, QUERY_LATENCY};

pub(super) use drawn::{Drawn, Source};
pub(super) use thresholds::{Step, steps_of};
pub(super) use variables::Variables;

/// The version of the dashboard's form that current Grafanas write.
const SCHEMA_VERSION: u32 = 42;

/// What all our dashboards are tagged with, so that they find each other.
const TAG: &str = "cypher-exporter";

/// How an import is told which data source is meant.
const INPUT: &str = "DS_PROMETHEUS";

/// The longest identifier that Grafana takes.
const LONGEST_UID: usize = 40;

/// A row and its panels.
pub(super) struct Row {
    /// Its title; none for panels that stand without a row.
    pub(super) title: Option<String>,
    /// In order.
    pub(super) panels: Vec<Drawn>,
}

/// What a dashboard says of itself.
pub(super) struct Page<'a> {
    /// The file's name, and Grafana's identifier.
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// Where to make changes.
    pub(super) notice: String,
    /// Of the failures that it marks, the KPIs: a regular expression.
    pub(super) kpis: String,
    /// The shortest time in which a value changes.
    pub(super) interval: Duration,
}

/// The dashboard of a pack.
pub(super) fn file(shared: &Shared<'_>, pack: &Pack, alerts: &[AlertRule<'_>]) -> File {
    let kpis: Vec<_> = shared.kpis_of(pack).map(|kpi| kpi.as_ref()).collect();
    let variables = Variables::of_pack(shared, &kpis);
    let source = Source {
        shared,
        variables: &variables,
    };
    let rows = rows(&source, pack, &kpis, alerts);
    let interval = kpis
        .iter()
        .map(|kpi| kpi.schedule.interval())
        .min()
        .unwrap_or(Duration::from_secs(300));
    let page = Page {
        name: &pack.name,
        title: &pack.title,
        description: pack.description.as_deref().unwrap_or_default(),
        notice: shared.made_of(pack),
        kpis: format!("{}/.+", pack.name),
        interval,
    };
    whole(&page, &variables, rows)
}

/// A dashboard of these rows.
pub(super) fn whole(page: &Page<'_>, variables: &Variables, rows: Vec<Row>) -> File {
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
        "annotations": { "list": annotations(page) },
        "description": format!("{} {}", page.description, page.notice).trim_start(),
        "editable": true,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "id": null,
        "links": [{
            "title": "KPI dashboards", "type": "dashboards", "tags": [TAG], "asDropdown": true, "icon": "dashboard",
            "includeVars": true, "keepTime": true, "targetBlank": false, "tooltip": "",
        }],
        "panels": panels,
        "refresh": promql::written(page.interval.clamp(Duration::from_secs(15), Duration::from_secs(300))),
        "schemaVersion": SCHEMA_VERSION,
        "tags": [TAG, page.name],
        "templating": { "list": variables.json() },
        "time": { "from": time_range(page.interval), "to": "now" },
        "timepicker": {},
        "timezone": "browser",
        "title": page.title,
        "uid": uid(page.name),
    });
    File {
        path: format!("grafana/dashboards/{}.json", page.name),
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

/// Where a KPI failed, its time is marked.
fn annotations(page: &Page<'_>) -> Value {
    let kpis = page.kpis.replace('\\', "\\\\").replace('"', "\\\"");
    let of = |metric: &str| {
        format!(
            "cypher_exporter_kpi_{metric}{{job=~\"$job\",instance=~\"$instance\",kpi=~\"{kpis}\"}}"
        )
    };
    // What has not run yet has not failed.
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

/// The rows as `pack.toml` has them; what no row names comes last.
fn rows(source: &Source<'_, '_>, pack: &Pack, kpis: &[&Kpi], alerts: &[AlertRule<'_>]) -> Vec<Row> {
    let panels = |name: &str| match (kpis.iter().find(|kpi| kpi.stem() == name), name) {
        (Some(kpi), _) => defaults::of_kpi(source, kpi, alerts),
        (None, QUERY_LATENCY) => pack
            .query_latency
            .iter()
            .flat_map(|timing| defaults::of_timing(source, timing, alerts))
            .collect(),
        (None, EXPORT_LATENCY) => pack
            .export_latency
            .iter()
            .flat_map(|timing| defaults::of_timing(source, timing, alerts))
            .collect(),
        (None, _) => Vec::new(),
    };
    let row = |row: &PanelRow| Row {
        title: Some(row.title.clone()),
        panels: row.kpis.iter().flat_map(|name| panels(name)).collect(),
    };
    let named: Vec<_> = pack
        .rows
        .iter()
        .flat_map(|row| &row.kpis)
        .map(String::as_str)
        .collect();
    let others = kpis
        .iter()
        .map(|kpi| kpi.stem())
        .chain([QUERY_LATENCY, EXPORT_LATENCY]);
    let last = Row {
        title: (!pack.rows.is_empty()).then(|| "More".to_owned()),
        panels: others
            .filter(|name| !named.contains(name))
            .flat_map(panels)
            .collect(),
    };
    pack.rows
        .iter()
        .map(row)
        .chain([last])
        .filter(|row| !row.panels.is_empty())
        .collect()
}
