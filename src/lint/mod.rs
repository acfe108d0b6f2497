//! Mistakes across files: valid PromQL that selects nothing. A name that nothing exposes, a label that a metric does not
//! have, sides that never match, a range with too few samples: such a rule never fires, and such a panel stays empty.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::diagnostic::{Place, Problem, WarningReason, inside, listed, nearest};
use crate::kpi::vocabulary::Vocabulary;
use crate::kpi::{Alert, Catalog, Condition};
use crate::metric::{LabelName, MetricName};
use promql::{
    Aggregate, Binary, Expr, Grouping, Kind, Many, Matching, Operator, Promql, Selector, Type,
    Window, written,
};

/// The least number of intervals in a range for a rate to be meaningful.
const INTERVALS: u32 = 3;

/// Functions that compare the samples of a range with each other.
const RATES: [&str; 8] = [
    "changes", "delta", "deriv", "idelta", "increase", "irate", "rate", "resets",
];

/// Adds to the problems of a catalog what is wrong across its files; `const_labels` are on every series of a KPI.
pub fn check(catalog: &mut Catalog, const_labels: &[LabelName]) {
    let vocabulary = &Vocabulary::of(&catalog.kpis, &catalog.packs, const_labels);
    let mut problems = Vec::new();
    for kpi in &catalog.kpis {
        let mut file = File {
            path: &kpi.path,
            vocabulary,
            problems: &mut problems,
        };
        kpi.panels
            .iter()
            .flatten()
            .flat_map(|panel| &panel.exprs)
            .for_each(|promql| file.promql(promql));
        kpi.alerts.iter().for_each(|alert| {
            file.alert(alert, kpi.metrics.first().map(|metric| &metric.desc.name))
        });
    }
    for pack in &catalog.packs {
        let mut file = File {
            path: &pack.path,
            vocabulary,
            problems: &mut problems,
        };
        pack.rows
            .iter()
            .flat_map(|row| &row.panels)
            .flat_map(|panel| &panel.exprs)
            .for_each(|promql| file.promql(promql));
        pack.records.iter().for_each(|rule| file.promql(&rule.expr));
        pack.alerts.iter().for_each(|alert| file.alert(alert, None));
    }
    catalog.problems.extend(problems);
    catalog.sort_problems();
}

struct File<'f> {
    path: &'f str,
    vocabulary: &'f Vocabulary,
    problems: &'f mut Vec<Problem>,
}

