//! Where a setting comes from.

use std::ops::Range;

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// The config file.
    File(Spans),
    /// An environment variable.
    Variable(String),
}

/// A key and its value, in bytes of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans {
    pub(super) key: Range<usize>,
    /// For an item of an array, that item.
    pub(super) value: Range<usize>,
}

impl Spans {
    /// As the origin of a value, which the crate `config` keeps as text.
    pub(super) fn to_text(&self) -> String {
        let Self { key, value } = self;
        format!("{} {} {} {}", key.start, key.end, value.start, value.end)
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let numbers: Vec<usize> = text.split(' ').filter_map(|n| n.parse().ok()).collect();
        let [a, b, c, d] = numbers[..] else {
            return None;
        };
        Some(Self {
            key: a..b,
            value: c..d,
        })
    }

    fn order(&self) -> [usize; 4] {
        [
            self.value.start,
            self.key.start,
            self.value.end,
            self.key.end,
        ]
    }
}

impl PartialOrd for Spans {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Spans {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}
