//! Evaluates an expression over a handful of simple series: the part of PromQL that alerts use.
//!
//! It need not match Prometheus in every detail: promtool runs every test that is generated with it.
//! What it does not support is [`Unknown`].

mod pairs;
pub mod pattern;
mod points;
mod series;

use std::collections::BTreeMap;

use pairs::{matched, paired, result, vectors};
use points::{average, extremes, of_points, quantiles, variance};
pub use series::{LabelValues, MINUTE, Sample, Series, Shape, Unknown, written};

use crate::{
    Aggregate, Aggregator, Binary, Expr, Grouping, Kind, MatchOperator, Matcher, Matching,
    Selector, Shift, Subquery, Window,
};

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Scalar(f64),
    Vector(Vec<Sample>),
}

/// The most points of a range that are evaluated; more would not change an average noticeably.
const MOST_POINTS: f64 = 500.0;

/// The samples of an expression at a moment, in seconds.
///
/// # Errors
/// [`Unknown`] for an expression that is not supported, and for a scalar.
pub fn samples(expr: &Expr, series: &[Series], time: f64) -> Result<Vec<Sample>, Unknown> {
    match (Evaluation { series }).value(expr, time)? {
        Value::Vector(samples) => Ok(samples),
        Value::Scalar(_) => Err(Unknown),
    }
}

/// The points of each series within a range.
struct Ranges {
    series: Vec<(LabelValues, Vec<f64>)>,
    /// In seconds.
    length: f64,
}

struct Evaluation<'s> {
    series: &'s [Series],
}

