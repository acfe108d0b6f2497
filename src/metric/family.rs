//! A metric family: its description and its series, of one type throughout.

use std::sync::Arc;

use super::{LabelName, MetricName};

/// The types a KPI may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricType {
    /// A value that goes up and down.
    Gauge,
    /// A value that only grows; its name ends in `_total`.
    Counter,
    /// Observations counted in buckets.
    Histogram,
    /// Summary that the graph computed.
    Summary,
    /// Information in labels, with the value 1; its name ends in `_info`.
    Info,
    /// Exactly one of several states is true.
    StateSet,
}

impl MetricType {
    /// The word that KPI files and OpenMetrics use.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricType::Gauge => "gauge",
            MetricType::Counter => "counter",
            MetricType::Histogram => "histogram",
            MetricType::Summary => "summary",
            MetricType::Info => "info",
            MetricType::StateSet => "stateset",
        }
    }

    /// The suffix the name of such a family must end in.
    pub fn name_suffix(self) -> Option<&'static str> {
        match self {
            MetricType::Counter => Some("_total"),
            MetricType::Info => Some("_info"),
            MetricType::Gauge
            | MetricType::Histogram
            | MetricType::Summary
            | MetricType::StateSet => None,
        }
    }

    /// Whether it may have a unit; a parser rejects the whole text when an info metric or a state set has one.
    pub fn may_have_unit(self) -> bool {
        match self {
            MetricType::Gauge
            | MetricType::Counter
            | MetricType::Histogram
            | MetricType::Summary => true,
            MetricType::Info | MetricType::StateSet => false,
        }
    }

    /// The family's name in OpenMetrics: `name` without the suffix that the type requires.
    pub fn family_name(self, name: &str) -> &str {
        self.name_suffix()
            .and_then(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name)
    }

    /// The suffixes of the family's sample names in OpenMetrics; no other family may have such a name.
    pub fn reserved_suffixes(self) -> &'static [&'static str] {
        match self {
            MetricType::Counter => &["", "_total", "_created"],
            MetricType::Info => &["", "_info"],
            MetricType::Histogram => &["", "_bucket", "_sum", "_count", "_created"],
            MetricType::Summary => &["", "_sum", "_count", "_created"],
            MetricType::Gauge | MetricType::StateSet => &[""],
        }
    }
}

/// The description of a family, known before any query has run.
#[derive(Clone, Debug, PartialEq)]
pub struct Desc {
    /// The name as the text format shows it: a counter's ends in `_total`.
    pub name: MetricName,
    /// The HELP text; line breaks are escaped.
    pub help: String,
    /// The unit, which the name ends in (before `_total`).
    pub unit: Option<String>,
    /// The label names, in the order of [`Series::labels`].
    pub labels: Arc<[LabelName]>,
}

/// One value for each label name of a family, in the order of [`Desc::labels`]. Shared between readings, since labels
/// outlive the value of one run.
pub type LabelValues = Arc<[Arc<str>]>;

/// A label set and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Series<T> {
    /// One value for each label name of the family.
    pub labels: LabelValues,
    /// The value, by type.
    pub value: T,
}

/// One series of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Observations in each bucket, **not** cumulated: one for each bound, then one for `+Inf`.
    pub counts: Box<[u64]>,
    /// The sum of the observations; none where a bound is negative, since such a sum may decrease.
    pub sum: Option<f64>,
}

/// One series of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// One value for each quantile of the family.
    pub values: Box<[f64]>,
    /// The sum of all observations, where the query returns it.
    pub sum: Option<f64>,
    /// The number of observations, where the query returns it.
    pub count: Option<u64>,
}

/// The series of a family, all of one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Gauges.
    Gauge(Vec<Series<f64>>),
    /// Counters.
    Counter(Vec<Series<f64>>),
    /// Histograms over the same bounds, strictly rising, without `+Inf`.
    Histogram {
        /// Upper bounds, inclusive.
        bounds: Arc<[f64]>,
        /// The histograms.
        series: Vec<Series<Histogram>>,
    },
    /// Summaries with the same quantiles, 0 to 1.
    Summary {
        /// The quantiles, rising.
        quantiles: Arc<[f64]>,
        /// The summaries.
        series: Vec<Series<Summary>>,
    },
    /// Info metrics, which only have labels.
    Info(Vec<Series<()>>),
    /// State sets over the same states.
    StateSet {
        /// All states.
        states: Arc<[Arc<str>]>,
        /// The index of the true state of each series.
        series: Vec<Series<usize>>,
    },
}

impl Samples {
    /// Their type.
    pub fn metric_type(&self) -> MetricType {
        match self {
            Samples::Gauge(_) => MetricType::Gauge,
            Samples::Counter(_) => MetricType::Counter,
            Samples::Histogram { .. } => MetricType::Histogram,
            Samples::Summary { .. } => MetricType::Summary,
            Samples::Info(_) => MetricType::Info,
            Samples::StateSet { .. } => MetricType::StateSet,
        }
    }

    /// The number of series.
    pub fn len(&self) -> usize {
        match self {
            Samples::Gauge(series) | Samples::Counter(series) => series.len(),
            Samples::Histogram { series, .. } => series.len(),
            Samples::Summary { series, .. } => series.len(),
            Samples::Info(series) => series.len(),
            Samples::StateSet { series, .. } => series.len(),
        }
    }

    /// The labels of each series.
    pub fn label_values(&self) -> Box<dyn Iterator<Item = &LabelValues> + '_> {
        match self {
            Samples::Gauge(series) | Samples::Counter(series) => labels_of(series),
            Samples::Histogram { series, .. } => labels_of(series),
            Samples::Summary { series, .. } => labels_of(series),
            Samples::Info(series) => labels_of(series),
            Samples::StateSet { series, .. } => labels_of(series),
        }
    }

    /// Whether there are no series.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn labels_of<T>(series: &[Series<T>]) -> Box<dyn Iterator<Item = &LabelValues> + '_> {
    Box::new(series.iter().map(|series| &series.labels))
}

/// Labels that every series of a part has: `graph`, and those of the settings.
pub type Constant = Arc<[(LabelName, Arc<str>)]>;

/// The series of a family from one graph.
#[derive(Clone, Debug)]
pub struct Part {
    /// Written before the labels of the series.
    pub constant: Constant,
    /// The series.
    pub points: Arc<Samples>,
}

/// A complete family: one description, and a part for each graph, all of one type.
#[derive(Clone, Debug)]
pub struct Family {
    /// What it is.
    pub desc: Arc<Desc>,
    /// The type; that of all its parts.
    pub metric_type: MetricType,
    /// Its series.
    pub parts: Vec<Part>,
}
