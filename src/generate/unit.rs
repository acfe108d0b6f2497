//! Units: their names in Grafana, their form in alert texts, and the unit of an expression.

use std::collections::{BTreeMap, BTreeSet};

use crate::kpi::vocabulary::{Vocabulary, unit_of_name};
use crate::kpi::{Kpi, Panel, ValueSpec};
use promql::{Aggregator, Binary, Expr, Kind, Operator};

/// A value without a unit.
pub(super) const NONE: &str = "short";
pub(super) const RATIO: &str = "percentunit";
pub(super) const PERCENT: &str = "percent";
pub(super) const SECONDS: &str = "s";
/// Counts per second.
pub(super) const RATE: &str = "cps";

/// Grafana's units of metrics, as panels set them.
#[derive(Debug, Default)]
pub(super) struct Units {
    by_metric: BTreeMap<String, String>,
}

impl Units {
    /// The unit of a panel that shows a plain metric is the unit of the metric.
    pub(super) fn of<'k>(kpis: impl Iterator<Item = &'k Kpi>) -> Self {
        let mut units = Self::default();
        for kpi in kpis {
            for panel in kpi.panels.iter().flatten() {
                if let (Some(unit), Some(metric)) = (&panel.unit, shown_metric(kpi, panel)) {
                    units
                        .by_metric
                        .entry(metric)
                        .or_insert_with(|| unit.clone());
                }
            }
        }
        units
    }

    /// Grafana's unit for the values of a metric.
    pub(super) fn of_metric(&self, name: &str, vocabulary: &Vocabulary) -> String {
        if name.ends_with("_bucket") || name.ends_with("_count") {
            return NONE.to_owned();
        }
        let known = vocabulary
            .get(name)
            .and_then(|known| known.unit.clone())
            .or_else(|| unit_of_name(name));
        let stem = name.strip_suffix("_sum").unwrap_or(name);
        self.by_metric
            .get(stem)
            .cloned()
            .unwrap_or_else(|| known.map_or(NONE.to_owned(), |unit| of_prometheus(&unit)))
    }

    /// Grafana's unit for the values of an expression.
    pub(super) fn of_expr(&self, expr: &Expr, vocabulary: &Vocabulary) -> String {
        match &expr.kind {
            Kind::Number(_) | Kind::Text(_) => NONE.to_owned(),
            Kind::Select(selector) | Kind::Range(selector, _) => selector
                .metric()
                .map_or(NONE.to_owned(), |name| self.of_metric(name, vocabulary)),
            Kind::Subquery(subquery) => self.of_expr(&subquery.expr, vocabulary),
            Kind::Call(function, arguments) => self.of_call(function.name, arguments, vocabulary),
            Kind::Aggregate(aggregate) => match aggregate.operator {
                Aggregator::Count | Aggregator::CountValues | Aggregator::Group => NONE.to_owned(),
                Aggregator::Avg
                | Aggregator::Bottomk
                | Aggregator::Max
                | Aggregator::Min
                | Aggregator::Quantile
                | Aggregator::Stddev
                | Aggregator::Stdvar
                | Aggregator::Sum
                | Aggregator::Topk => self.of_expr(&aggregate.expr, vocabulary),
            },
            Kind::Binary(binary) => self.of_binary(binary, vocabulary),
            Kind::Negative(inner) | Kind::Parentheses(inner) => self.of_expr(inner, vocabulary),
        }
    }

    fn of_call(&self, name: &str, arguments: &[Expr], vocabulary: &Vocabulary) -> String {
        let of = |at: usize| {
            arguments.get(at).map_or(NONE.to_owned(), |argument| {
                self.of_expr(argument, vocabulary)
            })
        };
        match name {
            "rate" | "irate" | "deriv" => per_second(&of(0)).to_owned(),
            "time" | "timestamp" => SECONDS.to_owned(),
            "histogram_quantile" => arguments.get(1).map_or(NONE.to_owned(), |buckets| {
                self.of_bounds(buckets, vocabulary)
            }),
            "quantile_over_time" => of(1),
            "absent" | "absent_over_time" | "changes" | "count_over_time" | "resets" | "sgn" => {
                NONE.to_owned()
            }
            _ => of(0),
        }
    }

    /// The unit of the bounds of the buckets in an expression.
    fn of_bounds(&self, buckets: &Expr, vocabulary: &Vocabulary) -> String {
        let mut unit = None;
        buckets.walk(&mut |expr| {
            if let Kind::Select(selector) | Kind::Range(selector, _) = &expr.kind
                && let Some(histogram) = selector
                    .metric()
                    .and_then(|name| name.strip_suffix("_bucket"))
            {
                unit = Some(self.of_metric(&format!("{histogram}_sum"), vocabulary));
            }
        });
        unit.unwrap_or_else(|| NONE.to_owned())
    }

    /// The unit of the sum in an expression.
    fn mean_of(&self, expr: &Expr, vocabulary: &Vocabulary) -> String {
        metrics(expr)
            .first()
            .map_or(NONE.to_owned(), |sum| self.of_metric(sum, vocabulary))
    }

    fn of_binary(&self, binary: &Binary, vocabulary: &Vocabulary) -> String {
        let (left, right) = (
            self.of_expr(&binary.left, vocabulary),
            self.of_expr(&binary.right, vocabulary),
        );
        let (left_number, right_number) = (binary.left.number(), binary.right.number());
        match binary.operator {
            Operator::Divide if left_number.is_none() && right_number.is_none() => {
                quotient(&binary.left, &binary.right, || {
                    self.mean_of(&binary.left, vocabulary)
                })
            }
            Operator::Divide if right_number.is_some() => left,
            Operator::Multiply if left_number.or(right_number) == Some(100.0) => {
                let other = if left_number.is_some() { right } else { left };
                if other == RATIO {
                    PERCENT.to_owned()
                } else {
                    other
                }
            }
            Operator::Add | Operator::Subtract if left_number.is_some() => right,
            Operator::Divide | Operator::Multiply | Operator::Power | Operator::Atan2 => {
                NONE.to_owned()
            }
            Operator::Add
            | Operator::Subtract
            | Operator::Modulo
            | Operator::Equal
            | Operator::NotEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::And
            | Operator::Or
            | Operator::Unless => left,
        }
    }
}

