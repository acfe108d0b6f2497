//! Which RETURN column is a value, which a label: the metrics of a file, made from its header and its query.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::cypher::Statement;
use super::fields::At;
use super::header::{Expect, Header, MetricKeys};
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
    query.refuse_twice(problems);
    let shapes: Vec<_> = keys.iter().map(|keys| shape(keys, header, &query, problems)).collect();
    let taken: Vec<Column> = shapes.iter().flatten().flat_map(Shape::columns).collect();
    let labels = labels(header, &query, &taken, names, problems);
    let expects = Expects::of(header, shapes.iter().flatten(), &query);
    let mut metrics = Vec::new();
    for (keys, shape) in keys.iter().zip(shapes) {
        let desc = desc(keys, names, &labels, problems);
        if let (Some(shape), Some(desc)) = (shape, desc) {
            let place = keys.name.as_ref().map_or(keys.span.clone(), |name| name.span.clone());
            check_labels(&desc, &shape, &labels, names.reserved, &place, problems);
            let expected = expects.of_metric(&desc, &shape, problems);
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
    let typed: Vec<_> = header.metrics.iter().map(|keys| with_type(keys, own)).collect();
    let takes = |keys: &MetricKeys, metric_type| keys.metric_type() == metric_type;
    // A default goes to the metrics that can take it; to all of them, to be refused there, when none can.
    let default = |keys: &MetricKeys, metric_type| {
        takes(keys, metric_type) || !typed.iter().any(|keys| takes(keys, metric_type) || keys.is_unread("type"))
    };
    let filled = |keys: &MetricKeys| MetricKeys {
        help: keys.help.clone().or_else(|| own.help.clone()),
        unit: keys.unit.clone().or_else(|| own.unit.clone().filter(|_| keys.metric_type().may_have_unit())),
        buckets: keys.buckets.clone().or_else(|| own.buckets.clone().filter(|_| default(keys, MetricType::Histogram))),
        quantiles: keys
            .quantiles
            .clone()
            .or_else(|| own.quantiles.clone().filter(|_| default(keys, MetricType::Summary))),
        ..keys.clone()
    };
    typed.iter().filter(|keys| keys.name.is_some()).map(filled).collect()
}

/// The keys with the type that holds for them, which may be the one at the top.
fn with_type(keys: &MetricKeys, own: &MetricKeys) -> MetricKeys {
    let mut keys = keys.clone();
    if keys.metric_type.is_none() && !keys.is_unread("type") {
        keys.metric_type = own.metric_type.clone();
        keys.unread.extend(own.is_unread("type").then_some("type"));
    }
    keys.unread.extend(["buckets", "quantiles"].into_iter().filter(|key| own.is_unread(key)));
    keys
}

/// The columns of the query, looked up by name.
struct Columns<'a> {
    statement: &'a Statement,
}

impl Columns<'_> {
    fn position(&self, name: &str) -> Option<Column> {
        self.statement.columns.iter().position(|column| column.name == name)
    }

    /// The server refuses such a RETURN, and which of the two is meant nobody can say.
    fn refuse_twice(&self, problems: &mut Problems<'_>) {
        let mut seen = HashSet::new();
        for column in self.statement.columns.iter().filter(|column| !seen.insert(column.name.as_str())) {
            let message = format!("two columns are called `{}`", column.name);
            problems.error(column.span.clone(), message, "give one of them another name, with AS");
        }
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
    if keys.is_unread("type") {
        return None;
    }
    let metric_type = keys.metric_type();
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
        ("unit", keys.unit.as_ref().map(|at| &at.span), !metric_type.may_have_unit()),
    ];
    for (key, span, is_foreign) in foreign {
        if let Some(span) = span.filter(|_| is_foreign) {
            let message = format!("a metric of type {} has no `{key}`", metric_type.as_str());
            problems.error(span.clone(), message, format!("take `{key}` out, or give the metric another `type`"));
        }
    }
}

fn histogram(keys: &MetricKeys, query: &Columns<'_>, problems: &mut Problems<'_>) -> Option<Shape> {
    if keys.buckets.is_none() && !keys.is_unread("buckets") {
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
        if keys.is_unread("quantiles") {
            return None;
        }
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
    let columns = match &header.labels {
        Some(labels) => listed_columns(&labels.value, query, taken, problems),
        None => {
            let columns = query.statement.columns.iter().enumerate();
            let once = columns.filter(|(at, column)| query.position(&column.name) == Some(*at));
            once.filter(|(at, _)| !taken.contains(at)).map(|(at, column)| (at, column.span.clone())).collect()
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
                let message = format!("the label `{name}` is already on every series, by the settings");
                problems.error(span, message, reserved_fix(&name));
            }
            Ok(name) if labels.iter().any(|label| label.name == name) => {
                problems.error(span, format!("the label `{name}` stands twice"), "keep one of them");
            }
            Ok(name) => labels.push(Label { name, column, span }),
        }
    }
    labels
}

