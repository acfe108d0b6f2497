//! States that no KPI goes on with, since their KPI or graph has another name by now, or is gone.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::StateFile;
use super::record::{self, Origin};

/// A state that belongs to none of the KPIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The file.
    pub path: PathBuf,
    /// The KPI that it was counted for, and the graph; none when the file does not tell.
    pub counted_for: Option<(String, String)>,
    /// The files of KPIs that count the very same: renamed so, it is gone on with.
    pub rename_to: Vec<PathBuf>,
}

/// The orphans in a folder, by name; none when it cannot be read.
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
