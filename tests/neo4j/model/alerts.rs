//! Whether every alert of some packs can fire and stays silent when all is well, by promtool on
//! made-up series; and whether Prometheus understands their panels. A test program that has it also
//! has `serving`, which runs promtool.

use std::fs;

use cypher_exporter::kpi::{Alert, Catalog, Condition, Kpi, Severity};
use promql::Promql;
use serde_json::{Value, json};

use crate::model::pack;
use test_support::programs::{run, skipped};

/// Series and their values, one a minute, as promtool writes them.
pub(crate) type Series = &'static [(&'static str, &'static str)];

/// An alert, what makes it fire within two hours, its labels besides the severity, and its summary
/// then.
pub(crate) type Fires = (
    &'static str,
    Series,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// When all series are over.
const END: &str = "2h";

/// All alerts with their PromQL, and all recording rules, as a rule file.
fn rules(catalogs: &[Catalog]) -> Value {
    let groups = catalogs.iter().map(|catalog| {
        let pack = &catalog.packs[0];
        let records = pack
            .records
            .iter()
            .map(|rule| json!({ "record": rule.record, "expr": rule.expr.text }));
        let of_kpi = |kpi: &Kpi| {
            let metric = kpi.metrics[0].desc.name.as_str();
            kpi.alerts
                .iter()
                .map(|alert| rule(alert, metric))
                .collect::<Vec<_>>()
        };
        let of_kpis = catalog.kpis.iter().flat_map(|kpi| of_kpi(kpi));
        let rules: Vec<_> = records
            .chain(of_kpis)
            .chain(pack.alerts.iter().map(|alert| rule(alert, "")))
            .collect();
        json!({ "name": &*pack.name, "rules": rules })
    });
    json!({ "groups": groups.collect::<Vec<_>>() })
}

fn rule(alert: &Alert, metric: &str) -> Value {
    let expr = match &alert.condition {
        Condition::Expr(expr) => expr.text.clone(),
        Condition::When {
            operator,
            threshold,
        } => format!("{metric} {} {threshold}", operator.sign()),
    };
    json!({
        "alert": alert.name,
        "expr": expr,
        "for": format!("{}s", alert.hold.as_secs()),
        "labels": { "severity": severity(alert) },
        "annotations": { "summary": alert.summary.as_ref().map(|summary| &summary.text) },
    })
}

fn severity(alert: &Alert) -> &'static str {
    match alert.severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// The panels' PromQL, as if each were recorded: so promtool parses it.
fn panels(catalogs: &[Catalog]) -> Value {
    let panels = catalogs
        .iter()
        .flat_map(|catalog| &catalog.kpis)
        .flat_map(|kpi| kpi.panels.iter().flatten());
    let record = |(at, expr): (usize, &Promql)| json!({ "record": format!("panel:{at}"), "expr": expr.text });
    let rules: Vec<_> = panels
        .flat_map(|panel| &panel.exprs)
        .enumerate()
        .map(record)
        .collect();
    json!({ "groups": [{ "name": "panels", "rules": rules }] })
}

fn input(series: &[Series]) -> Vec<Value> {
    series
        .iter()
        .copied()
        .flatten()
        .map(|(series, values)| json!({ "series": series, "values": values }))
        .collect()
}

fn fires((name, series, labels, summary): &Fires, alerts: &[&Alert]) -> Value {
    let alert = alerts
        .iter()
        .find(|alert| alert.name == *name)
        .unwrap_or_else(|| panic!("no pack has {name}"));
    let mut all = json!({ "severity": severity(alert) });
    labels
        .iter()
        .for_each(|(label, value)| all[*label] = json!(value));
    let expected = json!([{ "exp_labels": all, "exp_annotations": { "summary": summary } }]);
    let test = json!({ "eval_time": END, "alertname": name, "exp_alerts": expected });
    json!({ "interval": "1m", "input_series": input(&[series]), "alert_rule_test": [test] })
}

fn stay_silent(well: &[Series], alerts: &[&Alert]) -> Value {
    let tests: Vec<_> = alerts
        .iter()
        .map(|alert| json!({ "eval_time": END, "alertname": alert.name }))
        .collect();
    json!({ "interval": "1m", "input_series": input(well), "alert_rule_test": tests })
}

/// Each alert fires for its series in `table`, and none for any of `well`.
pub(crate) fn can_fire_and_stay_silent(packs: &[&str], table: &[Fires], well: &[&[Series]]) {
    let catalogs: Vec<_> = packs.iter().map(|name| pack::catalog(name)).collect();
    let of_kpis = catalogs
        .iter()
        .flat_map(|catalog| &catalog.kpis)
        .flat_map(|kpi| &kpi.alerts);
    let alerts: Vec<_> = of_kpis
        .chain(catalogs.iter().flat_map(|catalog| &catalog.packs[0].alerts))
        .collect();
    let tried = |alert: &Alert| table.iter().any(|fires| fires.0 == alert.name);
    let untried: Vec<_> = alerts
        .iter()
        .filter(|alert| !tried(alert))
        .map(|alert| &alert.name)
        .collect();
    assert!(
        untried.is_empty(),
        "nothing here makes them fire: {untried:?}"
    );

    let folder = tempfile::tempdir().unwrap();
    let mut tests: Vec<_> = table.iter().map(|case| fires(case, &alerts)).collect();
    tests.extend(well.iter().map(|series| stay_silent(series, &alerts)));
    fs::write(
        folder.path().join("rules.json"),
        rules(&catalogs).to_string(),
    )
    .unwrap();
    let unit = json!({ "rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": tests });
    let file = folder.path().join("tests.json");
    fs::write(&file, unit.to_string()).unwrap();
    promtool(
        &["test", "rules", file.to_str().unwrap()],
        "makes the alerts fire",
    );
}

/// The PromQL of each panel is PromQL.
pub(crate) fn panels_are_understood(packs: &[&str]) {
    let catalogs: Vec<_> = packs.iter().map(|name| pack::catalog(name)).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("panels.json");
    fs::write(&file, panels(&catalogs).to_string()).unwrap();
    promtool(
        &["check", "rules", file.to_str().unwrap()],
        "reads the panels",
    );
}

/// promtool says what went wrong on either stream.
fn promtool(arguments: &[&str], what: &str) {
    match run("promtool", arguments, b"") {
        Some((code, out, error)) => assert_eq!(code, 0, "{}{error}", String::from_utf8_lossy(&out)),
        None => skipped(&format!("promtool {what}")),
    }
}