/// The columns that `labels` names.
fn listed_columns(
    labels: &[At<String>],
    query: &Columns<'_>,
    taken: &[Column],
    problems: &mut Problems<'_>,
) -> Vec<(Column, Range<usize>)> {
    let mut columns = Vec::new();
    for name in labels {
        match query.named(name, problems) {
            // Each value would be a series of its own.
            Some(column) if taken.contains(&column) => {
                let message = format!("the column `{}` is a value and cannot be a label as well", name.value);
                problems.error(name.span.clone(), message, "take it out of `labels`");
            }
            Some(column) => columns.push((column, name.span.clone())),
            None => {}
        }
    }
    columns
}

fn reserved_fix(name: &LabelName) -> &'static str {
    if name.as_str() == "graph" {
        "name the column otherwise: with several graphs `graph` says which one a series is of"
    } else {
        "name the column otherwise, or take the label out of [labels] in the settings"
    }
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
    let metric_type = keys.metric_type();
    let suffix = metric_type.name_suffix().unwrap_or_default();
    let stem = text.strip_suffix(suffix).unwrap_or(text);
    if keys.is_unread("type") {
        // Neither suffix nor unit can be judged.
    } else if stem.is_empty() {
        let message = format!("`{text}` is only the suffix of a metric of type {}, not a name", metric_type.as_str());
        problems.error(span, message, "put before it what is counted or told");
    } else if !text.ends_with(suffix) {
        let message =
            format!("the name of a metric of type {} ends in `{suffix}`, `{text}` does not", metric_type.as_str());
        problems.error(
            span,
            message,
            format!("call it `{text}{suffix}`, by the file's name or by `name` in the header"),
        );
    } else if let Some(unit) = keys.unit.as_ref().filter(|unit| !has_unit(stem, &unit.value)) {
        let message = format!("`{text}` does not end in its unit `{}`", unit.value);
        let named = format!("{stem}_{}{suffix}", unit.value);
        let fix = if MetricName::new(&named).is_ok() {
            format!("call it `{named}`, or leave `unit` out")
        } else {
            "a unit is the end of a name: use ASCII letters, digits and `_`".to_owned()
        };
        problems.error(unit.span.clone(), message, fix);
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
fn check_labels(
    desc: &Desc,
    shape: &Shape,
    labels: &[Label],
    reserved: &[LabelName],
    place: &Range<usize>,
    problems: &mut Problems<'_>,
) {
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
    if reserved.iter().any(|label| label.as_str() == own) {
        let message =
            format!("a {} writes the label `{own}` itself, and so do the settings", shape.metric_type().as_str());
        problems.error(place.clone(), message, "take the label out of [labels] in the settings");
    }
}

/// `expect` as the metrics of the file understand it.
struct Expects<'h> {
    header: &'h Header,
    /// The columns whose values are states: there `expect` lists the states.
    states: Vec<String>,
    /// Whether there is a metric that can be zero.
    zero: bool,
}

impl<'h> Expects<'h> {
    fn of<'s>(header: &'h Header, shapes: impl Iterator<Item = &'s Shape>, query: &Columns<'_>) -> Self {
        let mut expects = Self { header, states: Vec::new(), zero: false };
        for shape in shapes {
            match shape {
                Shape::Gauge { .. } | Shape::Counter { .. } | Shape::Histogram { .. } => expects.zero = true,
                Shape::StateSet { value, .. } => expects.states.push(query.statement.columns[*value].name.clone()),
                Shape::Summary { .. } | Shape::Info => {}
            }
        }
        expects
    }

    fn of_metric(&self, desc: &Desc, shape: &Shape, problems: &mut Problems<'_>) -> Vec<Expected> {
        let labels = self.header.expect.iter().filter(|expect| !self.states.contains(&expect.column.value));
        labels.filter_map(|expect| self.of_label(expect, desc, shape, problems)).collect()
    }

    fn of_label(&self, expect: &Expect, desc: &Desc, shape: &Shape, problems: &mut Problems<'_>) -> Option<Expected> {
        let column = &expect.column;
        let Some(label) = desc.labels.iter().position(|label| label.as_str() == column.value) else {
            let message = format!("`expect` names `{}`, which is no label", column.value);
            problems.error(column.span.clone(), message, known_labels(desc));
            return None;
        };
        match shape {
            Shape::Gauge { .. } | Shape::Counter { .. } | Shape::Histogram { .. } => {
                let values = expect.values.iter().map(|value| value.value.as_str().into()).collect();
                Some(Expected { label, values })
            }
            Shape::Summary { .. } | Shape::Info | Shape::StateSet { .. } => {
                if !self.zero {
                    let message = format!("a metric of type {} has no zero to expect", shape.metric_type().as_str());
                    problems.error(column.span.clone(), message, "take `expect` out");
                }
                None
            }
        }
    }
}

fn known_labels(desc: &Desc) -> String {
    match listed(desc.labels.iter().map(LabelName::as_str)) {
        none if none.is_empty() => "the query returns no label".to_owned(),
        labels => format!("the labels are {labels}"),
    }
}
