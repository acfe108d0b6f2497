//! A real graph becomes the demo's: an empty one, or one that an earlier demo has filled, of which everything is removed first.
//!
//! Nothing is written before that is certain. A node of its own label says whose the graph is from the first write on, so that
//! also a demo that was killed while it filled its graph can start anew.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::WITHIN;
use crate::graph::{Graph, GraphError, Request};
use crate::row::{Change, Literal, Parameters, Row, Value};
use crate::world::World;

/// The label of the node that says whose the graph is.
const MARK: &str = "CypherExporterDemo";
/// So many nodes are removed in a transaction: it is held in the server's memory.
const BATCH: i64 = 2000;
/// The ids and indexes that the shipped KPIs are written for.
const SCHEMA: [&str; 2] =
    [include_str!("../../../queries/indexes.cypher"), include_str!("../../../queries/model.cypher")];

/// Why a graph does not become the demo's.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unclaimed {
    /// Somebody's nodes are in it.
    #[error("must be an empty graph, or one that an earlier demo has filled: this one holds {0}")]
    NotOurs(String),
    /// It cannot be asked, or takes no changes.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Makes the graph the demo's, empty, and ready for `world`.
///
/// # Errors
/// [`Unclaimed`]; when the graph is not the demo's, nothing has been written.
pub(super) async fn claim(graph: &Graph, world: &World) -> Result<(), Unclaimed> {
    if let Some(foreign) = foreign(graph, world).await? {
        return Err(Unclaimed::NotOurs(foreign));
    }
    let mark = format!("MERGE (m:{MARK} {{id: 'demo'}}) SET m.started_at = datetime()");
    graph.write(&[change(mark)], WITHIN).await?;
    for label in world.labels() {
        clear(graph, label).await?;
    }
    let schema: Vec<_> = SCHEMA.into_iter().flat_map(statements).map(change).collect();
    graph.write(&schema, WITHIN).await?;
    Ok(())
}

/// What is in the graph that no demo has written.
async fn foreign(graph: &Graph, world: &World) -> Result<Option<String>, GraphError> {
    let marks = number(graph, &format!("MATCH (m:{MARK}) RETURN count(m) AS n")).await?;
    let mut theirs = "MATCH (n)".to_owned();
    if marks > 0 {
        let _ = write!(theirs, " WHERE NOT n:{MARK}");
        world.labels().iter().for_each(|label| theirs += &format!(" AND NOT n:{label}"));
    }
    let nodes = number(graph, &format!("{theirs} RETURN count(n) AS n")).await?;
    let one = if nodes == 1 { "1 node" } else { &format!("{nodes} nodes") };
    let what = if marks > 0 { " that no demo has written" } else { "" };
    Ok((nodes > 0).then(|| format!("{one}{what}")))
}

async fn clear(graph: &Graph, label: &str) -> Result<(), GraphError> {
    let nodes = number(graph, &format!("MATCH (n:{label}) RETURN count(n) AS n")).await?;
    let some = format!("MATCH (n:{label}) WITH n LIMIT $batch DETACH DELETE n");
    let parameters = Parameters::from([("batch".to_owned(), Literal::Integer(BATCH))]);
    let some = Change { statement: Cow::Owned(some), parameters };
    for _ in 0..(nodes + BATCH - 1) / BATCH {
        graph.write(std::slice::from_ref(&some), WITHIN).await?;
    }
    Ok(())
}

/// A count.
async fn number(graph: &Graph, query: &str) -> Result<i64, GraphError> {
    let request = Request {
        kpi: "cypher-exporter/demo",
        query,
        columns: &["n".into()],
        parameters: &Parameters::new(),
        database: None,
        timeout: WITHIN,
    };
    let mut number = 0;
    let mut take = |row: &Row| {
        if let Some(Value::Integer(n)) = row.first() {
            number = *n;
        }
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut take).await?;
    Ok(number)
}

/// The statements of a file of ours, each of which ends with its line; comments before one belong to it.
fn statements(file: &'static str) -> impl Iterator<Item = String> {
    file.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned)
}

fn change(statement: String) -> Change {
    Change { statement: Cow::Owned(statement), parameters: Parameters::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_of_the_schema_is_one() {
        for file in SCHEMA {
            let written = file.lines().filter(|line| line.starts_with("CREATE ")).count();
            assert!(written > 3);
            assert_eq!(statements(file).count(), written);
            assert!(statements(file).all(|statement| statement.lines().last().unwrap().starts_with("CREATE ")));
        }
    }
}
