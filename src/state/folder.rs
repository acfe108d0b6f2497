//! A folder that one process keeps for itself, by a lock on the folder: that needs no room, and no right to write.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::StateError;

/// What is locked where the folder itself cannot be, as on NFS.
const LOCK: &str = "lock";

/// A folder of states.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// None until it could be locked. The lock ends with the process, however that ends.
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Makes the folder when it is not there, and takes it. One that is there and refuses is taken as soon as it lets us:
    /// totals that cannot be kept are no reason to serve nothing at all.
    ///
    /// # Errors
    /// When there is none and it cannot be made, or another process has it.
    pub(super) fn open(path: &Path) -> Result<Self, StateError> {
        fs::create_dir_all(path).map_err(|cause| unusable(path, &cause))?;
        let folder = Self {
            path: path.to_owned(),
            held: Mutex::default(),
        };
        match folder.hold() {
            Err(taken @ StateError::Taken(_)) => Err(taken),
            Ok(()) | Err(_) => Ok(folder),
        }
    }

    /// Takes the folder when it is not taken yet, and sees that what stands in its place is still what was taken. A folder
    /// that was made anew may be another process's by now.
    ///
    /// # Errors
    /// When it is not ours.
    pub(super) fn hold(&self) -> Result<(), StateError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(held) if held.is_there() => {}
            Some(_) => return Err(StateError::Replaced(self.path.clone())),
            None => *held = Some(self.take()?),
        }
        Ok(())
    }

    fn take(&self) -> Result<Held, StateError> {
        let folder = File::open(&self.path).map_err(|cause| unusable(&self.path, &cause))?;
        match folder.try_lock() {
            Ok(()) => Ok(Held {
                path: self.path.clone(),
                lock: folder,
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::Taken(self.path.clone())),
            Err(TryLockError::Error(_)) => self.take_by_file(),
        }
    }

    fn take_by_file(&self) -> Result<Held, StateError> {
        let path = self.path.join(LOCK);
        let lock = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|cause| unusable(&self.path, &cause))?;
        match lock.try_lock() {
            Ok(()) => Ok(Held { path, lock }),
            Err(TryLockError::WouldBlock) => Err(StateError::Taken(self.path.clone())),
            Err(TryLockError::Error(cause)) => Err(unusable(&self.path, &cause)),
        }
    }
}

impl Held {
    /// While we have it open its number is no other's.
    fn is_there(&self) -> bool {
        let there = fs::metadata(&self.path).and_then(|there| Ok((there, self.lock.metadata()?)));
        there.is_ok_and(|(there, held)| (there.dev(), there.ino()) == (held.dev(), held.ino()))
    }
}

fn unusable(path: &Path, cause: &io::Error) -> StateError {
    StateError::Folder {
        path: path.to_owned(),
        cause: cause.to_string(),
    }
}
