//! What an operator sees on the server: which KPIs' queries run there.

use std::time::{Duration, Instant};

use test_support::neo4j::Neo4j;
use test_support::wait::PATIENCE;

/// Runs for hours, holds no memory and gives no row before it ends.
pub(crate) const ENDLESS: &str = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b WITH a, b WHERE a + b < 0\nRETURN count(*) AS value";

/// A connection of its own to the server.
pub(crate) struct Observer(neo4rs::Graph);

impl Observer {
    pub(crate) fn of(neo4j: &Neo4j) -> Self {
        Self(neo4rs::Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).unwrap())
    }

    /// How many queries run now of KPIs whose id begins so.
    pub(crate) async fn running(&self, start: &str) -> i64 {
        let show = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.kpi STARTS WITH $start RETURN count(*) AS n";
        let mut rows = self
            .0
            .execute(neo4rs::query(show).param("start", start))
            .await
            .unwrap();
        let count = rows.next().await.unwrap().unwrap().get("n").unwrap();
        while rows.next().await.unwrap().is_some() {}
        count
    }

    /// Waits until exactly so many run.
    pub(crate) async fn until_running(&self, start: &str, count: i64) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let running = self.running(start).await;
            if running == count {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{running} queries of {start} run, not {count}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
