//! Which series there are, with which labels, and which labels an expression over them has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Kpi, Metric, Pack, Timing, ValueSpec};
use crate::metric::{LabelName, MetricType, own};
use promql::{
    Aggregate, Aggregator, Binary, Expr, Grouping, Kind, Many, MatchOperator, Matching, Selector,
};

/// What Prometheus puts on every series it scrapes.
pub const TARGET_LABELS: [&str; 2] = ["job", "instance"];

/// The label that distinguishes several graphs.
const GRAPH: &str = "graph";

/// Series that Prometheus makes itself of every target.
const OF_TARGETS: [&str; 5] = [
    "scrape_duration_seconds",
    "scrape_samples_post_metric_relabeling",
    "scrape_samples_scraped",
    "scrape_series_added",
    "up",
];

/// Every series that the exporter, the recording rules and Prometheus itself write.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    known: BTreeMap<String, Known>,
}

/// The series of one name.
#[derive(Clone, Debug)]
pub struct Known {
    /// All label names.
    pub labels: Labels,
    /// What its values are.
    pub part: Part,
    /// The unit of its values, in Prometheus' words, e.g. `seconds`.
    pub unit: Option<String>,
    /// How often its value can change; `None` for what changes with every scrape.
    pub interval: Option<Duration>,
    /// The label values that are known in advance.
    pub expected: BTreeMap<String, Vec<Arc<str>>>,
}

/// What the values of a series are.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A value that goes up and down.
    Gauge,
    /// A value that only grows.
    Counter,
    /// A cumulative bucket of a histogram; whether the buckets only grow, and their bounds.
    Bucket {
        /// Whether rates of it mean something.
        grows: bool,
        /// Without `+Inf`.
        bounds: Arc<[f64]>,
    },
}

/// Label names; `None` if they are unknown.
pub type Labels = Option<BTreeSet<String>>;

impl Vocabulary {
    /// Of these KPIs and packs; `const_labels` are labels that every series of a KPI carries besides its own.
    pub fn of(kpis: &[Arc<Kpi>], packs: &[Pack], const_labels: &[LabelName]) -> Self {
        let mut vocabulary = Self::default();
        for name in own::NAMES {
            vocabulary.own(name, const_labels);
        }
        for name in OF_TARGETS {
            vocabulary.add(name, labels([]), Part::Gauge, None);
        }
        for name in ["ALERTS", "ALERTS_FOR_STATE"] {
            vocabulary.known.insert(name.to_owned(), Known::any());
        }
        for kpi in kpis {
            for metric in &kpi.metrics {
                vocabulary.metric(kpi, metric, const_labels);
            }
        }
        for pack in packs {
            for timing in [&pack.query_latency, &pack.export_latency]
                .into_iter()
                .flatten()
            {
                vocabulary.timing(timing);
            }
        }
        vocabulary.records(packs);
        vocabulary
    }

    /// The series of that name.
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.known.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    fn own(&mut self, name: &str, const_labels: &[LabelName]) {
        let mut own_labels = labels(own::labels(name).iter().copied());
        if own_labels.contains("kpi") && const_labels.iter().any(|label| label.as_str() == GRAPH) {
            own_labels.insert(GRAPH.to_owned());
        }
        match own::metric_type(name) {
            MetricType::Counter => self.add(name, own_labels, Part::Counter, None),
            MetricType::Histogram => self.histogram(name, &own_labels, true, [].into(), None),
            MetricType::Gauge | MetricType::Info | MetricType::Summary | MetricType::StateSet => {
                self.add(name, own_labels, Part::Gauge, None);
            }
        }
    }

    fn metric(&mut self, kpi: &Kpi, metric: &Metric, const_labels: &[LabelName]) {
        let own = metric
            .desc
            .labels
            .iter()
            .chain(const_labels)
            .map(LabelName::as_str);
        let all = labels(own);
        let (name, interval) = (metric.desc.name.as_str(), Some(kpi.schedule.interval()));
        match &metric.shape {
            ValueSpec::Gauge { .. } | ValueSpec::Info => self.add(name, all, Part::Gauge, interval),
            ValueSpec::Counter { .. } => self.add(name, all, Part::Counter, interval),
            ValueSpec::Histogram { bounds, .. } => {
                let grows = kpi.mode != super::Mode::Snapshot;
                self.histogram(name, &all, grows, bounds.clone(), interval);
            }
            ValueSpec::Summary { .. } => {
                self.add(name, with(&all, "quantile"), Part::Gauge, interval);
                self.add(&format!("{name}_sum"), all.clone(), Part::Gauge, interval);
                self.add(&format!("{name}_count"), all, Part::Gauge, interval);
            }
            ValueSpec::StateSet { .. } => self.add(name, with(&all, name), Part::Gauge, interval),
        }
        self.describe(name, metric);
    }

