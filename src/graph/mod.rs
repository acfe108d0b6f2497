//! Where rows come from. A kind of graph is one file and one variant; the contract suite in
//! `tests/` runs against each kind.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;

use cypher::{Change, Parameters, Row, UnixMillis, Value};

mod bolt;
mod error;

#[cfg(feature = "embedded")]
pub use ::embedded::Embedded;
pub use bolt::{Bolt, BoltSettings, Password, ReadPassword, TlsFiles};
pub use error::GraphError;

/// A query to a graph.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The KPI, which operators see in SHOW TRANSACTIONS.
    pub kpi: &'a str,
    /// The Cypher text, exactly one statement that only reads.
    pub query: &'a str,
    /// The columns to read, in the order in which [`Row`]s hold them.
    pub columns: &'a [Arc<str>],
    /// The values of the query's parameters.
    pub parameters: &'a Parameters,
    /// The database; `None` is the graph's default.
    pub database: Option<&'a str>,
    /// The timeout of the whole query, connecting included, from the moment it has its permit.
    pub timeout: Duration,
}

/// Receives rows one by one as they arrive, each in the memory of the one before; `Break` ends the
/// query on the server too.
pub type RowSink<'a> = dyn FnMut(&Row) -> ControlFlow<()> + Send + 'a;

/// A reading of a graph's own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The time, as the graph writes it as the time of an event.
    pub now: UnixMillis,
    /// The id of the graph's default database, unique to each database ever created. None where the
    /// graph does not report it.
    pub database: Option<Arc<str>>,
}

/// The server behind a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The address that is connected to, without credentials.
    pub uri: String,
    /// The version, if the server reports it.
    pub version: Option<String>,
    /// The database of queries that name none, if the server reports it.
    pub database: Option<String>,
}

/// A graph that runs queries; cheap to share.
#[derive(Debug)]
#[cfg_attr(
    feature = "embedded",
    expect(
        clippy::large_enum_variant,
        reason = "a program has a handful of graphs, each behind an Arc"
    )
)]
pub enum Graph {
    /// Neo4j, or a server with the same protocol.
    Bolt(Bolt),
    /// A graph inside this process, for `demo`.
    #[cfg(feature = "embedded")]
    Embedded(Embedded),
}

impl Graph {
    /// The maximum number of concurrent queries, each of which holds a permit.
    pub fn max_concurrent(&self) -> usize {
        match self {
            Graph::Bolt(bolt) => bolt.max_concurrent(),
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => embedded.max_concurrent(),
        }
    }

    /// Waits until fewer queries run than the graph allows concurrently. This wait does not count
    /// towards the timeout of the query.
    pub async fn acquire(&self) -> Permit<'_> {
        match self {
            Graph::Bolt(bolt) => Permit {
                graph: self,
                _permit: bolt.acquire().await,
            },
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => Permit {
                graph: self,
                _permit: embedded.acquire().await,
            },
        }
    }

    /// Waits for a permit, runs the query and passes every row to `sink`.
    ///
    /// # Errors
    /// As [`Permit::rows`].
    pub async fn rows(
        &self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        self.acquire().await.rows(request, sink).await
    }

    /// Whether the graph answers `RETURN 1` within `timeout`. It does not wait for a permit: the
    /// holders may be waiting for a graph that hangs, which the ping detects.
    ///
    /// # Errors
    /// As [`Permit::rows`]; a graph that does not answer in time is unreachable.
    pub async fn ping(&self, timeout: Duration) -> Result<(), GraphError> {
        let request = Request {
            kpi: "cypher-exporter/ping",
            query: "RETURN 1 AS one",
            columns: &["one".into()],
            parameters: &Parameters::new(),
            database: None,
            timeout,
        };
        self.probe(&request, &mut |_| ControlFlow::Continue(()))
            .await
            .map_err(|error| self.unresponsive(error))
    }

    /// Completes when an idle connection to the graph has ended. Nothing is sent until then.
    pub async fn lost(&self) {
        match self {
            Graph::Bolt(bolt) => bolt.lost().await,
            // It ends with this process.
            #[cfg(feature = "embedded")]
            Graph::Embedded(_) => std::future::pending().await,
        }
    }

    /// Which server and database the graph is.
    pub async fn server(&self, timeout: Duration) -> Server {
        let mut server = Server {
            uri: self.address(),
            version: None,
            database: None,
        };
        match self {
            Graph::Bolt(bolt) => {
                let parameters = Parameters::new();
                let request = Request {
                    kpi: "cypher-exporter/server",
                    query: SERVER,
                    columns: &["version".into(), "database".into()],
                    parameters: &parameters,
                    database: None,
                    timeout,
                };
                let text = |value: Option<&Value>| match value {
                    Some(Value::String(text)) => Some(text.clone()),
                    Some(_) | None => None,
                };
                let mut sink = |row: &Row| {
                    (server.version, server.database) = (text(row.first()), text(row.get(1)));
                    ControlFlow::Continue(())
                };
                // A user may lack the permission, and other servers the procedures.
                let _ = bolt.probe(&request, &mut sink).await;
                server.uri = bolt.connected_to().unwrap_or(server.uri);
            }
            #[cfg(feature = "embedded")]
            Graph::Embedded(_) => {}
        }
        server
    }

    /// A graph that does not answer such a small query in time is unreachable.
    fn unresponsive(&self, error: GraphError) -> GraphError {
        let GraphError::Timeout(limit) = error else {
            return error;
        };
        let cause = format!("no response within {}", humantime::format_duration(limit));
        GraphError::Unreachable {
            uri: self.address(),
            cause,
        }
    }

    /// Applies all changes in this order, or none of them. KPIs cannot reach this method: they only
    /// read.
    ///
    /// # Errors
    /// As [`Permit::rows`].
    pub async fn write(&self, changes: &[Change], timeout: Duration) -> Result<(), GraphError> {
        match self {
            Graph::Bolt(bolt) => bolt.write(changes, timeout).await,
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => Ok(embedded.write(changes, timeout).await?),
        }
    }

    /// The address, without credentials.
    fn address(&self) -> String {
        match self {
            Graph::Bolt(bolt) => bolt.address(),
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => embedded.address(),
        }
    }

    async fn query(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), GraphError> {
        match self {
            Graph::Bolt(bolt) => bolt.rows(request, sink).await,
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => {
                Ok(embedded.rows(&embedded_request(request), sink).await?)
            }
        }
    }

    /// Runs a query so small that it shows by itself whether the graph answers.
    async fn probe(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), GraphError> {
        match self {
            Graph::Bolt(bolt) => bolt.probe(request, sink).await,
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => {
                Ok(embedded.rows(&embedded_request(request), sink).await?)
            }
        }
    }
}

