//! Reads the folder of KPI files: `<queries>/<pack>/*.cypher`, `*.test.cypher` and `pack.toml`.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cases;
use crate::diagnostic::{Place, Problem, WarningReason, nearest};
use crate::kpi::Source;

/// The files of all chosen packs.
#[derive(Debug, Default)]
pub struct Files {
    /// The KPI files.
    pub kpis: Vec<Source>,
    /// The `pack.toml` files.
    pub packs: Vec<Source>,
    /// The tests of KPIs.
    pub tests: Vec<Source>,
    /// Files that are not read, with the reason.
    pub problems: Vec<Problem>,
}

/// Why there is nothing to load.
#[derive(Debug, thiserror::Error)]
pub enum QueriesError {
    /// The folder cannot be listed.
    #[error("cannot read the folder {}: {cause}; set `[queries] path` to the folder of the packs", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the system.
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

/// Reads the packs below `path`: those that `only` names, or all. Every other file is a problem, except documentation, the
/// files beside a KPI, and the statements that set up a graph.
///
/// # Errors
/// When the folder, or a pack that `only` names, does not exist.
pub fn read(path: &Path, only: Option<&[String]>) -> Result<Files, QueriesError> {
    let names = names(path).map_err(|cause| QueriesError::Folder {
        path: path.to_owned(),
        cause,
    })?;
    let (folders, others): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| path.join(name).is_dir());
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
    for name in others {
        files
            .problems
            .extend(outside_a_pack(&path.join(&name), &name));
    }
    for pack in folders
        .iter()
        .filter(|pack| only.is_none_or(|only| only.contains(pack)))
    {
        read_pack(&path.join(pack), pack, &mut files);
    }
    Ok(files)
}

/// The names in a folder, in order, without those that begin with a dot: editors and mounted volumes leave them.
fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A file beside the packs.
fn outside_a_pack(path: &Path, name: &str) -> Option<Problem> {
    if SETUP.contains(&name) || is_documentation(name) {
        return None;
    }
    if let Err(cause) = fs::metadata(path) {
        return Some(unreadable(path, &cause));
    }
    let place = place(path);
    Some(if looks_like_kpi(name) {
        let message = "a KPI file outside a pack is not read";
        Problem::error(place, message, "move it into a folder, the pack")
    } else {
        ignored(place)
    })
}

/// Reads a pack. A folder that cannot be read costs this pack only.
fn read_pack(folder: &Path, pack: &str, files: &mut Files) {
    let names = match names(folder) {
        Ok(names) => names,
        Err(cause) => {
            let message = format!("cannot read the folder: {cause}");
            let fix = "make the folder readable for the exporter, or delete it";
            files
                .problems
                .push(Problem::error(place(folder), message, fix));
            return;
        }
    };
    for name in names {
        let path = folder.join(&name);
        if path.is_dir() {
            not_a_pack(&path, &name, files);
        } else if name == "pack.toml" {
            read_file(&path, pack, &mut files.packs, &mut files.problems);
        } else if name.ends_with(cases::ENDING) {
            read_file(&path, pack, &mut files.tests, &mut files.problems);
        } else if is_companion(&name) || is_documentation(&name) {
            continue;
        } else if name.ends_with(".cypher") {
            read_file(&path, pack, &mut files.kpis, &mut files.problems);
        } else if let Err(cause) = fs::metadata(&path) {
            files.problems.push(unreadable(&path, &cause));
        } else if looks_like_kpi(&name) {
            let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
            let message = "a KPI file needs the extension `.cypher`";
            let fix = format!("rename it to `{stem}.cypher`");
            files
                .problems
                .push(Problem::error(place(&path), message, fix));
        } else {
            files.problems.push(ignored(place(&path)));
        }
    }
}

/// A folder in a pack.
fn not_a_pack(path: &Path, name: &str, files: &mut Files) {
    let problem = if name.ends_with(".cypher") || name == "pack.toml" {
        let message = "expected a file, found a folder";
        Problem::error(place(path), message, "rename or delete the folder")
    } else {
        let message = "a folder in a pack is not read";
        let fix = "move its files into the pack, or make it a pack of its own";
        match fs::read_dir(path) {
            Ok(_) if !holds_kpis(path) => {
                Problem::warning(WarningReason::File, place(path), message, fix)
            }
            Ok(_) | Err(_) => Problem::error(place(path), message, fix),
        }
    };
    files.problems.push(problem);
}

/// Whether there is a KPI file in the folder; links are not followed, since they may form a loop.
fn holds_kpis(path: &Path) -> bool {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        looks_like_kpi(&entry.file_name().to_string_lossy())
            || (is_folder && holds_kpis(&entry.path()))
    })
}

/// Statements that set up a graph, beside the packs.
const SETUP: [&str; 2] = ["indexes.cypher", "model.cypher"];

/// Whether it is a file beside a KPI with the rows behind its number.
fn is_companion(name: &str) -> bool {
    name.ends_with(".rows.cypher")
}

fn is_documentation(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.ends_with(".md") || lower.starts_with("license") || lower.starts_with("readme")
}

fn looks_like_kpi(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".cypher", ".cql", ".cyp"]
        .iter()
        .any(|end| lower.ends_with(end))
}

fn ignored(place: Place) -> Problem {
    let message = "this file is not read: a pack has `.cypher` files and `pack.toml`";
    let fix = "move it out of the folder of the queries";
    Problem::warning(WarningReason::File, place, message, fix)
}