impl File<'_> {
    fn warn(
        &mut self,
        reason: WarningReason,
        span: Range<usize>,
        message: String,
        fix: impl Into<String>,
    ) {
        let place = Place::Span(self.path.to_owned(), span);
        let problem = Problem::warning(reason, place, message, fix);
        // Two panels may have the same expression: its problem is listed once.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn alert(&mut self, alert: &Alert, metric: Option<&MetricName>) {
        let labels = match &alert.condition {
            Condition::Expr(promql) => {
                self.promql(promql);
                self.vocabulary.labels(&promql.expr)
            }
            Condition::When { .. } => metric
                .and_then(|metric| self.vocabulary.get(metric.as_str()))
                .and_then(|known| known.labels.clone()),
        };
        let Some(labels) = labels else { return };
        let texts = [&alert.summary, &alert.description, &alert.runbook];
        for template in texts.into_iter().flatten() {
            for (label, span) in &template.labels {
                if labels.contains(label) {
                    continue;
                }
                let fix = match nearest(label, labels.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!(
                        "an alert has the labels of its expression: {}",
                        shown(&labels)
                    ),
                };
                let message = format!("the alert `{}` has no label `{label}`", alert.name);
                let place = inside(&template.place, &template.text, span);
                self.warn(WarningReason::Template, place, message, fix);
            }
        }
    }

    fn promql(&mut self, promql: &Promql) {
        promql.expr.walk(&mut |expr| match &expr.kind {
            Kind::Select(selector) | Kind::Range(selector, _) => self.selector(promql, selector),
            Kind::Aggregate(aggregate) => self.aggregate(promql, expr, aggregate),
            Kind::Binary(binary) => self.binary(promql, expr, binary),
            Kind::Call(function, arguments) => self.call(promql, expr, function.name, arguments),
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Subquery(_)
            | Kind::Negative(_)
            | Kind::Parentheses(_) => {}
        });
    }

    fn selector(&mut self, promql: &Promql, selector: &Selector) {
        let Some(name) = selector.metric() else {
            return;
        };
        let place = place(promql, &selector.span);
        let Some(known) = self.vocabulary.get(name) else {
            let fix = match nearest(name, self.vocabulary.names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "ignore this if another target of Prometheus exposes it".to_owned(),
            };
            self.warn(
                WarningReason::Promql,
                place,
                format!("no KPI and no rule defines `{name}`"),
                fix,
            );
            return;
        };
        let Some(labels) = &known.labels else { return };
        for matcher in selector
            .matchers
            .iter()
            .filter(|matcher| matcher.label != "__name__")
        {
            if !labels.contains(&matcher.label) {
                let fix = format!("it has {}", shown(labels));
                self.warn(
                    WarningReason::Promql,
                    place.clone(),
                    format!("`{name}` has no label `{}`", matcher.label),
                    fix,
                );
            }
        }
    }

    fn aggregate(&mut self, promql: &Promql, expr: &Expr, aggregate: &Aggregate) {
        let (Grouping::By(by), Some(labels)) =
            (&aggregate.grouping, self.vocabulary.labels(&aggregate.expr))
        else {
            return;
        };
        for label in by.iter().filter(|label| !labels.contains(*label)) {
            let fix = format!("use {}", shown(&labels));
            self.warn(
                WarningReason::Promql,
                place(promql, &expr.span),
                format!("aggregation by the label `{label}`, which the series do not have"),
                fix,
            );
        }
    }

    fn call(&mut self, promql: &Promql, expr: &Expr, name: &str, arguments: &[Expr]) {
        if name == "histogram_quantile" {
            let labels = arguments
                .get(1)
                .and_then(|buckets| self.vocabulary.labels(buckets));
            if labels.is_some_and(|labels| !labels.contains("le")) {
                let fix = "keep the label `le`: sum by (le, …)";
                self.warn(
                    WarningReason::Promql,
                    place(promql, &expr.span),
                    "the buckets have no label `le`".to_owned(),
                    fix,
                );
            }
        }
        if let Some(Kind::Range(selector, Window::Fixed(range))) =
            arguments.first().map(|first| &first.kind)
            && let Some(interval) = self
                .vocabulary
                .selected(selector)
                .and_then(|known| known.interval)
            && RATES.contains(&name)
            && *range < interval.saturating_mul(INTERVALS)
        {
            let least = written(interval.saturating_mul(INTERVALS));
            let message = format!(
                "the range is shorter than {INTERVALS} intervals of the KPI, which runs every {}",
                written(interval)
            );
            self.warn(
                WarningReason::Promql,
                place(promql, &expr.span),
                message,
                format!("write at least [{least}], or run the KPI more often"),
            );
        }
    }

    fn binary(&mut self, promql: &Promql, expr: &Expr, binary: &Binary) {
        let sides = [&binary.left, &binary.right];
        if binary.operator == Operator::Or
            || sides.iter().any(|side| side.value_type() == Type::Scalar)
        {
            return;
        }
        let [Some(left), Some(right)] = sides.map(|side| self.vocabulary.labels(side)) else {
            return;
        };
        let (left_keys, right_keys) = (keys(&binary.matching, left), keys(&binary.matching, right));
        let differ: BTreeSet<_> = left_keys
            .symmetric_difference(&right_keys)
            .cloned()
            .collect();
        let is_even = binary.many == Many::Neither || matches!(binary.matching, Matching::On(_));
        if is_even && !differ.is_empty() {
            let fix =
                "match on the labels that both have: on (…), or ignore the others: ignoring (…)";
            let message = format!(
                "the two sides of `{}` never match: only one has {}",
                binary.operator.sign(),
                shown(&differ)
            );
            self.warn(
                WarningReason::Promql,
                place(promql, &expr.span),
                message,
                fix,
            );
        }
    }
}

/// The labels by which a side is matched.
fn keys(matching: &Matching, labels: BTreeSet<String>) -> BTreeSet<String> {
    match matching {
        Matching::All => labels,
        Matching::On(on) => labels
            .into_iter()
            .filter(|label| on.contains(label))
            .collect(),
        Matching::Ignoring(ignored) => labels
            .into_iter()
            .filter(|label| !ignored.contains(label))
            .collect(),
    }
}

fn place(promql: &Promql, span: &Range<usize>) -> Range<usize> {
    inside(&promql.place, &promql.text, span)
}

fn shown(labels: &BTreeSet<String>) -> String {
    if labels.is_empty() {
        "no label".to_owned()
    } else {
        listed(labels.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests;
