//! A folder that one process owns by a lock on the folder itself, which needs neither space nor write permission.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::StateError;

/// The file to lock where a folder cannot be locked, as on NFS.
const LOCK: &str = "lock";

/// A folder of state files.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// None until the folder could be locked. The lock ends with the process.
    lock: Mutex<Option<Lock>>,
}

#[derive(Debug)]
struct Lock {
    path: PathBuf,
    file: File,
}

impl Folder {
    /// Creates the folder if it is missing, and locks it. An existing folder that cannot be locked is tried again later: a
    /// state that cannot be saved does not stop the other KPIs.
    ///
    /// # Errors
    /// If the folder is missing and cannot be created, or another process uses it.
    pub(super) fn open(path: &Path) -> Result<Self, StateError> {
        fs::create_dir_all(path).map_err(|cause| unusable(path, &cause))?;
        let folder = Self {
            path: path.to_owned(),
            lock: Mutex::default(),
        };
        match folder.lock() {
            Err(taken @ StateError::Taken(_)) => Err(taken),
            Ok(()) | Err(_) => Ok(folder),
        }
    }

    /// Locks the folder if it is not locked yet, and checks that the path still leads to the locked folder. One that was
    /// created again may belong to another process.
    ///
    /// # Errors
    /// If the folder is not ours.
    pub(super) fn lock(&self) -> Result<(), StateError> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        match &*lock {
            Some(lock) if lock.is_current() => {}
            Some(_) => return Err(StateError::Replaced(self.path.clone())),
            None => *lock = Some(self.acquire()?),
        }
        Ok(())
    }

    fn acquire(&self) -> Result<Lock, StateError> {
        let folder = File::open(&self.path).map_err(|cause| unusable(&self.path, &cause))?;
        match folder.try_lock() {
            Ok(()) => Ok(Lock {
                path: self.path.clone(),
                file: folder,
            }),
            Err(TryLockError::WouldBlock) => Err(StateError::Taken(self.path.clone())),
            Err(TryLockError::Error(_)) => self.acquire_by_file(),
        }
    }

    fn acquire_by_file(&self) -> Result<Lock, StateError> {
        let path = self.path.join(LOCK);
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|cause| unusable(&self.path, &cause))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { path, file }),
            Err(TryLockError::WouldBlock) => Err(StateError::Taken(self.path.clone())),
            Err(TryLockError::Error(cause)) => Err(unusable(&self.path, &cause)),
        }
    }
}

impl Lock {
    /// Whether the path leads to the locked file. Its inode number is not reused while we hold it open.
    fn is_current(&self) -> bool {
        let both = fs::metadata(&self.path).and_then(|found| Ok((found, self.file.metadata()?)));
        both.is_ok_and(|(found, locked)| (found.dev(), found.ino()) == (locked.dev(), locked.ino()))
    }
}

fn unusable(path: &Path, cause: &io::Error) -> StateError {
    StateError::Folder {
        path: path.to_owned(),
        cause: cause.to_string(),
    }
}
