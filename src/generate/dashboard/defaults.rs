//! The panels of a KPI: those that its file describes, filled up with what follows from the metric, or those that follow
//! from type, unit and labels alone.

use super::drawn::{Drawn, Query, Source};
use super::thresholds::{self, Step};
use crate::generate::alerts::AlertRule;
use crate::generate::{is_of_target, short, title, unit};
use crate::kpi::{Kpi, Metric, Mode, Panel, PanelKind, Schedule, Timing, ValueSpec};
use crate::metric::LabelName;
use promql::{Promql, Variables as Grafanas};

/// The quantiles that are drawn of a histogram, and what they are called.
const QUANTILES: [(&str, &str); 3] = [("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")];

/// A rate's range: four times the interval of the KPI, or more where a pixel stands for more.
const RATE_RANGE: &str = "[$__rate_interval]";

/// The colours of states, in order; more states begin again.
const STATE_COLORS: [&str; 6] = ["green", "yellow", "red", "blue", "purple", "orange"];

/// The panels of a KPI, in order.
pub(super) fn of_kpi(source: &Source<'_, '_>, kpi: &Kpi, alerts: &[AlertRule<'_>]) -> Vec<Drawn> {
    match &kpi.panels {
        Some(panels) => panels
            .iter()
            .filter_map(|panel| described(source, kpi, panel, alerts))
            .collect(),
        None => kpi
            .metrics
            .iter()
            .flat_map(|metric| of_metric(source, kpi, metric, alerts))
            .collect(),
    }
}

/// The panels of a timing of the exporter.
pub(super) fn of_timing(
    source: &Source<'_, '_>,
    timing: &Timing,
    alerts: &[AlertRule<'_>],
) -> Vec<Drawn> {
    let name = timing.name.as_str();
    let labels: Vec<_> = timing.label.iter().map(LabelName::as_str).collect();
    let base = Drawn {
        title: short(&timing.help),
        description: format!(
            "{}\n\n`{name}`, measured by the exporter itself.",
            timing.help
        ),
        kind: PanelKind::TimeSeries,
        unit: source
            .shared
            .units
            .of_metric(&format!("{name}_sum"), &source.shared.vocabulary),
        steps: thresholds::of_alerts(alerts, |line, _| {
            thresholds::is_quantile(line.subject, name)
        }),
        queries: percentiles(source, name, &[], true),
        mappings: Vec::new(),
        link: None,
    };
    let by_label = (!labels.is_empty()).then(|| Drawn {
        title: format!("{}: p95 by {}", base.title, labels.join(", ")),
        queries: percentiles(source, name, &labels, true)
            .into_iter()
            .skip(1)
            .take(1)
            .collect(),
        ..base.clone()
    });
    [base].into_iter().chain(by_label).collect()
}

/// What the metric itself gives: the beginning of each of its panels.
fn begun(source: &Source<'_, '_>, kpi: &Kpi, metric: &Metric, alerts: &[AlertRule<'_>]) -> Drawn {
    let name = metric.desc.name.as_str();
    let path = source.shared.file_of(kpi);
    let shown_in = match metric.shape {
        ValueSpec::Histogram { .. } => format!("{name}_sum"),
        ValueSpec::Gauge { .. }
        | ValueSpec::Counter { .. }
        | ValueSpec::Summary { .. }
        | ValueSpec::Info
        | ValueSpec::StateSet { .. } => name.to_owned(),
    };
    let is_ours = |rule: &AlertRule<'_>| rule.kpi.is_none_or(|of| of.id == kpi.id);
    Drawn {
        title: if kpi.metrics.len() == 1 {
            title(kpi)
        } else {
            short(&metric.desc.help)
        },
        description: description(
            kpi,
            metric,
            &path,
            alerts
                .iter()
                .filter(|rule| rule.kpi.is_some() && is_ours(rule)),
        ),
        kind: PanelKind::TimeSeries,
        unit: source
            .shared
            .units
            .of_metric(&shown_in, &source.shared.vocabulary),
        steps: thresholds::of_alerts(alerts, |line, _| thresholds::is_metric(line.subject, name)),
        queries: Vec::new(),
        mappings: Vec::new(),
        link: source
            .shared
            .input
            .base_url
            .map(|_| (path.clone(), source.shared.link(&path))),
    }
}

fn description<'r>(
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
        "{}\n\n`{}`, {}, updated {when} by `{path}`.",
        metric.desc.help,
        metric.desc.name,
        metric.shape.metric_type().as_str()
    );
    // A link without a host would lead into Grafana itself.
    let told = |rule: &AlertRule<'_>| match rule.runbook_url.starts_with("http") {
        true => format!("[{}]({})", rule.alert.name, rule.runbook_url),
        false => format!("`{}`", rule.alert.name),
    };
    let alerts: Vec<_> = alerts.map(told).collect();
    if !alerts.is_empty() {
        text.push_str(&format!("\n\nAlerts: {}.", alerts.join(", ")));
    }
    text
}

