//! The nodes of one system: their ids, the properties that all have, and how they go when they are old.

use std::collections::{BTreeMap, VecDeque};

use super::graph::{AGENT, JOB, SESSION, SWITCH, TASK};
use crate::edit::{Kind, Link};
use crate::page::{Page, text};
use crate::time::{DAY, WorkTime};
use cypher::Literal;

/// After so many days what has ended goes. Whoever counts events must come sooner: at a speed of 600 within seven minutes.
const KEPT_DAYS: u32 = 3;

/// What is known of the nodes of a system, each of which has a number among those of its kind.
#[derive(Debug)]
pub(crate) struct Records {
    system: &'static str,
    numbers: BTreeMap<Kind, u64>,
    /// What has ended, in order of time.
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

    /// The id of an agent, which has a name instead of a number.
    pub(crate) fn agent(&self, name: &str) -> String {
        format!("{}-{name}", self.system)
    }

    /// A node that stays until it ends; its number.
    pub(crate) fn begin<'p>(
        &mut self,
        kind: Kind,
        group: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        page: &mut Page<'_>,
    ) -> u64 {
        let number = self.numbers.entry(kind).or_default();
        *number += 1;
        let number = *number;
        page.create(
            kind,
            self.common(self.id(kind, number), group)
                .into_iter()
                .chain(own),
        );
        number
    }

    /// An event that ended now; its number.
    pub(crate) fn event<'p>(
        &mut self,
        kind: Kind,
        group: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        page: &mut Page<'_>,
    ) -> u64 {
        let ended = [(ended_at(kind), page.now())];
        let number = self.begin(kind, group, own.into_iter().chain(ended), page);
        self.ended.push_back((page.at, kind, number));
        number
    }

    /// What began ends now.
    pub(crate) fn end<'p>(
        &mut self,
        kind: Kind,
        number: u64,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        page: &mut Page<'_>,
    ) {
        let ended = [(ended_at(kind), page.now())];
        self.change(kind, number, own.into_iter().chain(ended), page);
        self.ended.push_back((page.at, kind, number));
    }

    /// Some properties of a node are new.
    pub(crate) fn change<'p>(
        &self,
        kind: Kind,
        number: u64,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        page: &mut Page<'_>,
    ) {
        page.set(
            kind,
            [(kind.key, text(&self.id(kind, number)))]
                .into_iter()
                .chain(own),
        );
    }

    /// One of the agents of the system, who stays.
    pub(crate) fn employ(&self, name: &str, page: &mut Page<'_>) {
        let own = [("name", text(name)), ("status", text("active"))];
        page.create(
            AGENT,
            self.common(self.agent(name), super::COMMON)
                .into_iter()
                .chain(own),
        );
    }

    /// A relationship between two nodes that have numbers.
    pub(crate) fn link(&self, link: Link, from: u64, to: u64, page: &mut Page<'_>) {
        page.link(link, &self.id(link.from, from), &self.id(link.to, to));
    }

    /// What an agent did, or owns.
    pub(crate) fn link_agent(&self, link: Link, agent: &str, to: u64, page: &mut Page<'_>) {
        page.link(link, &self.agent(agent), &self.id(link.to, to));
    }

    /// What ended long ago goes.
    pub(crate) fn sweep(&mut self, page: &mut Page<'_>) {
        let until = page.at - DAY * KEPT_DAYS;
        let old = self.ended.iter().take_while(|(at, ..)| *at < until).count();
        let mut gone = BTreeMap::<Kind, Vec<String>>::new();
        for (_, kind, number) in self.ended.drain(..old).collect::<Vec<_>>() {
            gone.entry(kind).or_default().push(self.id(kind, number));
        }
        gone.into_iter()
            .for_each(|(kind, ids)| page.delete(kind, ids));
    }

    fn common(&self, id: String, group: &str) -> [(&'static str, Literal); 3] {
        [
            ("id", Literal::String(id)),
            ("system", text(self.system)),
            ("group_id", text(group)),
        ]
    }
}

/// The property that says when a node ended.
fn ended_at(kind: Kind) -> &'static str {
    match kind {
        TASK | JOB => "finished_at",
        SESSION => "ended_at",
        Kind { .. } => "timestamp",
    }
}
