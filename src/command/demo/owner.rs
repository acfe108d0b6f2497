//! A real graph becomes the demo's: an empty one, or one that an earlier demo has filled, of which everything is removed first.
//!
//! Nothing is written before that is certain. Every node that a demo writes has a label of its own, from the first one on: so
//! also a demo that was killed while it filled its graph can start anew, and what somebody has added is never taken for a
//! demo's. One node more says which demo has the graph.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::process;

use super::{WITHIN, now};
use crate::graph::{Graph, GraphError, Request};
use cypher::{Change, Literal, Parameters, Row, Value};
use world::Edit;

/// The label of all nodes that a demo has written.
const MARK: &str = "CypherExporterDemo";
/// The label of the one that says which demo has the graph.
const OWNER: &str = "CypherExporterDemoOwner";
/// So many nodes are removed in a transaction: it is held in the server's memory.
const BATCH: i64 = 2000;
/// The ids and indexes that the shipped KPIs are written for.
const SCHEMA: [&str; 2] = [
    include_str!("../../../queries/indexes.cypher"),
    include_str!("../../../queries/model.cypher"),
];

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

/// A graph that this demo has.
#[derive(Debug)]
pub(super) struct DemoOwner {
    /// No other process has the same.
    demo: String,
}

impl DemoOwner {
    /// Makes the graph this demo's, empty, and ready for its world.
    ///
    /// # Errors
    /// [`Unclaimed`]; when the graph is no demo's, nothing has been written.
    pub(super) async fn take(graph: &Graph) -> Result<Self, Unclaimed> {
        if let Some(foreign) = foreign(graph).await? {
            return Err(Unclaimed::NotOurs(foreign));
        }
        let demo = format!("{}-{}", now().0, process::id());
        // A demo that still lives here ends by this, before what it has written goes.
        let earlier = change(format!("MATCH (o:{OWNER}) DELETE o"));
        let owner = change(format!(
            "CREATE (:{MARK}:{OWNER} {{demo: '{demo}', started_at: datetime()}})"
        ));
        graph.write(&[earlier, owner], WITHIN).await?;
        clear(graph).await?;
        let schema: Vec<_> = SCHEMA
            .into_iter()
            .flat_map(statements)
            .map(change)
            .collect();
        graph.write(&schema, WITHIN).await?;
        Ok(Self { demo })
    }

    /// Whether no other demo has taken the graph since.
    pub(super) async fn holds(&self, graph: &Graph) -> Result<bool, GraphError> {
        let ours = format!(
            "MATCH (o:{OWNER} {{demo: '{}'}}) RETURN count(o) AS n",
            self.demo
        );
        Ok(number(graph, &ours).await? > 0)
    }

    /// The edit as a change that leaves the label of a demo on what it makes.
    pub(super) fn change(edit: &Edit) -> Change {
        edit.change_with(MARK)
    }
}

/// What is in the graph that no demo has written.
async fn foreign(graph: &Graph) -> Result<Option<String>, GraphError> {
    let nodes = number(
        graph,
        &format!("MATCH (n) WHERE NOT n:{MARK} RETURN count(n) AS n"),
    )
    .await?;
    let ours = number(graph, &format!("MATCH (n:{MARK}) RETURN count(n) AS n")).await?;
    let one = if nodes == 1 {
        "1 node"
    } else {
        &format!("{nodes} nodes")
    };
    let what = if ours > 0 {
        " that no demo has written"
    } else {
        ""
    };
    Ok((nodes > 0).then(|| format!("{one}{what}")))
}

async fn clear(graph: &Graph) -> Result<(), GraphError> {
    let nodes = number(
        graph,
        &format!("MATCH (n:{MARK}) WHERE NOT n:{OWNER} RETURN count(n) AS n"),
    )
    .await?;
    let some = format!("MATCH (n:{MARK}) WHERE NOT n:{OWNER} WITH n LIMIT $batch DETACH DELETE n");
    let parameters = Parameters::from([("batch".to_owned(), Literal::Integer(BATCH))]);
    let some = Change {
        statement: Cow::Owned(some),
        parameters,
    };
    for _ in 0..(nodes + BATCH - 1) / BATCH {
        while let Err(error) = graph.write(std::slice::from_ref(&some), WITHIN).await {
            // A demo that still lived here was writing just then.
            if !is_deadlock(&error) {
                return Err(error);
            }
        }
    }
    Ok(())
}

fn is_deadlock(error: &GraphError) -> bool {
    matches!(error, GraphError::Server { code, .. } if code == "Neo.TransientError.Transaction.DeadlockDetected")
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
    file.split(";\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .map(str::to_owned)
}

fn change(statement: String) -> Change {
    Change {
        statement: Cow::Owned(statement),
        parameters: Parameters::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_of_the_schema_is_one() {
        for file in SCHEMA {
            let written = file
                .lines()
                .filter(|line| line.starts_with("CREATE "))
                .count();
            assert!(written > 3);
            assert_eq!(statements(file).count(), written);
            assert!(
                statements(file).all(|statement| statement
                    .lines()
                    .last()
                    .unwrap()
                    .starts_with("CREATE "))
            );
        }
    }
}