fn read_file(path: &Path, pack: &str, into: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) => return problems.push(unreadable(path, &cause)),
    };
    match text(&bytes) {
        Ok(text) => into.push(Source {
            path: path.display().to_string(),
            pack: pack.to_owned(),
            text: text.into_owned(),
        }),
        Err(encoding) => {
            let message = format!("expected UTF-8, found {encoding}");
            problems.push(Problem::error(
                place(path),
                message,
                "save the file as UTF-8",
            ));
        }
    }
}

/// The text of a file, or the encoding it probably has.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    // Editors on Windows begin a file with a byte order mark, which Neo4j does not read.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let zeros = bytes.iter().take(1000).filter(|byte| **byte == 0).count();
    if is_utf16 || zeros * 3 > bytes.len().min(1000) {
        return Err("UTF-16".to_owned());
    }
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            format!("another encoding in line {line}, probably Latin-1")
        })
}

fn place(path: &Path) -> Place {
    Place::File(path.display().to_string())
}

fn unreadable(path: &Path, cause: &io::Error) -> Problem {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let fix = match (is_link, cause.kind()) {
        (true, kind) if kind != io::ErrorKind::PermissionDenied => {
            "correct the target of the link, or delete the link"
        }
        (true | false, _) => "make the file readable for the exporter, or delete it",
    };
    Problem::error(place(path), format!("cannot read the file: {cause}"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes files into a new folder, reads it, and lists what is read and what is reported.
    fn listed(files: &[(&str, &[u8])], more: impl Fn(&Path)) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        more(folder.path());
        let read = read(folder.path(), None).expect("the folder is readable");
        let shown = |path: &str| {
            let path = path.strip_prefix(&folder.path().display().to_string());
            path.unwrap_or_default().trim_start_matches('/').to_owned()
        };
        let sources = read.packs.iter().chain(&read.kpis);
        let mut lines: Vec<_> = sources
            .map(|source| format!("{}: read into {}", shown(&source.path), source.pack))
            .collect();
        lines.extend(read.problems.iter().map(|problem| {
            let level = if problem.level.is_warning() {
                "warning"
            } else {
                "error"
            };
            let path = shown(problem.path().unwrap_or_default());
            format!("{path}: {level}: {}; {}", problem.message, problem.fix)
        }));
        lines.sort();
        lines.join("\n")
    }

    #[test]
    fn every_file_is_read_or_reported() {
        let files: &[(&str, &[u8])] = &[
            ("README.md", b""),
            ("indexes.cypher", b""),
            ("x.cypher", b""),
            ("notes.txt", b""),
            (".hidden/x.cypher", b""),
            ("a/pack.toml", b""),
            ("a/good.cypher", b"\xEF\xBB\xBFRETURN 1"),
            ("a/good.test.cypher", b""),
            ("a/good.rows.cypher", b""),
            ("a/upper.CYPHER", b""),
            ("a/other.cql", b""),
            ("a/good.cypher.bak", b""),
            ("a/sub/x.cypher", b""),
            ("a/pictures/x.png", b""),
            ("a/folder.cypher/x.cypher", b""),
            ("a/utf16.cypher", b"\xFF\xFE/\0/\0"),
            ("a/latin1.cypher", b"// H.\n// \xE9"),
        ];
        insta::assert_snapshot!(listed(files, |_| ()), @"
        a/folder.cypher: error: expected a file, found a folder; rename or delete the folder
        a/good.cypher.bak: warning: this file is not read: a pack has `.cypher` files and `pack.toml`; move it out of the folder of the queries
        a/good.cypher: read into a
        a/latin1.cypher: error: expected UTF-8, found another encoding in line 2, probably Latin-1; save the file as UTF-8
        a/other.cql: error: a KPI file needs the extension `.cypher`; rename it to `other.cypher`
        a/pack.toml: read into a
        a/pictures: warning: a folder in a pack is not read; move its files into the pack, or make it a pack of its own
        a/sub: error: a folder in a pack is not read; move its files into the pack, or make it a pack of its own
        a/upper.CYPHER: error: a KPI file needs the extension `.cypher`; rename it to `upper.cypher`
        a/utf16.cypher: error: expected UTF-8, found UTF-16; save the file as UTF-8
        notes.txt: warning: this file is not read: a pack has `.cypher` files and `pack.toml`; move it out of the folder of the queries
        x.cypher: error: a KPI file outside a pack is not read; move it into a folder, the pack
        ");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let files: &[(&str, &[u8])] = &[("a/x.cypher", b"")];
        let links = |folder: &Path| {
            use std::os::unix::fs::symlink;
            symlink(folder.join("a"), folder.join("linked")).expect("a link");
            symlink(folder.join("loop.cypher"), folder.join("a/loop.cypher")).expect("a link");
            symlink(folder.join("a/loop.cypher"), folder.join("loop.cypher")).expect("a link");
            symlink(folder.join("nowhere"), folder.join("a/gone.cypher")).expect("a link");
        };
        insta::assert_snapshot!(listed(files, links), @"
        a/gone.cypher: error: cannot read the file: No such file or directory (os error 2); correct the target of the link, or delete the link
        a/loop.cypher: error: cannot read the file: Too many levels of symbolic links (os error 40); correct the target of the link, or delete the link
        a/x.cypher: read into a
        linked/gone.cypher: error: cannot read the file: No such file or directory (os error 2); correct the target of the link, or delete the link
        linked/loop.cypher: error: cannot read the file: Too many levels of symbolic links (os error 40); correct the target of the link, or delete the link
        linked/x.cypher: read into linked
        loop.cypher: error: cannot read the file: Too many levels of symbolic links (os error 40); correct the target of the link, or delete the link
        ");
    }
}
