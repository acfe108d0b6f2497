//! The alerts of a pack as rules: condition, labels, and texts that show the value in its unit.

use super::{Shared, runbook_anchor, runbook_path, unit};
use crate::kpi::{Alert, Condition, Kpi, Pack, Severity};
use promql::{Expr, Kind, Operator, Promql};

/// An alert with everything that its rule contains.
pub(super) struct AlertRule<'a> {
    /// As the file defines it.
    pub(super) alert: &'a Alert,
    /// Its KPI; none for an alert of `pack.toml`.
    pub(super) kpi: Option<&'a Kpi>,
    /// The file that defines it, as the user would type it.
    pub(super) path: &'a str,
    /// When it fires.
    pub(super) condition: Promql,
    /// In order.
    pub(super) labels: Vec<(&'a str, String)>,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) runbook_url: String,
}

/// A comparison with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line<'e> {
    /// The left side.
    pub(super) subject: &'e Expr,
    /// The comparison operator.
    pub(super) operator: Operator,
    /// The right side.
    pub(super) threshold: f64,
}

/// All alerts of a pack: those of its KPIs by id, then its own.
pub(super) fn of_pack<'a>(shared: &Shared<'a>, pack: &'a Pack) -> Vec<AlertRule<'a>> {
    let kpis = shared.input.kpis.iter().filter(|kpi| kpi.pack == pack.name);
    let of_kpis = kpis.flat_map(|kpi| {
        kpi.alerts
            .iter()
            .map(move |alert| (Some(kpi.as_ref()), kpi.path.as_str(), alert))
    });
    let of_pack = pack
        .alerts
        .iter()
        .map(|alert| (None, pack.path.as_str(), alert));
    of_kpis
        .chain(of_pack)
        .map(|(kpi, path, alert)| rule(shared, pack, kpi, path, alert))
        .collect()
}

fn rule<'a>(
    shared: &Shared<'a>,
    pack: &Pack,
    kpi: Option<&'a Kpi>,
    path: &'a str,
    alert: &'a Alert,
) -> AlertRule<'a> {
    let condition = condition(kpi, alert);
    let unit = shared.units.of_expr(&condition.expr, &shared.vocabulary);
    let own = shared
        .vocabulary
        .labels(&condition.expr)
        .unwrap_or_default();
    let mut labels = vec![("severity", severity(alert.severity).to_owned())];
    let more = [
        Some(("pack", pack.name.to_string())),
        kpi.map(|kpi| ("kpi", kpi.id.to_string())),
    ];
    labels.extend(
        alert
            .labels
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    );
    // A label of the series is kept over one of ours with the same name.
    labels.extend(
        more.into_iter()
            .flatten()
            .filter(|(name, _)| !own.contains(*name) && !alert.labels.contains_key(*name)),
    );
    let own: Vec<_> = own
        .iter()
        .map(String::as_str)
        .filter(|label| !super::is_of_target(label))
        .collect();
    let summary = alert
        .summary
        .as_ref()
        .map(|template| template.text.clone())
        .unwrap_or_else(|| default_summary(kpi, alert, &own, &unit));
    let description = description(kpi, alert, &condition, &unit);
    let mut rule = AlertRule {
        alert,
        kpi,
        path,
        condition,
        labels,
        summary,
        description,
        runbook_url: String::new(),
    };
    let page = format!("{}#{}", runbook_path(&pack.name), runbook_anchor(&rule));
    rule.runbook_url = match &alert.runbook {
        Some(template) => template.text.clone(),
        None => template::escape(&shared.link(&page)),
    };
    rule
}

/// The condition as PromQL. A file with the short form has one metric with a plain value.
fn condition(kpi: Option<&Kpi>, alert: &Alert) -> Promql {
    let (operator, threshold) = match &alert.condition {
        Condition::Expr(promql) => return promql.clone(),
        Condition::When {
            operator,
            threshold,
        } => (operator, threshold),
    };
    let name = kpi
        .and_then(|kpi| kpi.metrics.first())
        .map_or("", |metric| metric.desc.name.as_str());
    Promql::comparison(name, *operator, *threshold)
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn default_summary(kpi: Option<&Kpi>, alert: &Alert, labels: &[&str], unit: &str) -> String {
    let subject = template::escape(&kpi.map_or_else(|| alert.name.clone(), super::title));
    let of: Vec<_> = labels
        .iter()
        .map(|label| format!("{{{{ $labels.{label} }}}}"))
        .collect();
    let of = if of.is_empty() {
        String::new()
    } else {
        format!(" ({})", of.join(", "))
    };
    format!("{subject}{of}: {}", unit::template(unit))
}

/// The author's description, or the HELP text of the metric; then the value and the threshold that it crossed.
fn description(kpi: Option<&Kpi>, alert: &Alert, condition: &Promql, unit: &str) -> String {
    let help = || {
        kpi.and_then(|kpi| kpi.metrics.first())
            .map(|metric| template::escape(&metric.desc.help))
    };
    let meaning = alert
        .description
        .as_ref()
        .map(|template| template.text.clone())
        .or_else(help)
        .unwrap_or_default();
    let hold = promql::written(alert.hold);
    let rule = match line(&condition.expr) {
        Some(Line {
            operator,
            threshold,
            ..
        }) => {
            let value = unit::template(unit);
            let threshold = template::escape(&unit::shown(threshold, unit));
            format!(
                "Value: {value}. Fires when the value {} {threshold} for {hold}.",
                comparison(operator)
            )
        }
        None => format!("Fires when the condition holds for {hold}."),
    };
    if meaning.is_empty() {
        rule
    } else {
        format!("{}\n{rule}", meaning.trim())
    }
}

/// The verb between a value and its threshold.
fn comparison(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "equals",
        Operator::NotEqual => "differs from",
        Operator::Greater => "is above",
        Operator::GreaterOrEqual => "is at least",
        Operator::Less => "is below",
        Operator::LessOrEqual => "is at most",
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Modulo
        | Operator::Power
        | Operator::Atan2
        | Operator::And
        | Operator::Or
        | Operator::Unless => "",
    }
}

/// The threshold of a condition that compares with a number.
pub(super) fn line(expr: &Expr) -> Option<Line<'_>> {
    let Kind::Binary(binary) = &expr.bare().kind else {
        return None;
    };
    let threshold = binary.right.number()?;
    let line = Line {
        subject: binary.left.bare(),
        operator: binary.operator,
        threshold,
    };
    (binary.operator.is_comparison() && !binary.is_bool).then_some(line)
}
