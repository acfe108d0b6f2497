//! The password of a graph: fixed, or in a file that is read for each new connection, so that a
//! rotated password needs no restart.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// Reads a password from a file; the error says what is wrong with the file.
pub type ReadPassword = fn(&Path) -> Result<SecretString, String>;

/// Where the password comes from.
#[derive(Clone, Debug)]
pub enum Password {
    /// It never changes.
    Fixed(SecretString),
    /// It is what the file contains at present.
    File {
        /// The file.
        path: PathBuf,
        /// How to read it.
        read: ReadPassword,
    },
}

impl Password {
    pub(super) fn current(&self) -> Result<SecretString, String> {
        match self {
            Password::Fixed(password) => Ok(password.clone()),
            Password::File { path, read } => read(path),
        }
    }
}

impl From<SecretString> for Password {
    fn from(password: SecretString) -> Self {
        Password::Fixed(password)
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Password::Fixed(password.into())
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Password::Fixed(password.into())
    }
}
