//! A graph's own clock: asked now and then, and carried on by ours in between, so that a window costs one question.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::graph::{GraphError, Request, Turn};
use crate::row::{Parameters, Row, UnixMillis, Value};

const QUESTION: &str = "RETURN datetime().epochMillis AS now";
/// The longest that so small a question may take; the first query of a fresh Neo4j takes up to 2 s.
const WITHIN: Duration = Duration::from_secs(10);

/// What the graph's clock showed when it was asked.
///
/// # Errors
/// As [`Turn::rows`].
pub(super) async fn ask(turn: &mut Turn<'_>, within: Duration) -> Result<UnixMillis, GraphError> {
    let request = Request {
        kpi: "cypher-exporter/clock",
        query: QUESTION,
        columns: &["now".into()],
        parameters: &Parameters::new(),
        database: None,
        timeout: within.min(WITHIN),
    };
    let mut now = None;
    let mut take = |row: Row| {
        now = row.into_iter().next();
        ControlFlow::Continue(())
    };
    turn.rows(&request, &mut take).await?;
    match now {
        Some(Value::Integer(now)) => Ok(UnixMillis(now)),
        other => Err(GraphError::Decode(format!("the graph's clock shows {other:?}, no number of milliseconds"))),
    }
}
