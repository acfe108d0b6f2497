//! Collects the series of one metric as rows arrive: one value for each label set, up to `max_series`.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashSet, HashTable};

use super::MeasureError;
use super::row_labels::RowLabels;
use crate::kpi::Expected;
use crate::metric::{Desc, LabelValues, Samples, Series};

/// Label values that are shared between label sets; frequent ones appear among the first.
const SHARED_TEXTS: usize = 10_000;

/// The label sets so far and their values.
pub(super) struct LabelSets<'k, T> {
    desc: &'k Desc,
    limit: usize,
    /// The totals before a window, sorted by labels. A row that changes one copies it.
    before: &'k [Series<T>],
    /// The label sets of the last run, sorted by labels, then new ones in order of arrival; with a value if they have a row.
    sets: Vec<(LabelValues, Option<T>)>,
    /// The number of label sets of the last run.
    last: usize,
    /// The number of label sets with a value.
    valued: usize,
    /// The number of these that are copies of a total in `before`.
    carried: usize,
    /// The index of each in `sets`.
    places: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// Label values of new sets: most occur in many of them.
    texts: HashSet<Arc<str>>,
}

/// A label set, either owned or in a row.
pub(super) trait Labels {
    fn values(&self) -> impl Iterator<Item = &str>;

    /// The owned label set, with values shared with other sets.
    fn owned(&self, texts: &mut HashSet<Arc<str>>) -> LabelValues;
}

impl Labels for LabelValues {
    fn values(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|value| &**value)
    }

    fn owned(&self, _: &mut HashSet<Arc<str>>) -> LabelValues {
        self.clone()
    }
}

impl Labels for RowLabels {
    fn values(&self) -> impl Iterator<Item = &str> {
        RowLabels::values(self)
    }

    fn owned(&self, texts: &mut HashSet<Arc<str>>) -> LabelValues {
        self.values().map(|value| shared(value, texts)).collect()
    }
}

fn shared(text: &str, texts: &mut HashSet<Arc<str>>) -> Arc<str> {
    if let Some(known) = texts.get(text) {
        return known.clone();
    }
    let new: Arc<str> = text.into();
    if texts.len() < SHARED_TEXTS {
        texts.insert(new.clone());
    }
    new
}

impl<'k, T: Clone> LabelSets<'k, T> {
    pub(super) fn new(desc: &'k Desc, limit: usize) -> Self {
        Self::after(desc, limit, None)
    }

    /// With the label sets of the last run: those that come again need not be allocated, compared or sorted again.
    pub(super) fn after(desc: &'k Desc, limit: usize, last: Option<&Samples>) -> Self {
        let labels = last.into_iter().flat_map(Samples::label_values);
        let sets: Vec<_> = labels.map(|labels| (labels.clone(), None)).collect();
        let (hasher, mut places) = (
            DefaultHashBuilder::default(),
            HashTable::with_capacity(sets.len()),
        );
        for (place, (labels, _)) in sets.iter().enumerate() {
            places.insert_unique(hash(&hasher, labels), place, |place| {
                hash(&hasher, &sets[*place].0)
            });
        }
        let (last, texts) = (sets.len(), HashSet::new());
        Self {
            desc,
            limit,
            before: &[],
            sets,
            last,
            valued: 0,
            carried: 0,
            places,
            hasher,
            texts,
        }
    }

    /// With totals, sorted by labels, that rows are added to.
    pub(super) fn over(desc: &'k Desc, limit: usize, before: &'k [Series<T>]) -> Self {
        Self {
            before,
            ..Self::new(desc, limit)
        }
    }

    /// Whether no row has set a value.
    pub(super) fn is_untouched(&self) -> bool {
        self.valued == 0
    }

    /// Whether a label set has a value.
    pub(super) fn contains(&self, labels: &impl Labels) -> bool {
        let known = self
            .find(labels)
            .is_some_and(|place| self.sets[place].1.is_some());
        known || total(self.before, labels).is_some()
    }

    /// The value of a label set, which starts as `new` with its first row.
    pub(super) fn entry(
        &mut self,
        labels: &impl Labels,
        new: impl FnOnce() -> T,
    ) -> Result<&mut T, MeasureError> {
        let place = self.place(labels)?;
        if self.sets[place].1.is_none() {
            self.check_limit()?;
            self.valued += 1;
        }
        Ok(self.sets[place].1.get_or_insert_with(new))
    }

