//! Windows as tests ask them: adjacent ones, before each of which the events are written that it
//! can see.

use std::collections::BTreeMap;

use super::answer::{Answer, Buckets};
use super::world::{HOUR, Time};

/// From `since`, exclusive, to `until`, inclusive; both in seconds before now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) since: i64,
    pub(crate) until: i64,
}

impl Window {
    pub(crate) fn holds(self, time: Time) -> bool {
        time.ago()
            .is_some_and(|ago| ago < self.since && ago >= self.until)
    }
}

/// The ends of the windows that worlds are asked by, in seconds before now. Random worlds have many
/// events exactly there, so that one that is lost or seen twice is noticed; others lie before the
/// first window or in the future.
pub(crate) const EDGES: [i64; 4] = [50 * HOUR, 30 * HOUR, 10 * HOUR, 0];

/// Adjacent windows, the oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Windows(Vec<Window>);

impl Windows {
    /// The windows between [`EDGES`].
    pub(crate) fn new() -> Self {
        Self(
            EDGES
                .windows(2)
                .map(|pair| Window {
                    since: pair[0],
                    until: pair[1],
                })
                .collect(),
        )
    }

    pub(crate) fn all(&self) -> &[Window] {
        &self.0
    }

    /// All of them as one.
    pub(crate) fn whole(&self) -> Window {
        Window {
            since: EDGES[0],
            until: EDGES[EDGES.len() - 1],
        }
    }

    /// When what is so old is written: before the first window that may see it; what has no time
    /// before all of them.
    pub(crate) fn stage(&self, earliest: Option<i64>) -> usize {
        let Some(earliest) = earliest else { return 0 };
        self.0
            .iter()
            .position(|window| earliest >= window.until)
            .unwrap_or(self.0.len() - 1)
    }
}

/// Adds what one window brings to what earlier ones brought.
pub(crate) fn add(totals: &mut BTreeMap<String, Answer>, metric: &str, more: Answer) {
    let Some(total) = totals.get_mut(metric) else {
        totals.insert(metric.to_owned(), more);
        return;
    };
    match (total, more) {
        (Answer::Plain(total), Answer::Plain(more)) => {
            more.into_iter()
                .for_each(|(labels, value)| *total.entry(labels).or_default() += value);
        }
        (Answer::Histogram { series: total, .. }, Answer::Histogram { series: more, .. }) => {
            for (labels, more) in more {
                match total.get_mut(&labels) {
                    Some(total) => total.add(&more),
                    None => _ = total.insert(labels, more),
                }
            }
        }
        (total, more) => panic!("no totals: {total:?} and {more:?}"),
    }
}

impl Buckets {
    fn add(&mut self, more: &Self) {
        self.counts
            .iter_mut()
            .zip(&more.counts)
            .for_each(|(total, count)| *total += count);
        self.sum = self.sum.zip(more.sum).map(|(total, sum)| total + sum);
    }
}
