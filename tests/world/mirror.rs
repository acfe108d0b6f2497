//! A graph in plain Rust that follows the edits of a world, and panics at one that a good graph would not take.

use std::collections::{BTreeMap, BTreeSet};

use cypher_exporter::row::{Literal, UnixMillis};
use cypher_exporter::world::{Edit, Ends, Happening, Kind, Link, Properties};

use crate::bmad::world::{Agent, Event, Insight, Key, Pattern, Summary, Text, Time, World};

/// Nodes by label and key, relationships by kind and ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mirror {
    nodes: BTreeMap<Kind, BTreeMap<String, Properties>>,
    links: BTreeMap<Link, BTreeMap<Ends, Properties>>,
}

impl Mirror {
    pub(crate) fn of(edits: &[Edit]) -> Self {
        let mut mirror = Self::default();
        edits.iter().for_each(|edit| mirror.follow(edit));
        mirror
    }

    pub(crate) fn follow_all(&mut self, happenings: &[Happening]) {
        happenings.iter().flat_map(|happening| &happening.edits).for_each(|edit| self.follow(edit));
    }

    pub(crate) fn follow(&mut self, edit: &Edit) {
        match edit {
            Edit::Create(kind, nodes) => nodes.iter().for_each(|node| {
                let before = self.nodes.entry(*kind).or_default().insert(key(*kind, node), node.clone());
                assert_eq!(before, None, "made twice: {node:?}");
            }),
            Edit::Set(kind, nodes) => nodes.iter().for_each(|node| {
                let there = self.nodes.entry(*kind).or_default().get_mut(&key(*kind, node));
                there.unwrap_or_else(|| panic!("not there to be set: {node:?}")).extend(node.clone());
            }),
            Edit::Delete(kind, keys) => {
                let nodes = self.nodes.entry(*kind).or_default();
                keys.iter().for_each(|key| assert!(nodes.remove(key).is_some(), "not there to be deleted: {key}"));
                let keys: BTreeSet<_> = keys.iter().collect();
                let hit = |of: Kind, end: &String| of == *kind && keys.contains(end);
                for (link, ends) in &mut self.links {
                    ends.retain(|(from, to), _| !hit(link.from, from) && !hit(link.to, to));
                }
            }
            Edit::Link(link, links) => links.iter().for_each(|(ends, properties)| {
                let there = |kind, key| self.nodes.get(&kind).is_some_and(|nodes| nodes.contains_key(key));
                assert!(
                    there(link.from, &ends.0) && there(link.to, &ends.1),
                    "an end of {link:?} is missing: {ends:?}"
                );
                let before = self.links.entry(*link).or_default().insert(ends.clone(), properties.clone());
                assert_eq!(before, None, "linked twice: {ends:?}");
            }),
            Edit::Unlink(link, links) => links.iter().for_each(|ends| {
                let gone = self.links.entry(*link).or_default().remove(ends);
                assert!(gone.is_some(), "not linked: {ends:?}");
            }),
        }
    }

    /// All moments in it.
    pub(crate) fn stamps(&self) -> impl Iterator<Item = UnixMillis> {
        let nodes = self.nodes.values().flat_map(BTreeMap::values);
        let properties = nodes.chain(self.links.values().flat_map(BTreeMap::values));
        properties
            .flat_map(BTreeMap::values)
            .filter_map(|literal| if let Literal::DateTime(at) = literal { Some(*at) } else { None })
    }

