//! The panels of KPIs and packs: those that a file describes, completed from the metric, or those that follow from type,
//! unit and labels alone.

use super::queries::{MetricOf, as_kind, legend, percentiles};
use super::spec::{PanelSpec, QueryContext, literal};
use super::thresholds::{self, Step};
use crate::diagnostic::Problem;
use crate::generate::alerts::AlertRule;
use crate::generate::{is_of_target, short, title};
use crate::kpi::{Kpi, Metric, Panel, PanelKind, Schedule, Timing, ValueSpec};
use crate::metric::LabelName;
use promql::Promql;

/// The panels of a KPI, in order.
///
/// # Errors
/// A panel whose query is not valid PromQL.
pub(super) fn of_kpi(
    context: &QueryContext<'_, '_>,
    kpi: &Kpi,
    alerts: &[AlertRule<'_>],
) -> Result<Vec<PanelSpec>, Problem> {
    let metrics = kpi.metrics.iter().map(|metric| MetricOf { kpi, metric });
    match &kpi.panels {
        Some(panels) => metrics
            .take(1)
            .flat_map(|of| panels.iter().map(move |panel| (of, panel)))
            .map(|(of, panel)| described(context, of, panel, alerts))
            .collect(),
        None => {
            let of_metrics: Result<Vec<_>, _> =
                metrics.map(|of| of_metric(context, of, alerts)).collect();
            Ok(of_metrics?.into_iter().flatten().collect())
        }
    }
}

/// The panels of a timing of the exporter.
///
/// # Errors
/// As [`of_kpi`].
pub(super) fn of_timing(
    context: &QueryContext<'_, '_>,
    path: &str,
    timing: &Timing,
    alerts: &[AlertRule<'_>],
) -> Result<Vec<PanelSpec>, Problem> {
    let name = timing.name.as_str();
    let labels: Vec<_> = timing.label.iter().map(LabelName::as_str).collect();
    let base = PanelSpec {
        title: literal(&short(&timing.help)),
        description: format!(
            "{}\n\n`{name}`, measured by the exporter itself.",
            literal(&timing.help)
        ),
        kind: PanelKind::TimeSeries,
        unit: context
            .shared
            .units
            .of_metric(&format!("{name}_sum"), &context.shared.vocabulary),
        steps: thresholds::of_alerts(alerts, |line, _| {
            thresholds::is_quantile(line.subject, name)
        }),
        queries: percentiles(context, path, name, &[], true)?.into(),
        mappings: Vec::new(),
        link: None,
    };
    if labels.is_empty() {
        return Ok(vec![base]);
    }
    let [_, p95, _] = percentiles(context, path, name, &labels, true)?;
    let by_label = PanelSpec {
        title: format!("{}: p95 by {}", base.title, labels.join(", ")),
        queries: vec![p95],
        ..base.clone()
    };
    Ok(vec![base, by_label])
}

/// A panel of a row of `pack.toml`, which has a title and an `expr`.
pub(super) fn of_row(
    context: &QueryContext<'_, '_>,
    panel: &Panel,
    alerts: &[AlertRule<'_>],
) -> PanelSpec {
    let base = PanelSpec {
        title: panel.title.clone().unwrap_or_default(),
        description: panel.description.clone().unwrap_or_default(),
        kind: PanelKind::TimeSeries,
        unit: String::new(),
        steps: Vec::new(),
        queries: Vec::new(),
        mappings: Vec::new(),
        link: None,
    };
    with_settings(of_exprs(context, panel, base, alerts), panel)
}

/// What each panel of a metric starts from.
fn base(
    context: &QueryContext<'_, '_>,
    MetricOf { kpi, metric }: MetricOf<'_>,
    about: Option<&str>,
    alerts: &[AlertRule<'_>],
) -> PanelSpec {
    let name = metric.desc.name.as_str();
    let path = context.shared.file_of(kpi);
    let shown_in = match metric.shape {
        ValueSpec::Histogram { .. } => format!("{name}_sum"),
        ValueSpec::Gauge { .. }
        | ValueSpec::Counter { .. }
        | ValueSpec::Summary { .. }
        | ValueSpec::Info
        | ValueSpec::StateSet { .. } => name.to_owned(),
    };
    let of_kpi = alerts
        .iter()
        .filter(|rule| rule.kpi.is_some_and(|of| of.id == kpi.id));
    let origin = origin(kpi, metric, &path, of_kpi);
    PanelSpec {
        title: literal(&if kpi.metrics.len() == 1 {
            title(kpi)
        } else {
            short(&metric.desc.help)
        }),
        // What the file writes for the panel may use Grafana's variables.
        description: match about {
            Some(about) => format!("{about}\n\n{origin}"),
            None => format!("{}\n\n{origin}", literal(&metric.desc.help)),
        },
        kind: PanelKind::TimeSeries,
        unit: context
            .shared
            .units
            .of_metric(&shown_in, &context.shared.vocabulary),
        steps: thresholds::of_alerts(alerts, |line, _| thresholds::is_metric(line.subject, name)),
        queries: Vec::new(),
        mappings: Vec::new(),
        link: context
            .shared
            .input
            .base_url
            .map(|_| (path.clone(), context.shared.link(&path))),
    }
}

/// Name, type, schedule, file and alerts of a metric.
fn origin<'r>(
    kpi: &Kpi,
    metric: &Metric,
    path: &str,
    alerts: impl Iterator<Item = &'r AlertRule<'r>>,
) -> String {
    let when = match &kpi.schedule {
        Schedule::Every(interval) => format!("every {}", promql::written(*interval)),
        Schedule::Cron(cron) => format!("on the cron schedule `{}` (UTC)", cron.expression()),
    };
    let mut text = format!(
        "`{}`, {}, updated {when} by `{path}`.",
        metric.desc.name,
        metric.shape.metric_type().as_str()
    );
    // Grafana would resolve a link without a host against its own address.
    let link = |rule: &AlertRule<'_>| match rule.runbook_url.starts_with("http") {
        true => format!("[{}]({})", rule.alert.name, rule.runbook_url),
        false => format!("`{}`", rule.alert.name),
    };
    let alerts: Vec<_> = alerts.map(link).collect();
    if !alerts.is_empty() {
        text.push_str(&format!("\n\nAlerts: {}.", alerts.join(", ")));
    }
    text
}

/// The panels that follow from a metric.
fn of_metric(
    context: &QueryContext<'_, '_>,
    of: MetricOf<'_>,
    alerts: &[AlertRule<'_>],
) -> Result<Vec<PanelSpec>, Problem> {
    let base = base(context, of, None, alerts);
    let kind = default_kind(of.metric);
    let first = as_kind(context, of, base.clone(), alerts, kind)?;
    if kind != PanelKind::Heatmap {
        return Ok(vec![first]);
    }
    let quantiles = PanelSpec {
        title: format!("{}: p50, p95, p99", base.title),
        ..base
    };
    let lines = as_kind(context, of, quantiles, alerts, PanelKind::TimeSeries)?;
    Ok(vec![first, lines])
}

/// The kind of the first panel that follows from a metric.
fn default_kind(metric: &Metric) -> PanelKind {
    match &metric.shape {
        ValueSpec::Gauge { .. } if metric.desc.labels.is_empty() => PanelKind::Stat,
        ValueSpec::Gauge { .. } | ValueSpec::Counter { .. } | ValueSpec::Summary { .. } => {
            PanelKind::TimeSeries
        }
        ValueSpec::Histogram { .. } => PanelKind::Heatmap,
        ValueSpec::Info => PanelKind::Table,
        ValueSpec::StateSet { .. } => PanelKind::StateTimeline,
    }
}

/// The panel that a KPI file describes.
fn described(
    context: &QueryContext<'_, '_>,
    of: MetricOf<'_>,
    panel: &Panel,
    alerts: &[AlertRule<'_>],
) -> Result<PanelSpec, Problem> {
    let mut base = base(context, of, panel.description.as_deref(), alerts);
    // The legend of lines without labels is the panel's title.
    if let Some(title) = &panel.title {
        base.title.clone_from(title);
    }
    let spec = if panel.exprs.is_empty() {
        let kind = panel.kind.unwrap_or_else(|| default_kind(of.metric));
        as_kind(context, of, base, alerts, kind)?
    } else {
        of_exprs(context, panel, base, alerts)
    };
    Ok(with_settings(spec, panel))
}

/// The panel with the unit, thresholds and legends that its file sets.
fn with_settings(mut spec: PanelSpec, panel: &Panel) -> PanelSpec {
    if let Some(unit) = &panel.unit {
        spec.unit.clone_from(unit);
    }
    if !panel.thresholds.is_empty() {
        spec.steps = thresholds::of_panel(panel);
        let named = panel
            .thresholds
            .iter()
            .filter_map(|at| Some((at.from, at.name.clone()?, at.color.clone())));
        spec.mappings.extend(named);
    }
    for (query, legend) in spec.queries.iter_mut().zip(&panel.legends) {
        query.legend.clone_from(legend);
    }
    spec
}

/// The panel of the queries that a file writes.
fn of_exprs(
    context: &QueryContext<'_, '_>,
    panel: &Panel,
    base: PanelSpec,
    alerts: &[AlertRule<'_>],
) -> PanelSpec {
    let shared = context.shared;
    let first = &panel.exprs[0];
    let own_labels = |promql: &Promql| {
        let labels = shared.vocabulary.labels(&promql.expr)?;
        Some(
            labels
                .into_iter()
                .filter(|label| !is_of_target(label))
                .collect::<Vec<_>>(),
        )
    };
    let kind = panel.kind.unwrap_or_else(|| match own_labels(first) {
        Some(labels) if labels.iter().any(|label| label == "le") => PanelKind::Heatmap,
        Some(labels) if labels.is_empty() && panel.exprs.len() == 1 => PanelKind::Stat,
        Some(_) | None => PanelKind::TimeSeries,
    });
    let query = |promql: &Promql| {
        let name = if panel.exprs.len() == 1 {
            base.title.clone()
        } else {
            promql.text.trim().to_owned()
        };
        let legend = match own_labels(promql) {
            Some(labels) => legend(
                &labels.iter().map(String::as_str).collect::<Vec<_>>(),
                &name,
            ),
            None => "__auto".to_owned(),
        };
        context.query(promql, legend)
    };
    PanelSpec {
        kind,
        unit: shared.units.of_expr(&first.expr, &shared.vocabulary),
        steps: steps_of_expr(first, alerts),
        queries: panel.exprs.iter().map(query).collect(),
        ..base
    }
}

/// The steps of the alerts that watch the same, or a quantile of the same histogram.
fn steps_of_expr(promql: &Promql, alerts: &[AlertRule<'_>]) -> Vec<Step> {
    let steps = thresholds::steps_of(alerts, &promql.text);
    match thresholds::quantiles_of(&promql.expr) {
        Some(histogram) if steps.is_empty() => thresholds::of_alerts(alerts, |line, _| {
            thresholds::is_quantile(line.subject, &histogram)
        }),
        Some(_) | None => steps,
    }
}