impl Evaluation<'_> {
    fn value(&self, expr: &Expr, time: f64) -> Result<Value, Unknown> {
        match &expr.kind {
            Kind::Number(number) => Ok(Value::Scalar(*number)),
            Kind::Select(selector) => {
                let time = shifted(selector.shift, time)?;
                let found = self.selected(selector)?;
                let sample = |series: &&Series| {
                    Some(Sample {
                        labels: series.labels.clone(),
                        value: series.at(time)?,
                    })
                };
                Ok(Value::Vector(found.iter().filter_map(sample).collect()))
            }
            Kind::Call(function, arguments) => self.call(function.name, arguments, time),
            Kind::Aggregate(aggregate) => self.aggregate(aggregate, time).map(Value::Vector),
            Kind::Binary(binary) => self.binary(binary, time),
            Kind::Negative(inner) => Ok(match self.value(inner, time)? {
                Value::Scalar(number) => Value::Scalar(-number),
                Value::Vector(samples) => Value::Vector(mapped(samples, |value| -value)),
            }),
            Kind::Parentheses(inner) => self.value(inner, time),
            Kind::Text(_) | Kind::Range(..) | Kind::Subquery(_) => Err(Unknown),
        }
    }

    fn vector(&self, expr: Option<&Expr>, time: f64) -> Result<Vec<Sample>, Unknown> {
        match self.value(expr.ok_or(Unknown)?, time)? {
            Value::Vector(samples) => Ok(samples),
            Value::Scalar(_) => Err(Unknown),
        }
    }

    fn scalar(&self, expr: Option<&Expr>, time: f64) -> Result<f64, Unknown> {
        match self.value(expr.ok_or(Unknown)?, time)? {
            Value::Scalar(number) => Ok(number),
            Value::Vector(_) => Err(Unknown),
        }
    }

    fn selected(&self, selector: &Selector) -> Result<Vec<&Series>, Unknown> {
        let metric = selector.metric().ok_or(Unknown)?;
        let mut found = Vec::new();
        for series in self.series.iter().filter(|series| series.name == metric) {
            let matchers = selector
                .matchers
                .iter()
                .filter(|matcher| matcher.label != "__name__");
            let fits: Result<Vec<_>, _> = matchers
                .map(|matcher| fits(matcher, &series.labels))
                .collect();
            if fits?.iter().all(|fits| *fits) {
                found.push(series);
            }
        }
        Ok(found)
    }

    fn call(&self, name: &str, arguments: &[Expr], time: f64) -> Result<Value, Unknown> {
        let first = arguments.first();
        let vector = || self.vector(first, time);
        let samples = match name {
            "time" => return Ok(Value::Scalar(time)),
            "scalar" => {
                let samples = vector()?;
                return Ok(Value::Scalar(if let [one] = &samples[..] {
                    one.value
                } else {
                    f64::NAN
                }));
            }
            "vector" => vec![Sample {
                labels: LabelValues::new(),
                value: self.scalar(first, time)?,
            }],
            "absent" => {
                if vector()?.is_empty() {
                    vec![Sample {
                        labels: asked_for(first),
                        value: 1.0,
                    }]
                } else {
                    Vec::new()
                }
            }
            "histogram_quantile" => {
                let quantile = self.scalar(first, time)?;
                quantiles(quantile, self.vector(arguments.get(1), time)?)
            }
            "abs" => mapped(vector()?, f64::abs),
            "ceil" => mapped(vector()?, f64::ceil),
            "floor" => mapped(vector()?, f64::floor),
            "sqrt" => mapped(vector()?, f64::sqrt),
            "sort" | "sort_desc" => vector()?,
            "clamp_min" => {
                let least = self.scalar(arguments.get(1), time)?;
                mapped(vector()?, |value| value.max(least))
            }
            "clamp_max" => {
                let most = self.scalar(arguments.get(1), time)?;
                mapped(vector()?, |value| value.min(most))
            }
            _ => self.over_time(name, first, time)?,
        };
        Ok(Value::Vector(samples))
    }

    fn over_time(
        &self,
        name: &str,
        range: Option<&Expr>,
        time: f64,
    ) -> Result<Vec<Sample>, Unknown> {
        let ranges = self.range(range.ok_or(Unknown)?, time)?;
        let mut samples = Vec::new();
        for (labels, points) in ranges.series {
            if let Some(value) = of_points(name, &points, ranges.length)? {
                samples.push(Sample { labels, value });
            }
        }
        if name == "absent_over_time" {
            let asked = asked_for(range);
            return Ok(if samples.is_empty() {
                vec![Sample {
                    labels: asked,
                    value: 1.0,
                }]
            } else {
                Vec::new()
            });
        }
        Ok(samples)
    }

    fn range(&self, expr: &Expr, time: f64) -> Result<Ranges, Unknown> {
        match &expr.kind {
            Kind::Range(selector, window) => {
                let (length, time) = (seconds(window)?, shifted(selector.shift, time)?);
                let points = |series: &Series| {
                    moments(time, length)
                        .filter_map(|at| series.at(at))
                        .collect()
                };
                let found = self
                    .selected(selector)?
                    .into_iter()
                    .map(|series| (series.labels.clone(), points(series)));
                let series = found
                    .filter(|(_, points): &(_, Vec<f64>)| !points.is_empty())
                    .collect();
                Ok(Ranges { series, length })
            }
            Kind::Subquery(subquery) => self.subquery(subquery, time),
            Kind::Parentheses(inner) => self.range(inner, time),
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Select(_)
            | Kind::Call(..)
            | Kind::Aggregate(_)
            | Kind::Binary(_)
            | Kind::Negative(_) => Err(Unknown),
        }
    }

    fn subquery(&self, subquery: &Subquery, time: f64) -> Result<Ranges, Unknown> {
        let (length, time) = (seconds(&subquery.range)?, shifted(subquery.shift, time)?);
        let mut found: BTreeMap<LabelValues, Vec<f64>> = BTreeMap::new();
        for at in moments(time, length) {
            for sample in self.vector(Some(&subquery.expr), at)? {
                found.entry(sample.labels).or_default().push(sample.value);
            }
        }
        Ok(Ranges {
            series: found.into_iter().collect(),
            length,
        })
    }

    fn aggregate(&self, aggregate: &Aggregate, time: f64) -> Result<Vec<Sample>, Unknown> {
        let mut groups: BTreeMap<LabelValues, Vec<Sample>> = BTreeMap::new();
        for sample in self.vector(Some(&aggregate.expr), time)? {
            groups
                .entry(group(&aggregate.grouping, &sample.labels))
                .or_default()
                .push(sample);
        }
        let mut samples = Vec::new();
        for (labels, members) in groups {
            let values: Vec<_> = members.iter().map(|member| member.value).collect();
            let value = match aggregate.operator {
                Aggregator::Topk | Aggregator::Bottomk => {
                    let count = self.scalar(aggregate.parameter.as_ref(), time)?;
                    samples.extend(extremes(
                        members,
                        count,
                        aggregate.operator == Aggregator::Topk,
                    ));
                    continue;
                }
                Aggregator::Avg => average(&values),
                Aggregator::Count => values.len() as f64,
                Aggregator::Group => 1.0,
                Aggregator::Max => values.iter().copied().fold(f64::NAN, f64::max),
                Aggregator::Min => values.iter().copied().fold(f64::NAN, f64::min),
                Aggregator::Sum => values.iter().sum(),
                Aggregator::Stddev => variance(&values).sqrt(),
                Aggregator::Stdvar => variance(&values),
                Aggregator::CountValues | Aggregator::Quantile => return Err(Unknown),
            };
            samples.push(Sample { labels, value });
        }
        Ok(samples)
    }

    fn binary(&self, binary: &Binary, time: f64) -> Result<Value, Unknown> {
        let (left, right) = (
            self.value(&binary.left, time)?,
            self.value(&binary.right, time)?,
        );
        Ok(match (left, right) {
            (Value::Scalar(left), Value::Scalar(right)) => {
                Value::Scalar(result(binary.operator, left, right))
            }
            (Value::Vector(samples), Value::Scalar(number)) => {
                let each = |sample: Sample| {
                    paired(binary, sample.labels, sample.value, number, sample.value)
                };
                Value::Vector(samples.into_iter().filter_map(each).collect())
            }
            (Value::Scalar(number), Value::Vector(samples)) => {
                let each = |sample: Sample| {
                    paired(binary, sample.labels, number, sample.value, sample.value)
                };
                Value::Vector(samples.into_iter().filter_map(each).collect())
            }
            (Value::Vector(left), Value::Vector(right)) => {
                Value::Vector(vectors(binary, left, right))
            }
        })
    }
}

