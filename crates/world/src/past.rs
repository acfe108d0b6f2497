//! Reduces a long history of edits to the few that create its final state, so that a graph is
//! filled in less than a second.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::{Edit, Ends, Kind, Link, Properties, key_of};

/// Rows per statement: many enough to be fast, few enough for the memory of a transaction.
const BATCH: usize = 1000;

/// The current nodes and relationships.
#[derive(Debug, Default)]
pub(super) struct Past {
    nodes: BTreeMap<Kind, BTreeMap<String, Properties>>,
    links: BTreeMap<Link, BTreeMap<Ends, Properties>>,
}

impl Past {
    /// Applies the next edit.
    pub(super) fn add(&mut self, edit: Edit) {
        match edit {
            Edit::Create(kind, nodes) => self.create(kind, nodes),
            Edit::Set(kind, nodes) => nodes.into_iter().for_each(|node| self.set(kind, node)),
            Edit::Delete(kind, keys) => self.delete(kind, &keys.into_iter().collect()),
            Edit::Link(link, links) => self.links.entry(link).or_default().extend(links),
            Edit::Unlink(link, links) => {
                self.links
                    .entry(link)
                    .or_default()
                    .retain(|ends, _| !links.contains(ends));
            }
        }
    }

    fn create(&mut self, kind: Kind, nodes: Vec<Properties>) {
        let keyed = nodes
            .into_iter()
            .map(|node| (key_of(kind, &node).to_owned(), node));
        self.nodes.entry(kind).or_default().extend(keyed);
    }

    fn set(&mut self, kind: Kind, properties: Properties) {
        if let Some(node) = self
            .nodes
            .entry(kind)
            .or_default()
            .get_mut(key_of(kind, &properties))
        {
            node.extend(properties);
        }
    }

    fn delete(&mut self, kind: Kind, keys: &BTreeSet<String>) {
        let nodes = self.nodes.entry(kind).or_default();
        keys.iter().for_each(|key| _ = nodes.remove(key));
        for (link, ends) in &mut self.links {
            if link.from == kind {
                ends.retain(|(from, _), _| !keys.contains(from));
            }
            if link.to == kind {
                ends.retain(|(_, to), _| !keys.contains(to));
            }
        }
    }

    /// The edits that create the current state, nodes before relationships.
    pub(super) fn edits(self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (kind, nodes) in self.nodes {
            let nodes: Vec<_> = nodes.into_values().collect();
            edits.extend(
                nodes
                    .chunks(BATCH)
                    .map(|batch| Edit::Create(kind, batch.to_vec())),
            );
        }
        for (link, links) in self.links {
            let links: Vec<_> = links.into_iter().collect();
            edits.extend(
                links
                    .chunks(BATCH)
                    .map(|batch| Edit::Link(link, batch.to_vec())),
            );
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use cypher::Literal;

    use super::*;

    const AGENT: Kind = Kind {
        label: "AIAgent",
        key: "name",
    };
    const BRAIN: Kind = Kind {
        label: "Brain",
        key: "name",
    };
    const REMEMBERS: Link = Link {
        from: AGENT,
        name: "HAS_MEMORY_IN",
        to: BRAIN,
    };

    fn node(name: &str, age: i64) -> Properties {
        [
            ("name", Literal::String(name.to_owned())),
            ("age", Literal::Integer(age)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn ends(from: &str, to: &str) -> Ends {
        (from.to_owned(), to.to_owned())
    }

    fn link(from: &str, to: &str) -> Edit {
        Edit::Link(REMEMBERS, vec![(ends(from, to), Properties::new())])
    }

    #[test]
    fn only_the_final_state_is_created() {
        let mut past = Past::default();
        for edit in [
            Edit::Create(AGENT, vec![node("Jay", 1), node("Bob", 1), node("Troy", 1)]),
            Edit::Create(BRAIN, vec![node("Jay", 1), node("all", 1)]),
            link("Jay", "Jay"),
            link("Jay", "all"),
            link("Bob", "Jay"),
            link("Troy", "all"),
            Edit::Set(AGENT, vec![node("Jay", 2)]),
            Edit::Delete(BRAIN, vec!["Jay".to_owned()]),
            Edit::Delete(AGENT, vec!["Troy".to_owned()]),
            link("Bob", "all"),
            Edit::Unlink(REMEMBERS, vec![ends("Jay", "all")]),
        ] {
            past.add(edit);
        }
        let expected = [
            Edit::Create(AGENT, vec![node("Bob", 1), node("Jay", 2)]),
            Edit::Create(BRAIN, vec![node("all", 1)]),
            link("Bob", "all"),
        ];
        assert_eq!(past.edits(), expected);
    }

    #[test]
    fn many_rows_are_several_statements() {
        let mut past = Past::default();
        past.add(Edit::Create(
            AGENT,
            (0..2500).map(|n| node(&format!("{n:04}"), n)).collect(),
        ));
        let sizes: Vec<_> = past
            .edits()
            .iter()
            .map(|edit| {
                if let Edit::Create(_, nodes) = edit {
                    nodes.len()
                } else {
                    0
                }
            })
            .collect();
        assert_eq!(sizes, [1000, 1000, 500]);
    }
}
