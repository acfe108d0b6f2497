//! Records one happening of a system: its edits and its news.

use cypher::{Literal, UnixMillis};

use super::edit::{Edit, Kind, Link, Properties};
use super::time::{Clock, WorkTime};

/// Everything that happens at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// The moment, in real time.
    pub at: UnixMillis,
    /// The changes to the graph, to be written in one transaction.
    pub edits: Vec<Edit>,
    /// The story lines; most happenings have none.
    pub news: Vec<News>,
}

/// One story line of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// One sentence without a full stop.
    pub text: String,
    /// The metric that shows the change.
    pub metric: &'static str,
}

/// Builds a [`Happening`].
#[derive(Debug)]
pub(super) struct Recorder<'c> {
    clock: &'c Clock,
    /// The moment, in work time.
    pub(super) at: WorkTime,
    edits: Vec<Edit>,
    news: Vec<News>,
}

impl<'c> Recorder<'c> {
    pub(super) fn new(clock: &'c Clock, at: WorkTime) -> Self {
        Self {
            clock,
            at,
            edits: Vec::new(),
            news: Vec::new(),
        }
    }

    pub(super) fn happening(self) -> Happening {
        Happening {
            at: self.clock.stamp(self.at),
            edits: self.edits,
            news: self.news,
        }
    }

    /// Any moment as a property.
    pub(super) fn stamp(&self, at: WorkTime) -> Literal {
        Literal::DateTime(self.clock.stamp(at))
    }

    /// This moment as a property.
    pub(super) fn now(&self) -> Literal {
        self.stamp(self.at)
    }

    pub(super) fn create<'p>(
        &mut self,
        kind: Kind,
        properties: impl IntoIterator<Item = (&'p str, Literal)>,
    ) {
        self.edits.push(Edit::Create(kind, vec![named(properties)]));
    }

    pub(super) fn set<'p>(
        &mut self,
        kind: Kind,
        properties: impl IntoIterator<Item = (&'p str, Literal)>,
    ) {
        match self.edits.last_mut() {
            // Consecutive ones of a kind become one statement.
            Some(Edit::Set(last, nodes)) if *last == kind => nodes.push(named(properties)),
            _ => self.edits.push(Edit::Set(kind, vec![named(properties)])),
        }
    }

    pub(super) fn delete(&mut self, kind: Kind, keys: Vec<String>) {
        if !keys.is_empty() {
            self.edits.push(Edit::Delete(kind, keys));
        }
    }

    pub(super) fn link(&mut self, link: Link, from: &str, to: &str) {
        self.link_with(link, from, to, []);
    }

    pub(super) fn link_with<'p>(
        &mut self,
        link: Link,
        from: &str,
        to: &str,
        properties: impl IntoIterator<Item = (&'p str, Literal)>,
    ) {
        let ends = (from.to_owned(), to.to_owned());
        self.edits
            .push(Edit::Link(link, vec![(ends, named(properties))]));
    }

    pub(super) fn unlink(&mut self, link: Link, from: &str, to: &str) {
        self.edits
            .push(Edit::Unlink(link, vec![(from.to_owned(), to.to_owned())]));
    }

    /// Adds a story line and the metric that shows it.
    pub(super) fn report(&mut self, metric: &'static str, text: String) {
        self.news.push(News { text, metric });
    }
}

fn named<'p>(properties: impl IntoIterator<Item = (&'p str, Literal)>) -> Properties {
    properties
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A string as a property.
pub(super) fn text(text: &str) -> Literal {
    Literal::String(text.to_owned())
}

/// A ratio from 0 to 1 as a property, rounded to three places.
pub(super) fn share(share: f64) -> Literal {
    Literal::Float((share * 1000.0).round() / 1000.0)
}