fn fits(matcher: &Matcher, labels: &LabelValues) -> Result<bool, Unknown> {
    let value = labels.get(&matcher.label).map_or("", String::as_str);
    Ok(match matcher.operator {
        MatchOperator::Equal => value == matcher.value,
        MatchOperator::NotEqual => value != matcher.value,
        MatchOperator::Regex => pattern::matches(&matcher.value, value).ok_or(Unknown)?,
        MatchOperator::NotRegex => !pattern::matches(&matcher.value, value).ok_or(Unknown)?,
    })
}

fn shifted(shift: Shift, time: f64) -> Result<f64, Unknown> {
    match shift {
        Shift::None => Ok(time),
        Shift::Offset(seconds) => Ok(time - seconds),
        Shift::At => Err(Unknown),
    }
}

fn seconds(window: &Window) -> Result<f64, Unknown> {
    match window {
        Window::Fixed(length) => Ok(length.as_secs_f64()),
        Window::Variable(_) => Err(Unknown),
    }
}

/// The times within a range at which it is evaluated, from the oldest to the newest.
fn moments(time: f64, length: f64) -> impl Iterator<Item = f64> {
    let step = (length / MOST_POINTS / MINUTE).ceil().max(1.0) * MINUTE;
    let count = (length / step).floor();
    (0..=count as u32)
        .rev()
        .map(move |back| time - f64::from(back) * step)
}

fn mapped(samples: Vec<Sample>, by: impl Fn(f64) -> f64) -> Vec<Sample> {
    samples
        .into_iter()
        .map(|sample| Sample {
            value: by(sample.value),
            ..sample
        })
        .collect()
}

fn group(grouping: &Grouping, labels: &LabelValues) -> LabelValues {
    match grouping {
        Grouping::By(by) => matched(&Matching::On(by.clone()), labels),
        Grouping::Without(without) => matched(&Matching::Ignoring(without.clone()), labels),
    }
}

/// The labels that `absent` derives from its argument.
fn asked_for(argument: Option<&Expr>) -> LabelValues {
    let Some(Kind::Select(selector) | Kind::Range(selector, _)) =
        argument.map(|argument| &argument.bare().kind)
    else {
        return LabelValues::new();
    };
    let equal = selector
        .matchers
        .iter()
        .filter(|matcher| matcher.operator == MatchOperator::Equal);
    equal
        .filter(|matcher| matcher.label != "__name__")
        .map(|matcher| (matcher.label.clone(), matcher.value.clone()))
        .collect()
}
