//! What the embedded engine does as Neo4j does: the statements of `alike.cypher` are asked of both,
//! and Neo4j is right.
//!
//! What KPIs are made of is listed there, so that a new release of the engine that gets one of
//! them wrong is noticed. Known differences are in `differences.rs`.

use std::fmt::Write as _;

use cypher::scan;
use cypher::{Change, Literal, Parameters, UnixMillis, Value};
use cypher_exporter::graph::{Graph, GraphError};

use crate::graph::asking::{PATIENCE, graph, question};
use crate::graph::engine;
use test_support::neo4j;

/// A small zoo; its labels are this module's own.
const ZOO: [&str; 5] = [
    "MATCH (n:Keeper|Beast|Cage) DETACH DELETE n",
    "CREATE (:Keeper {name: 'Ann', level: 3}), (:Keeper {name: 'Bob'}), (:Keeper {level: 1}), (:Cage {name: 'north'})",
    "UNWIND range(1, 12) AS i
     CREATE (b:Beast)
     SET b = {id: i, kind: ['cat', 'dog', 'owl'][i % 3], weight: i * 1.5, legs: CASE WHEN i % 3 = 2 THEN 2 ELSE 4 END,
              born: datetime('2026-01-01T00:00:00Z') + duration({days: i}), title: CASE WHEN i > 9 THEN 'old' END}",
    "MATCH (k:Keeper), (b:Beast)
     WHERE b.id % 3 = coalesce(k.level, 2) % 3
     CREATE (k)-[:FEEDS {times: b.id, type: 'by hand'}]->(b)",
    "MATCH (b:Beast), (c:Cage) WHERE b.id < 7 CREATE (b)-[:LIVES_IN]->(c) SET b:Caged",
];

pub(crate) async fn open_zoo(graph: &Graph) {
    let change = |statement: &'static str| Change {
        statement: statement.into(),
        parameters: Parameters::new(),
    };
    graph.write(&ZOO.map(change), PATIENCE).await.unwrap();
}

fn parameters() -> Parameters {
    let string = |text: &str| Literal::String(text.to_owned());
    [
        ("since", Literal::DateTime(UnixMillis(1_767_657_600_000))),
        ("range", string("P5D")),
        ("kinds", Literal::List(vec![string("cat"), string("owl")])),
        ("rows", Literal::List(vec![])),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The rows in an order of their own, since without ORDER BY none is promised.
pub(crate) async fn answer(graph: &Graph, query: &str) -> Result<Vec<String>, GraphError> {
    let mut asked = question(query);
    if let Ok(statement) = scan(query) {
        asked.columns = statement
            .columns
            .iter()
            .map(|column| column.name.as_str().into())
            .collect();
    }
    asked.parameters = parameters();
    let rows = asked.rows(graph).await?;
    let mut shown: Vec<_> = rows
        .iter()
        .map(|row| row.iter().map(shown).collect::<Vec<_>>().join(", "))
        .collect();
    if !query.contains("ORDER BY") {
        shown.sort();
    }
    Ok(shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Integer(integer) => integer.to_string(),
        // The last digits of a sum are a matter of order.
        Value::Float(float) => format!("{:?}", (float * 1e9).round() / 1e9),
        Value::String(text) => format!("'{text}'"),
        Value::Temporal(text) => text.clone(),
        Value::Composite(kind) => format!("<{kind}>"),
    }
}

#[tokio::test]
async fn the_engine_answers_as_neo4j_does() {
    let Some(server) = &neo4j::alone().await else {
        return;
    };
    let (neo4j, engine) = (graph(server), engine::graph());
    open_zoo(&neo4j).await;
    open_zoo(&engine).await;
    let mut differences = String::new();
    for query in include_str!("alike.cypher")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
    {
        let (right, found) = (answer(&neo4j, query).await, answer(&engine, query).await);
        // Both may refuse, each in its own words.
        if right.is_err() != found.is_err() || (right.is_ok() && right != found) {
            writeln!(
                differences,
                "{query}\n  Neo4j:  {right:?}\n  engine: {found:?}"
            )
            .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
