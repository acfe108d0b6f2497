//! The metrics of a file, made from its header and its query.

use std::sync::Arc;

use super::columns::Columns;
use super::expect::Expects;
use super::header::{Header, MetricKeys};
use super::labels::{Label, check_labels, labels};
use super::names::Names;
use super::value_spec::shape;
use super::{Column, Metric, ValueSpec};
use crate::diagnostic::Problems;
use crate::metric::{Desc, MetricName, MetricType};
use cypher::Statement;

/// HELP is in every scrape: a whole document there would be as well.
const HELP_LIMIT: usize = 1024;

/// The metrics of a file; invalid ones are left out and reported in `problems`.
pub(super) fn metrics(
    header: &Header,
    statement: &Statement,
    names: &Names<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Metric> {
    let keys = metric_keys(header, problems);
    let query = Columns { statement };
    query.refuse_twice(problems);
    let shapes: Vec<_> = keys
        .iter()
        .map(|keys| shape(keys, header, &query, problems))
        .collect();
    let taken: Vec<Column> = shapes
        .iter()
        .flatten()
        .flat_map(ValueSpec::columns)
        .collect();
    let labels = labels(header, &query, &taken, names, problems);
    let expects = Expects::of(header, shapes.iter().flatten(), &query);
    let mut metrics = Vec::new();
    for (keys, shape) in keys.iter().zip(shapes) {
        let desc = desc(keys, names, &labels, problems);
        if let (Some(shape), Some(desc)) = (shape, desc) {
            let place = keys
                .name
                .as_ref()
                .map_or(keys.span.clone(), |name| name.span.clone());
            check_labels(&desc, &shape, &labels, names.reserved, &place, problems);
            let expected = expects.of_metric(&desc, &shape, problems);
            let columns = labels.iter().map(|label| label.column).collect();
            metrics.push(Metric {
                desc: Arc::new(desc),
                labels: columns,
                shape,
                expected,
                place,
            });
        }
    }
    metrics
}

/// One set of keys for each metric; the top of the header gives `[[metric]]` its defaults.
fn metric_keys(header: &Header, problems: &mut Problems<'_>) -> Vec<MetricKeys> {
    let own = &header.own;
    if header.metrics.is_empty() {
        return vec![own.clone()];
    }
    let misplaced = [
        ("name", own.name.as_ref().map(|at| &at.span)),
        ("value", own.value.as_ref().map(|at| &at.span)),
    ];
    for (key, span) in misplaced {
        if let Some(span) = span {
            let fix = format!("move `{key}` into one of the `[[metric]]` tables");
            problems.error(
                span.clone(),
                format!("`{key}` is not allowed at the top of a header with `[[metric]]`"),
                fix,
            );
        }
    }
    for keys in header.metrics.iter().filter(|keys| keys.name.is_none()) {
        problems.error(
            keys.span.clone(),
            "this metric has no `name`",
            "add `name = \"…\"` to each `[[metric]]`",
        );
    }
    let typed: Vec<_> = header
        .metrics
        .iter()
        .map(|keys| with_type(keys, own))
        .collect();
    let takes = |keys: &MetricKeys, metric_type| keys.metric_type() == metric_type;
    // A default goes to the metrics that can take it; to all of them, to be refused there, when none can.
    let default = |keys: &MetricKeys, metric_type| {
        takes(keys, metric_type)
            || !typed
                .iter()
                .any(|keys| takes(keys, metric_type) || keys.is_unread("type"))
    };
    let filled = |keys: &MetricKeys| MetricKeys {
        help: keys.help.clone().or_else(|| own.help.clone()),
        unit: keys.unit.clone().or_else(|| {
            own.unit
                .clone()
                .filter(|_| keys.metric_type().may_have_unit())
        }),
        buckets: keys.buckets.clone().or_else(|| {
            own.buckets
                .clone()
                .filter(|_| default(keys, MetricType::Histogram))
        }),
        quantiles: keys.quantiles.clone().or_else(|| {
            own.quantiles
                .clone()
                .filter(|_| default(keys, MetricType::Summary))
        }),
        ..keys.clone()
    };
    typed
        .iter()
        .filter(|keys| keys.name.is_some())
        .map(filled)
        .collect()
}

/// The keys with the type that holds for them, which may be the one at the top.
fn with_type(keys: &MetricKeys, own: &MetricKeys) -> MetricKeys {
    let mut keys = keys.clone();
    if keys.metric_type.is_none() && !keys.is_unread("type") {
        keys.metric_type = own.metric_type.clone();
        keys.unread.extend(own.is_unread("type").then_some("type"));
    }
    keys.unread.extend(
        ["buckets", "quantiles"]
            .into_iter()
            .filter(|key| own.is_unread(key)),
    );
    keys
}

fn desc(
    keys: &MetricKeys,
    names: &Names<'_>,
    labels: &[Label],
    problems: &mut Problems<'_>,
) -> Option<Desc> {
    let (text, span) = match &keys.name {
        Some(name) => (name.value.as_str(), name.span.clone()),
        None => (names.from_path, keys.span.clone()),
    };
    let name = match MetricName::new(text) {
        Ok(name) => name,
        Err(fault) => {
            let fix = "rename the file, or add a valid `name` to the header";
            problems.error(span, format!("invalid metric name `{text}`: {fault}"), fix);
            return None;
        }
    };
    let metric_type = keys.metric_type();
    let suffix = metric_type.name_suffix().unwrap_or_default();
    let stem = text.strip_suffix(suffix).unwrap_or(text);
    if keys.is_unread("type") {
        // Neither suffix nor unit can be judged.
    } else if stem.is_empty() {
        let message = format!(
            "`{text}` is only the suffix of a metric of type {}, not a name",
            metric_type.as_str()
        );
        problems.error(span, message, "put the name of what is measured before it");
    } else if !text.ends_with(suffix) {
        let message = format!(
            "the name of a metric of type {} must end in `{suffix}`, found `{text}`",
            metric_type.as_str()
        );
        problems.error(
            span,
            message,
            format!("rename the file, or add `name = \"{text}{suffix}\"` to the header"),
        );
    } else if let Some(unit) = keys
        .unit
        .as_ref()
        .filter(|unit| !has_unit(stem, &unit.value))
    {
        let message = format!("the name `{text}` must end in its unit `{}`", unit.value);
        let named = format!("{stem}_{}{suffix}", unit.value);
        let fix = if MetricName::new(&named).is_ok() {
            format!("rename the metric to `{named}`, or remove `unit`")
        } else {
            "write the unit in ASCII letters, digits and `_`, as at the end of the name".to_owned()
        };
        problems.error(unit.span.clone(), message, fix);
    }
    let help = keys
        .help
        .as_ref()
        .map(|at| at.value.as_str())
        .or(names.help)
        .unwrap_or_default()
        .trim()
        .to_owned();
    if help.is_empty() {
        let fix = "add a comment above the query: `// Number of …`";
        problems.error(keys.span.clone(), format!("`{text}` has no HELP text"), fix);
    }
    if help.len() > HELP_LIMIT {
        let fix = "shorten it: HELP is the first paragraph of the comments, up to an empty line";
        let place = keys
            .help
            .as_ref()
            .map_or(keys.span.clone(), |at| at.span.clone());
        let message = format!(
            "the HELP text of `{text}` has {} bytes, more than {HELP_LIMIT}",
            help.len()
        );
        problems.error(place, message, fix);
    }
    let labels = labels.iter().map(|label| label.name.clone()).collect();
    Some(Desc {
        name,
        help,
        unit: keys.unit.as_ref().map(|at| at.value.clone()),
        labels,
    })
}

fn has_unit(stem: &str, unit: &str) -> bool {
    stem.strip_suffix(unit)
        .is_some_and(|rest| rest.ends_with('_') && rest.len() > 1)
}
