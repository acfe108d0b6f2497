//! `expect`: the label values, or the states, that are known in advance.

use super::columns::Columns;
use super::header::{Expect, Header};
use super::{Expected, ValueSpec};
use crate::diagnostic::{Problems, listed};
use crate::metric::{Desc, LabelName};

/// `expect` as the metrics of the file understand it.
pub(super) struct Expects<'h> {
    header: &'h Header,
    /// The columns whose values are states: there `expect` lists the states.
    states: Vec<String>,
    /// Whether there is a metric that can be zero.
    zero: bool,
}

impl<'h> Expects<'h> {
    pub(super) fn of<'s>(
        header: &'h Header,
        shapes: impl Iterator<Item = &'s ValueSpec>,
        query: &Columns<'_>,
    ) -> Self {
        let mut expects = Self {
            header,
            states: Vec::new(),
            zero: false,
        };
        for shape in shapes {
            match shape {
                ValueSpec::Gauge { .. }
                | ValueSpec::Counter { .. }
                | ValueSpec::Histogram { .. } => expects.zero = true,
                ValueSpec::StateSet { value, .. } => expects
                    .states
                    .push(query.statement.columns[*value].name.clone()),
                ValueSpec::Summary { .. } | ValueSpec::Info => {}
            }
        }
        expects
    }

    pub(super) fn of_metric(
        &self,
        desc: &Desc,
        shape: &ValueSpec,
        problems: &mut Problems<'_>,
    ) -> Vec<Expected> {
        let labels = self
            .header
            .expect
            .iter()
            .filter(|expect| !self.states.contains(&expect.column.value));
        labels
            .filter_map(|expect| self.of_label(expect, desc, shape, problems))
            .collect()
    }

    fn of_label(
        &self,
        expect: &Expect,
        desc: &Desc,
        shape: &ValueSpec,
        problems: &mut Problems<'_>,
    ) -> Option<Expected> {
        let column = &expect.column;
        let Some(label) = desc
            .labels
            .iter()
            .position(|label| label.as_str() == column.value)
        else {
            let message = format!("`expect` names `{}`, which is not a label", column.value);
            problems.error(column.span.clone(), message, known_labels(desc));
            return None;
        };
        match shape {
            ValueSpec::Gauge { .. } | ValueSpec::Counter { .. } | ValueSpec::Histogram { .. } => {
                let values = expect
                    .values
                    .iter()
                    .map(|value| value.value.as_str().into())
                    .collect();
                Some(Expected { label, values })
            }
            ValueSpec::Summary { .. } | ValueSpec::Info | ValueSpec::StateSet { .. } => {
                if !self.zero {
                    let message = format!(
                        "`expect` is not allowed for a metric of type {}: it has no zero",
                        shape.metric_type().as_str()
                    );
                    problems.error(column.span.clone(), message, "remove `expect`");
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
