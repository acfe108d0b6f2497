//! Changes to a graph as five idempotent statements that every Cypher engine supports.

use std::borrow::Cow;

use cypher::{Change, Literal, Parameters};

/// The properties of a node or a relationship, by name.
pub type Properties = Parameters;

/// A label and its key property, a unique string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// E.g. `Event`.
    pub label: &'static str,
    /// E.g. `event_id`.
    pub key: &'static str,
}

/// A relationship type and the kinds of its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The kind of the start node.
    pub from: Kind,
    /// E.g. `HAS_OUTCOME`.
    pub name: &'static str,
    /// The kind of the end node.
    pub to: Kind,
}

/// The keys of the start and end node of a relationship.
pub type Ends = (String, String);

/// One kind of change to any number of nodes or relationships.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Creates nodes; the properties include the key.
    Create(Kind, Vec<Properties>),
    /// Sets some properties of existing nodes, found by the key among them; other properties stay.
    Set(Kind, Vec<Properties>),
    /// Deletes nodes and their relationships.
    Delete(Kind, Vec<String>),
    /// Creates relationships between existing nodes.
    Link(Link, Vec<(Ends, Properties)>),
    /// Deletes relationships.
    Unlink(Link, Vec<Ends>),
}

impl Kind {
    pub(super) fn index(&self) -> Change {
        let Self { label, key } = self;
        let name = format!("world_{}_{key}", label.to_lowercase());
        let statement = format!("CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{key})");
        Change {
            statement: Cow::Owned(statement),
            parameters: Parameters::new(),
        }
    }
}

impl Edit {
    /// The statement that makes this change.
    pub fn change(&self) -> Change {
        self.statement("SET n = row")
    }

    /// The same, with an additional label on the nodes that it creates.
    pub fn change_with(&self, label: &str) -> Change {
        self.statement(&format!("SET n = row, n:{label}"))
    }

    fn statement(&self, on_create: &str) -> Change {
        let statement = match self {
            Edit::Create(Kind { label, key }, _) => {
                format!("MERGE (n:{label} {{{key}: row.{key}}}) {on_create}")
            }
            Edit::Set(Kind { label, key }, _) => {
                format!("MATCH (n:{label} {{{key}: row.{key}}}) SET n += row")
            }
            Edit::Delete(Kind { label, key }, _) => {
                format!("MATCH (n:{label} {{{key}: row}}) DETACH DELETE n")
            }
            Edit::Link(link, _) => format!(
                "{} MERGE (a)-[r:{}]->(b) SET r = row.properties",
                link.ends(),
                link.name
            ),
            Edit::Unlink(link, _) => {
                format!("{} MATCH (a)-[r:{}]->(b) DELETE r", link.ends(), link.name)
            }
        };
        let parameters = Parameters::from([("rows".to_owned(), Literal::List(self.rows()))]);
        Change {
            statement: Cow::Owned(format!("UNWIND $rows AS row {statement}")),
            parameters,
        }
    }

    fn rows(&self) -> Vec<Literal> {
        let text = |text: &String| Literal::String(text.clone());
        let ends =
            |(from, to): &Ends| [("from".to_owned(), text(from)), ("to".to_owned(), text(to))];
        let link = |(between, properties): &(Ends, Properties)| {
            let properties = ("properties".to_owned(), Literal::Map(properties.clone()));
            Literal::Map(ends(between).into_iter().chain([properties]).collect())
        };
        match self {
            Edit::Create(_, nodes) | Edit::Set(_, nodes) => {
                nodes.iter().cloned().map(Literal::Map).collect()
            }
            Edit::Delete(_, keys) => keys.iter().map(text).collect(),
            Edit::Link(_, links) => links.iter().map(link).collect(),
            Edit::Unlink(_, links) => links
                .iter()
                .map(|between| Literal::Map(ends(between).into()))
                .collect(),
        }
    }
}

impl Link {
    fn ends(&self) -> String {
        let Self { from, to, .. } = self;
        format!(
            "MATCH (a:{} {{{}: row.from}}), (b:{} {{{}: row.to}})",
            from.label, from.key, to.label, to.key
        )
    }
}

/// The key of a node; empty if it has none.
pub(super) fn key_of(kind: Kind, properties: &Properties) -> &str {
    if let Some(Literal::String(key)) = properties.get(kind.key) {
        key
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: Kind = Kind {
        label: "AIAgent",
        key: "name",
    };
    const EVENT: Kind = Kind {
        label: "Event",
        key: "event_id",
    };
    const PERFORMED: Link = Link {
        from: AGENT,
        name: "PERFORMED",
        to: EVENT,
    };

    #[test]
    fn each_step_is_one_statement() {
        let ends = ("Jay".to_owned(), "e1".to_owned());
        let node = Properties::from([("event_id".to_owned(), Literal::String("e1".to_owned()))]);
        let both = "MATCH (a:AIAgent {name: row.from}), (b:Event {event_id: row.to})";
        for (edit, statement) in [
            (
                Edit::Create(EVENT, vec![node.clone()]),
                "MERGE (n:Event {event_id: row.event_id}) SET n = row".to_owned(),
            ),
            (
                Edit::Set(EVENT, vec![node]),
                "MATCH (n:Event {event_id: row.event_id}) SET n += row".to_owned(),
            ),
            (
                Edit::Delete(EVENT, vec!["e1".to_owned()]),
                "MATCH (n:Event {event_id: row}) DETACH DELETE n".to_owned(),
            ),
            (
                Edit::Link(PERFORMED, vec![(ends.clone(), Properties::new())]),
                format!("{both} MERGE (a)-[r:PERFORMED]->(b) SET r = row.properties"),
            ),
            (
                Edit::Unlink(PERFORMED, vec![ends]),
                format!("{both} MATCH (a)-[r:PERFORMED]->(b) DELETE r"),
            ),
        ] {
            let change = edit.change();
            assert_eq!(change.statement, format!("UNWIND $rows AS row {statement}"));
            assert!(
                matches!(&change.parameters["rows"], Literal::List(rows) if rows.len() == 1),
                "{edit:?}"
            );
            let more = if let Edit::Create(..) = edit {
                ", n:Demo"
            } else {
                ""
            };
            assert_eq!(
                edit.change_with("Demo").statement,
                format!("{}{more}", change.statement)
            );
        }
    }
}
