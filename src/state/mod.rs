//! Window cursors and totals on disk: one file for each KPI on each graph, in a folder that one process keeps for itself.
//!
//! A file is written beside the old one, brought to disk and then renamed over it, so that at every moment one whole state
//! is there. Everything here blocks: callers keep it off the threads that serve.

mod file;
mod folder;
mod orphans;
mod record;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::kpi::Kpi;
use crate::measure::Totals;
use cypher::UnixMillis;

pub use file::{Found, StateFile};
use folder::Folder;
pub use orphans::Orphan;

/// What a window KPI has counted on one graph, and up to when.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// All events up to this moment are in the totals, and none after it.
    pub cursor: UnixMillis,
    /// The totals.
    pub totals: Totals,
    /// The id of the database that they were counted in; none where the graph did not tell.
    pub database: Option<Arc<str>>,
}

/// Why a state cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The folder cannot be made or used.
    #[error("the folder {path} cannot keep the state: {cause}; `[state] path` names it")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// Another process has it.
    #[error(
        "another exporter keeps its state in {0}: end it, or give this one a folder of its own with `[state] path`"
    )]
    Taken(PathBuf),
    /// Another folder, or none, is in its place, which another process may have.
    #[error(
        "the folder {0} was removed or replaced while this program had it: put it back, or restart the exporter"
    )]
    Replaced(PathBuf),
    /// A file cannot be read. It may be whole, so it stays.
    #[error("the totals in {path} cannot be read: {cause}; nothing is counted until they can be")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// A file is in a form that this program does not know. It may be whole, so it stays.
    #[error(
        "{path} is of version {version}, this program reads version {}: start the program that wrote it, or remove the file to count the KPI from its start",
        record::VERSION
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A file that is no state to go on with cannot be renamed, and would be overwritten.
    #[error(
        "{path} cannot be renamed, so nothing is counted, which would overwrite it: {cause}; {why}"
    )]
    Aside {
        /// The file.
        path: PathBuf,
        /// Why it is to be renamed.
        why: String,
        /// What the system said.
        cause: String,
    },
    /// Its totals are of another database than the one that the graph has now: neither can be counted on with the other.
    #[error(
        "the totals in {0} were counted in another database: point the graph back to that one, or remove the file to count this one from its start"
    )]
    OtherDatabase(PathBuf),
    /// A file cannot be written; the old one is still there.
    #[error("the totals cannot be saved to {path}, so they stay as they are: {cause}")]
    Save {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

/// A folder of states, kept for this process as long as this value or one of its files lives.
#[derive(Debug)]
pub struct State {
    folder: Arc<Folder>,
}

impl State {
    /// Makes the folder when it is not there, and takes it. A folder that is there and cannot be used is no error here: what is
    /// read from it or saved to it fails until it can.
    ///
    /// # Errors
    /// When there is no folder and none can be made, or another process has it.
    pub fn open(folder: &Path) -> Result<Self, StateError> {
        Ok(Self {
            folder: Arc::new(Folder::open(folder)?),
        })
    }

    /// The file of one KPI on one graph.
    pub fn file(&self, kpi: &Arc<Kpi>, graph: &Arc<str>) -> StateFile {
        StateFile::new(&self.folder, kpi, graph)
    }

    /// The states in the folder that are none of these.
    pub fn orphans(&self, owners: &[StateFile]) -> Vec<Orphan> {
        orphans::orphans(&self.folder.path, owners)
    }
}
