//! The series to try: metrics, labels, and values near the numbers of the expression.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::generate::unit::rounded;
use crate::kpi::vocabulary::{Known, Part, TARGET_LABELS, Vocabulary};
use promql::evaluate::{LabelValues, Series, Shape, pattern};
use promql::{Aggregator, Expr, Grouping, Kind, MatchOperator, Matching, Promql, Selector, Window};

/// The value of a label that no matcher restricts.
const ANY: &str = "example";

/// The target labels of the example series.
const TARGET: [(&str, &str); 2] = [("job", "cypher-exporter"), ("instance", "exporter:9687")];

/// The most candidates of one metric.
const MOST_WAYS: usize = 16;

/// The most series that a `count` is tested with.
const MOST_COPIES: f64 = 50.0;

/// Observations of a histogram per minute.
const OBSERVATIONS: f64 = 10.0;

/// What the candidates of an expression depend on.
pub(super) struct Candidates {
    sources: Vec<Source>,
    /// The numbers of the expression, thresholds first.
    numbers: Vec<f64>,
    /// The lengths of its ranges, in minutes.
    ranges: Vec<f64>,
    /// Whether it reads the past of gauges.
    has_past: bool,
    has_time: bool,
    /// Whether a missing series can make it true.
    has_absence: bool,
    /// How many series a `count` may be compared with.
    copies: usize,
}

/// A series, or the buckets of a histogram.
struct Source {
    name: String,
    labels: LabelValues,
    part: Part,
}

impl Candidates {
    /// `None` when a matcher cannot be evaluated.
    pub(super) fn of(promql: &Promql, vocabulary: &Vocabulary) -> Option<Self> {
        let selectors = promql.selectors();
        let named = named_labels(&promql.expr);
        let mut sources: Vec<Source> = Vec::new();
        for selector in &selectors {
            let known = vocabulary.selected(selector);
            let name = selector.metric()?.to_owned();
            let labels = example_labels(selector, known, &selectors, &named, vocabulary)?;
            let part = known.map_or(Part::Gauge, |known| known.part.clone());
            if !sources
                .iter()
                .any(|source| source.name == name && source.labels == labels)
            {
                sources.push(Source { name, labels, part });
            }
        }
        let mut candidates = Self {
            sources,
            numbers: Vec::new(),
            ranges: Vec::new(),
            has_past: false,
            has_time: false,
            has_absence: false,
            copies: 1,
        };
        candidates.read(&promql.expr);
        Some(candidates)
    }

    fn read(&mut self, expr: &Expr) {
        let (mut compared, mut others, mut counts) = (Vec::new(), Vec::new(), false);
        expr.walk(&mut |expr| match &expr.kind {
            Kind::Binary(binary) => {
                self.has_absence |= binary.operator.is_set();
                if binary.operator.is_comparison() {
                    compared.extend(
                        [&binary.left, &binary.right]
                            .into_iter()
                            .filter_map(|side| side.number()),
                    );
                }
            }
            Kind::Number(number) => others.push(*number),
            Kind::Range(_, Window::Fixed(length)) => self.ranges.push(length.as_secs_f64() / 60.0),
            Kind::Subquery(_) => self.has_past = true,
            Kind::Call(function, _) => {
                self.has_time |= function.name == "time";
                self.has_absence |= function.name.starts_with("absent");
                self.has_past |= function.name.ends_with("_over_time")
                    || ["delta", "deriv"].contains(&function.name);
            }
            Kind::Aggregate(aggregate) => counts |= aggregate.operator == Aggregator::Count,
            Kind::Select(selector) => self.has_past |= selector.shift != promql::Shift::None,
            Kind::Range(..) | Kind::Text(_) | Kind::Negative(_) | Kind::Parentheses(_) => {}
        });
        for number in compared.into_iter().chain(others) {
            if number.is_finite() && !self.numbers.contains(&number) {
                self.numbers.push(number);
            }
        }
        if counts {
            let most = self
                .numbers
                .iter()
                .copied()
                .fold(0.0, f64::max)
                .min(MOST_COPIES);
            self.copies = most as usize + 1;
        }
    }

    /// The seconds after which a timestamp can be as old as a number says; a number above `most` is not an age.
    pub(super) fn must_run_for(&self, most: f64) -> f64 {
        let ages = self
            .numbers
            .iter()
            .map(|number| 1.2 * number)
            .filter(|age| self.has_time && *age <= most);
        ages.fold(0.0, f64::max)
    }

