//! A family that changes with runs and not with scrapes: kept as numbers, written and compressed once after a change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::exposition::{Format, PerFormat, Segment};
use crate::metric::{
    Constant, Desc, Family, Histogram, LabelName, LabelValues, MetricName, Part, Samples, Series,
    own,
};

/// One series for each label set that has been told of.
pub(super) struct Table<T> {
    desc: Arc<Desc>,
    /// How its series make a family.
    points: Box<dyn Fn(Vec<Series<T>>) -> Samples + Send + Sync>,
    kept: Mutex<Inner<T>>,
}

struct Inner<T> {
    series: BTreeMap<LabelValues, T>,
    /// Of the series as they are.
    written: PerFormat<Arc<Segment>>,
}

/// What an answer takes of a table, whatever it holds.
pub(super) trait EncodedFamily: Send + Sync {
    /// Its name.
    fn name(&self) -> &MetricName;

    /// The family as it is now.
    #[cfg(test)]
    fn family(&self) -> Family;

    /// The family as bytes.
    fn segment(&self, format: Format) -> Arc<Segment>;

    /// The family as bytes, where nothing has changed since they were made.
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

    /// Makes a series visible: 0, where nothing has been said of it.
    pub(super) fn show(&self, labels: &LabelValues) {
        self.update(labels, |value| value.copied().unwrap_or_default());
    }

    /// Counts.
    pub(super) fn add(&self, labels: &LabelValues, by: u64) {
        self.update(labels, |total| {
            total.copied().unwrap_or_default() + by as f64
        });
    }
}

impl Table<()> {
    /// Facts of the exporter's own; `name` lacks the prefix.
    pub(super) fn facts(name: &str, help: &str, facts: &[(&str, &str)]) -> Self {
        let (labels, values): (Vec<_>, Vec<_>) = facts.iter().copied().unzip();
        let table = Self::new(own_desc(name, help, &labels), Samples::Info);
        table.update(&values.into_iter().map(Arc::from).collect(), |_| ());
        table
    }
}

impl Table<Histogram> {
    /// Histograms over these bounds.
    pub(super) fn histograms(desc: Desc, bounds: &Arc<[f64]>) -> Self {
        let bounds = bounds.clone();
        Self::new(desc, move |series| Samples::Histogram {
            bounds: bounds.clone(),
            series,
        })
    }

    /// Counts an observation into one of `bounds`, which are those of the table.
    pub(super) fn observe(&self, labels: &LabelValues, bounds: &[f64], value: f64) {
        self.update(labels, |known| {
            let zero = || Histogram {
                counts: vec![0; bounds.len() + 1].into(),
                sum: Some(0.0),
            };
            let mut distribution = known.cloned().unwrap_or_else(zero);
            if value.is_finite() {
                distribution.counts[bounds.partition_point(|bound| *bound < value)] += 1;
                distribution.sum = distribution.sum.map(|sum| sum + value);
            }
            distribution
        });
    }
}

impl<T: Clone + PartialEq> Table<T> {
    fn new(desc: Desc, points: impl Fn(Vec<Series<T>>) -> Samples + Send + Sync + 'static) -> Self {
        let kept = Mutex::new(Inner {
            series: BTreeMap::new(),
            written: PerFormat::default(),
        });
        Self {
            desc: Arc::new(desc),
            points: Box::new(points),
            kept,
        }
    }

    fn update(&self, labels: &LabelValues, update: impl FnOnce(Option<&T>) -> T) {
        let mut kept = self.kept();
        let known = kept.series.get(labels);
        let value = update(known);
        if known != Some(&value) {
            kept.series.insert(labels.clone(), value);
            kept.written = PerFormat::default();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Inner<T>> {
        // Nothing is half done behind a poisoned lock: each change is one insertion.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn family_of(&self, series: &BTreeMap<LabelValues, T>) -> Family {
        let series = series.iter().map(|(labels, value)| Series {
            labels: labels.clone(),
            value: value.clone(),
        });
        let points = (self.points)(series.collect());
        let metric_type = points.metric_type();
        let parts = vec![Part {
            constant: Constant::default(),
            points: Arc::new(points),
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
        self.family_of(&self.kept().series)
    }

    fn segment(&self, format: Format) -> Arc<Segment> {
        // Who changes a value meanwhile waits for one family to be written, which is less than a millisecond.
        let kept = self.kept();
        let write = || Arc::new(Segment::encode(&[self.family_of(&kept.series)], format));
        kept.written.get_or_init(format, write).clone()
    }

    fn ready(&self, format: Format) -> Option<Arc<Segment>> {
        self.kept().written.get(format).cloned()
    }
}

fn own_desc(name: &str, help: &str, labels: &[&str]) -> Desc {
    Desc {
        name: MetricName::new(&format!("{}{name}", own::PREFIX)).expect("a legal name"),
        help: help.to_owned(),
        unit: unit(name),
        labels: labels
            .iter()
            .map(|label| LabelName::new(label).expect("a legal label"))
            .collect(),
    }
}

/// The unit that a name ends in.
pub(super) fn unit(name: &str) -> Option<String> {
    let name = name.strip_suffix("_total").unwrap_or(name);
    let (_, last) = name.rsplit_once('_')?;
    ["seconds", "bytes", "ms"]
        .contains(&last)
        .then(|| last.to_owned())
}