    /// What is known of the metric besides its labels.
    fn describe(&mut self, name: &str, metric: &Metric) {
        let expected: BTreeMap<_, _> = metric
            .expected
            .iter()
            .filter_map(|expected| {
                let label = metric.desc.labels.get(expected.label)?;
                Some((label.as_str().to_owned(), expected.values.clone()))
            })
            .collect();
        for suffix in ["", "_bucket", "_sum", "_count"] {
            if let Some(known) = self.known.get_mut(&format!("{name}{suffix}")) {
                known.expected = expected.clone();
                if suffix != "_count" {
                    known.unit = metric.desc.unit.clone().or_else(|| known.unit.take());
                }
            }
        }
    }

    fn timing(&mut self, timing: &Timing) {
        let all = labels(timing.label.iter().map(LabelName::as_str));
        self.histogram(
            timing.name.as_str(),
            &all,
            true,
            timing.bounds.clone(),
            None,
        );
    }

    fn histogram(
        &mut self,
        name: &str,
        labels: &BTreeSet<String>,
        grows: bool,
        bounds: Arc<[f64]>,
        interval: Option<Duration>,
    ) {
        let unit = unit_of_name(name);
        let part = if grows { Part::Counter } else { Part::Gauge };
        self.add(
            &format!("{name}_bucket"),
            with(labels, "le"),
            Part::Bucket { grows, bounds },
            interval,
        );
        self.add(
            &format!("{name}_sum"),
            labels.clone(),
            part.clone(),
            interval,
        );
        self.add(&format!("{name}_count"), labels.clone(), part, interval);
        for suffix in ["_bucket", "_sum"] {
            if let Some(known) = self.known.get_mut(&format!("{name}{suffix}")) {
                known.unit.clone_from(&unit);
            }
        }
    }

    fn add(
        &mut self,
        name: &str,
        labels: BTreeSet<String>,
        part: Part,
        interval: Option<Duration>,
    ) {
        let known = Known {
            labels: Some(labels),
            part,
            unit: unit_of_name(name),
            interval,
            expected: BTreeMap::default(),
        };
        self.known.insert(name.to_owned(), known);
    }

    /// Recording rules may refer to each other, in any order.
    fn records(&mut self, packs: &[Pack]) {
        let rules: Vec<_> = packs.iter().flat_map(|pack| &pack.records).collect();
        for rule in &rules {
            self.known.insert(rule.record.clone(), Known::any());
        }
        for _ in &rules {
            for rule in &rules {
                let labels = self.labels(&rule.expr.expr);
                let interval = rule
                    .expr
                    .selectors()
                    .iter()
                    .filter_map(|selector| self.selected(selector)?.interval)
                    .max();
                if let Some(known) = self.known.get_mut(&rule.record) {
                    known.labels = labels;
                    known.interval = interval;
                }
            }
        }
    }

    /// What a selector selects, when it names a metric that is known.
    pub fn selected(&self, selector: &Selector) -> Option<&Known> {
        self.get(selector.metric()?)
    }

    /// The labels of the series that an expression evaluates to.
    pub fn labels(&self, expr: &Expr) -> Labels {
        match &expr.kind {
            Kind::Number(_) | Kind::Text(_) => Some(BTreeSet::new()),
            Kind::Select(selector) | Kind::Range(selector, _) => {
                let mut labels = self.selected(selector)?.labels.clone()?;
                labels.retain(|label| !asks_for_none(selector, label));
                Some(labels)
            }
            Kind::Subquery(subquery) => self.labels(&subquery.expr),
            Kind::Call(function, arguments) => self.of_call(function.name, arguments),
            Kind::Aggregate(aggregate) => self.of_aggregate(aggregate),
            Kind::Binary(binary) => self.of_binary(binary),
            Kind::Negative(inner) | Kind::Parentheses(inner) => self.labels(inner),
        }
    }

