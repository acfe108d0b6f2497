//! Executes changes in the engine.

use std::time::Duration;

use kglite::api::KgError;
use kglite::api::session::{CommitOutcome, Session, execute_mut};
use tokio::time::Instant;

use super::statement::Statement;
use super::work::Outlet;
use super::{Values, declared, failure, options, value};
use crate::Error;
use cypher::Change;

/// Changes that can be moved to a thread.
pub(super) struct Changes {
    statements: Vec<(Statement, Values)>,
    timeout: Duration,
    deadline: Instant,
}

impl Changes {
    pub(super) fn new(
        changes: &[Change],
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Self, Error> {
        let read = |change: &Change| {
            Ok((
                Statement::read(&change.statement)?,
                value::encode(&change.parameters),
            ))
        };
        Ok(Self {
            statements: changes.iter().map(read).collect::<Result<_, Error>>()?,
            timeout,
            deadline,
        })
    }

    /// Writes all changes in one transaction, which is dropped on failure and on cancellation.
    pub(super) fn apply(&self, session: &Session, outlet: &Outlet) -> Result<(), Error> {
        let mut transaction = session.begin();
        for (statement, parameters) in &self.statements {
            let options = options(parameters, self.deadline, outlet);
            let to_error = |error: KgError| failure::of(&error, statement, self.timeout);
            let graph = transaction.working_mut().map_err(to_error)?;
            declared::declare(graph, statement);
            execute_mut(graph, statement.text(), &options).map_err(to_error)?;
        }
        if outlet.is_cancelled() {
            return Ok(());
        }
        let outcome = session.commit(transaction, true);
        let committed = matches!(
            outcome,
            CommitOutcome::Committed { .. } | CommitOutcome::NoWritesNoOp
        );
        if committed {
            Ok(())
        } else {
            Err(failure::of_commit(&outcome))
        }
    }
}
