//! A question on its way through the engine.

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

/// Rows that are handed over together.
const BATCH: usize = 256;
/// The most rows, list elements and nodes of any step of a statement that is not streamed. A row takes some 400 bytes.
const HELD: usize = 1_000_000;

/// A request that a thread can take along.
pub(super) struct Query {
    statement: Statement,
    columns: Vec<Arc<str>>,
    /// What Neo4j would call the columns, when the text says it: the engine names those without an alias otherwise.
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
        // With a limit nothing is streamed, and what is streamed needs none.
        let max_work_units = (!self.statement.is_streamed()).then_some(HELD);
        let options = ExecuteOptions {
            max_work_units,
            ..options(&self.parameters, self.deadline, outlet)
        };
        let mut cursor = self.open(session, &options)?;
        if self.statement.explains() {
            // What comes now is the plan, which Bolt carries beside the rows.
            return Ok(());
        }
        let places = self.places(cursor.columns());
        loop {
            let batch = cursor
                .next_batch(BATCH)
                .map_err(|error| self.told(&error))?;
            if batch.is_empty() {
                return Ok(());
            }
            // Without a row there is no column to miss, as with Bolt.
            let places = places.as_deref().map_err(Clone::clone)?;
            let mut rows: Vec<Row> = batch
                .iter()
                .map(|row| value::row(row, places, &self.columns))
                .collect::<Result<_, _>>()?;
            if self.statement.asks_for_keys() {
                rows.iter_mut().for_each(value::restore_keys);
            }
            if outlet.hand_over(rows).is_break() {
                return Ok(());
            }
        }
    }

    #[expect(
        clippy::result_large_err,
        reason = "it is the engine's own, on its way to ours"
    )]
    fn open(&self, session: &Session, options: &ExecuteOptions<'_>) -> Result<Cursor, Error> {
        let ask = |graph| execute_read_cursor(graph, self.statement.text(), options);
        let answer = match ask(session.snapshot()) {
            Err(KgError::Schema { .. }) if self.statement.names_keys() => {
                let mut transaction = session.begin();
                declared::declare(
                    transaction
                        .working_mut()
                        .map_err(|error| self.told(&error))?,
                    &self.statement,
                );
                let (graph, _) = transaction.take_working();
                ask(graph.map_or_else(|| session.snapshot(), Arc::new))
            }
            answer => answer,
        };
        answer.map_err(|error| self.told(&error))
    }

    fn told(&self, error: &KgError) -> Error {
        failure::of(error, &self.statement, self.timeout)
    }

    /// Where in a row of the engine's each column stands.
    fn places(&self, engine: &[String]) -> Result<Vec<usize>, Error> {
        let names = self
            .names
            .as_deref()
            .filter(|names| names.len() == engine.len())
            .unwrap_or(engine);
        let place = |column: &Arc<str>| {
            let found = names.iter().position(|name| **name == **column);
            found.ok_or_else(|| Error::MissingColumn(column.to_string()))
        };
        self.columns.iter().map(place).collect()
    }
}
