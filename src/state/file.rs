//! One state file: loaded at start, replaced after each window that changed the totals.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::Folder;
use super::record::{self, Fault};
use super::{Saved, StateError};
use crate::kpi::{Definition, Kpi};

/// The longest readable part of a file name: file systems allow 255 bytes.
const LONGEST_NAME: usize = 120;

/// The state file of one KPI on one graph.
#[derive(Debug)]
pub struct StateFile {
    /// Shared: a write that outlives its runner still holds the lock.
    folder: Arc<Folder>,
    path: PathBuf,
    kpi: Arc<Kpi>,
    graph: Arc<str>,
}

/// What was found at start.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// No file.
    Nothing,
    /// The saved state.
    Saved(Saved),
    /// The state of another KPI definition. The file was renamed.
    Changed {
        /// The changed parts of the definition.
        parts: Vec<String>,
        /// The new path of the file.
        renamed_to: PathBuf,
    },
    /// A damaged file. It was renamed.
    Damaged {
        /// How it is damaged.
        cause: String,
        /// The new path of the file.
        renamed_to: PathBuf,
    },
}

impl StateFile {
    pub(super) fn new(folder: &Arc<Folder>, kpi: &Arc<Kpi>, graph: &Arc<str>) -> Self {
        let path = folder.path.join(name(&kpi.id, graph));
        Self {
            folder: folder.clone(),
            path,
            kpi: kpi.clone(),
            graph: graph.clone(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn definition(&self) -> &Definition {
        self.kpi.definition()
    }

    /// Loads the saved state. A file that cannot be restored is renamed, so that nothing recoverable is overwritten.
    ///
    /// # Errors
    /// If the file cannot be read, has another version or cannot be renamed: it is then unchanged. Also if the folder is not
    /// ours.
    pub fn load(&self) -> Result<Found, StateError> {
        self.folder.lock()?;
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(cause) => {
                return Err(StateError::Read {
                    path: self.path.clone(),
                    cause: cause.to_string(),
                });
            }
        };
        match record::decode(&bytes, &self.kpi, self.definition()) {
            Ok(saved) => Ok(Found::Saved(saved)),
            Err(Fault::Version(version)) => Err(StateError::Version {
                path: self.path.clone(),
                version,
            }),
            Err(Fault::Changed(parts)) => {
                let why = || format!("the KPI's {} changed", parts.join(", "));
                let renamed_to = self.rename("changed", why)?;
                Ok(Found::Changed { parts, renamed_to })
            }
            Err(Fault::Damaged(cause)) => {
                let renamed_to = self.rename("damaged", || format!("damaged: {cause}"))?;
                Ok(Found::Damaged { cause, renamed_to })
            }
        }
    }

    fn rename(&self, reason: &str, why: impl FnOnce() -> String) -> Result<PathBuf, StateError> {
        let renamed_to = self.unused_path(reason);
        let failed = |cause: io::Error| StateError::Aside {
            path: self.path.clone(),
            why: why(),
            cause: cause.to_string(),
        };
        fs::rename(&self.path, &renamed_to)
            .map(|()| renamed_to)
            .map_err(failed)
    }

    /// A path that no file has.
    fn unused_path(&self, reason: &str) -> PathBuf {
        let mut number = 1_u32;
        loop {
            let path = self.with_suffix(&format!(".{reason}-{number}"));
            if fs::symlink_metadata(&path).is_err() {
                return path;
            }
            number += 1;
        }
    }

    fn with_suffix(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    /// Replaces the saved state. After it returns, the new state survives a power failure.
    ///
    /// # Errors
    /// If the state cannot be written. The previous state is then still there, or the new one if only the last step failed.
    pub fn save(&self, saved: &Saved) -> Result<(), StateError> {
        self.folder.lock()?;
        let bytes = record::encode(saved, &self.kpi, self.definition(), &self.graph);
        self.replace(&bytes).map_err(|cause| StateError::Save {
            path: self.path.clone(),
            cause: cause.to_string(),
        })
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.with_suffix(".new");
        write(&new, bytes)
            .and_then(|()| fs::rename(&new, &self.path))
            .inspect_err(|_| {
                // On a full disk a partial file would only use up space.
                let _ = fs::remove_file(&new);
            })?;
        // The rename is durable once the folder is synced.
        File::open(&self.folder.path)?.sync_all()
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// `bmad.insights_generated_total@default-5f3a90c2.state`: readable, valid on every file system, unique for each KPI and graph.
fn name(kpi: &str, graph: &str) -> String {
    let mut hash = crc32fast::Hasher::new();
    hash.update(kpi.as_bytes());
    hash.update(b"@");
    hash.update(graph.as_bytes());
    let valid = |character: char| match character {
        '/' => '.',
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | '@' => character,
        _ => '_',
    };
    let readable: String = format!("{kpi}@{graph}")
        .chars()
        .map(valid)
        .take(LONGEST_NAME)
        .collect();
    format!("{readable}-{:08x}.state", hash.finalize())
}
