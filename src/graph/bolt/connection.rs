//! One connection to one server.

use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout};

use super::{BoltSettings, failure};
use crate::graph::GraphError;

/// For so long after an answer a connection is used without asking whether it still works. In that time no server
/// restarts and comes back with another password, which each idle connection would then try on its own.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// The driver takes this limit of connecting as a limit of each message as well, and would end a long query by it. It is
/// out of the way: our own deadlines hold outside the driver.
const NO_LIMIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How many rows the server sends ahead: enough to hide the way there and back, and few to throw away.
const ROWS_AHEAD: usize = 1000;

/// What the server has to say to a query that it has taken.
pub(super) type Rows = neo4rs::DetachedRowStream;

/// A driver that holds a single connection, so that dropping it closes the socket and thereby ends the query.
pub(super) struct Connection {
    pub(super) graph: neo4rs::Graph,
    /// Where it leads, without credentials.
    pub(super) address: String,
    answered: Option<Instant>,
}

impl Connection {
    /// Does not connect yet.
    pub(super) fn open(uri: &str, settings: &BoltSettings) -> Result<Self, GraphError> {
        let address = address(uri);
        let graph = neo4rs::ConfigBuilder::default()
            .uri(&*address)
            .user(&*settings.user)
            .password(settings.password.expose_secret())
            .max_connections(1)
            .connection_timeout(NO_LIMIT)
            .fetch_size(ROWS_AHEAD)
            .build()
            .and_then(neo4rs::Graph::connect)
            .map_err(|error| failure::of_connecting(&error, &address))?;
        Ok(Self {
            graph,
            address,
            answered: None,
        })
    }

    /// Connects, if need be, and makes the server take a query. Boxed: the driver's futures are so large, and lie so deep in
    /// each other, that ours around them would not fit on the stack.
    pub(super) fn ask(&self, query: neo4rs::Query) -> BoxFuture<'_, neo4rs::Result<Rows>> {
        Box::pin(self.graph.execute_read(query))
    }

    /// Connects, if need be, and makes the server answer a trivial question.
    pub(super) async fn prove(&self, limit: Duration) -> Result<(), GraphError> {
        let ask = async {
            let mut rows = self.ask(neo4rs::query("RETURN 1")).await?;
            while rows.next().await?.is_some() {}
            Ok(())
        };
        self.answer(limit, ask).await.map(drop)
    }

    /// As [`Self::prove`], by a question that is no more than that: its rows are still to come. None when it is to be asked
    /// again, for the server to tell what is wrong with it.
    pub(super) async fn prove_by(
        &self,
        question: neo4rs::Query,
        limit: Duration,
    ) -> Result<Option<Rows>, GraphError> {
        self.answer(limit, self.ask(question)).await
    }

    /// None when the server answers with an error: it lets us in, and the query itself will tell what is wrong.
    async fn answer<T>(
        &self,
        limit: Duration,
        ask: impl Future<Output = neo4rs::Result<T>>,
    ) -> Result<Option<T>, GraphError> {
        match timeout(limit, ask).await {
            Ok(Ok(answer)) => Ok(Some(answer)),
            Ok(Err(neo4rs::Error::Neo4j(error))) if !failure::is_login(error.code()) => Ok(None),
            Ok(Err(error)) => Err(failure::of_connecting(&error, &self.address)),
            Err(_) => Err(failure::silent(&self.address, limit)),
        }
    }

    /// Notes that the server has answered just now.
    pub(super) fn answered(&mut self) {
        self.answered = Some(Instant::now());
    }

    /// Whether the server answered so lately that it need not be asked again.
    pub(super) fn is_fresh(&self) -> bool {
        self.answered
            .is_some_and(|answered| answered.elapsed() < FRESH_FOR)
    }
}

/// The URI without what may stand before an `@`: a password does not belong there, but gets there.
pub(super) fn address(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("bolt", uri));
    // The last one, and before anything else is looked for: a password may hold any of these characters.
    let host = rest.rsplit_once('@').map_or(rest, |(_, after)| after);
    let host = host.find(['/', '?', '#']).map_or(host, |end| &host[..end]);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_no_credentials() {
        for (uri, expected) in [
            ("bolt://db:7687", "bolt://db:7687"),
            ("db:7687", "bolt://db:7687"),
            ("bolt+s://neo4j:geheim@db:7687", "bolt+s://db:7687"),
            ("bolt://neo4j:p@ss/w?rd@db:7687/", "bolt://db:7687"),
            ("bolt://[::1]:7687", "bolt://[::1]:7687"),
            ("bolt://db:7687/path", "bolt://db:7687"),
        ] {
            assert_eq!(address(uri), expected);
        }
    }
}
