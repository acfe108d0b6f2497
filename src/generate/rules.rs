//! `prometheus/rules/<pack>.yml`: recording rules, then alerts, in one group, so that the alerts see fresh records.

use super::alerts::AlertRule;
use super::yaml::Yaml;
use super::{File, Shared, rules_path};
use crate::kpi::{Pack, RecordingRule};

/// The rules of a pack; none when it has none.
pub(super) fn file(shared: &Shared<'_>, pack: &Pack, alerts: &[AlertRule<'_>]) -> Option<File> {
    let rules: Vec<_> = pack
        .records
        .iter()
        .map(record)
        .chain(alerts.iter().map(alert))
        .collect();
    if rules.is_empty() {
        return None;
    }
    let group = Yaml::Map(vec![
        ("name", Yaml::text(&*pack.name)),
        ("rules", Yaml::List(rules)),
    ]);
    let document = Yaml::Map(vec![("groups", Yaml::List(vec![group]))]);
    Some(File {
        path: rules_path(&pack.name),
        text: document.document(&shared.made_of(pack)),
    })
}

fn record(rule: &RecordingRule) -> Yaml {
    Yaml::Map(vec![
        ("record", Yaml::text(&rule.record)),
        ("expr", Yaml::text(rule.expr.text.trim())),
    ])
}

fn alert(rule: &AlertRule<'_>) -> Yaml {
    let labels = rule
        .labels
        .iter()
        .map(|(name, value)| (*name, Yaml::text(value)))
        .collect();
    let annotations = vec![
        ("summary", Yaml::text(&rule.summary)),
        ("description", Yaml::text(&rule.description)),
        ("runbook_url", Yaml::text(&rule.runbook_url)),
    ];
    Yaml::Map(vec![
        ("alert", Yaml::text(&rule.alert.name)),
        ("expr", Yaml::text(rule.condition.text.trim())),
        ("for", Yaml::text(promql::written(rule.alert.hold))),
        ("labels", Yaml::Map(labels)),
        ("annotations", Yaml::Map(annotations)),
    ])
}