    fn of_call(&self, name: &str, arguments: &[Expr]) -> Labels {
        let text = |at: usize| {
            let Kind::Text(text) = &arguments.get(at)?.kind else {
                return None;
            };
            Some(text.clone())
        };
        match name {
            "time" | "pi" | "scalar" | "vector" => Some(BTreeSet::new()),
            "absent" | "absent_over_time" => {
                Some(arguments.first().map(of_absence).unwrap_or_default())
            }
            "histogram_quantile" => {
                let mut labels = self.labels(arguments.get(1)?)?;
                labels.remove("le");
                Some(labels)
            }
            "histogram_fraction" => self.labels(arguments.get(2)?),
            "quantile_over_time" => self.labels(arguments.get(1)?),
            "label_replace" | "label_join" => {
                let mut labels = self.labels(arguments.first()?)?;
                labels.insert(text(1)?);
                Some(labels)
            }
            _ => match arguments.first() {
                Some(first) => self.labels(first),
                // `hour()` and its like without an argument.
                None => Some(BTreeSet::new()),
            },
        }
    }

    fn of_aggregate(&self, aggregate: &Aggregate) -> Labels {
        let inner = self.labels(&aggregate.expr);
        if matches!(aggregate.operator, Aggregator::Topk | Aggregator::Bottomk) {
            return inner;
        }
        let mut labels = match &aggregate.grouping {
            Grouping::By(by) => {
                let by = by.iter().cloned().collect::<BTreeSet<_>>();
                inner.map_or(by.clone(), |inner| {
                    inner.intersection(&by).cloned().collect()
                })
            }
            Grouping::Without(without) => {
                let mut inner = inner?;
                inner.retain(|label| !without.contains(label));
                inner
            }
        };
        if let (Aggregator::CountValues, Some(Kind::Text(label))) = (
            aggregate.operator,
            aggregate
                .parameter
                .as_ref()
                .map(|parameter| &parameter.kind),
        ) {
            labels.insert(label.clone());
        }
        Some(labels)
    }

    fn of_binary(&self, binary: &Binary) -> Labels {
        let is_number = |side: &Expr| side.value_type() == promql::Type::Scalar;
        match (is_number(&binary.left), is_number(&binary.right)) {
            (true, _) => return self.labels(&binary.right),
            (_, true) => return self.labels(&binary.left),
            (false, false) => {}
        }
        let left = self.labels(&binary.left);
        if binary.operator == promql::Operator::Or {
            let mut labels = left?;
            labels.extend(self.labels(&binary.right)?);
            return Some(labels);
        }
        if binary.operator.is_set() {
            return left;
        }
        match &binary.many {
            Many::Left(taken) => {
                left.map(|labels| labels.into_iter().chain(taken.iter().cloned()).collect())
            }
            Many::Right(taken) => {
                let right = self.labels(&binary.right);
                right.map(|labels| labels.into_iter().chain(taken.iter().cloned()).collect())
            }
            Many::Neither => match &binary.matching {
                Matching::All => left,
                Matching::On(on) => {
                    let on = on.iter().cloned().collect::<BTreeSet<_>>();
                    left.map(|labels| labels.intersection(&on).cloned().collect())
                }
                Matching::Ignoring(ignored) => left.map(|labels| {
                    labels
                        .into_iter()
                        .filter(|label| !ignored.contains(label))
                        .collect()
                }),
            },
        }
    }
}

impl Known {
    /// Nothing is known but that it is there.
    fn any() -> Self {
        Self {
            labels: None,
            part: Part::Gauge,
            unit: None,
            interval: None,
            expected: BTreeMap::default(),
        }
    }
}

/// A metric's own labels and those of its target.
fn labels<'a>(own: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    own.into_iter()
        .chain(TARGET_LABELS)
        .map(str::to_owned)
        .collect()
}

fn with(labels: &BTreeSet<String>, one: &str) -> BTreeSet<String> {
    labels
        .iter()
        .map(String::as_str)
        .chain([one])
        .map(str::to_owned)
        .collect()
}

/// `label=""` selects series without it.
fn asks_for_none(selector: &Selector, label: &str) -> bool {
    let none = |operator, value: &str| operator == MatchOperator::Equal && value.is_empty();
    selector
        .matchers
        .iter()
        .any(|matcher| matcher.label == label && none(matcher.operator, &matcher.value))
}

/// What is absent has the labels that were asked for by `=`.
fn of_absence(argument: &Expr) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    if let Kind::Select(selector) | Kind::Range(selector, _) = &argument.bare().kind {
        let equal = selector
            .matchers
            .iter()
            .filter(|matcher| matcher.operator == MatchOperator::Equal);
        labels.extend(
            equal
                .map(|matcher| matcher.label.clone())
                .filter(|label| label != "__name__"),
        );
    }
    labels
}

/// The unit that a name ends in.
pub fn unit_of_name(name: &str) -> Option<String> {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let units = ["seconds", "ms", "bytes", "mb", "ratio", "percent", "usd"];
    units
        .into_iter()
        .find(|unit| name.ends_with(&format!("_{unit}")))
        .map(str::to_owned)
}
