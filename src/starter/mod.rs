//! A first pack for somebody's own graph: from its schema and a sample to KPI files. Pure.
//!
//! It writes what the owner of the graph would write: counts, orphans, states, durations, events,
//! the age of the newest node and incomplete nodes. No label is made of a property that identifies
//! a node or a person. Thresholds are only suggested, as comments with the value of today.

mod events;
mod pick;
mod schema;
mod totals;
mod words;

use std::collections::BTreeSet;

pub use schema::{Kind, Label, Numbers, Property, Schema};
pub use words::identifier;

/// Labels that get KPIs of their own; a pack with more would be read by nobody.
const MOST_LABELS: usize = 12;

/// A file of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the folder of the pack.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The files of a pack for a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starter {
    /// In the order of the dashboard.
    pub files: Vec<File>,
    /// Labels that got no KPIs of their own, since there are so many.
    pub left_out: usize,
}

/// A KPI file before it has its final name.
struct Draft {
    /// The name of the file without `.cypher`.
    stem: String,
    /// The title of its row on the dashboard.
    row: &'static str,
    text: String,
}

const COUNTS: &str = "Nodes and relationships";
const EVENTS: &str = "Events and durations";
const QUALITY: &str = "Completeness and freshness";

/// Writes the pack.
pub fn write(pack: &str, schema: &Schema) -> Starter {
    let own: Vec<_> = schema
        .labels
        .iter()
        .filter(|label| label.sampled > 0)
        .take(MOST_LABELS)
        .collect();
    let mut drafts = totals::counts(schema);
    drafts.extend(own.iter().flat_map(|label| totals::states(label)));
    drafts.extend(own.iter().flat_map(|label| events::of(label)));
    drafts.extend(totals::orphans(&own));
    drafts.extend(events::newest(&own));
    drafts.extend(totals::incomplete(&own));
    let mut files = vec![pack_file(pack, &drafts)];
    let mut taken = BTreeSet::new();
    for draft in drafts {
        // Two labels may differ only in what a metric name cannot hold.
        if taken.insert(draft.stem.clone()) {
            files.push(File {
                name: format!("{}.cypher", draft.stem),
                text: draft.text,
            });
        }
    }
    Starter {
        files,
        left_out: schema.labels.len() - own.len(),
    }
}

fn pack_file(pack: &str, drafts: &[Draft]) -> File {
    let mut text = format!(
        "title = \"{}\"\ndescription = \"A first look at this graph. Edit these files, and add your own.\"\n",
        title(pack)
    );
    for row in [COUNTS, EVENTS, QUALITY] {
        let mut stems = BTreeSet::new();
        let kpis: Vec<_> = drafts
            .iter()
            .filter(|draft| draft.row == row && stems.insert(&draft.stem))
            .map(|draft| format!("\"{}\"", draft.stem))
            .collect();
        if !kpis.is_empty() {
            text += &format!(
                "\n[[row]]\ntitle = \"{row}\"\nkpis  = [{}]\n",
                kpis.join(", ")
            );
        }
    }
    File {
        name: "pack.toml".to_owned(),
        text,
    }
}

/// `my_graph` becomes `My graph`.
fn title(pack: &str) -> String {
    let words = pack.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests;
