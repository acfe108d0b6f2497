//! Orphaned state files: their KPI or graph was renamed or removed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::StateFile;
use super::record::{self, Origin};

/// A state file that belongs to none of the KPIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The file.
    pub path: PathBuf,
    /// Its KPI and graph; none if the file cannot be read.
    pub counted_for: Option<(String, String)>,
    /// The files of KPIs with the same definition: renamed to one of these, it is restored.
    pub rename_to: Vec<PathBuf>,
}

/// The orphans in a folder, sorted by name; none if the folder cannot be read.
pub(super) fn orphans(folder: &Path, owners: &[StateFile]) -> Vec<Orphan> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let states = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("state")));
    let mut orphans: Vec<_> = states
        .filter(|path| owners.iter().all(|owner| owner.path() != path))
        .collect();
    orphans.sort();
    orphans
        .into_iter()
        .map(|path| orphan(path, owners))
        .collect()
}

fn orphan(path: PathBuf, owners: &[StateFile]) -> Orphan {
    let origin = fs::read(&path)
        .ok()
        .and_then(|bytes| record::origin(&bytes));
    let Some(Origin {
        kpi,
        graph,
        definition,
    }) = origin
    else {
        return Orphan {
            path,
            counted_for: None,
            rename_to: Vec::new(),
        };
    };
    let same = owners
        .iter()
        .filter(|owner| *owner.definition() == definition);
    let rename_to = same.map(|owner| owner.path().to_owned()).collect();
    Orphan {
        path,
        counted_for: Some((kpi, graph)),
        rename_to,
    }
}
