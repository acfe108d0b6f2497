//! Neo4j over Bolt by neo4rs. Only this module names the driver, and it works around its faults.
//!
//! - Queries are read-only, except in `write`: `execute_read` sends access mode READ, which an
//!   explicit transaction of this driver does not.
//! - The driver cannot cancel a query. Each query owns its connection and closes the socket
//!   instead, and Neo4j then ends the query. So everything that stops early (a deadline, a sink
//!   that breaks, a dropped future) discards the connection.
//! - The driver's own timeouts are disabled; every wait here ends at the deadline of the request.
//! - If a used connection no longer responds, the driver reconnects by itself before the query. So
//!   a connection that was idle is verified first, behind the gate too, by a query so small that it
//!   does not delay others.
//! - Connecting happens behind the [`Gate`], so that a wrong password does not lock the account for
//!   other applications.

mod connection;
mod failure;
mod gate;
mod message;
mod password;
mod sentinel;
mod tls;
mod value;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{GraphError, Request, RowSink};
use connection::{Connection, Rows, address};
use cypher::{Change, Parameters, Row, Value};
use gate::Gate;
pub use password::{Password, ReadPassword};
use sentinel::{Login, Sentinel, SentinelError};
pub use tls::TlsFiles;

/// How long one address may take to answer its first, trivial query. A server that accepts the
/// connection and then stays silent would otherwise use up the timeout of every query.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the sentinel is not opened again after it was refused.
const SENTINEL_RETRY: Duration = Duration::from_secs(300);
/// How long the next sentinel waits at least after the start of the last one.
const SENTINEL_MIN_AGE: Duration = Duration::from_secs(5);

/// So many databases are listed in an error.
const MAX_LISTED: usize = 20;

/// How to reach a server.
#[derive(Clone)]
pub struct BoltSettings {
    /// Tried in order; `bolt`, `bolt+s` or `bolt+ssc`.
    pub uris: Vec<String>,
    /// The user.
    pub user: String,
    /// The password.
    pub password: Password,
    /// The certificate files, for URIs with TLS.
    pub tls: TlsFiles,
    /// The database of requests that name none; `None` is the server's default.
    pub database: Option<String>,
    /// The maximum number of concurrent queries.
    pub max_concurrent: usize,
}

impl fmt::Debug for BoltSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URI may contain a password by mistake.
        f.debug_struct("BoltSettings")
            .field(
                "uris",
                &self.uris.iter().map(|uri| address(uri)).collect::<Vec<_>>(),
            )
            .field("user", &self.user)
            .field("password", &self.password)
            .field("tls", &self.tls)
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
    /// Connections that have finished their query, the most recent one last.
    idle: Mutex<Vec<Connection>>,
    /// The password that was sent last.
    sent: Mutex<Option<SecretString>>,
    /// The address of the last connection that worked.
    connected_to: Mutex<Option<String>>,
    sentinel: Mutex<Option<AbortHandle>>,
    idle_end: Arc<IdleEnd>,
}

/// The end of the sentinel's connection.
#[derive(Default)]
struct IdleEnd {
    lost: Notify,
    /// The server has not failed since: the network may end every idle connection.
    is_unexplained: AtomicBool,
}

impl Drop for Bolt {
    fn drop(&mut self) {
        if let Some(sentinel) = lock(&self.sentinel).take() {
            sentinel.abort();
        }
    }
}

