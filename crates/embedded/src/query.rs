//! Executes a query in the engine.

use std::sync::Arc;
use std::time::Duration;

use kglite::api::KgError;
use kglite::api::session::{Cursor, ExecuteOptions, Session, execute_read_cursor};
use tokio::time::Instant;

use super::statement::Statement;
use super::work::Outlet;
use super::{Values, declared, failure, options, value};
use crate::{Error, Request};
use cypher::Row;

/// Rows per batch.
const BATCH: usize = 256;
/// The maximum number of rows, list elements and nodes of any step of a statement that is not
/// streamed. A row takes about 400 bytes.
const MAX_HELD: usize = 1_000_000;

/// A request that can be moved to a thread.
pub(super) struct Query {
    statement: Statement,
    columns: Vec<Arc<str>>,
    /// The column names of Neo4j, if known: the engine names columns without an alias differently.
    names: Option<Vec<String>>,
    parameters: Values,
    timeout: Duration,
    deadline: Instant,
}

impl Query {
    pub(super) fn new(request: &Request<'_>, deadline: Instant) -> Result<Self, Error> {
        let named = cypher::scan(request.query).ok();
        Ok(Self {
            statement: Statement::read(request.query)?,
            columns: request.columns.to_vec(),
            names: named.map(|named| {
                named
                    .columns
                    .into_iter()
                    .map(|column| column.name)
                    .collect()
            }),
            parameters: value::encode(request.parameters),
            timeout: request.timeout,
            deadline,
        })
    }

    pub(super) fn run(&self, session: &Session, outlet: &Outlet) -> Result<(), Error> {
        // The engine does not stream with a limit, and a streamed statement does not need one.
        let max_work_units = (!self.statement.is_streamed()).then_some(MAX_HELD);
        let options = ExecuteOptions {
            max_work_units,
            ..options(&self.parameters, self.deadline, outlet)
        };
        let mut cursor = self.open(session, &options)?;
        if self.statement.explains() {
            // The rows are the plan, which Bolt does not send as rows.
            return Ok(());
        }
        let indexes = self.indexes(cursor.columns());
        loop {
            let batch = cursor
                .next_batch(BATCH)
                .map_err(|error| self.to_error(&error))?;
            if batch.is_empty() {
                return Ok(());
            }
            // A missing column is an error only if there is a row, as with Bolt.
            let indexes = indexes.as_deref().map_err(Clone::clone)?;
            let mut rows: Vec<Row> = batch
                .iter()
                .map(|row| value::row(row, indexes, &self.columns))
                .collect::<Result<_, _>>()?;
            if self.statement.lists_keys() {
                rows.iter_mut().for_each(value::restore_keys);
            }
            if outlet.send(rows).is_break() {
                return Ok(());
            }
        }
    }

    #[expect(
        clippy::result_large_err,
        reason = "the error type of the engine, converted by the caller"
    )]
    fn open(&self, session: &Session, options: &ExecuteOptions<'_>) -> Result<Cursor, Error> {
        let run = |graph| execute_read_cursor(graph, self.statement.text(), options);
        let answer = match run(session.snapshot()) {
            Err(KgError::Schema { .. }) if self.statement.names_keys() => {
                let mut transaction = session.begin();
                declared::declare(
                    transaction
                        .working_mut()
                        .map_err(|error| self.to_error(&error))?,
                    &self.statement,
                );
                let (graph, _) = transaction.take_working();
                run(graph.map_or_else(|| session.snapshot(), Arc::new))
            }
            answer => answer,
        };
        answer.map_err(|error| self.to_error(&error))
    }

    fn to_error(&self, error: &KgError) -> Error {
        failure::of(error, &self.statement, self.timeout)
    }

    /// The index of each requested column in a row of the engine.
    fn indexes(&self, engine: &[String]) -> Result<Vec<usize>, Error> {
        let names = self
            .names
            .as_deref()
            .filter(|names| names.len() == engine.len())
            .unwrap_or(engine);
        let index = |column: &Arc<str>| {
            let found = names.iter().position(|name| **name == **column);
            found.ok_or_else(|| Error::MissingColumn(column.to_string()))
        };
        self.columns.iter().map(index).collect()
    }
}
