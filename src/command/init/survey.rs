//! Reads the schema and a sample of a graph: bounded, however large the graph is.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crate::graph::{Graph, GraphError, Request};
use crate::starter::{Kind, Label, Numbers, Property, Schema};
use cypher::{Literal, Parameters, Row, Value};

/// The nodes of a label that are looked at.
const SAMPLE: u64 = 1000;
/// Labels that are sampled, the most frequent ones first.
const MOST_LABELS: usize = 40;
/// Values of a property that are fetched.
const MOST_VALUES: u64 = 20;
/// Each question is small; the first one of a fresh server takes a second or two.
const TIMEOUT: Duration = Duration::from_secs(15);

const NODES: &str = "CALL db.stats.retrieve('GRAPH COUNTS') YIELD data UNWIND data.nodes AS entry \
    WITH entry WHERE entry.label IS NOT NULL AND entry.count > 0 \
    RETURN entry.label AS name, entry.count AS count";
const RELATIONSHIPS: &str = "CALL db.stats.retrieve('GRAPH COUNTS') YIELD data UNWIND data.relationships AS entry \
    WITH entry WHERE entry.relationshipType IS NOT NULL AND entry.startLabel IS NULL \
    AND entry.endLabel IS NULL AND entry.count > 0 \
    RETURN entry.relationshipType AS name, entry.count AS count";
const LABELS: &str = "CALL db.labels() YIELD label RETURN label AS name, 0 AS count";
const TYPES: &str = "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS name, 0 AS count";
const INDEXES: &str = "SHOW INDEXES YIELD entityType, type, state, labelsOrTypes, properties, owningConstraint \
    WHERE entityType = 'NODE' AND type = 'RANGE' AND state = 'ONLINE' AND size(properties) > 0 \
    RETURN labelsOrTypes[0] AS label, properties[0] AS property, \
    owningConstraint IS NOT NULL AND size(properties) = 1 AS unique";

/// Reads everything that a starter pack is made of.
pub(super) async fn survey(graph: &Graph) -> Result<Schema, GraphError> {
    let (has_statistics, mut labels) = match counted(graph, NODES).await {
        Ok(labels) => (true, labels),
        // A user without the right to read statistics, or a server without them.
        Err(GraphError::Statement { .. } | GraphError::Server { .. }) => {
            (false, one_by_one(graph).await?)
        }
        Err(error) => return Err(error),
    };
    labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let types = counted(graph, if has_statistics { RELATIONSHIPS } else { TYPES }).await?;
    let indexes = indexes(graph).await.unwrap_or_default();
    let mut schema = Schema {
        labels: Vec::new(),
        relationship_types: types.len(),
        has_statistics,
    };
    let total = labels.len();
    for (at, (name, nodes)) in labels.into_iter().enumerate() {
        let label = Label {
            name,
            nodes,
            ..Label::default()
        };
        schema.labels.push(if at < MOST_LABELS {
            progress(at + 1, total.min(MOST_LABELS), &label.name);
            sampled(graph, label, &indexes).await?
        } else {
            label
        });
    }
    progress_end();
    Ok(schema)
}

/// Names with a number each.
async fn counted(graph: &Graph, query: &str) -> Result<Vec<(String, u64)>, GraphError> {
    let rows = rows(graph, query, &["name", "count"], Parameters::new()).await?;
    Ok(rows
        .iter()
        .map(|row| (text(&row[0]), number(&row[1])))
        .collect())
}

/// The nodes of each label, which the count store answers.
async fn one_by_one(graph: &Graph) -> Result<Vec<(String, u64)>, GraphError> {
    let mut labels = Vec::new();
    for (name, _) in counted(graph, LABELS).await? {
        let query = format!("MATCH (n:{}) RETURN count(n) AS count", quoted(&name));
        let rows = rows(graph, &query, &["count"], Parameters::new()).await?;
        let count = rows.first().map_or(0, |row| number(&row[0]));
        labels.extend((count > 0).then_some((name, count)));
    }
    Ok(labels)
}

/// For each label and key with an index whether its values are unique.
type Indexes = HashMap<(String, String), bool>;

async fn indexes(graph: &Graph) -> Result<Indexes, GraphError> {
    let rows = rows(
        graph,
        INDEXES,
        &["label", "property", "unique"],
        Parameters::new(),
    )
    .await?;
    let mut indexes = Indexes::new();
    for row in rows {
        let unique = row[2] == Value::Boolean(true);
        *indexes.entry((text(&row[0]), text(&row[1]))).or_default() |= unique;
    }
    Ok(indexes)
}

async fn sampled(graph: &Graph, mut label: Label, indexes: &Indexes) -> Result<Label, GraphError> {
    let name = quoted(&label.name);
    let query = format!(
        "MATCH (n:{name}) WITH n LIMIT {SAMPLE} \
         RETURN count(n) AS nodes, count(CASE WHEN NOT EXISTS {{ (n)--() }} THEN 1 END) AS alone"
    );
    let counts = rows(graph, &query, &["nodes", "alone"], Parameters::new()).await?;
    let Some(counts) = counts.first() else {
        return Ok(label);
    };
    (label.sampled, label.without_relationship) = (number(&counts[0]), number(&counts[1]));
    for row in rows(graph, &properties(&name), &COLUMNS, Parameters::new()).await? {
        let mut property = property(&row);
        let index = indexes.get(&(label.name.clone(), property.key.clone()));
        property.indexed = index.is_some();
        property.unique = index.is_some_and(|unique| *unique);
        if has_few_values(&property) {
            property.values = values(graph, &name, &property.key).await?;
        }
        label.properties.push(property);
    }
    Ok(label)
}