/// Nothing that panics holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Bolt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bolt")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Bolt {
    /// Connects on first use. TLS requires that the process-wide crypto provider of rustls is
    /// installed before.
    pub fn new(settings: BoltSettings) -> Self {
        let slots = Semaphore::new(settings.max_concurrent.max(1));
        Self {
            settings,
            slots,
            gate: Gate::default(),
            idle: Mutex::default(),
            sent: Mutex::default(),
            connected_to: Mutex::default(),
            sentinel: Mutex::default(),
            idle_end: Arc::default(),
        }
    }

    /// Closes the connections that are not in use.
    fn close_idle(&self) {
        lock(&self.idle).clear();
    }

    /// All addresses, without credentials.
    pub(super) fn address(&self) -> String {
        self.settings
            .uris
            .iter()
            .map(|uri| address(uri))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The maximum number of concurrent queries.
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
        match self.execute(request, sink).await {
            Ok(()) => {
                self.watch();
                Ok(())
            }
            Err(GraphError::Database(message)) => {
                let names = self.database_names(request.timeout).await;
                Err(GraphError::Database(match &names[..] {
                    [] => message,
                    names => format!("{message}; the server has {}", names.join(", ")),
                }))
            }
            Err(error) => Err(error),
        }
    }

    async fn execute(
        &self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        log_query(request);
        let deadline = Instant::now() + request.timeout;
        let connection = self.connect(request.timeout, deadline).await?;
        self.run((connection, None), request, deadline, sink).await
    }

    /// The databases that a KPI can name; none if the server does not list them.
    async fn database_names(&self, timeout: Duration) -> Vec<String> {
        let request = Request {
            kpi: "cypher-exporter/databases",
            query: "SHOW DATABASES YIELD name RETURN DISTINCT name ORDER BY name",
            columns: &["name".into()],
            parameters: &Parameters::new(),
            database: Some("system"),
            timeout,
        };
        let mut names = Vec::new();
        let mut sink = |row: &Row| {
            if let Some(Value::String(name)) = row.first()
                && name != "system"
            {
                names.push(format!("`{}`", message::one_line(name)));
            }
            if names.len() < MAX_LISTED {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        // The list only helps: without it, the error is still right.
        if let Err(error) = self.execute(&request, &mut sink).await {
            tracing::debug!(%error, "cannot list the databases");
        }
        names
    }

    /// Completes when an idle connection has ended, which a server that stops or restarts causes.
    pub(super) async fn lost(&self) {
        self.idle_end.lost.notified().await;
    }

    /// The address of the last connection that worked.
    pub(super) fn connected_to(&self) -> Option<String> {
        lock(&self.connected_to).clone()
    }

    /// Starts a sentinel, unless there is one.
    fn watch(&self) {
        let mut sentinel = lock(&self.sentinel);
        if sentinel.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let Some(uri) = self.connected_to() else {
            return;
        };
        let Some(password) = lock(&self.sent).clone() else {
            return;
        };
        let login = Login {
            uri,
            user: self.settings.user.clone(),
            password,
            tls: self.settings.tls.clone(),
        };
        let idle_end = self.idle_end.clone();
        *sentinel = Some(tokio::spawn(watch(login, idle_end)).abort_handle());
    }

    /// The password to log in with; it is recorded as sent.
    fn current_password(&self) -> Result<SecretString, GraphError> {
        let password = self.settings.password.current();
        *lock(&self.sent) = password.as_ref().ok().cloned();
        password.map_err(|cause| GraphError::Authentication {
            uri: self.address(),
            cause: format!("`password_file` {cause}"),
            next_try: Duration::ZERO,
        })
    }

    /// The error of a refused login, with what is unusual about the password that was sent.
    fn explain_refusal(&self, error: GraphError) -> GraphError {
        match &*lock(&self.sent) {
            Some(password) => failure::with_password(error, password),
            None => error,
        }
    }

    /// Whether the file contains another password than the one that was sent last.
    fn has_new_password(&self) -> bool {
        let Password::File { .. } = self.settings.password else {
            return false;
        };
        let Ok(password) = self.settings.password.current() else {
            return false;
        };
        lock(&self.sent)
            .as_ref()
            .is_none_or(|sent| sent.expose_secret() != password.expose_secret())
    }

    /// As [`Self::rows`], for a query so small that it verifies an idle connection by itself.
    pub(super) async fn probe(
        &self,
        request: &Request<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), GraphError> {
        log_query(request);
        let deadline = Instant::now() + request.timeout;
        let begun = self
            .connect_with(
                Some(self.query(request, deadline)),
                request.timeout,
                deadline,
            )
            .await?;
        self.run(begun, request, deadline, sink).await?;
        // The ping that follows the end of a sentinel does not start the next one: it would keep
        // alive a connection that the network ends whenever it is idle, and wake a server with it.
        if !self.idle_end.is_unexplained.load(Ordering::Relaxed) {
            self.watch();
        }
        Ok(())
    }

    async fn run(
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
            Ok(Stream::Complete) => self.pool(connection),
            Ok(Stream::Broken) => {}
            Err(failure) => return Err(self.failed(failure, connection, request)),
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
                self.pool(connection);
                Ok(())
            }
            // The connection is discarded together with the failed transaction.
            Err((error, statement)) => Err(failure::of_query(
                &error,
                &connection.address,
                &own_request(statement, timeout),
            )),
        }
    }

    /// All changes in one transaction; an error names the statement that caused it.
    async fn transaction<'c>(
        &self,
        connection: &Connection,
        changes: &'c [Change],
    ) -> Result<(), (neo4rs::Error, &'c str)> {
        let without_statement = |error| (error, "");
        let database = self.settings.database.as_deref();
        let mut transaction = match database {
            Some(database) => connection.graph.start_txn_on(database).await,
            None => connection.graph.start_txn().await,
        }
        .map_err(without_statement)?;
        for Change {
            statement,
            parameters,
        } in changes
        {
            tracing::trace!(query = &**statement, "write");
            let query = neo4rs::query(statement).with_params(value::encode(parameters));
            transaction
                .run(query)
                .await
                .map_err(|error| (error, &**statement))?;
        }
        transaction.commit().await.map_err(without_statement)
    }

    /// A connection that has just responded.
    async fn connect(
        &self,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Connection, GraphError> {
        self.connect_with(None, timeout, deadline)
            .await
            .map(|(connection, _)| connection)
    }

    /// As [`Self::connect`]; an idle connection is verified by the query `probe`, if there is one.
    async fn connect_with(
        &self,
        probe: Option<neo4rs::Query>,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Begun, GraphError> {
        let idle = lock(&self.idle).pop();
        match idle {
            Some(connection) if connection.is_fresh() => Ok((connection, None)),
            idle => match self
                .gate
                .pass(deadline, || self.has_new_password(), async {
                    let verified = self.verify(idle, probe, deadline).await;
                    verified.map_err(|error| self.explain_refusal(error))
                })
                .await
            {
                Ok(outcome) => outcome,
                Err(_) => Err(GraphError::Timeout(timeout)),
            },
        }
    }

    /// Verifies the idle connection by `probe` or a trivial query; otherwise tries each address in
    /// order until one responds to a trivial query.
    async fn verify(
        &self,
        idle: Option<Connection>,
        probe: Option<neo4rs::Query>,
        deadline: Instant,
    ) -> Result<Begun, GraphError> {
        let mut left =
            u32::from(idle.is_some()) + u32::try_from(self.settings.uris.len()).unwrap_or(u32::MAX);
        let mut limit = || {
            let share = deadline.saturating_duration_since(Instant::now()) / left.max(1);
            left -= 1;
            share.min(CONNECT_TIMEOUT)
        };
        if let Some(connection) = idle {
            let response = match probe {
                Some(query) => connection.verify_by(query, limit()).await,
                None => connection.verify(limit()).await.map(|()| None),
            };
            match response {
                Ok(begun) => return Ok((connection, begun)),
                // The driver connected again, with the password of the old connection.
                Err(refused @ GraphError::Authentication { .. }) if !self.has_new_password() => {
                    return Err(refused);
                }
                // The server may have been restarted: connect again.
                Err(_) => self.close_idle(),
            }
        }
        let password = self.current_password()?;
        let mut causes = Vec::new();
        for uri in &self.settings.uris {
            let connection = Connection::open(uri, &self.settings, &password);
            let verified = match &connection {
                Ok(connection) => connection.verify(limit()).await,
                Err(error) => Err(error.clone()),
            };
            match (connection, verified) {
                (Ok(connection), Ok(())) => return Ok((connection, None)),
                (_, Err(GraphError::Unreachable { uri, cause })) => causes.push((uri, cause)),
                (_, Err(error)) | (Err(error), Ok(())) => return Err(error),
            }
        }
        self.idle_end.is_unexplained.store(false, Ordering::Relaxed);
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
            None => connection.query(self.query(request, deadline)).await?,
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
            // 0 means no timeout.
            .extra("tx_timeout", i64::try_from(left).unwrap_or(i64::MAX).max(1))
            .extra(
                "tx_metadata",
                value::metadata([("app", "cypher-exporter"), ("kpi", request.kpi)]),
            );
        match request.database.or(self.settings.database.as_deref()) {
            // Not by the driver's setting, which would override the database of the request.
            Some(database) => query.extra("db", database),
            None => query,
        }
    }

    fn pool(&self, mut connection: Connection) {
        connection.mark_fresh();
        *lock(&self.connected_to) = Some(connection.address.clone());
        lock(&self.idle).push(connection);
    }

    fn failed(
        &self,
        failure: Failure,
        connection: Connection,
        request: &Request<'_>,
    ) -> GraphError {
        let error = match failure {
            Failure::Own(error) => return error,
            Failure::Driver(error) => error,
        };
        let classified = failure::of_query(&error, &connection.address, request);
        if matches!(classified, GraphError::Authentication { .. }) {
            return self.gate.refuse(self.explain_refusal(classified));
        }
        if matches!(error, neo4rs::Error::Neo4j(_)) {
            // The server responded, so the connection works.
            self.pool(connection);
        }
        classified
    }
}

/// Logs what the graph is asked. Never the values of parameters, which may be secret.
fn log_query(request: &Request<'_>) {
    let Request {
        kpi,
        query,
        database,
        ..
    } = request;
    tracing::trace!(%kpi, database, query, "query");
}

/// Waits for the end of a connection, and reports it.
async fn watch(login: Login, idle_end: Arc<IdleEnd>) {
    let opened = match timeout(CONNECT_TIMEOUT, Sentinel::open(&login)).await {
        Ok(opened) => opened,
        Err(_) => Err(SentinelError::Io(std::io::ErrorKind::TimedOut.into())),
    };
    match opened {
        Ok(sentinel) => {
            let since = Instant::now();
            sentinel.ended().await;
            tracing::debug!(uri = %login.uri, "idle connection ended");
            idle_end.is_unexplained.store(true, Ordering::Relaxed);
            idle_end.lost.notify_one();
            // A server or proxy that closes every idle connection at once is not asked each time.
            sleep(SENTINEL_MIN_AGE.saturating_sub(since.elapsed())).await;
        }
        Err(error) => {
            tracing::debug!(uri = %login.uri, %error, "cannot watch for the end of the server");
            if let SentinelError::Io(_) = error {
                idle_end.lost.notify_one();
            }
            // Each attempt is a login: a refused one must not lock the account.
            sleep(SENTINEL_RETRY).await;
        }
    }
}

/// A verified connection, and the rows of the query that verified it, if they are still to be read.
type Begun = (Connection, Option<Rows>);

/// A request for a statement of our own, for its error.
fn own_request(statement: &str, timeout: Duration) -> Request<'_> {
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
    /// The sink stopped the query; the server still has rows.
    Broken,
}

/// Why a stream of rows failed.
enum Failure {
    Own(GraphError),
    Driver(neo4rs::Error),
}

impl From<neo4rs::Error> for Failure {
    fn from(error: neo4rs::Error) -> Self {
        Failure::Driver(error)
    }
}

impl From<GraphError> for Failure {
    fn from(error: GraphError) -> Self {
        Failure::Own(error)
    }
}
