//! The variables of a dashboard: the data source, the target, and the labels that several KPIs of the pack share.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::INPUT;
use crate::generate::Shared;
use crate::kpi::vocabulary::{TARGET_LABELS, Vocabulary};
use crate::kpi::{Kpi, ValueSpec};
use crate::metric::LabelName;
use promql::{Promql, Selector};

/// Only a label that so many KPIs have becomes a variable.
const SHARED_BY: usize = 2;

/// The variables of a dashboard.
pub(crate) struct Variables {
    /// Labels besides the target labels, each with the metrics that have it.
    labels: BTreeMap<String, BTreeSet<String>>,
}

impl Variables {
    /// Those of the exporter's own dashboard.
    pub(crate) fn of_own() -> Self {
        let kpi = BTreeSet::from(["cypher_exporter_kpi_up".to_owned()]);
        Self {
            labels: BTreeMap::from([("kpi".to_owned(), kpi)]),
        }
    }

    /// Those of a pack.
    pub(super) fn of_pack(shared: &Shared<'_>, kpis: &[&Kpi]) -> Self {
        let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let const_labels: Vec<_> = shared
            .input
            .const_labels
            .iter()
            .map(LabelName::as_str)
            .collect();
        for kpi in kpis {
            let mut of_kpi = BTreeSet::new();
            for metric in &kpi.metrics {
                for label in metric
                    .desc
                    .labels
                    .iter()
                    .map(LabelName::as_str)
                    .chain(const_labels.iter().copied())
                {
                    let name = match metric.shape {
                        ValueSpec::Histogram { .. } => format!("{}_bucket", metric.desc.name),
                        ValueSpec::Gauge { .. }
                        | ValueSpec::Counter { .. }
                        | ValueSpec::Summary { .. }
                        | ValueSpec::Info
                        | ValueSpec::StateSet { .. } => metric.desc.name.to_string(),
                    };
                    labels.entry(label.to_owned()).or_default().insert(name);
                    of_kpi.insert(label.to_owned());
                }
            }
            of_kpi
                .into_iter()
                .for_each(|label| *counts.entry(label).or_default() += 1);
        }
        // These names belong to the other variables.
        let is_reserved = |label: &str| label == "datasource" || TARGET_LABELS.contains(&label);
        labels.retain(|label, _| !is_reserved(label));
        labels.retain(|label, _| {
            counts
                .get(label)
                .is_some_and(|count| *count >= SHARED_BY.min(kpis.len()))
        });
        Self { labels }
    }

    /// The expression with a matcher for each variable whose label the metric has.
    pub(super) fn filtered(&self, promql: &Promql, vocabulary: &Vocabulary) -> String {
        let mut text = promql.text.trim_end().to_owned();
        for selector in promql.selectors().into_iter().rev() {
            let matchers = self.matchers(selector, vocabulary);
            if matchers.is_empty() {
                continue;
            }
            let added = match (selector.braces, selector.matchers.is_empty()) {
                (false, _) => format!("{{{matchers}}}"),
                (true, true) => matchers,
                (true, false) => format!("{matchers},"),
            };
            text.insert_str(selector.open, &added);
        }
        text.trim_start().to_owned()
    }

    fn matchers(&self, selector: &Selector, vocabulary: &Vocabulary) -> String {
        let Some(known) = vocabulary
            .selected(selector)
            .and_then(|known| known.labels.as_ref())
        else {
            return String::new();
        };
        let asked = |label: &str| {
            selector
                .matchers
                .iter()
                .any(|matcher| matcher.label == label)
        };
        let all = TARGET_LABELS
            .into_iter()
            .chain(self.labels.keys().map(String::as_str));
        let fitting = all.filter(|label| known.contains(*label) && !asked(label));
        fitting
            .map(|label| format!("{label}=~\"${label}\""))
            .collect::<Vec<_>>()
            .join(",")
    }

    pub(super) fn json(&self) -> Value {
        let source = json!({
            "name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0,
            "includeAll": false, "multi": false, "options": [], "refresh": 1, "regex": "", "skipUrlSync": false,
            "current": { "text": format!("${{{INPUT}}}"), "value": format!("${{{INPUT}}}") },
        });
        let job = query("job", "label_values(cypher_exporter_build_info, job)");
        let instance = query(
            "instance",
            "label_values(cypher_exporter_build_info{job=~\"$job\"}, instance)",
        );
        let labels = self.labels.iter().map(|(label, metrics)| {
            let names = metrics
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join("|");
            let selector =
                format!("{{__name__=~\"{names}\",job=~\"$job\",instance=~\"$instance\"}}");
            query(label, &format!("label_values({selector}, {label})"))
        });
        [source, job, instance].into_iter().chain(labels).collect()
    }
}

/// A variable of all values of a label, with all of them selected.
fn query(label: &str, query: &str) -> Value {
    json!({
        "name": label, "label": label, "type": "query", "datasource": super::data_source(), "hide": 0,
        // Also matches series without the label.
        "includeAll": true, "allValue": ".*", "multi": true, "current": { "text": ["All"], "value": ["$__all"] },
        "query": { "qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery" },
        "options": [], "refresh": 2, "regex": "", "skipUrlSync": false, "sort": 1,
    })
}
