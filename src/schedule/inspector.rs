//! Asks a graph what only it knows to be wrong with its KPIs: once, and again while new data could
//! resolve a warning. The answers go to the log, the page and the metric of warnings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::warnings;
use super::watch::GraphWatch;
use crate::board::{Board, WarningSource};
use crate::graph::GraphError;
use crate::inspect::{Inspection, Names, inspect};
use crate::instruments::TargetInstruments;
use crate::supervisor::Task;

/// The shortest time between two rounds: a name that is missing costs a few small queries in it.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// One graph and the KPIs that ask it.
pub(super) struct Inspector {
    watch: Arc<GraphWatch>,
    board: Arc<Board>,
    targets: Vec<Inspected>,
}

/// One target, and whether it needs no further look.
pub(super) struct Inspected {
    slot: usize,
    target: usize,
    instruments: TargetInstruments,
    is_final: bool,
}

impl Inspected {
    pub(super) fn new(slot: usize, target: usize, instruments: TargetInstruments) -> Self {
        Self {
            slot,
            target,
            instruments,
            is_final: false,
        }
    }
}

impl Inspector {
    pub(super) fn new(watch: Arc<GraphWatch>, board: Arc<Board>, targets: Vec<Inspected>) -> Self {
        Self {
            watch,
            board,
            targets,
        }
    }

    /// Looks at every target that is not final.
    async fn round(&mut self) -> Result<(), GraphError> {
        let mut names: HashMap<Option<Arc<str>>, Names> = HashMap::new();
        for inspected in self
            .targets
            .iter_mut()
            .filter(|inspected| !inspected.is_final)
        {
            let slot = &self.board.slots()[inspected.slot];
            let database = slot.kpi.database.clone();
            if !names.contains_key(&database) {
                match Names::of(&self.watch.graph, database.as_deref()).await {
                    Ok(found) => _ = names.insert(database.clone(), found),
                    Err(error) if error.graph_is_away() => return Err(error),
                    // The KPI itself reports a database that does not exist.
                    Err(_) => continue,
                }
            }
            match inspect(&slot.kpi, &names[&database], &self.watch.graph).await {
                Ok(found) => publish(&self.board, inspected, found),
                Err(error) if error.graph_is_away() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn is_final(&self) -> bool {
        self.targets.iter().all(|inspected| inspected.is_final)
    }
}

fn publish(board: &Board, inspected: &mut Inspected, found: Inspection) {
    inspected.is_final = found.is_final;
    let slot = &board.slots()[inspected.slot];
    let target = &slot.targets()[inspected.target];
    let instruments = &inspected.instruments;
    warnings::publish(
        slot,
        target,
        instruments,
        WarningSource::Inspection,
        found.warnings,
    );
}

impl Task for Inspector {
    fn name(&self) -> String {
        format!("inspection of graph {}", self.watch.name)
    }

    async fn run(&mut self) {
        let mut returns = self.watch.returns();
        loop {
            returns.mark_unchanged();
            match self.round().await {
                Ok(()) if self.is_final() => _ = returns.changed().await,
                Ok(()) => sleep(AGAIN).await,
                Err(_) => {
                    // A graph that was down from the start has no return before its first answer.
                    tokio::select! {
                        _ = returns.changed() => {}
                        () = sleep(AGAIN) => {}
                    }
                }
            }
        }
    }
}
