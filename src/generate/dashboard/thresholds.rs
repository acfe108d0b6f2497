//! Threshold steps of a panel: those that its file sets, or the thresholds of the alerts.

use crate::generate::alerts::{AlertRule, Line, line};
use crate::kpi::{Panel, Severity, Threshold};
use promql::{Expr, Kind, Operator};

/// A colour and the value from which it applies; the first step has no value, it is the base colour.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) from: Option<f64>,
    pub(crate) color: String,
}

const GOOD: &str = "green";

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "red",
        Severity::Warning => "yellow",
        Severity::Info => "blue",
    }
}

/// The steps that a panel sets.
pub(super) fn of_panel(panel: &Panel) -> Vec<Step> {
    let step = |(at, threshold): (usize, &Threshold)| Step {
        from: (at > 0).then_some(threshold.from),
        color: threshold.color.clone(),
    };
    panel.thresholds.iter().enumerate().map(step).collect()
}

/// The steps from the thresholds of the alerts with this subject.
pub(super) fn of_alerts(
    alerts: &[AlertRule<'_>],
    is_subject: impl Fn(&Line<'_>, &str) -> bool,
) -> Vec<Step> {
    let lines = alerts.iter().filter_map(|rule| {
        let line =
            line(&rule.condition.expr).filter(|line| is_subject(line, subject_text(rule, line)))?;
        let is_a_point = matches!(line.operator, Operator::Equal | Operator::NotEqual);
        (!is_a_point).then_some((line.operator, line.threshold, rule.alert.severity))
    });
    steps(&lines.collect::<Vec<_>>())
}

/// The steps of the alerts that watch the same expression.
pub(crate) fn steps_of(alerts: &[AlertRule<'_>], text: &str) -> Vec<Step> {
    let wanted = normalized(text);
    of_alerts(alerts, |_, subject| normalized(subject) == wanted)
}

fn subject_text<'r>(rule: &'r AlertRule<'_>, line: &Line<'_>) -> &'r str {
    rule.condition
        .text
        .get(line.subject.span.clone())
        .unwrap_or_default()
}

/// Between two thresholds the colour is that of the most severe alert that fires there.
fn steps(lines: &[(Operator, f64, Severity)]) -> Vec<Step> {
    let mut edges: Vec<_> = lines.iter().map(|(_, threshold, _)| *threshold).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let (Some(first), Some(last)) = (edges.first().copied(), edges.last().copied()) else {
        return Vec::new();
    };
    let middles = edges
        .windows(2)
        .map(|pair| (Some(pair[0]), pair[0].midpoint(pair[1])));
    let spans = [(None, first - 1.0)]
        .into_iter()
        .chain(middles)
        .chain([(Some(last), last + 1.0)]);
    let mut steps: Vec<Step> = Vec::new();
    for (from, inside) in spans {
        let color = most_severe(lines, inside).map_or(GOOD, color);
        if steps.last().is_none_or(|last| last.color != color) {
            steps.push(Step {
                from,
                color: color.to_owned(),
            });
        }
    }
    steps
}

fn most_severe(lines: &[(Operator, f64, Severity)], value: f64) -> Option<Severity> {
    let fires = |operator: Operator, threshold: f64| match operator {
        Operator::Greater | Operator::GreaterOrEqual => value > threshold,
        Operator::Less | Operator::LessOrEqual => value < threshold,
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo
        | Operator::Power
        | Operator::Atan2
        | Operator::Equal
        | Operator::NotEqual
        | Operator::And
        | Operator::Or
        | Operator::Unless => false,
    };
    let firing = || {
        lines
            .iter()
            .filter(|(operator, threshold, _)| fires(*operator, *threshold))
            .map(|line| line.2)
    };
    [Severity::Critical, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| firing().any(|s| s == *severity))
}

/// Whether it selects the plain metric, with or without matchers.
pub(super) fn is_metric(expr: &Expr, name: &str) -> bool {
    matches!(&expr.bare().kind, Kind::Select(selector) if selector.metric() == Some(name))
}

/// Whether it is a quantile of the histogram.
pub(super) fn is_quantile(expr: &Expr, histogram: &str) -> bool {
    let is_call = matches!(&expr.bare().kind, Kind::Call(function, _) if function.name == "histogram_quantile");
    is_call && quantiles_of(expr).as_deref() == Some(histogram)
}

/// The histogram whose quantiles an expression shows.
pub(super) fn quantiles_of(expr: &Expr) -> Option<String> {
    let (mut is_quantile, mut histogram) = (false, None);
    expr.walk(&mut |expr| match &expr.kind {
        Kind::Call(function, _) => is_quantile |= function.name == "histogram_quantile",
        Kind::Select(selector) | Kind::Range(selector, _) => {
            histogram = selector
                .metric()
                .and_then(|name| name.strip_suffix("_bucket"))
                .map(str::to_owned);
        }
        Kind::Number(_)
        | Kind::Text(_)
        | Kind::Subquery(_)
        | Kind::Aggregate(_)
        | Kind::Binary(_)
        | Kind::Negative(_)
        | Kind::Parentheses(_) => {}
    });
    histogram.filter(|_| is_quantile)
}

/// PromQL without spaces and ranges, by which a panel and an alert are compared.
pub(super) fn normalized(text: &str) -> String {
    let mut normalized = String::new();
    let mut in_brackets = false;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        in_brackets = (in_brackets || c == '[') && c != ']';
        if !in_brackets {
            normalized.push(c);
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_set_colours() {
        use Operator::{Greater, GreaterOrEqual, Less};
        use Severity::{Critical, Info, Warning};
        let shown = |lines: &[(Operator, f64, Severity)]| {
            let step = |step: &Step| {
                format!(
                    "{}{}",
                    step.from.map_or(String::new(), |from| format!("{from} ")),
                    step.color
                )
            };
            steps(lines).iter().map(step).collect::<Vec<_>>().join(", ")
        };
        for (lines, expected) in [
            (&[][..], ""),
            (&[(Less, 0.6, Warning)], "yellow, 0.6 green"),
            (
                &[
                    (GreaterOrEqual, 1.0, Warning),
                    (GreaterOrEqual, 5.0, Critical),
                ],
                "green, 1 yellow, 5 red",
            ),
            (
                &[(Less, 0.7, Warning), (Less, 0.5, Critical)],
                "red, 0.5 yellow, 0.7 green",
            ),
            (
                &[(Less, 1.0, Info), (Greater, 9.0, Critical)],
                "blue, 1 green, 9 red",
            ),
            (
                &[(Greater, 9.0, Critical), (Greater, 10.0, Warning)],
                "green, 9 red",
            ),
        ] {
            assert_eq!(shown(lines), expected);
        }
    }

    #[test]
    fn a_text_is_compared_without_spaces_and_ranges() {
        assert_eq!(
            normalized("sum( rate(x[5m]) )"),
            normalized("sum(rate(x[$__rate_interval]))")
        );
        assert_ne!(normalized("sum(x)"), normalized("sum(y)"));
    }
}
