//! Merges many edits into few: the cost depends on the number of statements, and most happenings
//! are of the same kinds.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::{Edit, Ends, Kind, Link, Properties, key_of};

/// Edits with the same effect as `edits`, merged by kind where the order allows it.
pub fn joined<'e>(edits: impl IntoIterator<Item = &'e Edit>) -> Vec<Edit> {
    let (mut done, mut round) = (Vec::new(), Round::default());
    for edit in edits {
        if round.must_come_before(edit) {
            done.extend(std::mem::take(&mut round).edits());
        }
        round.add(edit.clone());
    }
    done.extend(round.edits());
    done
}

/// Edits whose order does not matter as long as they are executed in the order of these fields.
#[derive(Debug, Default)]
struct Round {
    create: BTreeMap<Kind, Vec<Properties>>,
    set: BTreeMap<Kind, Vec<Properties>>,
    link: BTreeMap<Link, Vec<(Ends, Properties)>>,
    unlink: BTreeMap<Link, BTreeSet<Ends>>,
    delete: BTreeMap<Kind, BTreeSet<String>>,
}

impl Round {
    /// Whether the edit creates or needs something that is deleted in this round.
    fn must_come_before(&self, edit: &Edit) -> bool {
        let gone =
            |kind: &Kind, key: &str| self.delete.get(kind).is_some_and(|keys| keys.contains(key));
        match edit {
            Edit::Create(kind, nodes) | Edit::Set(kind, nodes) => {
                nodes.iter().any(|node| gone(kind, key_of(*kind, node)))
            }
            Edit::Link(link, links) => links.iter().any(|(ends, _)| {
                let parted = self
                    .unlink
                    .get(link)
                    .is_some_and(|links| links.contains(ends));
                parted || gone(&link.from, &ends.0) || gone(&link.to, &ends.1)
            }),
            Edit::Delete(..) | Edit::Unlink(..) => false,
        }
    }

    fn add(&mut self, edit: Edit) {
        match edit {
            Edit::Create(kind, nodes) => self.create.entry(kind).or_default().extend(nodes),
            Edit::Set(kind, nodes) => self.set.entry(kind).or_default().extend(nodes),
            Edit::Link(link, links) => self.link.entry(link).or_default().extend(links),
            Edit::Unlink(link, links) => self.unlink.entry(link).or_default().extend(links),
            Edit::Delete(kind, keys) => self.delete.entry(kind).or_default().extend(keys),
        }
    }

    fn edits(self) -> impl Iterator<Item = Edit> {
        let create = self
            .create
            .into_iter()
            .map(|(kind, nodes)| Edit::Create(kind, nodes));
        let set = self
            .set
            .into_iter()
            .map(|(kind, nodes)| Edit::Set(kind, nodes));
        let link = self
            .link
            .into_iter()
            .map(|(link, links)| Edit::Link(link, links));
        let unlink = self
            .unlink
            .into_iter()
            .map(|(link, links)| Edit::Unlink(link, links.into_iter().collect()));
        let delete = self
            .delete
            .into_iter()
            .map(|(kind, keys)| Edit::Delete(kind, keys.into_iter().collect()));
        create.chain(set).chain(link).chain(unlink).chain(delete)
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

    fn node(name: &str) -> Properties {
        Properties::from([("name".to_owned(), Literal::String(name.to_owned()))])
    }

    fn create(name: &str) -> Edit {
        Edit::Create(AGENT, vec![node(name)])
    }

    fn ends() -> Ends {
        ("Jay".to_owned(), "all".to_owned())
    }

    #[test]
    fn edits_of_different_nodes_are_merged() {
        let edits = [
            create("Jay"),
            Edit::Create(BRAIN, vec![node("all")]),
            Edit::Delete(AGENT, vec!["Troy".to_owned()]),
            Edit::Link(REMEMBERS, vec![(ends(), Properties::new())]),
            create("Bob"),
            Edit::Set(AGENT, vec![node("Bob")]),
            Edit::Delete(AGENT, vec!["Bob".to_owned()]),
        ];
        let expected = [
            Edit::Create(AGENT, vec![node("Jay"), node("Bob")]),
            Edit::Create(BRAIN, vec![node("all")]),
            Edit::Set(AGENT, vec![node("Bob")]),
            Edit::Link(REMEMBERS, vec![(ends(), Properties::new())]),
            Edit::Delete(AGENT, vec!["Bob".to_owned(), "Troy".to_owned()]),
        ];
        assert_eq!(joined(&edits), expected);
    }

    #[test]
    fn a_deletion_stays_before_a_later_creation() {
        let link = Edit::Link(REMEMBERS, vec![(ends(), Properties::new())]);
        for (gone, again) in [
            (Edit::Delete(AGENT, vec!["Jay".to_owned()]), create("Jay")),
            (Edit::Delete(BRAIN, vec!["all".to_owned()]), link.clone()),
            (Edit::Unlink(REMEMBERS, vec![ends()]), link),
        ] {
            let edits = [gone, again, create("Bob")];
            let found = joined(&edits);
            assert_eq!(found[0], edits[0]);
            assert_ne!(found[1..], []);
        }
    }
}