    /// The same as the plain world that the oracle of the pack knows.
    pub(crate) fn bmad(&self, now: UnixMillis) -> World {
        let ago = |literal: Option<&Literal>| match literal {
            Some(Literal::DateTime(at)) => Time::Ago((now.0 - at.0).div_euclid(1000)),
            None => Time::Missing,
            other => panic!("no time: {other:?}"),
        };
        let numbers =
            |label| self.nodes_of(label).map(|(key, _)| key.clone()).zip(0..).collect::<BTreeMap<String, Key>>();
        let (brains, outcomes) = (numbers("Brain"), numbers("Outcome"));
        let (patterns, insights) = (numbers("Pattern"), numbers("Insight"));
        let ends = |name: &'static str, keys: &BTreeMap<String, Key>| {
            self.links_of(name).fold(BTreeMap::<String, Vec<Key>>::new(), |mut ends, ((from, to), _)| {
                ends.entry(from.clone()).or_default().push(keys[to]);
                ends
            })
        };
        let (memories, learned) = (ends("HAS_MEMORY_IN", &brains), ends("LEARNED", &insights));
        let (had, used) = (ends("HAS_OUTCOME", &outcomes), ends("USED_PATTERN", &patterns));
        let of = |ends: &BTreeMap<String, Vec<Key>>, from: &String| ends.get(from).cloned().unwrap_or_default();
        let agent = |(key, (name, node)): (usize, (&String, &Properties))| {
            let shared = self.links_of("CAN_APPLY").filter(|(ends, _)| ends.0 == *name);
            Agent {
                key,
                name: text(node, "name"),
                system: None,
                brains: of(&memories, name),
                learned: of(&learned, name),
                can_apply: shared.map(|(ends, p)| (insights[&ends.1], ago(p.get("shared_at")))).collect(),
            }
        };
        let event = |(key, (id, node)): (usize, (&String, &Properties))| Event {
            key,
            event_type: text(node, "event_type"),
            group_id: text(node, "group_id"),
            timestamp: ago(node.get("timestamp")),
            system: None,
            outcomes: of(&had, id),
            patterns: of(&used, id),
        };
        let pattern = |(key, (_, node)): (usize, (&String, &Properties))| Pattern {
            key,
            group_id: text(node, "group_id"),
            success_rate: float(node, "success_rate"),
            times_used: integer(node, "times_used"),
            system: None,
        };
        let insight = |(key, (_, node)): (usize, (&String, &Properties))| Insight {
            key,
            group_id: text(node, "group_id"),
            applies_to: text(node, "applies_to"),
            confidence_score: float(node, "confidence_score"),
            created_at: ago(node.get("created_at")),
            success_rate: float(node, "success_rate"),
            times_applied: integer(node, "times_applied"),
            system: None,
            memory: false,
        };
        let summary = |(_, node): (&String, &Properties)| Summary {
            event_type: text(node, "event_type"),
            group_id: text(node, "group_id"),
            count: integer(node, "count"),
            system: None,
        };
        World {
            agents: self.nodes_of("AIAgent").enumerate().map(agent).collect(),
            brains: brains.len(),
            events: self.nodes_of("Event").enumerate().map(event).collect(),
            outcomes: outcomes.len(),
            patterns: self.nodes_of("Pattern").enumerate().map(pattern).collect(),
            insights: self.nodes_of("Insight").enumerate().map(insight).collect(),
            summaries: self.nodes_of("EventSummary").map(summary).collect(),
        }
    }

    fn nodes_of(&self, label: &'static str) -> impl Iterator<Item = (&String, &Properties)> {
        self.nodes.iter().filter(move |(kind, _)| kind.label == label).flat_map(|(_, nodes)| nodes)
    }

    fn links_of(&self, name: &'static str) -> impl Iterator<Item = (&Ends, &Properties)> {
        self.links.iter().filter(move |(link, _)| link.name == name).flat_map(|(_, links)| links)
    }
}

fn key(kind: Kind, node: &Properties) -> String {
    text(node, kind.key).unwrap_or_else(|| panic!("no key: {node:?}"))
}

fn text(node: &Properties, name: &str) -> Text {
    let Literal::String(text) = node.get(name)? else { panic!("{name} is no text: {node:?}") };
    Some(text.clone())
}

fn float(node: &Properties, name: &str) -> Option<f64> {
    let Literal::Float(float) = node.get(name)? else { panic!("{name} is no float: {node:?}") };
    Some(*float)
}

fn integer(node: &Properties, name: &str) -> Option<i64> {
    let Literal::Integer(integer) = node.get(name)? else { panic!("{name} is no integer: {node:?}") };
    Some(*integer)
}
