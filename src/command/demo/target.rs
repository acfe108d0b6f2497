//! The graph of the demo; each batch of edits is written in one transaction.

use std::sync::Arc;

use anyhow::ensure;

use super::TIMEOUT;
use super::owner::DemoOwner;
use crate::graph::Graph;
use world::Edit;

/// A graph, and its owner if it is not in this process.
#[derive(Debug)]
pub(super) struct DemoGraph {
    pub(super) graph: Arc<Graph>,
    pub(super) owner: Option<DemoOwner>,
}

impl DemoGraph {
    /// A graph without owner, in this process.
    pub(super) fn embedded(graph: Arc<Graph>) -> Self {
        Self { graph, owner: None }
    }

    /// Writes edits in one transaction, so that no query sees a part of them.
    ///
    /// # Errors
    /// When the graph rejects them, or another demo has claimed it.
    pub(super) async fn write(&self, edits: &[Edit]) -> anyhow::Result<()> {
        self.check_owner().await?;
        let change = if self.owner.is_some() {
            DemoOwner::change
        } else {
            Edit::change
        };
        let changes: Vec<_> = edits.iter().map(change).collect();
        let Err(error) = self.graph.write(&changes, TIMEOUT).await else {
            return Ok(());
        };
        // The error may be a consequence of another demo clearing the graph.
        self.check_owner().await?;
        Err(error.into())
    }

    async fn check_owner(&self) -> anyhow::Result<()> {
        let Some(owner) = &self.owner else {
            return Ok(());
        };
        ensure!(
            owner.owns(&self.graph).await?,
            "another demo has claimed the graph"
        );
        Ok(())
    }
}
