//! What a graph holds: nodes, relationships, states, orphans, incomplete nodes.

use super::pick;
use super::schema::{Label, Schema};
use super::words::{identifier, in_comment, literal, snake};
use super::{COUNTS, Draft, QUALITY};

/// Nodes by label and relationships by type, from the count store.
pub(super) fn counts(schema: &Schema) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if !schema.labels.is_empty() {
        drafts.push(Draft {
            stem: "nodes".to_owned(),
            row: COUNTS,
            text: nodes(schema),
        });
    }
    if schema.relationship_types > 0 && schema.has_statistics {
        let text = "// Number of relationships by type.\n\
            CALL db.stats.retrieve('GRAPH COUNTS') YIELD data\n\
            UNWIND data.relationships AS entry\n\
            WITH entry\n\
            WHERE entry.relationshipType IS NOT NULL AND entry.startLabel IS NULL AND entry.endLabel IS NULL\n\
            RETURN entry.relationshipType AS type, entry.count AS value\n";
        drafts.push(Draft {
            stem: "relationships".to_owned(),
            row: COUNTS,
            text: text.to_owned(),
        });
    } else if schema.relationship_types > 0 {
        let text = "// Number of relationships.\nMATCH ()-[r]->() RETURN count(r) AS value\n";
        drafts.push(Draft {
            stem: "relationships".to_owned(),
            row: COUNTS,
            text: text.to_owned(),
        });
    }
    drafts
}

fn nodes(schema: &Schema) -> String {
    let head = "// Number of nodes by label; a node with several labels counts for each.\n";
    if schema.has_statistics {
        return format!(
            "{head}CALL db.stats.retrieve('GRAPH COUNTS') YIELD data\n\
             UNWIND data.nodes AS entry\n\
             WITH entry WHERE entry.label IS NOT NULL\n\
             RETURN entry.label AS label, entry.count AS value\n"
        );
    }
    let part = |label: &Label| {
        let (name, quoted) = (identifier(&label.name), literal(&label.name));
        format!("MATCH (n:{name}) RETURN {quoted} AS label, count(n) AS value\n")
    };
    head.to_owned()
        + &schema
            .labels
            .iter()
            .map(part)
            .collect::<Vec<_>>()
            .join("UNION ALL\n")
}

/// Nodes by each of the few values of a property.
pub(super) fn states(label: &Label) -> Vec<Draft> {
    let Some(stem) = snake(&label.name) else {
        return Vec::new();
    };
    let draft = |property: &super::Property| {
        let key = snake(&property.key)?;
        let column = if key == "value" || key == "graph" {
            format!("{stem}_{key}")
        } else {
            key.clone()
        };
        let (name, property) = (identifier(&label.name), identifier(&property.key));
        let text = format!(
            "// Number of {shown} nodes by {key}.\n\
             MATCH (n:{name})\n\
             RETURN coalesce(toString(n.{property}), 'unknown') AS {column}, count(n) AS value\n",
            shown = in_comment(&label.name),
        );
        Some(Draft {
            stem: format!("{stem}_by_{key}"),
            row: COUNTS,
            text,
        })
    };
    pick::states(label).filter_map(draft).collect()
}

/// Nodes without a relationship, of labels whose nodes usually have one.
pub(super) fn orphans(labels: &[&Label]) -> Option<Draft> {
    let connected = |label: &&&Label| label.without_relationship * 2 < label.sampled;
    let connected: Vec<_> = labels.iter().filter(connected).collect();
    let part = |label: &&&Label| {
        let (name, quoted) = (identifier(&label.name), literal(&label.name));
        format!("MATCH (n:{name}) WHERE NOT (n)--() RETURN {quoted} AS label, count(n) AS value\n")
    };
    let today: u64 = connected
        .iter()
        .map(|label| label.without_relationship)
        .sum();
    let text = format!(
        "// Number of nodes without any relationship, by label, for labels whose nodes usually have one.\n\
         /*kpi\n\
         every = \"15m\"\n\
         \n\
         # {today} in the sample of today. Remove the # for an alert.\n\
         # [[alert]]\n\
         # name     = \"OrphanedNodes\"\n\
         # when     = \"> {threshold}\"\n\
         # for      = \"30m\"\n\
         # severity = \"warning\"\n\
         */\n{query}",
        threshold = (today * 2).max(10),
        query = connected
            .iter()
            .map(part)
            .collect::<Vec<_>>()
            .join("UNION ALL\n"),
    );
    (!connected.is_empty()).then(|| Draft {
        stem: "orphaned_nodes".to_owned(),
        row: QUALITY,
        text,
    })
}

/// Nodes that lack a property that most of their label have.
pub(super) fn incomplete(labels: &[&Label]) -> Option<Draft> {
    let pairs = labels
        .iter()
        .flat_map(|label| pick::incomplete(label).map(move |property| (label, property)));
    let parts: Vec<_> = pairs
        .map(|(label, property)| {
            let (name, key) = (identifier(&label.name), identifier(&property.key));
            format!(
                "MATCH (n:{name}) WHERE n.{key} IS NULL \
                 RETURN {} AS label, {} AS property, count(n) AS value\n",
                literal(&label.name),
                literal(&property.key),
            )
        })
        .take(20)
        .collect();
    let text = format!(
        "// Number of nodes that lack a property that most nodes of their label have, by label and property.\n\
         /*kpi\nevery = \"15m\"\n*/\n{}",
        parts.join("UNION ALL\n")
    );
    (!parts.is_empty()).then(|| Draft {
        stem: "incomplete_nodes".to_owned(),
        row: QUALITY,
        text,
    })
}
