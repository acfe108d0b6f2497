//! The graph that the world lives in, of which each edit is seen whole or not at all.

use std::sync::Arc;

use anyhow::ensure;

use super::WITHIN;
use super::owner::DemoOwner;
use crate::graph::Graph;
use world::Edit;

/// A graph, and, when it outlives this process, the claim that this demo has on it.
#[derive(Debug)]
pub(super) struct DemoGraph {
    pub(super) graph: Arc<Graph>,
    pub(super) claim: Option<DemoOwner>,
}

impl DemoGraph {
    /// One inside this process.
    pub(super) fn own(graph: Arc<Graph>) -> Self {
        Self { graph, claim: None }
    }

    /// In one transaction, so that no query sees a half of it.
    ///
    /// # Errors
    /// When the graph refuses, or another demo has taken it: two worlds in one graph would be none.
    pub(super) async fn write(&self, edits: &[Edit]) -> anyhow::Result<()> {
        self.see_claim().await?;
        let change = if self.claim.is_some() {
            DemoOwner::change
        } else {
            Edit::change
        };
        let changes: Vec<_> = edits.iter().map(change).collect();
        let Err(error) = self.graph.write(&changes, WITHIN).await else {
            return Ok(());
        };
        // What another demo removes meanwhile is in the way of this one.
        self.see_claim().await?;
        Err(error.into())
    }

    async fn see_claim(&self) -> anyhow::Result<()> {
        let Some(claim) = &self.claim else {
            return Ok(());
        };
        ensure!(
            claim.holds(&self.graph).await?,
            "another demo has taken the graph"
        );
        Ok(())
    }
}
