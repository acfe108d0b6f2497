//! A KPI file's answer from a real graph. The only place of this test that knows how rows are fetched.

use std::collections::BTreeMap;
use std::fs;

use neo4rs::{BoltType, Graph};
use serde::Deserialize;

use crate::support::neo4j::Neo4j;

/// The values by their labels.
pub(crate) type Answer = BTreeMap<BTreeMap<String, String>, f64>;

/// A column is a number or a text: a NULL that reaches a sample is a fault of the query.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Cell {
    Number(f64),
    Text(String),
}

/// Runs a file of the pack in READ mode, with the parameters of its header.
pub(crate) async fn answer(neo4j: &Neo4j, kpi: &str) -> Answer {
    let text = fs::read_to_string(format!("queries/bmad/{kpi}.cypher")).unwrap();
    let graph = Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).unwrap();
    let mut query = neo4rs::query(&text);
    if let Some(params) = header(&text).get("params") {
        for (name, value) in params.as_table().unwrap() {
            query = query.param(name, BoltType::from(value.as_str().unwrap()));
        }
    }
    let mut rows = graph.execute_read(query).await.unwrap_or_else(|error| panic!("{kpi}: {error}"));
    let mut answer = Answer::new();
    while let Some(row) = rows.next().await.unwrap_or_else(|error| panic!("{kpi}: {error}")) {
        let mut labels = BTreeMap::new();
        let mut value = None;
        for (column, cell) in row.to::<BTreeMap<String, Cell>>().unwrap_or_else(|error| panic!("{kpi}: {error}")) {
            match cell {
                Cell::Number(number) if column == "value" => value = Some(number),
                Cell::Text(text) => drop(labels.insert(column, text)),
                Cell::Number(number) => panic!("{kpi}: the label {column} is the number {number}"),
            }
        }
        let value = value.unwrap_or_else(|| panic!("{kpi}: no value"));
        assert!(answer.insert(labels.clone(), value).is_none(), "{kpi}: two rows with the labels {labels:?}");
    }
    answer
}

fn header(text: &str) -> toml::Table {
    let header = text.split_once("/*kpi").and_then(|(_, rest)| rest.split_once("*/"));
    header.map(|(header, _)| header.parse().unwrap()).unwrap_or_default()
}
