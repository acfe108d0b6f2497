//! Reads the folder of KPI files: `<queries>/<pack>/*.cypher` and `<queries>/<pack>/pack.toml`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Place, Problem, nearest};
use crate::kpi::Source;

/// The files of all chosen packs.
#[derive(Debug, Default)]
pub struct Files {
    /// The KPI files.
    pub kpis: Vec<Source>,
    /// The `pack.toml` files.
    pub packs: Vec<Source>,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
}

/// Why there is nothing to load.
#[derive(Debug, thiserror::Error)]
pub enum QueriesError {
    /// The folder cannot be listed.
    #[error("cannot read the folder {}: {cause}; `[queries] path` names the folder of the packs", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The configuration names a pack that is not there.
    #[error("`[queries] packs` names `{pack}`, but {} has no such folder{}", path.display(), meant(.nearest))]
    Pack {
        /// The pack.
        pack: String,
        /// The folder.
        path: PathBuf,
        /// A pack that is there and may be meant.
        nearest: Option<String>,
    },
}

fn meant(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|pack| format!("; did you mean `{pack}`?"))
        .unwrap_or_default()
}

/// Reads the packs below `path`: those that `only` names, or all.
///
/// # Errors
/// When the folder, or a pack that is asked for, is not there. A file that cannot be read is a problem of its own.
pub fn read(path: &Path, only: Option<&[String]>) -> Result<Files, QueriesError> {
    let folders = packs(path)?;
    if let Some(pack) = only
        .into_iter()
        .flatten()
        .find(|pack| !folders.contains(pack))
    {
        let nearest = nearest(pack, folders.iter().map(String::as_str)).map(str::to_owned);
        return Err(QueriesError::Pack {
            pack: pack.clone(),
            path: path.to_owned(),
            nearest,
        });
    }
    let mut files = Files::default();
    for pack in folders
        .iter()
        .filter(|pack| only.is_none_or(|only| only.contains(pack)))
    {
        read_pack(&path.join(pack), pack, &mut files)?;
    }
    Ok(files)
}

/// The folders in `path` whose names do not begin with a dot, in order.
fn packs(path: &Path) -> Result<Vec<String>, QueriesError> {
    let mut packs: Vec<_> = names(path)?
        .into_iter()
        .filter(|name| path.join(name).is_dir())
        .collect();
    packs.sort();
    Ok(packs)
}

fn names(path: &Path) -> Result<Vec<String>, QueriesError> {
    let failed = |cause| QueriesError::Folder {
        path: path.to_owned(),
        cause,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry
            .map_err(failed)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        // Dots hide what editors and mounted volumes leave behind.
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    Ok(names)
}

fn read_pack(folder: &Path, pack: &str, files: &mut Files) -> Result<(), QueriesError> {
    let mut names = names(folder)?;
    names.sort();
    for name in names {
        let into = match name.as_str() {
            "pack.toml" => &mut files.packs,
            name if name.ends_with(".cypher") => &mut files.kpis,
            _ => continue,
        };
        let path = folder.join(&name);
        match fs::read_to_string(&path) {
            Ok(text) => {
                // Editors on Windows put a byte order mark there, which Neo4j does not read.
                let text = match text.strip_prefix('\u{feff}') {
                    Some(rest) => rest.to_owned(),
                    None => text,
                };
                into.push(Source {
                    path: path.display().to_string(),
                    pack: pack.to_owned(),
                    text,
                });
            }
            Err(cause) => files.problems.push(unreadable(&path, &cause)),
        }
    }
    Ok(())
}

fn unreadable(path: &Path, cause: &io::Error) -> Problem {
    let fix = if cause.kind() == io::ErrorKind::InvalidData {
        "save the file as UTF-8"
    } else {
        "make the file readable for the exporter, or take it away"
    };
    let place = Place::File(path.display().to_string());
    Problem::error(place, format!("the file cannot be read: {cause}"), fix)
}
