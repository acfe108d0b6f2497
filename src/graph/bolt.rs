//! Neo4j over Bolt by neo4rs. Only this module and its parts name the driver; what it does wrong is kept in here.
//!
//! - Reads only, but for `write`: `execute_read` sends the access mode READ, which an explicit transaction of this
//!   driver would not.
//! - The driver cannot end a query. We own every connection alone and close its socket instead: Neo4j then ends the query.
//!   So whatever stops early (a deadline, a sink that breaks, a dropped future) throws the connection away.
//! - The driver's own timeouts are out of the way; every wait here ends at the deadline of the request.
//! - Where a used connection no longer answers, the driver connects anew by itself, before the query. So a connection that was
//!   idle has to prove that it works, behind the gate too: by a question so small that it keeps nobody waiting there.
//! - Connecting happens behind the [`Gate`], so that a wrong password does not lock the account for other applications.

mod connection;
mod failure;
mod gate;
mod value;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::{GraphError, Request, RowSink};
use connection::{Connection, Rows, address};
use cypher::{Change, Parameters, Row, Value};
use gate::Gate;

/// The longest that one address may take to answer its first, trivial query. A server that accepts the connection and
/// then stays silent would otherwise use up the time of every query.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How to reach a server.
#[derive(Clone)]
pub struct BoltSettings {
    /// Tried in order; `bolt`, `bolt+s` or `bolt+ssc`.
    pub uris: Vec<String>,
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
    /// The database that requests without one ask; `None` is the server's default.
    pub database: Option<String>,
    /// The most queries at one time.
    pub max_concurrent: usize,
}

impl fmt::Debug for BoltSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may carry a password where none belongs.
        f.debug_struct("BoltSettings")
            .field(
                "uris",
                &self.uris.iter().map(|uri| address(uri)).collect::<Vec<_>>(),
            )
            .field("user", &self.user)
            .field("password", &self.password)
            .field("database", &self.database)
            .field("max_concurrent", &self.max_concurrent)
            .finish()
    }
}

/// A Neo4j server.
pub struct Bolt {
    settings: BoltSettings,
    /// One permit for each query that may run.
    slots: Semaphore,
    gate: Gate,
    /// Connections that finished their last query, the latest last.
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Bolt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bolt")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Bolt {
    /// Connects on first use. TLS needs the process-wide crypto provider of rustls to be installed before that.
    pub fn new(settings: BoltSettings) -> Self {
        let slots = Semaphore::new(settings.max_concurrent.max(1));
        Self {
            settings,
            slots,
            gate: Gate::default(),
            idle: Mutex::default(),
        }
    }

    /// Closes the connections that are not in use.
    pub fn forget(&self) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// All its addresses, without credentials.
    pub(super) fn address(&self) -> String {
        self.settings
            .uris
            .iter()
            .map(|uri| address(uri))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The most queries at one time.
    pub(super) fn max_concurrent(&self) -> usize {
        self.settings.max_concurrent.max(1)
    }

    pub(super) async fn acquire(&self) -> SemaphorePermit<'_> {
        self.slots
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    pub(super) async fn rows(
        &self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        let deadline = Instant::now() + request.timeout;
        let connection = self.connect(request.timeout, deadline).await?;
        self.take((connection, None), request, deadline, sink).await
    }

    /// As [`Self::rows`], of a question so small that a connection which was idle proves by it that it works.
    pub(super) async fn small(
        &self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        let deadline = Instant::now() + request.timeout;
        let begun = self
            .connect_by(
                Some(self.query(request, deadline)),
                request.timeout,
                deadline,
            )
            .await?;
        self.take(begun, request, deadline, sink).await
    }

    async fn take(
        &self,
        (connection, begun): Begun,
        request: &Request<'_>,
        deadline: Instant,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        let stream = self.stream(&connection, begun, request, deadline, sink);
        match timeout_at(deadline, stream)
            .await
            .map_err(|_| GraphError::Timeout(request.timeout))?
        {
            Ok(Stream::Complete) => self.keep(connection),
            Ok(Stream::Broken) => {}
            Err(failure) => return Err(self.fail(failure, connection, request)),
        }
        Ok(())
    }

    pub(super) async fn write(
        &self,
        changes: &[Change],
        timeout: Duration,
    ) -> Result<(), GraphError> {
        let deadline = Instant::now() + timeout;
        let connection = self.connect(timeout, deadline).await?;
        let transaction = self.transaction(&connection, changes);
        match timeout_at(deadline, transaction)
            .await
            .map_err(|_| GraphError::Timeout(timeout))?
        {
            Ok(()) => {
                self.keep(connection);
                Ok(())
            }
            // The connection goes with what the failed transaction left on it.
            Err((error, statement)) => Err(failure::of_query(
                &error,
                &connection.address,
                &telling(statement, timeout),
            )),
        }
    }

    /// All changes in one transaction; with an error the statement that raised it.
    async fn transaction<'c>(
        &self,
        connection: &Connection,
        changes: &'c [Change],
    ) -> Result<(), (neo4rs::Error, &'c str)> {
        let nowhere = |error| (error, "");
        let database = self.settings.database.as_deref();
        let mut transaction = match database {
            Some(database) => connection.graph.start_txn_on(database).await,
            None => connection.graph.start_txn().await,
        }
        .map_err(nowhere)?;
        for Change {
            statement,
            parameters,
        } in changes
        {
            let query = neo4rs::query(statement).with_params(value::encode(parameters));
            transaction
                .run(query)
                .await
                .map_err(|error| (error, &**statement))?;
        }
        transaction.commit().await.map_err(nowhere)
    }

