//! One file of state: found at start, replaced whole after each window that counted something.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::Folder;
use super::record::{self, Fault};
use super::{Saved, StateError};
use crate::kpi::{Definition, Kpi};

/// The longest readable part of a file's name: file systems end at 255 bytes.
const LONGEST_NAME: usize = 120;

/// Where the state of one KPI on one graph is kept.
#[derive(Debug)]
pub struct StateFile {
    /// A write that outlives its runner still has it.
    folder: Arc<Folder>,
    path: PathBuf,
    kpi: Arc<Kpi>,
    /// What the KPI counts: read from its query once, and written at each save.
    definition: Definition,
    graph: Arc<str>,
}

/// What was there at start.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// No file: the KPI has never counted.
    Nothing,
    /// Its totals.
    Saved(Saved),
    /// Totals of another count. The file has been renamed.
    Changed {
        /// The parts of the KPI's definition that have changed.
        parts: Vec<String>,
        /// Where the file is now.
        aside: PathBuf,
    },
    /// A file that was read and cannot be trusted. It has been renamed.
    Damaged {
        /// What is wrong with it.
        cause: String,
        /// Where it is now.
        aside: PathBuf,
    },
}

impl StateFile {
    pub(super) fn new(folder: &Arc<Folder>, kpi: &Arc<Kpi>, graph: &Arc<str>) -> Self {
        let path = folder.path.join(name(&kpi.id, graph));
        let definition = kpi.definition();
        Self {
            folder: folder.clone(),
            path,
            kpi: kpi.clone(),
            definition,
            graph: graph.clone(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Reads what was saved. What was read and is no state to go on with is set aside, so that nothing that could be had back
    /// is overwritten.
    ///
    /// # Errors
    /// When there is a file and it cannot be read, is of another version, or cannot be set aside. It is then still there. And
    /// when the folder is not ours.
    pub fn load(&self) -> Result<Found, StateError> {
        self.folder.hold()?;
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
        match record::decode(&bytes, &self.kpi, &self.definition) {
            Ok(saved) => Ok(Found::Saved(saved)),
            Err(Fault::Version(version)) => Err(StateError::Version {
                path: self.path.clone(),
                version,
            }),
            Err(Fault::Changed(parts)) => {
                let aside = self.set_aside("changed", || {
                    format!("the KPI's {} changed", parts.join(", "))
                })?;
                Ok(Found::Changed { parts, aside })
            }
            Err(Fault::Damaged(cause)) => {
                let aside = self.set_aside("damaged", || format!("it is damaged: {cause}"))?;
                Ok(Found::Damaged { cause, aside })
            }
        }
    }

    fn set_aside(&self, reason: &str, why: impl FnOnce() -> String) -> Result<PathBuf, StateError> {
        let aside = self.aside(reason);
        let stays = |cause: io::Error| StateError::Aside {
            path: self.path.clone(),
            why: why(),
            cause: cause.to_string(),
        };
        fs::rename(&self.path, &aside)
            .map(|()| aside)
            .map_err(stays)
    }

    /// A name that no earlier file has.
    fn aside(&self, reason: &str) -> PathBuf {
        let mut number = 1_u32;
        loop {
            let aside = self.beside(&format!(".{reason}-{number}"));
            if fs::symlink_metadata(&aside).is_err() {
                return aside;
            }
            number += 1;
        }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(ending);
        path.into()
    }

    /// Replaces what was saved. When this returns, the new state outlives the machine's loss of power.
    ///
    /// # Errors
    /// When the disk does not take it. The old state is then still there, or, when only the last step failed, the new one.
    pub fn save(&self, saved: &Saved) -> Result<(), StateError> {
        self.folder.hold()?;
        let bytes = record::encode(saved, &self.kpi, &self.definition, &self.graph);
        self.replace(&bytes).map_err(|cause| StateError::Save {
            path: self.path.clone(),
            cause: cause.to_string(),
        })
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.beside(".new");
        write(&new, bytes)
            .and_then(|()| fs::rename(&new, &self.path))
            .inspect_err(|_| {
                // On a full disk half a file would only take what room there is.
                let _ = fs::remove_file(&new);
            })?;
        // The name of a file is its folder's matter.
        File::open(&self.folder.path)?.sync_all()
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// `bmad.insights_generated_total@default-5f3a90c2.state`: readable, legal const_labels, and another one for each KPI and graph.
fn name(kpi: &str, graph: &str) -> String {
    let mut hash = crc32fast::Hasher::new();
    hash.update(kpi.as_bytes());
    hash.update(b"@");
    hash.update(graph.as_bytes());
    let legal = |character: char| match character {
        '/' => '.',
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | '@' => character,
        _ => '_',
    };
    let readable: String = format!("{kpi}@{graph}")
        .chars()
        .map(legal)
        .take(LONGEST_NAME)
        .collect();
    format!("{readable}-{:08x}.state", hash.finalize())
}
