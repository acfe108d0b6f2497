//! The series of one metric while rows arrive: one value for each label set, never more than allowed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::MeasureError;
use crate::kpi::Expected;
use crate::metric::{Desc, Series};

/// A label set: one value for each label name.
pub(super) type LabelSet = Box<[Arc<str>]>;

/// The label sets seen so far, and what is known of each.
pub(super) struct LabelSets<'k, T> {
    desc: &'k Desc,
    limit: usize,
    /// What was known before the run, in order of labels. It stays as it is: a row that speaks of it makes a copy.
    before: &'k [Series<T>],
    known: HashMap<LabelSet, T>,
    /// How many of `known` are not in `before`.
    new: usize,
}

impl<'k, T: Clone> LabelSets<'k, T> {
    pub(super) fn new(desc: &'k Desc, limit: usize) -> Self {
        Self::over(desc, limit, &[])
    }

    pub(super) fn over(desc: &'k Desc, limit: usize, before: &'k [Series<T>]) -> Self {
        Self { desc, limit, before, known: HashMap::new(), new: 0 }
    }

    /// Whether no row has spoken of any label set.
    pub(super) fn is_untouched(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether anything is known of a label set.
    pub(super) fn knows(&self, labels: &LabelSet) -> bool {
        self.known.contains_key(labels) || find(self.before, labels).is_some()
    }

    /// What is known of a label set, which begins as `new` when nothing is.
    pub(super) fn at(&mut self, labels: LabelSet, new: impl FnOnce() -> T) -> Result<&mut T, MeasureError> {
        let full = self.before.len() + self.new >= self.limit;
        match self.known.entry(labels) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => match find(self.before, entry.key()) {
                Some(known) => Ok(entry.insert(known.value.clone())),
                None if full => Err(too_many(self.desc, self.limit)),
                None => {
                    self.new += 1;
                    Ok(entry.insert(new()))
                }
            },
        }
    }

    /// Takes the only row of a label set.
    pub(super) fn only(&mut self, row: u64, labels: LabelSet, value: T, fix: &'static str) -> Result<(), MeasureError> {
        if let Some((labels, _)) = self.known.get_key_value(&labels) {
            let labels = shown(self.desc, labels);
            return Err(MeasureError::Duplicate { row, metric: self.desc.name.to_string(), labels, fix });
        }
        self.at(labels, || value).map(|_| ())
    }

    /// Adds `zero` for every combination of expected values that no row brought.
    /// Labels of which nothing is expected keep the values that were seen.
    pub(super) fn fill(&mut self, expected: &[Expected], zero: &T) -> Result<(), MeasureError> {
        if expected.is_empty() {
            return Ok(());
        }
        for seen in self.patterns(expected) {
            for labels in combinations(seen, expected) {
                if find(self.before, &labels).is_none() {
                    self.at(labels, || zero.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The label sets seen, with the expected labels emptied; one pattern alone when all labels are expected.
    fn patterns(&self, expected: &[Expected]) -> Vec<LabelSet> {
        let empty: Arc<str> = "".into();
        let is_expected = |label| expected.iter().any(|expected| expected.label == label);
        if (0..self.desc.labels.len()).all(is_expected) {
            return vec![vec![empty; self.desc.labels.len()].into()];
        }
        let blank = |labels: &LabelSet| -> LabelSet {
            let values = labels.iter().enumerate();
            values.map(|(at, value)| if is_expected(at) { empty.clone() } else { value.clone() }).collect()
        };
        let before = self.before.iter().map(|series| &series.labels);
        let mut patterns: Vec<_> = before.chain(self.known.keys()).map(blank).collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// The series, in order of their labels: two runs of the same graph give the same text.
    pub(super) fn into_series(mut self) -> Vec<Series<T>> {
        let mut series = Vec::with_capacity(self.before.len() + self.new);
        let unmoved = |known: &Series<T>| Series {
            // The labels' text stays shared, so that totals that are made anew each window cost little.
            labels: known.labels.clone(),
            value: self.known.remove(&known.labels).unwrap_or_else(|| known.value.clone()),
        };
        series.extend(self.before.iter().map(unmoved));
        series.extend(self.known.into_iter().map(|(labels, value)| Series { labels, value }));
        // This sort finds the run that is in order already.
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    }
}

fn find<'s, T>(series: &'s [Series<T>], labels: &LabelSet) -> Option<&'s Series<T>> {
    let at = series.binary_search_by(|known| known.labels.cmp(labels)).ok()?;
    series.get(at)
}

/// `seen` with every combination of the expected values put in.
fn combinations(seen: LabelSet, expected: &[Expected]) -> Vec<LabelSet> {
    let mut all = vec![seen];
    for Expected { label, values } in expected {
        let with = |labels: &LabelSet, value: &Arc<str>| {
            let mut labels = labels.clone();
            labels[*label] = value.clone();
            labels
        };
        all = all.iter().flat_map(|labels| values.iter().map(move |value| with(labels, value))).collect();
    }
    all
}

fn too_many(desc: &Desc, limit: usize) -> MeasureError {
    MeasureError::TooManySeries { metric: desc.name.to_string(), limit }
}

fn shown(desc: &Desc, labels: &[Arc<str>]) -> String {
    let pairs = desc.labels.iter().zip(labels).map(|(name, value)| format!("{name}={value:?}"));
    pairs.collect::<Vec<_>>().join(", ")
}
