//! The families that a pack must have, each with its oracle: what it must show, computed from the
//! world alone.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, Buckets, Labels};
use super::window::Window;
use super::world::{Text, Time, World};

/// Label values in the order of [`Family::labels`].
pub(crate) type Values = Vec<String>;

/// An event: when it ended, its label values, and what it adds to a counter or lets a histogram
/// observe.
pub(crate) type Event = (Time, Values, f64);

/// A family that a pack must have.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) labels: &'static [&'static str],
    pub(crate) oracle: Oracle,
    /// The label values of a counter or a histogram that are there before anything happened.
    pub(crate) zeros: &'static [&'static [&'static str]],
    /// A label of which all these values are there, if only as 0, wherever one of any value is.
    pub(crate) together: Option<(&'static str, &'static [&'static str])>,
    /// The oracle of a gauge gives moments in seconds from now, which the gauge gives in seconds
    /// since 1970.
    pub(crate) moments: bool,
}

/// The type of a family, and what it must show.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Oracle {
    Gauge(fn(&World) -> BTreeMap<Values, f64>),
    Info(fn(&World) -> BTreeSet<Values>),
    /// Every event that may count, whenever it was.
    Counter(fn(&World) -> Vec<Event>),
    /// The bounds, and every event that may be observed.
    Histogram(&'static [f64], fn(&World) -> Vec<Event>),
}

type Labelled = &'static [&'static str];

const fn family(name: &'static str, labels: Labelled, oracle: Oracle) -> Family {
    Family {
        name,
        labels,
        oracle,
        zeros: &[],
        together: None,
        moments: false,
    }
}

pub(crate) const fn gauge(
    name: &'static str,
    labels: Labelled,
    oracle: fn(&World) -> BTreeMap<Values, f64>,
) -> Family {
    family(name, labels, Oracle::Gauge(oracle))
}

pub(crate) const fn info(
    name: &'static str,
    labels: Labelled,
    oracle: fn(&World) -> BTreeSet<Values>,
) -> Family {
    family(name, labels, Oracle::Info(oracle))
}

pub(crate) const fn counter(
    name: &'static str,
    labels: Labelled,
    oracle: fn(&World) -> Vec<Event>,
) -> Family {
    family(name, labels, Oracle::Counter(oracle))
}

pub(crate) const fn histogram(
    name: &'static str,
    labels: Labelled,
    bounds: &'static [f64],
    oracle: fn(&World) -> Vec<Event>,
) -> Family {
    family(name, labels, Oracle::Histogram(bounds, oracle))
}

impl Family {
    /// The same, with series that are 0 before anything happened.
    pub(crate) const fn with_zeros(self, values: &'static [&'static [&'static str]]) -> Self {
        Self {
            zeros: values,
            ..self
        }
    }

    /// The same, with these values of a label at least 0 wherever there is one of any value.
    pub(crate) const fn together(
        self,
        label: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self {
            together: Some((label, values)),
            ..self
        }
    }

    /// The same, of moments.
    pub(crate) const fn of_moments(self) -> Self {
        Self {
            moments: true,
            ..self
        }
    }

    /// Its type as the text format has it.
    pub(crate) fn metric_type(&self) -> &'static str {
        match self.oracle {
            Oracle::Gauge(_) => "gauge",
            Oracle::Info(_) => "info",
            Oracle::Counter(_) => "counter",
            Oracle::Histogram(..) => "histogram",
        }
    }

    /// Its bounds, when it is a histogram.
    pub(crate) fn bounds(&self) -> &'static [f64] {
        match self.oracle {
            Oracle::Histogram(bounds, _) => bounds,
            Oracle::Gauge(_) | Oracle::Info(_) | Oracle::Counter(_) => &[],
        }
    }

    /// What it must show of `world`: events only when they lie in `window`.
    pub(crate) fn expected(&self, world: &World, window: Window) -> Answer {
        let named = |values: Values| self.named(values);
        match self.oracle {
            Oracle::Gauge(oracle) => Answer::Plain(
                oracle(world)
                    .into_iter()
                    .map(|(values, value)| (named(values), value))
                    .collect(),
            ),
            Oracle::Info(oracle) => Answer::Info(oracle(world).into_iter().map(named).collect()),
            Oracle::Counter(oracle) => {
                let mut totals = BTreeMap::new();
                let events = self.events(oracle(world), window).into_iter();
                events.for_each(|(labels, value)| {
                    *totals.entry(labels).or_default() += value.unwrap_or(0.0)
                });
                Answer::Plain(totals)
            }
            Oracle::Histogram(bounds, oracle) => {
                let mut series = BTreeMap::<Labels, Vec<f64>>::new();
                let events = self.events(oracle(world), window).into_iter();
                events.for_each(|(labels, value)| series.entry(labels).or_default().extend(value));
                let buckets =
                    |(labels, values): (Labels, Vec<f64>)| (labels, buckets(bounds, &values));
                Answer::Histogram {
                    bounds: bounds.to_vec(),
                    series: series.into_iter().map(buckets).collect(),
                }
            }
        }
    }

    /// The events in the window, and the series that are there without one.
    fn events(&self, all: Vec<Event>, window: Window) -> Vec<(Labels, Option<f64>)> {
        let own = all.into_iter().filter(|(time, ..)| window.holds(*time));
        let own: Vec<_> = own
            .map(|(_, values, value)| (self.named(values), Some(value)))
            .collect();
        let mut events = self.before_anything();
        for (label, value) in self
            .together
            .iter()
            .flat_map(|(label, values)| values.iter().map(move |v| (label, v)))
        {
            let other = |(labels, _): &(Labels, _)| {
                let mut labels = labels.clone();
                labels.insert((*label).to_owned(), (*value).to_owned());
                (labels, None)
            };
            events.extend(own.iter().map(other));
        }
        events.extend(own);
        events
    }

    fn before_anything(&self) -> Vec<(Labels, Option<f64>)> {
        let values = self
            .zeros
            .iter()
            .map(|values| values.iter().map(|value| (*value).to_owned()).collect());
        // The one series of a family without labels is known.
        let only = self.labels.is_empty().then(Values::new);
        values
            .chain(only)
            .map(|values| (self.named(values), None))
            .collect()
    }

    fn named(&self, values: Values) -> Labels {
        assert_eq!(
            values.len(),
            self.labels.len(),
            "{}: the oracle gives other labels",
            self.name
        );
        self.labels
            .iter()
            .map(|label| (*label).to_owned())
            .zip(values)
            .collect()
    }
}

