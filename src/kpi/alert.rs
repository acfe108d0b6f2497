//! `[[alert]]`: the short form `when = "< 0.6"`, or PromQL.

use toml::de::DeTable;

use super::fields::{At, Fields};
use super::{Alert, Condition, Severity, example};
use crate::diagnostic::Problems;
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

/// Reads one alert; `None` when it is not usable, which `problems` then say.
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
    let summary = fields.string("summary").map(|at| at.value);
    let description = fields.string("description").map(|at| at.value);
    let runbook = fields.string("runbook").map(|at| at.value);
    let examples = example::read(&mut fields);
    fields.finish();
    let name = legal_name(name, &table, problems);
    let condition = condition(expr, has_expr, when, &table, problems);
    Some(Alert {
        name: name?,
        condition: condition?,
        hold,
        severity,
        summary,
        description,
        runbook,
        examples,
        place: table.span,
    })
}

fn legal_name(
    name: Option<At<String>>,
    table: &At<&DeTable<'_>>,
    problems: &mut Problems<'_>,
) -> Option<String> {
    let Some(At { value: name, span }) = name else {
        problems.error(
            table.span.clone(),
            "the alert has no name",
            "give it one: name = \"PatternReuseLow\"",
        );
        return None;
    };
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        problems.error(
            span,
            format!("`{name}` is no name for an alert"),
            "use ASCII letters, digits and `_`, as in PatternReuseLow",
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
        // What is wrong with it has been said.
        (true, None) => expr.map(|expr| Condition::Expr(expr.value)),
        (false, Some(when)) => {
            let condition = compare(&when.value);
            if condition.is_none() {
                let fix = "write an operator and a number: when = \"< 0.6\"; for more write `expr` in PromQL";
                problems.error(
                    when.span,
                    format!("`when` cannot be \"{}\"", when.value),
                    fix,
                );
            }
            condition
        }
        (true, Some(when)) => {
            problems.error(
                when.span,
                "the alert has both `expr` and `when`",
                "keep one of them",
            );
            None
        }
        (false, None) => {
            let fix = "say when it fires: when = \"< 0.6\", or expr = '…' in PromQL";
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