/// A part divided by its whole is a ratio, a sum divided by its count a mean; other quotients have no known unit.
fn quotient(left: &Expr, right: &Expr, mean: impl FnOnce() -> String) -> String {
    let (left, right) = (metrics(left), metrics(right));
    let is_mean = left
        .iter()
        .zip(&right)
        .all(|(sum, count)| sum.strip_suffix("_sum") == count.strip_suffix("_count"));
    if !left.is_empty() && left.is_subset(&right) {
        RATIO.to_owned()
    } else if left.len() == 1 && right.len() == 1 && is_mean {
        mean()
    } else {
        NONE.to_owned()
    }
}

fn metrics(expr: &Expr) -> BTreeSet<String> {
    let mut metrics = BTreeSet::new();
    expr.walk(&mut |expr| {
        if let Kind::Select(selector) | Kind::Range(selector, _) = &expr.kind {
            metrics.extend(selector.metric().map(str::to_owned));
        }
    });
    metrics
}

/// The metric that a panel shows unchanged.
fn shown_metric(kpi: &Kpi, panel: &Panel) -> Option<String> {
    match (&panel.exprs[..], &kpi.metrics[..]) {
        // The panel of a counter shows its rate.
        ([], [metric, ..]) => {
            let is_counter = matches!(metric.shape, ValueSpec::Counter { .. });
            (!is_counter).then(|| metric.desc.name.to_string())
        }
        ([one], _) => {
            let Kind::Select(selector) = &one.expr.bare().kind else {
                return None;
            };
            selector.metric().map(str::to_owned)
        }
        _ => None,
    }
}

/// Grafana's name of a Prometheus unit.
fn of_prometheus(unit: &str) -> String {
    match unit {
        "seconds" => SECONDS.to_owned(),
        "milliseconds" => "ms".to_owned(),
        "mb" => "decmbytes".to_owned(),
        "ratio" => RATIO.to_owned(),
        "usd" => "currencyUSD".to_owned(),
        "ms" | "bytes" | "percent" | "celsius" | "volt" | "watt" | "joule" => unit.to_owned(),
        other => format!("suffix: {other}"),
    }
}

/// The unit of a rate.
pub(super) fn per_second(unit: &str) -> &'static str {
    match unit {
        "bytes" => "Bps",
        // Seconds per second are a ratio.
        SECONDS => RATIO,
        "currencyUSD" => "suffix: $/s",
        _ => RATE,
    }
}

/// The template that writes an alert's value in its unit.
pub(super) fn template(unit: &str) -> String {
    let value = |filter: &str| format!("{{{{ $value | {filter} }}}}");
    match unit {
        SECONDS => value("humanizeDuration"),
        RATIO => value("humanizePercentage"),
        PERCENT => format!("{} %", value("humanize")),
        "ms" => format!("{} ms", value("humanize")),
        "bytes" => format!("{}B", value("humanize1024")),
        "decmbytes" => format!("{} MB", value("humanize")),
        "currencyUSD" => value("printf \"$%.2f\""),
        RATE => format!("{} per second", value("humanize")),
        "reqps" | "ops" | "Bps" => format!("{} per second", value("humanize")),
        "opm" | "cpm" | "reqpm" => format!("{} per minute", value("humanize")),
        other => {
            let suffix = other.strip_prefix("suffix:").unwrap_or_default();
            format!("{}{}", value("humanize"), template::escape(suffix))
        }
    }
}

/// A number in its unit.
pub(super) fn shown(number: f64, unit: &str) -> String {
    match unit {
        RATIO => format!("{} %", rounded(number * 100.0)),
        PERCENT => format!("{} %", rounded(number)),
        SECONDS | "ms" => format!("{} {unit}", rounded(number)),
        "bytes" => format!("{} B", rounded(number)),
        "decmbytes" => format!("{} MB", rounded(number)),
        "currencyUSD" => format!("${}", rounded(number)),
        other => format!(
            "{}{}",
            rounded(number),
            other.strip_prefix("suffix:").unwrap_or_default()
        ),
    }
}

/// Rounds away the error of float arithmetic, as in 0.1 + 0.2.
pub(super) fn rounded(number: f64) -> f64 {
    format!("{number:.9e}").parse().unwrap_or(number)
}