const COLUMNS: [&str; 10] = [
    "key",
    "present",
    "differing",
    "types",
    "longest",
    "iso",
    "least",
    "median",
    "p99",
    "most",
];

/// One row for each property of the sampled nodes.
fn properties(name: &str) -> String {
    format!(
        "MATCH (n:{name}) WITH n LIMIT {SAMPLE} UNWIND keys(n) AS key \
         WITH key, n[key] AS value, valueType(n[key]) AS type \
         WITH key, value, type, \
         CASE WHEN type STARTS WITH 'STRING' THEN value END AS string, \
         CASE WHEN type STARTS WITH 'INTEGER' OR type STARTS WITH 'FLOAT' THEN toFloat(value) \
         WHEN type STARTS WITH 'DURATION' THEN value.days * 86400.0 + value.milliseconds / 1000.0 END AS number \
         RETURN key, count(value) AS present, count(DISTINCT value) AS differing, \
         reduce(all = '', one IN collect(DISTINCT type) | all + one + ';') AS types, \
         coalesce(max(size(string)), 0) AS longest, \
         count(CASE WHEN string =~ '\\\\d{{4}}-\\\\d\\\\d-\\\\d\\\\dT\\\\d\\\\d:\\\\d\\\\d:\\\\d\\\\d\\\\.\\\\d{{3}}Z' THEN 1 END) AS iso, \
         min(number) AS least, percentileCont(number, 0.5) AS median, \
         percentileCont(number, 0.99) AS p99, max(number) AS most ORDER BY key"
    )
}

fn property(row: &Row) -> Property {
    let (present, distinct, iso) = (number(&row[1]), number(&row[2]), number(&row[5]));
    let numbers = match [&row[6], &row[7], &row[8], &row[9]].map(float) {
        [Some(least), Some(median), Some(p99), Some(most)] => Some(Numbers {
            least,
            median,
            p99,
            most,
        }),
        _ => None,
    };
    Property {
        key: text(&row[0]),
        present,
        kind: kind(&text(&row[3]), iso == present),
        distinct,
        longest: number(&row[4]),
        numbers,
        indexed: false,
        unique: false,
        values: Vec::new(),
    }
}

/// The types of the sampled values as `valueType` has them, each with `;` behind it.
fn kind(types: &str, all_iso: bool) -> Kind {
    let mut names: Vec<_> = types
        .split(';')
        .map(|name| name.trim_end_matches(" NOT NULL"))
        .collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    match names[..] {
        ["INTEGER"] => Kind::Integer,
        ["FLOAT"] | ["FLOAT", "INTEGER"] => Kind::Float,
        ["BOOLEAN"] => Kind::Boolean,
        ["STRING"] if all_iso => Kind::IsoUtc,
        ["STRING"] => Kind::String,
        ["ZONED DATETIME"] => Kind::ZonedDateTime,
        ["LOCAL DATETIME"] => Kind::LocalDateTime,
        ["DURATION"] => Kind::Duration,
        _ => Kind::Other,
    }
}

fn has_few_values(property: &Property) -> bool {
    matches!(property.kind, Kind::String | Kind::Boolean) && property.distinct <= MOST_VALUES
}

async fn values(graph: &Graph, name: &str, key: &str) -> Result<Vec<(String, u64)>, GraphError> {
    let query = format!(
        "MATCH (n:{name}) WITH n LIMIT {SAMPLE} WITH n[$key] AS value WHERE value IS NOT NULL \
         RETURN toString(value) AS value, count(*) AS count ORDER BY count DESC LIMIT {MOST_VALUES}"
    );
    let parameters = Parameters::from([("key".to_owned(), Literal::String(key.to_owned()))]);
    let rows = rows(graph, &query, &["value", "count"], parameters).await?;
    Ok(rows
        .iter()
        .map(|row| (text(&row[0]), number(&row[1])))
        .collect())
}

async fn rows(
    graph: &Graph,
    query: &str,
    columns: &[&str],
    parameters: Parameters,
) -> Result<Vec<Row>, GraphError> {
    let columns: Vec<Arc<str>> = columns.iter().map(|column| (*column).into()).collect();
    let request = Request {
        kpi: "cypher-exporter/init",
        query,
        columns: &columns,
        parameters: &parameters,
        database: None,
        timeout: TIMEOUT,
    };
    let mut rows = Vec::new();
    let mut take = |row: &Row| {
        rows.push(row.clone());
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut take).await?;
    Ok(rows)
}

fn quoted(name: &str) -> String {
    crate::starter::identifier(name)
}

fn text(value: &Value) -> String {
    if let Value::String(text) = value {
        text.clone()
    } else {
        String::new()
    }
}

fn number(value: &Value) -> u64 {
    if let Value::Integer(number) = value {
        u64::try_from(*number).unwrap_or_default()
    } else {
        0
    }
}

fn float(value: &Value) -> Option<f64> {
    if let Value::Float(number) = value {
        Some(*number)
    } else {
        None
    }
}

/// On a terminal the label that is sampled now, in one line that the next one replaces.
fn progress(at: usize, of: usize, label: &str) {
    if std::io::stderr().is_terminal() {
        let label: String = label.chars().filter(|c| !c.is_control()).take(40).collect();
        // Nothing depends on it.
        let _ = write!(
            anstream::stderr(),
            "\r\x1b[Kreading label {at} of {of}: {label}"
        );
    }
}

fn progress_end() {
    if std::io::stderr().is_terminal() {
        let _ = write!(anstream::stderr(), "\r\x1b[K");
    }
}