/// The panels that follow from a metric.
fn of_metric(
    source: &Source<'_, '_>,
    kpi: &Kpi,
    metric: &Metric,
    alerts: &[AlertRule<'_>],
) -> Vec<Drawn> {
    let base = begun(source, kpi, metric, alerts);
    match &metric.shape {
        ValueSpec::Gauge { .. } if metric.desc.labels.is_empty() => {
            vec![as_kind(source, kpi, metric, base, alerts, PanelKind::Stat)]
        }
        ValueSpec::Gauge { .. } | ValueSpec::Counter { .. } | ValueSpec::Summary { .. } => {
            vec![as_kind(
                source,
                kpi,
                metric,
                base,
                alerts,
                PanelKind::TimeSeries,
            )]
        }
        ValueSpec::Histogram { .. } => {
            let quantiles = Drawn {
                title: format!("{}: p50, p95, p99", base.title),
                ..base.clone()
            };
            vec![
                as_kind(source, kpi, metric, base, alerts, PanelKind::Heatmap),
                as_kind(
                    source,
                    kpi,
                    metric,
                    quantiles,
                    alerts,
                    PanelKind::TimeSeries,
                ),
            ]
        }
        ValueSpec::Info => vec![as_kind(source, kpi, metric, base, alerts, PanelKind::Table)],
        ValueSpec::StateSet { .. } => vec![as_kind(
            source,
            kpi,
            metric,
            base,
            alerts,
            PanelKind::StateTimeline,
        )],
    }
}

/// The metric drawn as this kind of panel.
fn as_kind(
    source: &Source<'_, '_>,
    kpi: &Kpi,
    metric: &Metric,
    base: Drawn,
    alerts: &[AlertRule<'_>],
    kind: PanelKind,
) -> Drawn {
    let name = metric.desc.name.as_str();
    let labels: Vec<_> = metric.desc.labels.iter().map(LabelName::as_str).collect();
    let legend = legend(&labels, &base.title);
    let drawn = Drawn { kind, ..base };
    let one = |text: &str, legend: &str| {
        read(text)
            .map(|promql| source.query(&promql, legend))
            .into_iter()
            .collect()
    };
    match &metric.shape {
        ValueSpec::Gauge { .. } if name.ends_with("_timestamp_seconds") => Drawn {
            unit: unit::SECONDS.to_owned(),
            queries: one(&format!("time() - {name}"), &legend),
            ..drawn
        },
        ValueSpec::Gauge { .. } => Drawn {
            queries: one(name, &legend),
            ..drawn
        },
        ValueSpec::Counter { .. } => {
            let queries = |function: &str, range: &str| {
                one(
                    &format!("{}({function}({name}{range}))", sum_by(&labels)),
                    &legend,
                )
            };
            // One number for the whole time that is looked at, or its course.
            if is_instant(kind) || kind == PanelKind::Stat {
                return Drawn {
                    steps: Vec::new(),
                    queries: queries("increase", "[$__range]"),
                    ..drawn
                };
            }
            let unit = unit::per_second(&drawn.unit).to_owned();
            Drawn {
                unit,
                steps: Vec::new(),
                queries: queries("rate", RATE_RANGE),
                ..drawn
            }
        }
        ValueSpec::Histogram { .. } => {
            let grows = kpi.mode != Mode::Snapshot;
            if matches!(kind, PanelKind::Heatmap | PanelKind::Histogram) {
                let buckets = if grows {
                    format!("increase({name}_bucket{RATE_RANGE})")
                } else {
                    format!("{name}_bucket")
                };
                return Drawn {
                    steps: Vec::new(),
                    queries: one(&format!("sum by (le) ({buckets})"), "{{le}}"),
                    ..drawn
                };
            }
            let steps = thresholds::of_alerts(alerts, |line, _| {
                thresholds::is_quantile(line.subject, name)
            });
            let first = labels.first().map(std::slice::from_ref).unwrap_or_default();
            let queries = percentiles(source, name, first, grows);
            let shown = if kind == PanelKind::TimeSeries {
                0..3
            } else {
                1..2
            };
            Drawn {
                steps,
                queries: queries
                    .get(shown)
                    .map(<[Query]>::to_vec)
                    .unwrap_or_default(),
                ..drawn
            }
        }
        ValueSpec::Summary { .. } => {
            let legend = if labels.is_empty() {
                "{{quantile}}".to_owned()
            } else {
                format!("{legend} / {{{{quantile}}}}")
            };
            Drawn {
                queries: one(name, &legend),
                ..drawn
            }
        }
        ValueSpec::Info => Drawn {
            queries: one(name, &legend),
            steps: Vec::new(),
            ..drawn
        },
        ValueSpec::StateSet { states, .. } => {
            state_set(source, name, &labels, states.as_deref(), drawn)
        }
    }
}

/// The states as numbers that have names: exactly one of them is true.
fn state_set(
    source: &Source<'_, '_>,
    name: &str,
    labels: &[&str],
    states: Option<&[std::sync::Arc<str>]>,
    drawn: Drawn,
) -> Drawn {
    let Some(states) = states else {
        let legend = legend(&[labels, &[name]].concat(), name);
        let mappings = vec![
            (0.0, "no".to_owned(), "text".to_owned()),
            (1.0, "yes".to_owned(), "green".to_owned()),
        ];
        let queries = read(name)
            .map(|promql| source.query(&promql, legend))
            .into_iter()
            .collect();
        return Drawn {
            mappings,
            queries,
            ..drawn
        };
    };
    let by = if labels.is_empty() {
        String::new()
    } else {
        format!(" by ({})", labels.join(", "))
    };
    let quoted = |state: &str| {
        state
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    };
    let of_state = |(at, state): (usize, &std::sync::Arc<str>)| {
        format!(
            "max{by} ({at} * ({name}{{{name}=\"{}\"}} == 1))",
            quoted(state)
        )
    };
    let text = states
        .iter()
        .enumerate()
        .map(of_state)
        .collect::<Vec<_>>()
        .join("\nor ");
    let mapping = |(at, state): (usize, &std::sync::Arc<str>)| {
        (
            at as f64,
            state.to_string(),
            STATE_COLORS[at % STATE_COLORS.len()].to_owned(),
        )
    };
    let queries = read(&text)
        .map(|promql| source.query(&promql, legend(labels, &drawn.title)))
        .into_iter()
        .collect();
    Drawn {
        mappings: states.iter().enumerate().map(mapping).collect(),
        queries,
        ..drawn
    }
}

fn percentiles(source: &Source<'_, '_>, name: &str, labels: &[&str], grows: bool) -> Vec<Query> {
    let by = std::iter::once("le")
        .chain(labels.iter().copied())
        .collect::<Vec<_>>()
        .join(", ");
    let buckets = if grows {
        format!("rate({name}_bucket{RATE_RANGE})")
    } else {
        format!("{name}_bucket")
    };
    let of = |(quantile, called): (&str, &str)| {
        let promql = read(&format!(
            "histogram_quantile({quantile}, sum by ({by}) ({buckets}))"
        ))?;
        let legend = if labels.is_empty() {
            called.to_owned()
        } else {
            format!("{called} {}", legend(labels, ""))
        };
        Some(source.query(&promql, legend))
    };
    QUANTILES.into_iter().filter_map(of).collect()
}

/// The panel that a file describes; none where there is nothing to draw.
fn described(
    source: &Source<'_, '_>,
    kpi: &Kpi,
    panel: &Panel,
    alerts: &[AlertRule<'_>],
) -> Option<Drawn> {
    let metric = kpi.metrics.first()?;
    let mut base = begun(source, kpi, metric, alerts);
    // Lines without labels are called as the panel is.
    if let Some(title) = &panel.title {
        base.title.clone_from(title);
    }
    let mut drawn = if panel.exprs.is_empty() {
        let kind = panel
            .kind
            .or_else(|| Some(of_metric(source, kpi, metric, alerts).first()?.kind))?;
        as_kind(source, kpi, metric, base, alerts, kind)
    } else {
        of_exprs(source, panel, base, alerts)
    };
    if let Some(unit) = &panel.unit {
        drawn.unit.clone_from(unit);
    }
    if !panel.thresholds.is_empty() {
        drawn.steps = thresholds::of_panel(panel);
        let named = panel
            .thresholds
            .iter()
            .filter_map(|at| Some((at.from, at.name.clone()?, at.color.clone())));
        drawn.mappings.extend(named);
    }
    for (query, legend) in drawn.queries.iter_mut().zip(&panel.legends) {
        query.legend.clone_from(legend);
    }
    Some(drawn)
}

fn of_exprs(
    source: &Source<'_, '_>,
    panel: &Panel,
    base: Drawn,
    alerts: &[AlertRule<'_>],
) -> Drawn {
    let shared = source.shared;
    let first = &panel.exprs[0];
    let labels = |promql: &Promql| shared.vocabulary.labels(&promql.expr);
    let own = |promql: &Promql| {
        let labels = labels(promql)?;
        Some(
            labels
                .into_iter()
                .filter(|label| !is_of_target(label))
                .collect::<Vec<_>>(),
        )
    };
    let kind = panel.kind.unwrap_or_else(|| match own(first) {
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
        let legend = match own(promql) {
            Some(labels) => legend(
                &labels.iter().map(String::as_str).collect::<Vec<_>>(),
                &name,
            ),
            None => "__auto".to_owned(),
        };
        source.query(promql, legend)
    };
    let steps = steps_of_expr(first, alerts);
    let unit = shared.units.of_expr(&first.expr, &shared.vocabulary);
    Drawn {
        kind,
        unit,
        steps,
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

/// Whether one number is shown for the whole time.
fn is_instant(kind: PanelKind) -> bool {
    match kind {
        PanelKind::BarChart
        | PanelKind::BarGauge
        | PanelKind::Gauge
        | PanelKind::PieChart
        | PanelKind::Table => true,
        PanelKind::Heatmap
        | PanelKind::Histogram
        | PanelKind::Stat
        | PanelKind::StateTimeline
        | PanelKind::TimeSeries => false,
    }
}

/// `{{a}} / {{b}}`, or what a series without labels is called.
fn legend(labels: &[&str], without: &str) -> String {
    if labels.is_empty() {
        return without.to_owned();
    }
    labels
        .iter()
        .map(|label| format!("{{{{{label}}}}}"))
        .collect::<Vec<_>>()
        .join(" / ")
}

fn sum_by(labels: &[&str]) -> String {
    if labels.is_empty() {
        "sum".to_owned()
    } else {
        format!("sum by ({}) ", labels.join(", "))
    }
}

/// PromQL that is made here; it is made right, and what could not be read would only not be drawn.
fn read(text: &str) -> Option<Promql> {
    Promql::read(text, Grafanas::Allowed).ok()
}