    /// In minutes.
    pub(super) fn shortest_range(&self) -> f64 {
        self.ranges.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The candidates of each source; a value that changes does so at minute `step`.
    pub(super) fn choices(&self, step: u32) -> Vec<Vec<Vec<Series>>> {
        self.sources
            .iter()
            .map(|source| self.ways(source, step))
            .collect()
    }

    fn ways(&self, source: &Source, step: u32) -> Vec<Vec<Series>> {
        let one = |shape| Series {
            name: source.name.clone(),
            labels: source.labels.clone(),
            shape,
        };
        if let Part::Bucket { grows, bounds } = &source.part {
            return self.buckets(source, *grows, bounds);
        }
        let shapes = match source.part {
            Part::Counter => self.ramps().into_iter().chain(self.constants()).collect(),
            Part::Gauge | Part::Bucket { .. } => self.gauges(source, step),
        };
        let mut ways: Vec<Vec<Series>> = Vec::new();
        for shape in shapes {
            if !ways.iter().any(|way| way[0].shape == shape) {
                ways.push(vec![one(shape)]);
            }
        }
        if self.copies > 1 {
            ways.truncate(MOST_WAYS / 2);
            let several: Vec<_> = ways
                .iter()
                .map(|way| copies(&way[0], self.copies))
                .collect();
            ways.extend(several);
        }
        ways.truncate(MOST_WAYS);
        if self.has_absence {
            ways.push(vec![one(Shape::Absent)]);
        }
        ways
    }

    /// Values at, above and below each number, then others.
    fn constants(&self) -> Vec<Shape> {
        let around = self.numbers.iter().flat_map(|number| {
            let step = if number.fract() == 0.0 {
                1.0
            } else {
                rounded(number.abs() / 100.0)
            };
            [*number, rounded(number + step), rounded(number - step)]
        });
        let far = self
            .numbers
            .iter()
            .flat_map(|number| [rounded(number * 2.0), rounded(number / 2.0)]);
        around
            .chain(far)
            .chain([0.0, 1.0])
            .map(Shape::Constant)
            .collect()
    }

    fn gauges(&self, source: &Source, step: u32) -> Vec<Shape> {
        if source.name.ends_with("up") {
            return [0.0, 1.0].map(Shape::Constant).into();
        }
        let mut shapes = self.constants();
        if self.has_time && source.name.contains("timestamp") {
            // The oldest and the newest possible timestamp.
            shapes.splice(0..0, [Shape::Constant(0.0), Shape::Ramp(60.0)]);
        }
        if self.has_past {
            let falls_and_rises = [
                (1.0, 0.5),
                (1.0, 2.0),
                (100.0, 50.0),
                (100.0, 200.0),
                (1.0, 0.0),
                (0.0, 100.0),
            ];
            let steps = falls_and_rises.map(|(before, after)| Shape::Step {
                before,
                after,
                at: step,
            });
            shapes.truncate(MOST_WAYS - steps.len() - 1);
            shapes.extend(steps);
            shapes.push(Shape::Ramp(1.0));
        }
        shapes
    }

    /// Increments per minute with rates and increases clearly above or below each number.
    fn ramps(&self) -> Vec<Shape> {
        let mut steps = vec![1.0, 0.0];
        for number in self.numbers.iter().filter(|number| **number > 0.0) {
            let increases = self.ranges.iter().map(|range| number / range);
            for exactly in increases.chain([number * 60.0]) {
                steps.extend([rounded(exactly * 2.0), rounded(exactly / 2.0)]);
            }
        }
        steps.truncate(MOST_WAYS - 4);
        steps.into_iter().map(Shape::Ramp).collect()
    }

    /// All observations in one bucket, for each bucket; and no observations.
    fn buckets(&self, source: &Source, grows: bool, bounds: &Arc<[f64]>) -> Vec<Vec<Series>> {
        let les: Vec<_> = bounds
            .iter()
            .map(|bound| format!("{bound:?}"))
            .chain(["+Inf".to_owned()])
            .collect();
        let way = |first: usize| {
            let bucket = |(at, le): (usize, &String)| {
                let count = if at >= first { OBSERVATIONS } else { 0.0 };
                let mut labels = source.labels.clone();
                labels.insert("le".to_owned(), le.clone());
                let shape = if grows {
                    Shape::Ramp(count)
                } else {
                    Shape::Constant(count)
                };
                Series {
                    name: source.name.clone(),
                    labels,
                    shape,
                }
            };
            les.iter().enumerate().map(bucket).collect::<Vec<_>>()
        };
        // The highest buckets first, since most alerts watch those; `+Inf` and no observations come last.
        (0..bounds.len())
            .rev()
            .chain([bounds.len(), les.len()])
            .map(way)
            .collect()
    }
}

/// Copies of a series that differ in their first label that is not a target label.
fn copies(series: &Series, count: usize) -> Vec<Series> {
    let label = series
        .labels
        .keys()
        .find(|label| !TARGET_LABELS.contains(&label.as_str()));
    let label = label.map_or_else(|| TARGET[1].0.to_owned(), Clone::clone);
    let copy = |at: usize| {
        let mut copy = series.clone();
        if let Some(value) = copy.labels.get_mut(&label) {
            value.push_str(&format!("-{at}"));
        }
        copy
    };
    (1..=count).map(copy).collect()
}

/// The labels that the expression names.
fn named_labels(expr: &Expr) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    expr.walk(&mut |expr| match &expr.kind {
        Kind::Aggregate(aggregate) => {
            if let Grouping::By(by) = &aggregate.grouping {
                named.extend(by.iter().cloned());
            }
        }
        Kind::Binary(binary) => {
            if let Matching::On(on) = &binary.matching {
                named.extend(on.iter().cloned());
            }
        }
        Kind::Number(_)
        | Kind::Text(_)
        | Kind::Select(_)
        | Kind::Range(..)
        | Kind::Subquery(_)
        | Kind::Call(..)
        | Kind::Negative(_)
        | Kind::Parentheses(_) => {}
    });
    named
}

