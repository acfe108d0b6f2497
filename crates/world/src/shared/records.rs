//! The nodes of one system: their ids, their common properties, and their deletion when they are
//! old.

use std::collections::{BTreeMap, VecDeque};

use super::graph::{AGENT, JOB, SESSION, SWITCH, TASK};
use crate::edit::{Kind, Link};
use crate::recorder::{Recorder, text};
use crate::time::{DAY, WorkTime};
use cypher::Literal;

/// Nodes are deleted so many days after their end. Queries must count events before: at a speed of
/// 600 within seven minutes.
const RETENTION_DAYS: u32 = 3;

/// The nodes of a system, numbered per kind.
#[derive(Debug)]
pub(crate) struct Records {
    system: &'static str,
    numbers: BTreeMap<Kind, u64>,
    /// Ended nodes in order of time.
    ended: VecDeque<(WorkTime, Kind, u64)>,
}

impl Records {
    pub(crate) fn new(system: &'static str) -> Self {
        Self {
            system,
            numbers: BTreeMap::new(),
            ended: VecDeque::new(),
        }
    }

    /// The id of a node.
    pub(crate) fn id(&self, kind: Kind, number: u64) -> String {
        let what = match kind {
            JOB => "job",
            SWITCH => "switch",
            Kind { label, .. } => &label.to_lowercase(),
        };
        format!("{}-{what}-{number}", self.system)
    }

    /// The id of an agent, made from its name.
    pub(crate) fn agent(&self, name: &str) -> String {
        format!("{}-{name}", self.system)
    }

    /// Creates a node that runs until [`Records::end`]; returns its number.
    pub(crate) fn begin<'p>(
        &mut self,
        kind: Kind,
        group: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) -> u64 {
        let number = self.numbers.entry(kind).or_default();
        *number += 1;
        let number = *number;
        recorder.create(
            kind,
            self.common(self.id(kind, number), group)
                .into_iter()
                .chain(own),
        );
        number
    }

    /// Creates an event that ends now; returns its number.
    pub(crate) fn event<'p>(
        &mut self,
        kind: Kind,
        group: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) -> u64 {
        let ended = [(ended_at(kind), recorder.now())];
        let number = self.begin(kind, group, own.into_iter().chain(ended), recorder);
        self.ended.push_back((recorder.at, kind, number));
        number
    }

    /// Ends a running node.
    pub(crate) fn end<'p>(
        &mut self,
        kind: Kind,
        number: u64,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) {
        let ended = [(ended_at(kind), recorder.now())];
        self.change(kind, number, own.into_iter().chain(ended), recorder);
        self.ended.push_back((recorder.at, kind, number));
    }

    /// Sets some properties of a node.
    pub(crate) fn change<'p>(
        &self,
        kind: Kind,
        number: u64,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) {
        recorder.set(
            kind,
            [(kind.key, text(&self.id(kind, number)))]
                .into_iter()
                .chain(own),
        );
    }

    /// Creates an agent of the system.
    pub(crate) fn employ(&self, name: &str, recorder: &mut Recorder<'_>) {
        let own = [("name", text(name)), ("status", text("active"))];
        recorder.create(
            AGENT,
            self.common(self.agent(name), super::COMMON)
                .into_iter()
                .chain(own),
        );
    }

    /// Creates a relationship between two numbered nodes.
    pub(crate) fn link(&self, link: Link, from: u64, to: u64, recorder: &mut Recorder<'_>) {
        recorder.link(link, &self.id(link.from, from), &self.id(link.to, to));
    }

    /// Creates a relationship from an agent to a numbered node.
    pub(crate) fn link_agent(&self, link: Link, agent: &str, to: u64, recorder: &mut Recorder<'_>) {
        recorder.link(link, &self.agent(agent), &self.id(link.to, to));
    }

    /// Deletes nodes that ended long ago.
    pub(crate) fn sweep(&mut self, recorder: &mut Recorder<'_>) {
        let until = recorder.at - DAY * RETENTION_DAYS;
        let old = self.ended.iter().take_while(|(at, ..)| *at < until).count();
        let mut gone = BTreeMap::<Kind, Vec<String>>::new();
        for (_, kind, number) in self.ended.drain(..old).collect::<Vec<_>>() {
            gone.entry(kind).or_default().push(self.id(kind, number));
        }
        gone.into_iter()
            .for_each(|(kind, ids)| recorder.delete(kind, ids));
    }

    fn common(&self, id: String, group: &str) -> [(&'static str, Literal); 3] {
        [
            ("id", Literal::String(id)),
            ("system", text(self.system)),
            ("group_id", text(group)),
        ]
    }
}

/// The property with the end of a node.
fn ended_at(kind: Kind) -> &'static str {
    match kind {
        TASK | JOB => "finished_at",
        SESSION => "ended_at",
        Kind { .. } => "timestamp",
    }
}