    /// Inserts the only row of a label set.
    pub(super) fn insert(
        &mut self,
        row: u64,
        labels: &impl Labels,
        value: T,
        fix: &'static str,
    ) -> Result<(), MeasureError> {
        let before = self.valued;
        self.entry(labels, || value)?;
        if self.valued == before {
            let labels = shown(self.desc, labels);
            return Err(MeasureError::Duplicate {
                row,
                metric: self.desc.name.to_string(),
                labels,
                fix,
            });
        }
        Ok(())
    }

    /// The index of a label set; a new one is appended.
    fn place(&mut self, labels: &impl Labels) -> Result<usize, MeasureError> {
        if let Some(place) = self.find(labels) {
            return Ok(place);
        }
        let set = match total(self.before, labels) {
            Some(known) => {
                self.valued += 1;
                self.carried += 1;
                (known.labels.clone(), Some(known.value.clone()))
            }
            None => {
                self.check_limit()?;
                (labels.owned(&mut self.texts), None)
            }
        };
        let place = self.sets.len();
        self.sets.push(set);
        let (sets, hasher) = (&self.sets, &self.hasher);
        self.places
            .insert_unique(hash(hasher, labels), place, |place| {
                hash(hasher, &sets[*place].0)
            });
        Ok(place)
    }

    fn find(&self, labels: &impl Labels) -> Option<usize> {
        let is = |place: &usize| self.sets[*place].0.values().eq(labels.values());
        self.places.find(hash(&self.hasher, labels), is).copied()
    }

    /// Fails if there is no room for one more series.
    fn check_limit(&self) -> Result<(), MeasureError> {
        if self.series() < self.limit {
            Ok(())
        } else {
            Err(too_many(self.desc, self.limit))
        }
    }

    /// The number of series.
    fn series(&self) -> usize {
        self.before.len() + self.valued - self.carried
    }

