//! The columns that are labels.

use std::ops::Range;

use super::columns::Columns;
use super::fields::At;
use super::header::Header;
use super::names::Names;
use super::{Column, ValueSpec};
use crate::diagnostic::Problems;
use crate::metric::{Desc, LabelName, MetricType};

/// A label, its column and where the file names it.
pub(super) struct Label {
    pub(super) name: LabelName,
    pub(super) column: Column,
    span: Range<usize>,
}

pub(super) fn labels(
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
            once.filter(|(at, _)| !taken.contains(at))
                .map(|(at, column)| (at, column.span.clone()))
                .collect()
        }
    };
    let mut labels: Vec<Label> = Vec::new();
    for (column, span) in columns {
        if let Some(function) = query.list_function(column) {
            let message =
                format!("expected a single value for a label, found the list `{function}(…)`");
            let fix = format!(
                "take one element, as in `{function}(…)[0]`, or make a row of each with `UNWIND {function}(…) AS …`"
            );
            problems.error(span, message, fix);
            continue;
        }
        let text = &query.statement.columns[column].name;
        match LabelName::new(text) {
            Err(fault) => {
                let fix = format!("rename the column, e.g. `… AS {}`", suggestion(text));
                problems.error(
                    span,
                    format!("the column `{text}` is not a valid label name: {fault}"),
                    fix,
                );
            }
            Ok(name) if names.reserved.contains(&name) => {
                let message =
                    format!("the label `{name}` is already added to every series by the settings");
                problems.error(span, message, reserved_fix(&name));
            }
            Ok(name) if labels.iter().any(|label| label.name == name) => {
                problems.error(
                    span,
                    format!("the label `{name}` is listed twice"),
                    "remove one of them",
                );
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
                let message = format!(
                    "the column `{}` is a value and cannot also be a label",
                    name.value
                );
                problems.error(name.span.clone(), message, "remove it from `labels`");
            }
            Some(column) => columns.push((column, name.span.clone())),
            None => {}
        }
    }
    columns
}

fn reserved_fix(name: &LabelName) -> &'static str {
    if name.as_str() == "graph" {
        "rename the column: with several graphs, the label `graph` names the graph of a series"
    } else {
        "rename the column, or remove the label from [labels] in the settings"
    }
}

/// A legal label name made of whatever a column is called.
fn suggestion(column: &str) -> String {
    let last = column.rsplit('.').next().unwrap_or(column);
    let legal: String = last
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    if LabelName::new(&legal).is_ok() {
        legal.to_lowercase()
    } else {
        "label".to_owned()
    }
}

/// A histogram writes `le` itself, a summary `quantile`, a state set its own name.
pub(super) fn check_labels(
    desc: &Desc,
    shape: &ValueSpec,
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
        let message = format!(
            "the label `{own}` is reserved: a {} adds it itself",
            shape.metric_type().as_str()
        );
        problems.error(label.span.clone(), message, "rename the column");
    }
    if reserved.iter().any(|label| label.as_str() == own) {
        let message = format!(
            "the label `{own}` of every {} is also in the settings",
            shape.metric_type().as_str()
        );
        problems.error(
            place.clone(),
            message,
            "remove the label from [labels] in the settings",
        );
    }
}
