//! A small question to a graph, with all of its rows.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use crate::graph::{Graph, GraphError, Request};
use cypher::{Parameters, Row};

/// The first query of a fresh server takes a second or two.
const TIMEOUT: Duration = Duration::from_secs(15);

pub(super) async fn rows(
    graph: &Graph,
    database: Option<&str>,
    query: &str,
    columns: &[&str],
) -> Result<Vec<Row>, GraphError> {
    let columns: Vec<Arc<str>> = columns.iter().map(|column| (*column).into()).collect();
    let request = Request {
        kpi: "cypher-exporter/inspect",
        query,
        columns: &columns,
        parameters: &Parameters::new(),
        database,
        timeout: TIMEOUT,
    };
    let mut rows = Vec::new();
    let mut push = |row: &Row| {
        rows.push(row.clone());
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut push).await?;
    Ok(rows)
}