    /// Adds `zero` for every combination of expected values without a row.
    /// Labels without expected values keep the values that were seen.
    pub(super) fn fill(&mut self, expected: &[Expected], zero: &T) -> Result<(), MeasureError> {
        for seen in self.patterns(expected) {
            for labels in combinations(seen, expected) {
                if total(self.before, &labels).is_none() {
                    self.entry(&labels, || zero.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The label sets seen, with the expected labels emptied; a single pattern if all labels are expected.
    fn patterns(&self, expected: &[Expected]) -> Vec<LabelValues> {
        let empty: Arc<str> = "".into();
        let is_expected = |label| expected.iter().any(|expected| expected.label == label);
        if (0..self.desc.labels.len()).all(is_expected) {
            return vec![vec![empty; self.desc.labels.len()].into()];
        }
        let blank = |labels: &LabelValues| -> LabelValues {
            let values = labels.iter().enumerate();
            values
                .map(|(at, value)| {
                    if is_expected(at) {
                        empty.clone()
                    } else {
                        value.clone()
                    }
                })
                .collect()
        };
        let seen = self.sets.iter().filter(|(_, value)| value.is_some());
        let before = self.before.iter().map(|series| &series.labels);
        let mut patterns: Vec<_> = before
            .chain(seen.map(|(labels, _)| labels))
            .map(blank)
            .collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }

    /// The series, sorted by labels: two runs over the same graph give the same text.
    pub(super) fn into_series(self) -> Vec<Series<T>> {
        let in_order = self.before.is_empty() && self.sets.len() == self.last;
        let mut series = Vec::with_capacity(self.series());
        series.extend(
            self.before
                .iter()
                .filter(|total| self.find(&total.labels).is_none())
                .cloned(),
        );
        series.extend(self.sets.into_iter().filter_map(|(labels, value)| {
            Some(Series {
                labels,
                value: value?,
            })
        }));
        if !in_order {
            // The sort is fast for the part that is sorted already.
            series.sort_by(|a, b| a.labels.cmp(&b.labels));
        }
        series
    }
}

fn total<'s, T>(totals: &'s [Series<T>], labels: &impl Labels) -> Option<&'s Series<T>> {
    let at = totals
        .binary_search_by(|total| total.labels.values().cmp(labels.values()))
        .ok()?;
    totals.get(at)
}

fn hash(hasher: &DefaultHashBuilder, labels: &impl Labels) -> u64 {
    let mut state = hasher.build_hasher();
    for value in labels.values() {
        state.write(value.as_bytes());
        // UTF-8 never contains this byte, so `a`, `bc` and `ab`, `c` differ.
        state.write_u8(0xff);
    }
    state.finish()
}

/// `seen` with every combination of the expected values.
fn combinations(seen: LabelValues, expected: &[Expected]) -> Vec<LabelValues> {
    let mut all = vec![seen];
    for Expected { label, values } in expected {
        let with = |labels: &LabelValues, value: &Arc<str>| {
            let values = labels
                .iter()
                .enumerate()
                .map(|(at, seen)| if at == *label { value } else { seen });
            values.cloned().collect::<LabelValues>()
        };
        all = all
            .iter()
            .flat_map(|labels| values.iter().map(move |value| with(labels, value)))
            .collect();
    }
    all
}

fn too_many(desc: &Desc, limit: usize) -> MeasureError {
    MeasureError::TooManySeries {
        metric: desc.name.to_string(),
        limit,
    }
}

fn shown(desc: &Desc, labels: &impl Labels) -> String {
    let pairs = desc
        .labels
        .iter()
        .zip(labels.values())
        .map(|(name, value)| format!("{name}={value:?}"));
    pairs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::metric::{LabelName, MetricName};

    const LIMIT: usize = 4;

    fn desc() -> Desc {
        Desc {
            name: MetricName::new("m").unwrap(),
            help: String::new(),
            unit: None,
            labels: ["a", "b"].map(|name| LabelName::new(name).unwrap()).into(),
        }
    }

    fn labels(a: &str, b: &str) -> LabelValues {
        [a.into(), b.into()].into()
    }

    type Rows = Vec<(&'static str, &'static str, u8)>;

    fn answer() -> impl Strategy<Value = Rows> {
        // Values that are equal when concatenated, and enough sets to exceed the limit.
        let text = || prop::sample::select(vec!["", "x", "xy", "y"]);
        prop::collection::vec((text(), text(), any::<u8>()), 0..8)
    }

    /// The last value of each label set; none if there are too many sets.
    fn measured(last: Option<&Samples>, rows: &Rows) -> Option<Vec<Series<f64>>> {
        let desc = desc();
        let mut sets = LabelSets::after(&desc, LIMIT, last);
        for (a, b, value) in rows {
            *sets.entry(&labels(a, b), || 0.0).ok()? = f64::from(*value);
        }
        Some(sets.into_series())
    }

    proptest! {
        #[test]
        fn label_sets_of_the_last_run_do_not_change_the_result(first: bool, last in answer(), rows in answer()) {
            let last = measured(None, &last).filter(|_| !first).map(Samples::Gauge);
            let expected: BTreeMap<_, _> = rows.iter().map(|(a, b, value)| ((*a, *b), f64::from(*value))).collect();
            let expected = expected.into_iter().map(|((a, b), value)| Series { labels: labels(a, b), value });
            let expected: Vec<_> = expected.collect();
            let series = measured(last.as_ref(), &rows);
            prop_assert_eq!(series.clone(), (expected.len() <= LIMIT).then_some(expected));
            // Label sets that came again are shared.
            let known: BTreeMap<_, _> = last.iter().flat_map(Samples::label_values).map(|set| (set.clone(), set)).collect();
            for Series { labels, .. } in series.iter().flatten() {
                prop_assert!(known.get(labels).is_none_or(|before| Arc::ptr_eq(before, labels)));
            }
        }
    }

    #[test]
    fn new_sets_share_their_values() {
        let desc = desc();
        let mut sets = LabelSets::new(&desc, 10);
        let mut row = RowLabels::default();
        for b in ["1", "2", "3"] {
            let cells = ["same", b].map(|text| cypher::Value::String(text.into()));
            let column = Arc::from("c");
            row.read(cells.iter().map(|value| super::super::value::Cell {
                value,
                column: &column,
                row: 1,
            }))
            .unwrap();
            sets.insert(1, &row, 0.0, "").unwrap();
        }
        let texts: BTreeSet<_> = sets
            .into_series()
            .iter()
            .map(|series| series.labels[0].as_ptr())
            .collect();
        assert_eq!(texts.len(), 1);
    }
}