/// How many values lie in each bucket, by looking at each bucket's two ends.
fn buckets(bounds: &[f64], values: &[f64]) -> Buckets {
    // What cannot be negative and is, is no value.
    let may_be_negative = bounds.iter().any(|bound| *bound < 0.0);
    let values: Vec<_> = values
        .iter()
        .copied()
        .filter(|value| may_be_negative || *value >= 0.0)
        .collect();
    let within = |above: f64, bound: f64| {
        values
            .iter()
            .filter(|value| **value > above && **value <= bound)
            .count() as u64
    };
    let below = std::iter::once(f64::NEG_INFINITY).chain(bounds.iter().copied());
    let counts = below
        .zip(bounds.iter().copied().chain([f64::INFINITY]))
        .map(|(above, bound)| within(above, bound));
    // A sum that may fall is none.
    Buckets {
        counts: counts.collect(),
        sum: (!may_be_negative).then(|| values.iter().sum()),
    }
}

/// A label value as every query must show it.
pub(crate) fn label(text: &Text) -> String {
    text.clone().unwrap_or_else(|| "unknown".to_owned())
}

/// The average by label values.
pub(crate) fn averages(rows: impl IntoIterator<Item = (Values, f64)>) -> BTreeMap<Values, f64> {
    let mut all = BTreeMap::<Values, Vec<f64>>::new();
    rows.into_iter()
        .for_each(|(values, value)| all.entry(values).or_default().push(value));
    all.into_iter()
        .map(|(values, all)| (values, all.iter().sum::<f64>() / all.len() as f64))
        .collect()
}

/// How many there are, by label values.
pub(crate) fn counts(rows: impl IntoIterator<Item = Values>) -> BTreeMap<Values, f64> {
    let mut counts = BTreeMap::new();
    rows.into_iter()
        .for_each(|values| *counts.entry(values).or_default() += 1.0);
    counts
}
