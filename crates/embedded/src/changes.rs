//! Changes on their way through the engine.

use std::time::Duration;

use kglite::api::KgError;
use kglite::api::session::{CommitOutcome, Session, execute_mut};
use tokio::time::Instant;

use super::statement::Statement;
use super::work::Outlet;
use super::{Values, declared, failure, options, value};
use crate::Error;
use cypher::Change;

/// Changes that a thread can take along.
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

    /// All in one transaction. What fails or nobody waits for is dropped with it.
    pub(super) fn make(&self, session: &Session, outlet: &Outlet) -> Result<(), Error> {
        let mut transaction = session.begin();
        for (statement, parameters) in &self.statements {
            let options = options(parameters, self.deadline, outlet);
            let told = |error: KgError| failure::of(&error, statement, self.timeout);
            let graph = transaction.working_mut().map_err(told)?;
            declared::declare(graph, statement);
            execute_mut(graph, statement.text(), &options).map_err(told)?;
        }
        if outlet.nobody_waits() {
            return Ok(());
        }
        let outcome = session.commit(transaction, true);
        let made = matches!(
            outcome,
            CommitOutcome::Committed { .. } | CommitOutcome::NoWritesNoOp
        );
        if made {
            Ok(())
        } else {
            Err(failure::of_commit(&outcome))
        }
    }
}