/// Values for all labels of a selector that fit its matchers.
fn example_labels(
    selector: &Selector,
    known: Option<&Known>,
    all: &[&Selector],
    named: &BTreeSet<String>,
    vocabulary: &Vocabulary,
) -> Option<LabelValues> {
    let asked = selector
        .matchers
        .iter()
        .map(|matcher| matcher.label.clone())
        .filter(|label| label != "__name__");
    let own = known.and_then(|known| known.labels.clone());
    let own = own.unwrap_or_else(|| {
        TARGET_LABELS
            .map(str::to_owned)
            .into_iter()
            .chain(named.iter().cloned())
            .collect()
    });
    let mut labels = LabelValues::new();
    for label in own.into_iter().chain(asked).filter(|label| label != "le") {
        let value =
            value_for(selector, &label).unwrap_or_else(|| free_value(&label, all, vocabulary));
        if !value.is_empty() {
            labels.insert(label, value);
        }
    }
    let fits = selector
        .matchers
        .iter()
        .filter(|matcher| !["__name__", "le"].contains(&matcher.label.as_str()));
    for matcher in fits {
        let value = labels.get(&matcher.label).map_or("", String::as_str);
        let fits = match matcher.operator {
            MatchOperator::Equal => value == matcher.value,
            MatchOperator::NotEqual => value != matcher.value,
            MatchOperator::Regex => pattern::matches(&matcher.value, value)?,
            MatchOperator::NotRegex => !pattern::matches(&matcher.value, value)?,
        };
        if !fits {
            return None;
        }
    }
    Some(labels)
}

/// The value that a matcher selects.
fn value_for(selector: &Selector, label: &str) -> Option<String> {
    selector
        .matchers
        .iter()
        .filter(|matcher| matcher.label == label)
        .find_map(|matcher| match matcher.operator {
            MatchOperator::Equal => Some(matcher.value.clone()),
            MatchOperator::Regex => pattern::example(&matcher.value),
            MatchOperator::NotEqual | MatchOperator::NotRegex => None,
        })
}

/// A value that no selector asks for, so that selectors which exclude values match: if possible, one known in advance.
fn free_value(label: &str, all: &[&Selector], vocabulary: &Vocabulary) -> String {
    if let Some((_, value)) = TARGET.iter().find(|(target, _)| *target == label) {
        return (*value).to_owned();
    }
    let asked: Vec<_> = all
        .iter()
        .filter_map(|selector| value_for(selector, label))
        .collect();
    let known = all
        .iter()
        .filter_map(|selector| vocabulary.selected(selector)?.expected.get(label))
        .flatten();
    let free = known
        .map(|value| value.to_string())
        .find(|value| !asked.contains(value));
    free.unwrap_or_else(|| {
        if label == "quantile" {
            "0.5".to_owned()
        } else {
            ANY.to_owned()
        }
    })
}
