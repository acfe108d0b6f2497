//! One connection to one server.

use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout};

use super::tls::Protection;
use super::{BoltSettings, failure};
use crate::graph::GraphError;

/// A connection that responded so recently is used without verification. In this time no server
/// restarts with another password, which each idle connection would then try by itself.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// The driver applies its connection timeout to each message as well, which would end a long query.
/// It is disabled by a large value; our own deadlines apply outside the driver.
const NO_LIMIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How many rows the server sends per batch: enough to hide the round trip, and few to discard.
const ROWS_AHEAD: usize = 1000;

/// The result of a query that the server has accepted.
pub(super) type Rows = neo4rs::DetachedRowStream;

/// A driver with a single connection, so that dropping it closes the socket and ends the query.
pub(super) struct Connection {
    pub(super) graph: neo4rs::Graph,
    /// The address, without credentials.
    pub(super) address: String,
    responded: Option<Instant>,
}

impl Connection {
    /// Does not connect yet.
    pub(super) fn open(
        uri: &str,
        settings: &BoltSettings,
        password: &SecretString,
    ) -> Result<Self, GraphError> {
        let address = address(uri);
        let driver = neo4rs::ConfigBuilder::default()
            .uri(driver_uri(&address))
            .user(&*settings.user)
            .password(password.expose_secret())
            .max_connections(1)
            .connection_timeout(NO_LIMIT)
            .fetch_size(ROWS_AHEAD);
        let driver = settings.tls.apply(driver, Protection::of(&address));
        let graph = driver
            .map_err(|cause| failure::unreachable(&address, cause))?
            .build()
            .and_then(neo4rs::Graph::connect)
            .map_err(|error| failure::of_connecting(&error, &address))?;
        Ok(Self {
            graph,
            address,
            responded: None,
        })
    }

    /// Connects, if necessary, and sends a query. Boxed: the driver's nested futures are so large
    /// that ours around them would not fit on the stack.
    pub(super) fn query(&self, query: neo4rs::Query) -> BoxFuture<'_, neo4rs::Result<Rows>> {
        Box::pin(self.graph.execute_read(query))
    }

    /// Connects, if necessary, and runs a trivial query.
    pub(super) async fn verify(&self, limit: Duration) -> Result<(), GraphError> {
        let query = async {
            let mut rows = self.query(neo4rs::query("RETURN 1")).await?;
            while rows.next().await?.is_some() {}
            Ok(())
        };
        self.response(limit, query).await.map(drop)
    }

    /// As [`Self::verify`], by a small query whose rows are still to be read. None if the query is
    /// to be sent again, so that its own error is reported.
    pub(super) async fn verify_by(
        &self,
        query: neo4rs::Query,
        limit: Duration,
    ) -> Result<Option<Rows>, GraphError> {
        self.response(limit, self.query(query)).await
    }

    /// None if the server responds with an error: the login succeeded, and the query itself reports
    /// what is wrong.
    async fn response<T>(
        &self,
        limit: Duration,
        query: impl Future<Output = neo4rs::Result<T>>,
    ) -> Result<Option<T>, GraphError> {
        match timeout(limit, query).await {
            Ok(Ok(response)) => Ok(Some(response)),
            Ok(Err(neo4rs::Error::Neo4j(error))) if !failure::is_login(error.code()) => Ok(None),
            Ok(Err(error)) => Err(failure::of_connecting(&error, &self.address)),
            Err(_) => Err(failure::silent(&self.address, limit)),
        }
    }

    /// Records that the server has just responded.
    pub(super) fn mark_fresh(&mut self) {
        self.responded = Some(Instant::now());
    }

    /// Whether the server responded so recently that the connection need not be verified.
    pub(super) fn is_fresh(&self) -> bool {
        self.responded
            .is_some_and(|responded| responded.elapsed() < FRESH_FOR)
    }
}

/// The driver does not route, but warns about it for `neo4j://`: both schemes connect to the server
/// of the URI.
fn driver_uri(address: &str) -> String {
    match address.strip_prefix("neo4j") {
        Some(rest) => format!("bolt{rest}"),
        None => address.to_owned(),
    }
}

/// The URI without the part before an `@`: it may contain a password by mistake.
pub(super) fn address(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap_or(("bolt", uri));
    // The last `@`, and before any other separator: a password may contain all of these characters.
    let host = rest.rsplit_once('@').map_or(rest, |(_, after)| after);
    let host = host.find(['/', '?', '#']).map_or(host, |end| &host[..end]);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_is_given_bolt_uris_only() {
        for (uri, expected) in [
            ("neo4j://db", "bolt://db"),
            ("neo4j+s://neo4j", "bolt+s://neo4j"),
            ("bolt+ssc://db", "bolt+ssc://db"),
        ] {
            assert_eq!(driver_uri(uri), expected);
        }
    }

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
