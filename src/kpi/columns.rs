//! Which RETURN column is a value, which a label: the metrics of a file, made from its header and its query.

use std::ops::Range;
use std::sync::Arc;

use super::cypher::Statement;
use super::fields::At;
use super::header::{Header, MetricKeys};
use super::problem::{Problems, nearest};
use super::{Column, Expected, Metric, Shape};
use crate::metric::{Desc, LabelName, MetricName, MetricType};

/// What a file's metrics are called when they do not say.
pub(super) struct Names<'a> {
    /// `pack_stem`.
    pub(super) from_path: &'a str,
    /// The HELP paragraph.
    pub(super) help: Option<&'a str>,
    /// Labels that the configuration adds to every series.
    pub(super) reserved: &'a [LabelName],
}

/// The metrics of a file; those that cannot be are left out and said in `problems`.
pub(super) fn metrics(
    header: &Header,
    statement: &Statement,
    names: &Names<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Metric> {
    let keys = metric_keys(header, problems);
    let query = Columns { statement };
    let shapes: Vec<_> = keys.iter().map(|keys| shape(keys, header, &query, problems)).collect();
    let taken: Vec<Column> = shapes.iter().flatten().flat_map(Shape::columns).collect();
    let labels = labels(header, &query, &taken, names, problems);
    let mut metrics = Vec::new();
    for (keys, shape) in keys.iter().zip(shapes) {
        let desc = desc(keys, names, &labels, problems);
        if let (Some(shape), Some(desc)) = (shape, desc) {
            check_labels(&desc, &shape, &labels, problems);
            let expected = expected(header, &desc, &shape, &query, problems);
            let place = keys.name.as_ref().map_or(keys.span.clone(), |name| name.span.clone());
            let columns = labels.iter().map(|label| label.column).collect();
            metrics.push(Metric { desc: Arc::new(desc), labels: columns, shape, expected, place });
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
    let misplaced = [("name", own.name.as_ref().map(|at| &at.span)), ("value", own.value.as_ref().map(|at| &at.span))];
    for (key, span) in misplaced {
        if let Some(span) = span {
            let fix = format!("move `{key}` into one of the `[[metric]]` tables");
            problems.error(span.clone(), format!("`{key}` and `[[metric]]` cannot stand together"), fix);
        }
    }
    for keys in header.metrics.iter().filter(|keys| keys.name.is_none()) {
        problems.error(keys.span.clone(), "this metric has no name", "write `name = \"…\"` into each `[[metric]]`");
    }
    let filled = |keys: &MetricKeys| MetricKeys {
        metric_type: keys.metric_type.clone().or_else(|| own.metric_type.clone()),
        help: keys.help.clone().or_else(|| own.help.clone()),
        unit: keys.unit.clone().or_else(|| own.unit.clone()),
        buckets: keys.buckets.clone().or_else(|| own.buckets.clone()),
        quantiles: keys.quantiles.clone().or_else(|| own.quantiles.clone()),
        ..keys.clone()
    };
    header.metrics.iter().filter(|keys| keys.name.is_some()).map(filled).collect()
}

/// The columns of the query, looked up by name.
struct Columns<'a> {
    statement: &'a Statement,
}

impl Columns<'_> {
    fn position(&self, name: &str) -> Option<Column> {
        self.statement.columns.iter().position(|column| column.name == name)
    }

    fn place(&self) -> Range<usize> {
        let columns = &self.statement.columns;
        columns.first().zip(columns.last()).map_or(0..0, |(first, last)| first.span.start..last.span.end)
    }

    /// The column that a key names, or a problem at the key.
    fn named(&self, name: &At<String>, problems: &mut Problems<'_>) -> Option<Column> {
        let found = self.position(&name.value);
        if found.is_none() {
            let columns = self.statement.columns.iter().map(|column| column.name.as_str());
            let fix = match nearest(&name.value, columns.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the query returns {}", listed(columns)),
            };
            problems.error(name.span.clone(), format!("the query returns no column `{}`", name.value), fix);
        }
        found
    }

    /// The value column: the one that the header names, or `value`.
    fn value(&self, keys: &MetricKeys, problems: &mut Problems<'_>) -> Option<Column> {
        if let Some(name) = &keys.value {
            return self.named(name, problems);
        }
        let found = self.position("value");
        if found.is_none() {
            let fix = "name the value: `RETURN … AS value`, or say in the header which column it is: value = \"…\"";
            problems.error(self.place(), "the query returns no column `value`", fix);
        }
        found
    }
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn shape(keys: &MetricKeys, header: &Header, query: &Columns<'_>, problems: &mut Problems<'_>) -> Option<Shape> {
    let metric_type = keys.metric_type.as_ref().map_or(MetricType::Gauge, |at| at.value);
    refuse_foreign_keys(keys, metric_type, problems);
    match metric_type {
        MetricType::Gauge => Some(Shape::Gauge { value: query.value(keys, problems)? }),
        MetricType::Counter => Some(Shape::Counter { value: query.value(keys, problems)? }),
        MetricType::Histogram => histogram(keys, query, problems),
        MetricType::Summary => summary(keys, query, problems),
        MetricType::Info => Some(Shape::Info),
        MetricType::StateSet => {
            let value = query.value(keys, problems)?;
            let column = &query.statement.columns[value].name;
            let expect = header.expect.iter().find(|expect| expect.column.value == *column);
            let states = expect.map(|expect| expect.values.iter().map(|state| state.value.as_str().into()).collect());
            Some(Shape::StateSet { value, states })
        }
    }
}

/// Keys that would be read and have no effect are refused, so that nobody trusts them.
fn refuse_foreign_keys(keys: &MetricKeys, metric_type: MetricType, problems: &mut Problems<'_>) {
    let no_value = matches!(metric_type, MetricType::Summary | MetricType::Info);
    let foreign = [
        ("buckets", keys.buckets.as_ref().map(|at| &at.span), metric_type != MetricType::Histogram),
        ("quantiles", keys.quantiles.as_ref().map(|at| &at.span), metric_type != MetricType::Summary),
        ("value", keys.value.as_ref().map(|at| &at.span), no_value),
        ("unit", keys.unit.as_ref().map(|at| &at.span), matches!(metric_type, MetricType::Info | MetricType::StateSet)),
    ];
    for (key, span, is_foreign) in foreign {
        if let Some(span) = span.filter(|_| is_foreign) {
            let message = format!("a metric of type {} has no `{key}`", metric_type.as_str());
            problems.error(span.clone(), message, format!("take `{key}` out, or give the metric another `type`"));
        }
    }
}

fn histogram(keys: &MetricKeys, query: &Columns<'_>, problems: &mut Problems<'_>) -> Option<Shape> {
    if keys.buckets.is_none() {
        let fix = "write the upper bounds, e.g. buckets = [0.1, 0.5, 1, 5]";
        let place = keys.metric_type.as_ref().map_or(keys.span.clone(), |at| at.span.clone());
        problems.error(place, "a histogram needs `buckets`", fix);
    }
    let value = query.value(keys, problems)?;
    let bounds = keys.buckets.as_ref()?.value.as_slice().into();
    Some(Shape::Histogram { value, weight: query.position("weight"), bounds })
}

fn summary(keys: &MetricKeys, query: &Columns<'_>, problems: &mut Problems<'_>) -> Option<Shape> {
    let Some(quantiles) = &keys.quantiles else {
        let fix = "name a column for each quantile: quantiles = { \"0.5\" = \"p50\", \"0.99\" = \"p99\" }";
        let place = keys.metric_type.as_ref().map_or(keys.span.clone(), |at| at.span.clone());
        problems.error(place, "a summary needs `quantiles`", fix);
        return None;
    };
    let columns: Vec<_> = quantiles.value.iter().map(|(_, column)| query.named(column, problems)).collect();
    Some(Shape::Summary {
        quantiles: quantiles.value.iter().map(|(quantile, _)| *quantile).collect(),
        columns: columns.into_iter().collect::<Option<_>>()?,
        sum: query.position("sum"),
        count: query.position("count"),
    })
}

impl Shape {
    /// The columns that hold its value and are therefore no labels.
    fn columns(&self) -> Vec<Column> {
        match self {
            Shape::Gauge { value } | Shape::Counter { value } | Shape::StateSet { value, .. } => vec![*value],
            Shape::Histogram { value, weight, .. } => std::iter::once(*value).chain(*weight).collect(),
            Shape::Summary { columns, sum, count, .. } => columns.iter().copied().chain(*sum).chain(*count).collect(),
            Shape::Info => Vec::new(),
        }
    }
}

/// A label, its column and where the file names it.
struct Label {
    name: LabelName,
    column: Column,
    span: Range<usize>,
}

fn labels(
    header: &Header,
    query: &Columns<'_>,
    taken: &[Column],
    names: &Names<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Label> {
    let columns: Vec<(Column, Range<usize>)> = match &header.labels {
        Some(labels) => {
            let named = labels.value.iter().filter_map(|name| Some((query.named(name, problems)?, name.span.clone())));
            named.collect()
        }
        None => {
            let columns = query.statement.columns.iter().enumerate();
            columns.filter(|(at, _)| !taken.contains(at)).map(|(at, column)| (at, column.span.clone())).collect()
        }
    };
    let mut labels: Vec<Label> = Vec::new();
    for (column, span) in columns {
        let text = &query.statement.columns[column].name;
        match LabelName::new(text) {
            Err(fault) => {
                let fix = format!("name the column as Prometheus names labels, e.g. `… AS {}`", suggestion(text));
                problems.error(span, format!("the column `{text}` cannot be a label: {fault}"), fix);
            }
            Ok(name) if names.reserved.contains(&name) => {
                let fix = "name the column otherwise, or take the label out of the configuration";
                problems.error(span, format!("the configuration already gives every series the label `{name}`"), fix);
            }
            Ok(name) if labels.iter().any(|label| label.name == name) => {
                problems.error(span, format!("the label `{name}` stands twice"), "keep one of them");
            }
            Ok(name) => labels.push(Label { name, column, span }),
        }
    }
    labels
}

/// A legal label name made of whatever a column is called.
fn suggestion(column: &str) -> String {
    let last = column.rsplit('.').next().unwrap_or(column);
    let legal: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if LabelName::new(&legal).is_ok() { legal.to_lowercase() } else { "label".to_owned() }
}

fn desc(keys: &MetricKeys, names: &Names<'_>, labels: &[Label], problems: &mut Problems<'_>) -> Option<Desc> {
    let (text, span) = match &keys.name {
        Some(name) => (name.value.as_str(), name.span.clone()),
        None => (names.from_path, keys.span.clone()),
    };
    let name = match MetricName::new(text) {
        Ok(name) => name,
        Err(fault) => {
            let fix = "rename the file, or write a legal `name` into the header";
            problems.error(span, format!("the metric cannot be called `{text}`: {fault}"), fix);
            return None;
        }
    };
    let metric_type = keys.metric_type.as_ref().map_or(MetricType::Gauge, |at| at.value);
    let suffix = metric_type.name_suffix().unwrap_or_default();
    if !text.ends_with(suffix) {
        let message = format!("the name of a {} ends in `{suffix}`, `{text}` does not", metric_type.as_str());
        problems.error(
            span,
            message,
            format!("call it `{text}{suffix}`, by the file's name or by `name` in the header"),
        );
    } else if let Some(unit) = keys.unit.as_ref().filter(|unit| !has_unit(text.trim_end_matches(suffix), &unit.value)) {
        let stem = text.trim_end_matches(suffix);
        let message = format!("`{text}` does not end in its unit `{}`", unit.value);
        problems.error(
            unit.span.clone(),
            message,
            format!("call it `{stem}_{}{suffix}`, or leave `unit` out", unit.value),
        );
    }
    let help = keys.help.as_ref().map(|at| at.value.as_str()).or(names.help).unwrap_or_default().trim().to_owned();
    if help.is_empty() {
        let fix = "write one sentence as the first line of the file: `// Number of …`";
        problems.error(keys.span.clone(), format!("`{text}` has no HELP text"), fix);
    }
    let labels = labels.iter().map(|label| label.name.clone()).collect();
    Some(Desc { name, help, unit: keys.unit.as_ref().map(|at| at.value.clone()), labels })
}

fn has_unit(stem: &str, unit: &str) -> bool {
    stem.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_') && rest.len() > 1)
}

/// A histogram writes `le` itself, a summary `quantile`, a state set its own name.
fn check_labels(desc: &Desc, shape: &Shape, labels: &[Label], problems: &mut Problems<'_>) {
    let own = match shape.metric_type() {
        MetricType::Histogram => "le",
        MetricType::Summary => "quantile",
        MetricType::StateSet => desc.name.as_str(),
        MetricType::Gauge | MetricType::Counter | MetricType::Info => return,
    };
    if let Some(label) = labels.iter().find(|label| label.name.as_str() == own) {
        let message = format!("a {} writes the label `{own}` itself", shape.metric_type().as_str());
        problems.error(label.span.clone(), message, "name the column otherwise");
    }
}

fn expected(
    header: &Header,
    desc: &Desc,
    shape: &Shape,
    query: &Columns<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Expected> {
    let mut expected = Vec::new();
    for expect in &header.expect {
        let column = &expect.column;
        let is_state = matches!(shape, Shape::StateSet { value, .. }
            if query.statement.columns[*value].name == column.value);
        match desc.labels.iter().position(|label| label.as_str() == column.value) {
            _ if is_state => {}
            Some(_) if matches!(shape, Shape::Summary { .. } | Shape::Info | Shape::StateSet { .. }) => {
                let message = format!("a metric of type {} has no zero to expect", shape.metric_type().as_str());
                problems.error(column.span.clone(), message, "take `expect` out");
            }
            Some(label) => {
                let values = expect.values.iter().map(|value| value.value.as_str().into()).collect();
                expected.push(Expected { label, values });
            }
            None => {
                let labels = listed(desc.labels.iter().map(LabelName::as_str));
                let fix = if labels.is_empty() {
                    "the query returns no label".to_owned()
                } else {
                    format!("the labels are {labels}")
                };
                problems.error(
                    column.span.clone(),
                    format!("`expect` names `{}`, which is no label", column.value),
                    fix,
                );
            }
        }
    }
    expected
}
