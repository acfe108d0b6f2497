//! Claims a Neo4j for the demo: an empty graph, or that of an earlier demo, which is cleared first.
//!
//! Nothing is written before this check. Every node of a demo has a marker label from the first one
//! on, so a demo that was killed while it filled its graph can start again, and foreign nodes are
//! never deleted. One more node identifies the demo that owns the graph.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::process;

use super::{TIMEOUT, now};
use crate::graph::{Graph, GraphError, Request};
use cypher::{Change, Literal, Parameters, Row, Value};
use world::Edit;

/// The marker label of all nodes of a demo.
const MARK: &str = "CypherExporterDemo";
/// The label of the node that identifies the owner.
const OWNER: &str = "CypherExporterDemoOwner";
/// Nodes deleted per transaction, which the server holds in memory.
const BATCH: i64 = 2000;
/// The constraints and indexes for the shipped KPIs.
const SCHEMA: [&str; 2] = [
    include_str!("../../../queries/indexes.cypher"),
    include_str!("../../../queries/model.cypher"),
];

/// Why a graph cannot be claimed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unclaimed {
    /// It contains foreign nodes.
    #[error("must be an empty graph or that of an earlier demo, but it contains {0}")]
    NotOurs(String),
    /// It cannot be read or written.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// The owner of a graph.
#[derive(Debug)]
pub(super) struct DemoOwner {
    /// Unique per process.
    demo: String,
}

impl DemoOwner {
    /// Claims the graph for this demo, clears it, and creates its schema.
    ///
    /// # Errors
    /// [`Unclaimed`]; nothing has been written if the graph contains foreign nodes.
    pub(super) async fn claim(graph: &Graph) -> Result<Self, Unclaimed> {
        if let Some(foreign) = foreign(graph).await? {
            return Err(Unclaimed::NotOurs(foreign));
        }
        let demo = format!("{}-{}", now().0, process::id());
        // Ends a demo that still runs on this graph before its nodes are deleted.
        let earlier = change(format!("MATCH (o:{OWNER}) DELETE o"));
        let owner = change(format!(
            "CREATE (:{MARK}:{OWNER} {{demo: '{demo}', started_at: datetime()}})"
        ));
        graph.write(&[earlier, owner], TIMEOUT).await?;
        clear(graph).await?;
        let schema: Vec<_> = SCHEMA
            .into_iter()
            .flat_map(statements)
            .map(change)
            .collect();
        graph.write(&schema, TIMEOUT).await?;
        Ok(Self { demo })
    }

    /// Whether this demo still owns the graph.
    pub(super) async fn owns(&self, graph: &Graph) -> Result<bool, GraphError> {
        let ours = format!(
            "MATCH (o:{OWNER} {{demo: '{}'}}) RETURN count(o) AS n",
            self.demo
        );
        Ok(number(graph, &ours).await? > 0)
    }

    /// The edit as a change that adds the marker label to new nodes.
    pub(super) fn change(edit: &Edit) -> Change {
        edit.change_with(MARK)
    }
}

/// Describes the foreign nodes in the graph, if any.
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
        " that no demo created"
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
        while let Err(error) = graph.write(std::slice::from_ref(&some), TIMEOUT).await {
            // A demo that was still running wrote at the same time.
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

/// The result of a query that counts.
async fn number(graph: &Graph, query: &str) -> Result<i64, GraphError> {
    let request = Request {
        kpi: "cypher-exporter/demo",
        query,
        columns: &["n".into()],
        parameters: &Parameters::new(),
        database: None,
        timeout: TIMEOUT,
    };
    let mut number = 0;
    let mut read = |row: &Row| {
        if let Some(Value::Integer(n)) = row.first() {
            number = *n;
        }
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut read).await?;
    Ok(number)
}

/// The statements of a bundled file, each ending at a line end, with the comments before them.
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
    fn the_schema_files_are_split_into_their_statements() {
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
