//! The series of one metric while rows arrive: one value for each label set, never more than allowed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::MeasureError;
use crate::kpi::Expected;
use crate::metric::{Desc, LabelValues, Series};

/// A label set: one value for each label name.
pub(super) type LabelSet = LabelValues;

/// The label sets seen so far, and what is known of each.
pub(super) struct LabelSets<'k, T> {
    desc: &'k Desc,
    limit: usize,
    known: HashMap<LabelSet, T>,
}

impl<'k, T: Clone> LabelSets<'k, T> {
    pub(super) fn new(desc: &'k Desc, limit: usize) -> Self {
        Self { desc, limit, known: HashMap::new() }
    }

    /// What is known of a label set, which begins as `new` when this is its first row.
    pub(super) fn at(&mut self, labels: LabelSet, new: impl FnOnce() -> T) -> Result<&mut T, MeasureError> {
        let full = self.known.len() >= self.limit;
        match self.known.entry(labels) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(_) if full => Err(too_many(self.desc, self.limit)),
            Entry::Vacant(entry) => Ok(entry.insert(new())),
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
                if !self.known.contains_key(&labels) {
                    if self.known.len() >= self.limit {
                        return Err(too_many(self.desc, self.limit));
                    }
                    self.known.insert(labels, zero.clone());
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
        let mut patterns: Vec<_> = self.known.keys().map(blank).collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// The series, in order of their labels: two runs of the same graph give the same text.
    pub(super) fn into_series(self) -> Vec<Series<T>> {
        let mut series: Vec<_> = self.known.into_iter().map(|(labels, value)| Series { labels, value }).collect();
        series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        series
    }
}

/// `seen` with every combination of the expected values put in.
fn combinations(seen: LabelSet, expected: &[Expected]) -> Vec<LabelSet> {
    let mut all = vec![seen];
    for Expected { label, values } in expected {
        let with = |labels: &LabelSet, value: &Arc<str>| {
            let values = labels.iter().enumerate().map(|(at, seen)| if at == *label { value } else { seen });
            values.cloned().collect::<LabelSet>()
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
