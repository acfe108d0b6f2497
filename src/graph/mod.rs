//! Where rows come from. A kind of graph is one file and one variant; the contract suite in `tests/` holds them all to one behaviour.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::SemaphorePermit;

use cypher::{Change, Parameters, Row, UnixMillis, Value};

mod bolt;
mod error;

#[cfg(feature = "embedded")]
pub use ::embedded::Embedded;
pub use bolt::{Bolt, BoltSettings};
pub use error::GraphError;

/// A question to a graph.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks: shown to operators in SHOW TRANSACTIONS.
    pub kpi: &'a str,
    /// The Cypher text, exactly one statement that only reads.
    pub query: &'a str,
    /// The columns wanted, in the order in which [`Row`]s are to hold them.
    pub columns: &'a [Arc<str>],
    /// The values of the query's parameters.
    pub parameters: &'a Parameters,
    /// The database; `None` is the graph's default.
    pub database: Option<&'a str>,
    /// The longest the whole answer may take, connecting included, from the moment it has its acquire among the graph's queries.
    pub timeout: Duration,
}

/// Takes rows one by one as they arrive, each in the memory of the one before; `Break` ends the query on the server too.
pub type RowSink<'a> = dyn FnMut(&Row) -> ControlFlow<()> + Send + 'a;

/// What a graph's own clock showed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it showed, which is what the graph writes as the time of an event.
    pub now: UnixMillis,
    /// The id of the graph's default database: another one for each that was ever made. None where the graph does not tell.
    pub database: Option<Arc<str>>,
}

/// A graph that answers questions; cheap to share.
#[derive(Debug)]
#[cfg_attr(
    feature = "embedded",
    expect(
        clippy::large_enum_variant,
        reason = "a program has a handful of graphs, each behind an Arc"
    )
)]
pub enum Graph {
    /// Neo4j, or what speaks its protocol.
    Bolt(Bolt),
    /// One that lives and ends with the program, for `demo`.
    #[cfg(feature = "embedded")]
    Embedded(Embedded),
}

impl Graph {
    /// The most queries at one time, which have a acquire each.
    pub fn max_concurrent(&self) -> usize {
        match self {
            Graph::Bolt(bolt) => bolt.max_concurrent(),
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => embedded.max_concurrent(),
        }
    }

    /// Waits until fewer queries run than the graph allows at one time. What waits here is nobody's fault and costs no
    /// query its time.
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

    /// Asks when it is its acquire, and hands every row to `sink`.
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

    /// Whether the graph answers `RETURN 1` within `timeout`. It does not wait for its acquire: those who hold the turns may be
    /// waiting for a graph that hangs, and this is how that is found out.
    ///
    /// # Errors
    /// As [`Permit::rows`]; a graph that does not answer in time is one that cannot be reached.
    pub async fn ping(&self, timeout: Duration) -> Result<(), GraphError> {
        let request = Request {
            kpi: "cypher-exporter/ping",
            query: "RETURN 1 AS one",
            columns: &["one".into()],
            parameters: &Parameters::new(),
            database: None,
            timeout,
        };
        self.small(&request, &mut |_| ControlFlow::Continue(()))
            .await
            .map_err(|error| self.hung(error))
    }

    /// A graph that does not answer so small a question in time is one that cannot be reached.
    fn hung(&self, error: GraphError) -> GraphError {
        let GraphError::Timeout(within) = error else {
            return error;
        };
        let cause = format!(
            "it does not answer within {}",
            humantime::format_duration(within)
        );
        GraphError::Unreachable {
            uri: self.address(),
            cause,
        }
    }

    /// Makes all changes, in this order, or none of them. KPIs have no way to this: they ask, and only read.
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

    /// Where it is, without credentials.
    fn address(&self) -> String {
        match self {
            Graph::Bolt(bolt) => bolt.address(),
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => embedded.address(),
        }
    }

    async fn ask(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), GraphError> {
        match self {
            Graph::Bolt(bolt) => bolt.rows(request, sink).await,
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => {
                Ok(embedded.rows(&embedded_request(request), sink).await?)
            }
        }
    }

    /// Asks what needs no proof before it that the graph answers: it is one.
    async fn small(&self, request: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), GraphError> {
        match self {
            Graph::Bolt(bolt) => bolt.small(request, sink).await,
            #[cfg(feature = "embedded")]
            Graph::Embedded(embedded) => {
                Ok(embedded.rows(&embedded_request(request), sink).await?)
            }
        }
    }
}

/// The right to run one query at a time; it ends with the value.
#[derive(Debug)]
pub struct Permit<'g> {
    graph: &'g Graph,
    _permit: SemaphorePermit<'g>,
}

const CLOCK: &str = "RETURN datetime().epochMillis AS now";
const CLOCK_AND_DATABASE: &str =
    "CALL db.info() YIELD id RETURN datetime().epochMillis AS now, id AS database";

impl Permit<'_> {
    /// Asks, and hands every row to `sink`. A query that was stopped by the sink is a success: the sink knows why.
    ///
    /// # Errors
    /// [`GraphError`] says by reason what went wrong; rows that came before it have been handed over.
    pub async fn rows(
        &mut self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        self.graph.ask(request, sink).await
    }

    /// What the graph's own clock shows, and which database it is of: one question, where the graph knows the answer to both.
    ///
    /// # Errors
    /// As [`Graph::ping`].
    pub async fn clock(&mut self, timeout: Duration) -> Result<Clock, GraphError> {
        let told = match self.graph {
            Graph::Bolt(_) => {
                self.shown(
                    CLOCK_AND_DATABASE,
                    &["now".into(), "database".into()],
                    timeout,
                )
                .await
            }
            #[cfg(feature = "embedded")]
            Graph::Embedded(_) => self.shown(CLOCK, &["now".into()], timeout).await,
        };
        match told {
            // Not every server that speaks Bolt has the procedure, nor may every user call it.
            Err(error) if error.refuses_statement() => {
                self.shown(CLOCK, &["now".into()], timeout).await
            }
            told => told,
        }
    }

    async fn shown(
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
        let mut shown = Row::new();
        let mut take = |row: &Row| {
            shown.clone_from(row);
            ControlFlow::Continue(())
        };
        self.graph
            .small(&request, &mut take)
            .await
            .map_err(|error| self.graph.hung(error))?;
        let now = match shown.first() {
            Some(Value::Integer(now)) => UnixMillis(*now),
            other => {
                let cause = format!("the graph's clock shows {other:?}, no number of milliseconds");
                return Err(GraphError::Decode(cause));
            }
        };
        let database = shown.get(1).and_then(|id| {
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
