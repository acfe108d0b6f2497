//! `[[alert]]`: the short form `when = "< 0.6"`, or PromQL.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::fields::{At, Fields, shown};
use super::{Alert, Condition, Severity, example};
use crate::diagnostic::{Problems, shift};
use crate::metric::LabelName;
use promql::{Operator, Promql, Variables};

const SEVERITIES: [(&str, Severity); 3] = [
    ("critical", Severity::Critical),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
];

/// How long a condition holds before an alert fires, when the file does not say: one default interval.
const HOLD: std::time::Duration = std::time::Duration::from_secs(300);

/// Two-character operators first, so that `<=` is not read as `<`.
const OPERATORS: [Operator; 6] = [
    Operator::LessOrEqual,
    Operator::GreaterOrEqual,
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::Greater,
];

/// Reads one alert; `None` if it is invalid, which is reported.
pub(super) fn read(
    table: At<&DeTable<'_>>,
    base: usize,
    problems: &mut Problems<'_>,
) -> Option<Alert> {
    let mut fields = Fields::of(table.value, base, "an alert", problems);
    let name = fields.string("name");
    let expr = fields.promql("expr", Variables::Refused);
    let has_expr = fields.any("expr").is_some();
    let when = fields.string("when");
    let hold = fields.hold("for").map_or(HOLD, |at| at.value);
    let severity = fields
        .choice("severity", &SEVERITIES)
        .map_or(Severity::Warning, |at| at.value);
    let keep_firing_for = fields.duration("keep_firing_for").map(|at| at.value);
    let labels = labels(&mut fields);
    let summary = fields.template("summary");
    let description = fields.template("description");
    let runbook = fields.template("runbook");
    let examples = example::read(&mut fields);
    fields.finish();
    let name = legal_name(name, &table, problems);
    let condition = condition(expr, has_expr, when, &table, problems);
    Some(Alert {
        name: name?,
        condition: condition?,
        hold,
        keep_firing_for,
        severity,
        labels,
        summary,
        description,
        runbook,
        examples,
        place: table.span,
    })
}

/// Labels of the alert: texts by names that neither Prometheus nor another key sets.
fn labels(fields: &mut Fields<'_, '_, '_, '_>) -> BTreeMap<String, String> {
    let base = fields.base();
    let Some(At { value: table, .. }) = fields.table("labels") else {
        return BTreeMap::new();
    };
    let mut labels = BTreeMap::new();
    for (name, value) in table.iter() {
        let (word, place) = (name.get_ref().to_string(), shift(name.span(), base));
        let fault = match LabelName::new(&word) {
            Err(fault) => Some(fault.to_string()),
            Ok(_) if word == "severity" => Some("it is set by the key `severity`".to_owned()),
            Ok(_) if word == "alertname" => {
                Some("Prometheus sets it to the name of the alert".to_owned())
            }
            Ok(_) => None,
        };
        if let Some(fault) = fault {
            let message = format!("invalid label `{word}` of an alert: {fault}");
            fields
                .problems
                .error(place, message, "rename or remove the label");
        } else if let Some(text) = value.get_ref().as_str() {
            labels.insert(word, text.to_owned());
        } else {
            let message = format!(
                "expected a string for the label `{word}`, found {}",
                shown(value.get_ref())
            );
            let place = shift(value.span(), base);
            fields
                .problems
                .error(place, message, "write the value in quotes");
        }
    }
    labels
}

fn legal_name(
    name: Option<At<String>>,
    table: &At<&DeTable<'_>>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let Some(At { value: name, span }) = name else {
        problems.error(
            table.span.clone(),
            "the alert has no `name`",
            "add a name: `name = \"PatternReuseLow\"`",
        );
        return None;
    };
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        problems.error(
            span,
            format!("invalid alert name `{name}`"),
            "use ASCII letters, digits and `_`, for example `PatternReuseLow`",
        );
        return None;
    }
    Some(name)
}

fn condition(
    expr: Option<At<Promql>>,
    has_expr: bool,
    when: Option<At<String>>,
    table: &At<&DeTable<'_>>,
    problems: &mut Problems<'_>,
) -> Option<Condition> {
    match (has_expr, when) {
        // A mistake in it is already reported.
        (true, None) => expr.map(|expr| Condition::Expr(expr.value)),
        (false, Some(when)) => {
            let condition = compare(&when.value);
            if condition.is_none() {
                let fix = "write an operator and a number: when = \"< 0.6\"; for other conditions write `expr` in PromQL";
                problems.error(when.span, format!("invalid `when`: {:?}", when.value), fix);
            }
            condition
        }
        (true, Some(when)) => {
            problems.error(
                when.span,
                "the alert has both `expr` and `when`",
                "remove one of them",
            );
            None
        }
        (false, None) => {
            let fix = "add a condition: when = \"< 0.6\", or expr = '…' in PromQL";
            problems.error(table.span.clone(), "the alert has no condition", fix);
            None
        }
    }
}

fn compare(text: &str) -> Option<Condition> {
    let text = text.trim();
    let operator = OPERATORS
        .into_iter()
        .find(|operator| text.starts_with(operator.sign()))?;
    let threshold = text[operator.sign().len()..]
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())?;
    Some(Condition::When {
        operator,
        threshold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons() {
        for (text, expected) in [
            ("< 0.6", Some((Operator::Less, 0.6))),
            (">=5", Some((Operator::GreaterOrEqual, 5.0))),
            (" != -1e3 ", Some((Operator::NotEqual, -1000.0))),
            ("0.6", None),
            ("< ", None),
            ("< NaN", None),
            ("=> 5", None),
        ] {
            let expected = expected.map(|(operator, threshold)| Condition::When {
                operator,
                threshold,
            });
            assert_eq!(compare(text), expected, "{text}");
        }
    }
}