/// The right to run one query at a time; dropping it returns it.
#[derive(Debug)]
pub struct Permit<'g> {
    graph: &'g Graph,
    _permit: SemaphorePermit<'g>,
}

const SERVER: &str = "CALL dbms.components() YIELD versions CALL db.info() YIELD name \
                      RETURN versions[0] AS version, name AS database";
const CLOCK: &str = "RETURN datetime().epochMillis AS now";
const CLOCK_AND_DATABASE: &str =
    "CALL db.info() YIELD id RETURN datetime().epochMillis AS now, id AS database";

impl Permit<'_> {
    /// Runs the query and passes every row to `sink`. A query that the sink stopped is a success:
    /// the sink knows why.
    ///
    /// # Errors
    /// Rows that arrived before the error have been passed on.
    pub async fn rows(
        &mut self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        self.graph.query(request, sink).await
    }

    /// The time of the graph's own clock and the id of its database, by one query where the graph
    /// can report both.
    ///
    /// # Errors
    /// As [`Graph::ping`].
    pub async fn clock(&mut self, timeout: Duration) -> Result<Clock, GraphError> {
        let clock = match self.graph {
            Graph::Bolt(_) => {
                self.read_clock(
                    CLOCK_AND_DATABASE,
                    &["now".into(), "database".into()],
                    timeout,
                )
                .await
            }
            #[cfg(feature = "embedded")]
            Graph::Embedded(_) => self.read_clock(CLOCK, &["now".into()], timeout).await,
        };
        match clock {
            // Other servers with the Bolt protocol may lack the procedure, and the user may not be
            // allowed to call it.
            Err(error) if error.refuses_statement() => {
                self.read_clock(CLOCK, &["now".into()], timeout).await
            }
            clock => clock,
        }
    }

    async fn read_clock(
        &self,
        query: &str,
        columns: &[Arc<str>],
        timeout: Duration,
    ) -> Result<Clock, GraphError> {
        let parameters = &Parameters::new();
        let request = Request {
            kpi: "cypher-exporter/clock",
            query,
            columns,
            parameters,
            database: None,
            timeout,
        };
        let mut values = Row::new();
        let mut sink = |row: &Row| {
            values.clone_from(row);
            ControlFlow::Continue(())
        };
        self.graph
            .probe(&request, &mut sink)
            .await
            .map_err(|error| self.graph.unresponsive(error))?;
        let now = match values.first() {
            Some(Value::Integer(now)) => UnixMillis(*now),
            other => {
                let cause =
                    format!("expected milliseconds from the graph's clock, found {other:?}");
                return Err(GraphError::Decode(cause));
            }
        };
        let database = values.get(1).and_then(|id| {
            if let Value::String(id) = id {
                Some(id.as_str().into())
            } else {
                None
            }
        });
        Ok(Clock { now, database })
    }
}

#[cfg(feature = "embedded")]
fn embedded_request<'a>(request: &Request<'a>) -> embedded::Request<'a> {
    let Request {
        kpi: name,
        query,
        columns,
        parameters,
        database,
        timeout,
    } = *request;
    embedded::Request {
        name,
        query,
        columns,
        parameters,
        database,
        timeout,
    }
}

#[cfg(feature = "embedded")]
impl From<embedded::Error> for GraphError {
    fn from(error: embedded::Error) -> Self {
        match error {
            embedded::Error::Timeout(within) => Self::Timeout(within),
            embedded::Error::Statement { message, place } => Self::Statement { message, place },
            embedded::Error::Writes(message) => Self::Writes(message),
            embedded::Error::Database(message) => Self::Database(message),
            embedded::Error::MissingColumn(column) => Self::MissingColumn(column),
            embedded::Error::Decode(message) => Self::Decode(message),
            embedded::Error::Server { code, message } => Self::Server { code, message },
        }
    }
}
