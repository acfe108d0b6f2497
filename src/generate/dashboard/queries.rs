//! The queries of a metric: which PromQL a kind of panel needs for each metric type.

use std::sync::Arc;

use super::spec::{PanelSpec, Query, QueryContext, literal_legend};
use super::thresholds;
use crate::diagnostic::{Place, Problem};
use crate::generate::alerts::AlertRule;
use crate::generate::unit;
use crate::kpi::{Kpi, Metric, Mode, PanelKind, ValueSpec};
use crate::metric::LabelName;
use promql::{Promql, Variables as Grafanas};

/// The quantiles of a histogram that a panel shows, and their legends.
const QUANTILES: [(&str, &str); 3] = [("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")];

/// A rate's range: four times the interval of the KPI, or more where a pixel covers more.
const RATE_RANGE: &str = "[$__rate_interval]";

/// The colours of states, in order; more states start again.
const STATE_COLORS: [&str; 6] = ["green", "yellow", "red", "blue", "purple", "orange"];

/// A metric of a KPI file.
#[derive(Clone, Copy)]
pub(super) struct MetricOf<'k> {
    pub(super) kpi: &'k Kpi,
    pub(super) metric: &'k Metric,
}

/// The metric shown as this kind of panel.
///
/// # Errors
/// A query that is not valid PromQL.
pub(super) fn as_kind(
    context: &QueryContext<'_, '_>,
    of: MetricOf<'_>,
    base: PanelSpec,
    alerts: &[AlertRule<'_>],
    kind: PanelKind,
) -> Result<PanelSpec, Problem> {
    let MetricOf { kpi, metric } = of;
    let name = metric.desc.name.as_str();
    let labels: Vec<_> = metric.desc.labels.iter().map(LabelName::as_str).collect();
    let legend = legend(&labels, &base.title);
    let selector = promql::selecting(name);
    let panel = PanelSpec { kind, ..base };
    let one = |text: &str, legend: &str| {
        read(&kpi.path, text).map(|promql| vec![context.query(&promql, legend)])
    };
    Ok(match &metric.shape {
        ValueSpec::Gauge { .. } if name.ends_with("_timestamp_seconds") => PanelSpec {
            unit: unit::SECONDS.to_owned(),
            queries: one(&format!("time() - {selector}"), &legend)?,
            ..panel
        },
        ValueSpec::Gauge { .. } => PanelSpec {
            queries: one(&selector, &legend)?,
            ..panel
        },
        ValueSpec::Counter { .. } => {
            let queries = |function: &str, range: &str| {
                let rates = format!("{function}({name}{range})");
                one(&format!("{}({rates})", sum_by(&labels)), &legend)
            };
            // One number for the whole time range, or the rate over time.
            if is_instant(kind) || kind == PanelKind::Stat {
                return Ok(PanelSpec {
                    steps: Vec::new(),
                    queries: queries("increase", "[$__range]")?,
                    ..panel
                });
            }
            PanelSpec {
                unit: unit::per_second(&panel.unit).to_owned(),
                steps: Vec::new(),
                queries: queries("rate", RATE_RANGE)?,
                ..panel
            }
        }
        ValueSpec::Histogram { .. } => histogram(context, of, panel, alerts)?,
        ValueSpec::Summary { .. } => {
            let legend = if labels.is_empty() {
                "{{quantile}}".to_owned()
            } else {
                format!("{legend} / {{{{quantile}}}}")
            };
            PanelSpec {
                queries: one(&selector, &legend)?,
                ..panel
            }
        }
        ValueSpec::Info => PanelSpec {
            queries: one(&selector, &legend)?,
            steps: Vec::new(),
            ..panel
        },
        ValueSpec::StateSet { states, .. } => match states {
            Some(states) => state_set(context, of, &labels, states, panel)?,
            None => PanelSpec {
                mappings: vec![
                    (0.0, "no".to_owned(), "text".to_owned()),
                    (1.0, "yes".to_owned(), "green".to_owned()),
                ],
                queries: one(
                    &selector,
                    &self::legend(&[&labels[..], &[name]].concat(), name),
                )?,
                ..panel
            },
        },
    })
}

fn histogram(
    context: &QueryContext<'_, '_>,
    MetricOf { kpi, metric }: MetricOf<'_>,
    panel: PanelSpec,
    alerts: &[AlertRule<'_>],
) -> Result<PanelSpec, Problem> {
    let name = metric.desc.name.as_str();
    let grows = kpi.mode != Mode::Snapshot;
    if matches!(panel.kind, PanelKind::Heatmap | PanelKind::Histogram) {
        let buckets = if grows {
            format!("increase({name}_bucket{RATE_RANGE})")
        } else {
            format!("{name}_bucket")
        };
        let promql = read(&kpi.path, &format!("sum by (le) ({buckets})"))?;
        return Ok(PanelSpec {
            steps: Vec::new(),
            queries: vec![context.query(&promql, "{{le}}")],
            ..panel
        });
    }
    let first: Vec<_> = metric
        .desc
        .labels
        .iter()
        .take(1)
        .map(LabelName::as_str)
        .collect();
    let queries = percentiles(context, &kpi.path, name, &first, grows)?;
    Ok(PanelSpec {
        steps: thresholds::of_alerts(alerts, |line, _| {
            thresholds::is_quantile(line.subject, name)
        }),
        queries: match panel.kind {
            PanelKind::TimeSeries => queries.into(),
            // One number: the 95th percentile.
            PanelKind::BarChart
            | PanelKind::BarGauge
            | PanelKind::Gauge
            | PanelKind::Heatmap
            | PanelKind::Histogram
            | PanelKind::PieChart
            | PanelKind::Stat
            | PanelKind::StateTimeline
            | PanelKind::Table => {
                let [_, p95, _] = queries;
                vec![p95]
            }
        },
        ..panel
    })
}

/// The index of the state that is true, mapped to its name.
fn state_set(
    context: &QueryContext<'_, '_>,
    MetricOf { kpi, metric }: MetricOf<'_>,
    labels: &[&str],
    states: &[Arc<str>],
    panel: PanelSpec,
) -> Result<PanelSpec, Problem> {
    let name = metric.desc.name.as_str();
    let by = if labels.is_empty() {
        String::new()
    } else {
        format!(" by ({})", labels.join(", "))
    };
    let of_state = |(at, state): (usize, &Arc<str>)| {
        let matcher = format!("{name}={}", quoted(state));
        let selector = match promql::selecting(name).strip_suffix('}') {
            Some(begun) => format!("{begun},{matcher}}}"),
            None => format!("{name}{{{matcher}}}"),
        };
        format!("max{by} ({at} * ({selector} == 1))")
    };
    let text = states
        .iter()
        .enumerate()
        .map(of_state)
        .collect::<Vec<_>>()
        .join("\nor ");
    let promql = read(&kpi.path, &text)?;
    let mapping = |(at, state): (usize, &Arc<str>)| {
        let color = STATE_COLORS[at % STATE_COLORS.len()];
        (at as f64, state.to_string(), color.to_owned())
    };
    let legend = legend(labels, &panel.title);
    Ok(PanelSpec {
        mappings: states.iter().enumerate().map(mapping).collect(),
        queries: vec![context.query(&promql, legend)],
        ..panel
    })
}

/// A string of PromQL.
fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        // Grafana would replace a variable in it.
        .replace('$', "\\x24")
        .replace("[[", "\\x5b[");
    format!("\"{escaped}\"")
}

/// p50, p95 and p99 of a histogram.
pub(super) fn percentiles(
    context: &QueryContext<'_, '_>,
    path: &str,
    name: &str,
    labels: &[&str],
    grows: bool,
) -> Result<[Query; 3], Problem> {
    let by = [&["le"], labels].concat().join(", ");
    let buckets = if grows {
        format!("rate({name}_bucket{RATE_RANGE})")
    } else {
        format!("{name}_bucket")
    };
    let of = |(quantile, called): (&str, &str)| {
        let text = format!("histogram_quantile({quantile}, sum by ({by}) ({buckets}))");
        let legend = if labels.is_empty() {
            called.to_owned()
        } else {
            format!("{called} {}", legend(labels, ""))
        };
        Ok(context.query(&read(path, &text)?, legend))
    };
    let [p50, p95, p99] = QUANTILES;
    Ok([of(p50)?, of(p95)?, of(p99)?])
}

/// Whether one number is shown for the whole time range.
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

/// `{{a}} / {{b}}`, or the legend of a series without labels.
pub(super) fn legend(labels: &[&str], without: &str) -> String {
    if labels.is_empty() {
        return literal_legend(without);
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

/// Reads PromQL that is built here, of names and label values of a file.
///
/// # Errors
/// A name or a value that makes it invalid: a panel without its query would show nothing.
fn read(path: &str, text: &str) -> Result<Promql, Problem> {
    Promql::read(text, Grafanas::Allowed).map_err(|fault| {
        Problem::error(
            Place::File(path.to_owned()),
            format!(
                "the default panel has an invalid query `{text}`: {}",
                fault.message
            ),
            "write the panel with an `expr` of its own, or `panel = false`",
        )
    })
}
