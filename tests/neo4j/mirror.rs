//! A graph in plain Rust that follows the edits of a world, and panics at one that a good graph
//! would not take.

use std::collections::{BTreeMap, BTreeSet};

use cypher::{Literal, UnixMillis};
use world::{Edit, Ends, Happening, Kind, Link, Properties};

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
        happenings
            .iter()
            .flat_map(|happening| &happening.edits)
            .for_each(|edit| self.follow(edit));
    }

    pub(crate) fn follow(&mut self, edit: &Edit) {
        match edit {
            Edit::Create(kind, nodes) => nodes.iter().for_each(|node| {
                let before = self
                    .nodes
                    .entry(*kind)
                    .or_default()
                    .insert(key(*kind, node), node.clone());
                assert_eq!(before, None, "made twice: {node:?}");
            }),
            Edit::Set(kind, nodes) => nodes.iter().for_each(|node| {
                let there = self
                    .nodes
                    .entry(*kind)
                    .or_default()
                    .get_mut(&key(*kind, node));
                there
                    .unwrap_or_else(|| panic!("not there to be set: {node:?}"))
                    .extend(node.clone());
            }),
            Edit::Delete(kind, keys) => {
                let nodes = self.nodes.entry(*kind).or_default();
                keys.iter().for_each(|key| {
                    assert!(
                        nodes.remove(key).is_some(),
                        "not there to be deleted: {key}"
                    )
                });
                let keys: BTreeSet<_> = keys.iter().collect();
                let hit = |of: Kind, end: &String| of == *kind && keys.contains(end);
                for (link, ends) in self
                    .links
                    .iter_mut()
                    .filter(|(link, _)| [link.from, link.to].contains(kind))
                {
                    ends.retain(|(from, to), _| !hit(link.from, from) && !hit(link.to, to));
                }
            }
            Edit::Link(link, links) => links.iter().for_each(|(ends, properties)| {
                let there = |kind, key| {
                    self.nodes
                        .get(&kind)
                        .is_some_and(|nodes| nodes.contains_key(key))
                };
                assert!(
                    there(link.from, &ends.0) && there(link.to, &ends.1),
                    "an end of {link:?} is missing: {ends:?}"
                );
                let before = self
                    .links
                    .entry(*link)
                    .or_default()
                    .insert(ends.clone(), properties.clone());
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
        properties.flat_map(BTreeMap::values).filter_map(|literal| {
            if let Literal::DateTime(at) = literal {
                Some(*at)
            } else {
                None
            }
        })
    }

    /// A node.
    pub(crate) fn node(&self, kind: Kind, key: &str) -> Option<&Properties> {
        self.nodes.get(&kind)?.get(key)
    }

    /// The nodes of all kinds.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (Kind, &Properties)> {
        self.nodes
            .iter()
            .flat_map(|(kind, nodes)| nodes.values().map(|node| (*kind, node)))
    }

    /// The nodes with a label, by key.
    pub(crate) fn nodes_of(
        &self,
        label: &'static str,
    ) -> impl Iterator<Item = (&String, &Properties)> {
        self.nodes
            .iter()
            .filter(move |(kind, _)| kind.label == label)
            .flat_map(|(_, nodes)| nodes)
    }

    /// The ends of the relationships of one kind.
    pub(crate) fn ends_of(&self, link: Link) -> impl Iterator<Item = &Ends> {
        self.links.get(&link).into_iter().flat_map(BTreeMap::keys)
    }

    /// The relationships of a type, by their ends.
    pub(crate) fn links_of(
        &self,
        name: &'static str,
    ) -> impl Iterator<Item = (&Ends, &Properties)> {
        self.links
            .iter()
            .filter(move |(link, _)| link.name == name)
            .flat_map(|(_, links)| links)
    }
}

fn key(kind: Kind, node: &Properties) -> String {
    text(node, kind.key).unwrap_or_else(|| panic!("no key: {node:?}"))
}

pub(crate) fn text(node: &Properties, name: &str) -> Option<String> {
    let Literal::String(text) = node.get(name)? else {
        panic!("{name} is no text: {node:?}")
    };
    Some(text.clone())
}

pub(crate) fn float(node: &Properties, name: &str) -> Option<f64> {
    let Literal::Float(float) = node.get(name)? else {
        panic!("{name} is no float: {node:?}")
    };
    Some(*float)
}

pub(crate) fn integer(node: &Properties, name: &str) -> Option<i64> {
    let Literal::Integer(integer) = node.get(name)? else {
        panic!("{name} is no integer: {node:?}")
    };
    Some(*integer)
}
