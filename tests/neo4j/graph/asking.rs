//! Short ways to ask a graph, so that a test shows only what it is about.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cypher::{Parameters, Row};
use cypher_exporter::graph::{Bolt, BoltSettings, Graph, GraphError, Request};

use test_support::neo4j::Neo4j;

/// Long enough for every query here on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Runs for hours, holds no memory and gives no row before it ends.
pub(crate) const ENDLESS: &str = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS v";

pub(crate) fn graph(neo4j: &Neo4j) -> Graph {
    graph_of(neo4j.settings())
}

pub(crate) fn graph_of(settings: BoltSettings) -> Graph {
    // Another test may have installed it: that one is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Graph::Bolt(Bolt::new(settings))
}

/// A question with its less important parts filled in.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) kpi: String,
    pub(crate) query: String,
    pub(crate) columns: Vec<Arc<str>>,
    pub(crate) parameters: Parameters,
    pub(crate) database: Option<String>,
    pub(crate) timeout: Duration,
}

/// Asks for the column `v`.
pub(crate) fn question(query: impl Into<String>) -> Question {
    Question {
        kpi: "test".into(),
        query: query.into(),
        columns: vec!["v".into()],
        parameters: Parameters::new(),
        database: None,
        timeout: PATIENCE,
    }
}

impl Question {
    pub(crate) fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn named(self, kpi: impl Into<String>) -> Self {
        Self {
            kpi: kpi.into(),
            ..self
        }
    }

    pub(crate) fn columns<const N: usize>(self, columns: [&str; N]) -> Self {
        Self {
            columns: columns.map(Arc::from).to_vec(),
            ..self
        }
    }

    /// All rows, and what ended them.
    pub(crate) async fn rows_and_end(&self, graph: &Graph) -> (Vec<Row>, Result<(), GraphError>) {
        let mut rows = Vec::new();
        let end = self
            .ask(graph, |row| {
                rows.push(row.clone());
                ControlFlow::Continue(())
            })
            .await;
        (rows, end)
    }

    pub(crate) async fn rows(&self, graph: &Graph) -> Result<Vec<Row>, GraphError> {
        let (rows, end) = self.rows_and_end(graph).await;
        end.map(|()| rows)
    }

    pub(crate) async fn ask(
        &self,
        graph: &Graph,
        mut sink: impl FnMut(&Row) -> ControlFlow<()> + Send,
    ) -> Result<(), GraphError> {
        let request = Request {
            kpi: &self.kpi,
            query: &self.query,
            columns: &self.columns,
            parameters: &self.parameters,
            database: self.database.as_deref(),
            timeout: self.timeout,
        };
        graph.rows(&request, &mut sink).await
    }
}

/// Asks again and again until the answer pleases.
pub(crate) async fn until<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> T,
    pleases: impl Fn(&T) -> bool,
) -> T
where
    T: std::fmt::Debug,
{
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = ask().await;
        if pleases(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what}: still {answer:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