    /// A connection that has answered just now.
    async fn connect(
        &self,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Connection, GraphError> {
        self.connect_by(None, timeout, deadline)
            .await
            .map(|(connection, _)| connection)
    }

    /// As [`Self::connect`]; where there is a `small` question, one that was idle has been asked it.
    async fn connect_by(
        &self,
        small: Option<neo4rs::Query>,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Begun, GraphError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match idle {
            Some(connection) if connection.is_fresh() => Ok((connection, None)),
            idle => match self
                .gate
                .pass(deadline, self.prove(idle, small, deadline))
                .await
            {
                Ok(outcome) => outcome,
                Err(_) => Err(GraphError::Timeout(timeout)),
            },
        }
    }

    /// Asks the `small` question, or a trivial one, of the idle connection, or else a trivial one of each address in acquire,
    /// until one answers.
    async fn prove(
        &self,
        idle: Option<Connection>,
        small: Option<neo4rs::Query>,
        deadline: Instant,
    ) -> Result<Begun, GraphError> {
        let mut left =
            u32::from(idle.is_some()) + u32::try_from(self.settings.uris.len()).unwrap_or(u32::MAX);
        let mut limit = || {
            let share = deadline.saturating_duration_since(Instant::now()) / left.max(1);
            left -= 1;
            share.min(CONNECT_WITHIN)
        };
        if let Some(connection) = idle {
            let answer = match small {
                Some(question) => connection.prove_by(question, limit()).await,
                None => connection.prove(limit()).await.map(|()| None),
            };
            match answer {
                Ok(begun) => return Ok((connection, begun)),
                Err(refused @ GraphError::Authentication { .. }) => return Err(refused),
                // The server went away and may be back: start anew.
                Err(_) => self.forget(),
            }
        }
        let mut causes = Vec::new();
        for uri in &self.settings.uris {
            let connection = Connection::open(uri, &self.settings);
            let proof = match &connection {
                Ok(connection) => connection.prove(limit()).await,
                Err(error) => Err(error.clone()),
            };
            match (connection, proof) {
                (Ok(connection), Ok(())) => return Ok((connection, None)),
                (_, Err(GraphError::Unreachable { uri, cause })) => causes.push((uri, cause)),
                (_, Err(error)) | (Err(error), Ok(())) => return Err(error),
            }
        }
        Err(failure::all_unreachable(causes))
    }

    async fn stream(
        &self,
        connection: &Connection,
        begun: Option<Rows>,
        request: &Request<'_>,
        deadline: Instant,
        sink: &mut RowSink<'_>,
    ) -> Result<Stream, Failure> {
        let mut rows = match begun {
            Some(rows) => rows,
            None => connection.ask(self.query(request, deadline)).await?,
        };
        let mut row: Row = vec![Value::Null; request.columns.len()];
        while let Some(received) = rows.next().await? {
            for (column, value) in request.columns.iter().zip(&mut row) {
                value::decode(&received, column, value)?;
            }
            if sink(&row).is_break() {
                return Ok(Stream::Broken);
            }
        }
        Ok(Stream::Complete)
    }

    fn query(&self, request: &Request<'_>, deadline: Instant) -> neo4rs::Query {
        let left = deadline
            .saturating_duration_since(Instant::now())
            .as_millis();
        let query = neo4rs::query(request.query)
            .with_params(value::encode(request.parameters))
            // 0 would mean no limit.
            .extra("tx_timeout", i64::try_from(left).unwrap_or(i64::MAX).max(1))
            .extra(
                "tx_metadata",
                value::metadata([("app", "cypher-exporter"), ("kpi", request.kpi)]),
            );
        match request.database.or(self.settings.database.as_deref()) {
            // Not by the driver's own setting: that one overwrites what a request asks for.
            Some(database) => query.extra("db", database),
            None => query,
        }
    }

    fn keep(&self, mut connection: Connection) {
        connection.answered();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
    }

    fn fail(&self, failure: Failure, connection: Connection, request: &Request<'_>) -> GraphError {
        let error = match failure {
            Failure::Here(error) => return error,
            Failure::Driver(error) => error,
        };
        let refusal = failure::of_query(&error, &connection.address, request);
        if matches!(refusal, GraphError::Authentication { .. }) {
            return self.gate.refuse(refusal);
        }
        if matches!(error, neo4rs::Error::Neo4j(_)) {
            // The server spoke, so the connection is in order.
            self.keep(connection);
        }
        refusal
    }
}

/// A connection that works, and the rows of the question by which it has shown that, where it was asked one.
type Begun = (Connection, Option<Rows>);

/// A statement of ours, for what the server says of it.
fn telling(statement: &str, timeout: Duration) -> Request<'_> {
    static NONE: Parameters = Parameters::new();
    Request {
        kpi: "",
        query: statement,
        columns: &[],
        parameters: &NONE,
        database: None,
        timeout,
    }
}

/// How a stream of rows ended.
enum Stream {
    Complete,
    /// The sink had enough; the server still has rows.
    Broken,
}

/// Why a stream of rows ended too early.
enum Failure {
    Here(GraphError),
    Driver(neo4rs::Error),
}

impl From<neo4rs::Error> for Failure {
    fn from(error: neo4rs::Error) -> Self {
        Failure::Driver(error)
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        Failure::Here(error)
    }
}
