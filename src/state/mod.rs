//! Window cursors and totals on disk: one file for each KPI on each graph, in a folder that one process owns.
//!
//! A file is written to a temporary name, synced and renamed, so that one complete state exists at every moment. Everything
//! here blocks: callers run it off the async threads.

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

/// The cursor and totals of a window KPI on one graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The totals include all events up to this time and none after it.
    pub cursor: UnixMillis,
    /// The totals.
    pub totals: Totals,
    /// The id of the database that was counted; none if the graph does not report one.
    pub database: Option<Arc<str>>,
}

/// Why a state cannot be loaded or saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The folder cannot be created or used.
    #[error("cannot use the state folder {path}: {cause}; set `[state] path` to a writable folder")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the system.
        cause: String,
    },
    /// Another process uses the folder.
    #[error(
        "another exporter uses the state folder {0}; stop it, or set `[state] path` to another folder"
    )]
    Taken(PathBuf),
    /// The path leads to another folder or to none; another process may use it.
    #[error(
        "the state folder {0} was removed or replaced while in use; restore it, or restart the exporter"
    )]
    Replaced(PathBuf),
    /// A file cannot be read. It may be intact, so it is kept.
    #[error("cannot read the state file {path}: {cause}; counting is paused until it can be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: String,
    },
    /// A file has an unsupported format version. It may be intact, so it is kept.
    #[error(
        "expected version {} in the state file {path}, found version {version}; run the exporter that wrote it, or delete the file to restart the totals from `start`",
        record::VERSION
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A file that cannot be restored cannot be renamed either, and would be overwritten.
    #[error(
        "cannot rename the state file {path} ({why}): {cause}; counting is paused until it is renamed or deleted"
    )]
    Aside {
        /// The file.
        path: PathBuf,
        /// Why it has to be renamed.
        why: String,
        /// The error of the system.
        cause: String,
    },
    /// The graph has another database than the one that was counted: its events cannot be added to these totals.
    #[error(
        "the totals in {0} belong to another database; connect to that database, or delete the file to restart the totals from `start`"
    )]
    OtherDatabase(PathBuf),
    /// A file cannot be written; the previous one is still there.
    #[error("cannot write the state file {path}: {cause}; the totals are unchanged")]
    Save {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: String,
    },
}

/// A folder of state files, owned by this process as long as this value or one of its files lives.
#[derive(Debug)]
pub struct State {
    folder: Arc<Folder>,
}

impl State {
    /// Creates the folder if it is missing, and locks it. An existing folder that cannot be used is not an error here: each
    /// load and save fails until it can be used.
    ///
    /// # Errors
    /// If the folder is missing and cannot be created, or another process uses it.
    pub fn open(folder: &Path) -> Result<Self, StateError> {
        Ok(Self {
            folder: Arc::new(Folder::open(folder)?),
        })
    }

    /// The file of one KPI on one graph.
    pub fn file(&self, kpi: &Arc<Kpi>, graph: &Arc<str>) -> StateFile {
        StateFile::new(&self.folder, kpi, graph)
    }

    /// The state files in the folder that belong to none of `owners`.
    pub fn orphans(&self, owners: &[StateFile]) -> Vec<Orphan> {
        orphans::orphans(&self.folder.path, owners)
    }
}
