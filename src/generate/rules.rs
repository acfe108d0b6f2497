//! `prometheus/rules/<pack>.yml`: recording rules, then alerts, in one group, so that the alerts see fresh records.

use serde::Serialize;
use serde_saphyr::ser_error::Error;

use super::alerts::AlertRule;
use super::{File, Shared, rules_path, yaml};
use crate::kpi::Pack;

#[derive(Serialize)]
struct RuleFile<'a> {
    groups: [Group<'a>; 1],
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Rule<'a> {
    Record {
        record: &'a str,
        expr: &'a str,
    },
    Alert {
        alert: &'a str,
        expr: &'a str,
        #[serde(rename = "for")]
        hold: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        keep_firing_for: Option<String>,
        labels: Labels<'a>,
        annotations: Annotations<'a>,
    },
}

#[derive(Serialize)]
struct Annotations<'a> {
    summary: &'a str,
    description: &'a str,
    runbook_url: &'a str,
}

/// In the order of the list; Prometheus expands label values as templates.
struct Labels<'a>(&'a [(&'a str, String)]);

impl Serialize for Labels<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let labels = self.0.iter();
        serializer.collect_map(labels.map(|(name, value)| (name, template::escape(value))))
    }
}

/// The rules of a pack; none when it has none.
pub(super) fn file(
    shared: &Shared<'_>,
    pack: &Pack,
    alerts: &[AlertRule<'_>],
) -> Result<Option<File>, Error> {
    let records = pack.records.iter().map(|rule| Rule::Record {
        record: &rule.record,
        expr: rule.expr.text.trim(),
    });
    let rules: Vec<_> = records.chain(alerts.iter().map(alert)).collect();
    if rules.is_empty() {
        return Ok(None);
    }
    let group = Group {
        name: &pack.name,
        rules,
    };
    Ok(Some(File {
        path: rules_path(&pack.name),
        text: yaml::document(&shared.notice(pack), &RuleFile { groups: [group] })?,
    }))
}

fn alert<'a>(rule: &'a AlertRule<'_>) -> Rule<'a> {
    Rule::Alert {
        alert: &rule.alert.name,
        expr: rule.condition.text.trim(),
        hold: promql::written(rule.alert.hold),
        keep_firing_for: rule.alert.keep_firing_for.map(promql::written),
        labels: Labels(&rule.labels),
        annotations: Annotations {
            summary: &rule.summary,
            description: &rule.description,
            runbook_url: &rule.runbook_url,
        },
    }
}
