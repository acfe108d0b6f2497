//! A family that changes with runs and not with scrapes: stored as numbers, encoded and compressed once after a change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::exposition::{Format, PerFormat, Segment};
use crate::metric::{
    Constant, Desc, Family, Histogram, LabelName, LabelValues, MetricName, Part, Samples, Series,
    own,
};

/// One series for each label set.
pub(super) struct Table<T> {
    desc: Arc<Desc>,
    /// Makes samples of the series.
    samples: Box<dyn Fn(Vec<Series<T>>) -> Samples + Send + Sync>,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    series: BTreeMap<LabelValues, T>,
    /// The encoded series.
    encoded: PerFormat<Arc<Segment>>,
}

/// A table as a scrape sees it, whatever its type.
pub(super) trait EncodedFamily: Send + Sync {
    /// The name of the family.
    fn name(&self) -> &MetricName;

    /// The current family.
    #[cfg(test)]
    fn family(&self) -> Family;

    /// The family as bytes.
    fn segment(&self, format: Format) -> Arc<Segment>;

    /// The family as bytes, if they exist since its last change.
    fn ready(&self, format: Format) -> Option<Arc<Segment>>;
}

impl Table<f64> {
    /// Gauges of the exporter's own; `name` lacks the prefix.
    pub(super) fn gauges(name: &str, help: &str, labels: &[&str]) -> Self {
        Self::new(own_desc(name, help, labels), Samples::Gauge)
    }

    /// Counters of the exporter's own; `name` lacks the prefix.
    pub(super) fn counters(name: &str, help: &str, labels: &[&str]) -> Self {
        Self::new(own_desc(name, help, labels), Samples::Counter)
    }

    /// Replaces a value.
    pub(super) fn set(&self, labels: &LabelValues, value: f64) {
        self.update(labels, |_| value);
    }

    /// Creates a series with 0 unless it exists.
    pub(super) fn create(&self, labels: &LabelValues) {
        self.update(labels, |value| value.copied().unwrap_or_default());
    }

    /// Adds to a counter.
    pub(super) fn add(&self, labels: &LabelValues, by: u64) {
        self.update(labels, |total| {
            total.copied().unwrap_or_default() + by as f64
        });
    }
}

impl Table<()> {
    /// An info metric of the exporter's own; `name` lacks the prefix.
    pub(super) fn info(name: &str, help: &str, labels: &[(&str, &str)]) -> Self {
        let (labels, values): (Vec<_>, Vec<_>) = labels.iter().copied().unzip();
        let table = Self::new(own_desc(name, help, &labels), Samples::Info);
        table.update(&values.into_iter().map(Arc::from).collect(), |_| ());
        table
    }
}

impl Table<Histogram> {
    /// Histograms with these bounds.
    pub(super) fn histograms(desc: Desc, bounds: &Arc<[f64]>) -> Self {
        let bounds = bounds.clone();
        Self::new(desc, move |series| Samples::Histogram {
            bounds: bounds.clone(),
            series,
        })
    }

    /// Observes a value; `bounds` are those of the table.
    pub(super) fn observe(&self, labels: &LabelValues, bounds: &[f64], value: f64) {
        self.update(labels, |known| {
            let zero = || Histogram {
                counts: vec![0; bounds.len() + 1].into(),
                sum: Some(0.0),
            };
            let mut histogram = known.cloned().unwrap_or_else(zero);
            if value.is_finite() {
                histogram.counts[bounds.partition_point(|bound| *bound < value)] += 1;
                histogram.sum = histogram.sum.map(|sum| sum + value);
            }
            histogram
        });
    }
}

impl<T: Clone + PartialEq> Table<T> {
    fn new(
        desc: Desc,
        samples: impl Fn(Vec<Series<T>>) -> Samples + Send + Sync + 'static,
    ) -> Self {
        let inner = Mutex::new(Inner {
            series: BTreeMap::new(),
            encoded: PerFormat::default(),
        });
        Self {
            desc: Arc::new(desc),
            samples: Box::new(samples),
            inner,
        }
    }

    fn update(&self, labels: &LabelValues, update: impl FnOnce(Option<&T>) -> T) {
        let mut inner = self.lock();
        let known = inner.series.get(labels);
        let value = update(known);
        if known != Some(&value) {
            inner.series.insert(labels.clone(), value);
            inner.encoded = PerFormat::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        // A poisoned lock is safe: each change is one insertion.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn family_of(&self, series: &BTreeMap<LabelValues, T>) -> Family {
        let series = series.iter().map(|(labels, value)| Series {
            labels: labels.clone(),
            value: value.clone(),
        });
        let samples = (self.samples)(series.collect());
        let metric_type = samples.metric_type();
        let parts = vec![Part {
            constant: Constant::default(),
            points: Arc::new(samples),
        }];
        Family {
            desc: self.desc.clone(),
            metric_type,
            parts,
        }
    }
}

impl<T: Clone + PartialEq + Send + Sync> EncodedFamily for Table<T> {
    fn name(&self) -> &MetricName {
        &self.desc.name
    }

    #[cfg(test)]
    fn family(&self) -> Family {
        self.family_of(&self.lock().series)
    }

    fn segment(&self, format: Format) -> Arc<Segment> {
        // A concurrent change waits until one family is encoded, which takes less than a millisecond.
        let inner = self.lock();
        let encode = || Arc::new(Segment::encode(&[self.family_of(&inner.series)], format));
        inner.encoded.get_or_init(format, encode).clone()
    }

    fn ready(&self, format: Format) -> Option<Arc<Segment>> {
        self.lock().encoded.get(format).cloned()
    }
}

fn own_desc(name: &str, help: &str, labels: &[&str]) -> Desc {
    Desc {
        name: MetricName::new(&format!("{}{name}", own::PREFIX)).expect("a valid name"),
        help: help.to_owned(),
        unit: unit(name),
        labels: labels
            .iter()
            .map(|label| LabelName::new(label).expect("a valid label name"))
            .collect(),
    }
}

/// The unit at the end of a name.
pub(super) fn unit(name: &str) -> Option<String> {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let (_, last) = name.rsplit_once('_')?;
    ["seconds", "bytes", "ms"]
        .contains(&last)
        .then(|| last.to_owned())
}
