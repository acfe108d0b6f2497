//! `generate`: dashboards, rules, their tests and runbooks as files; with `--check` how those that are there differ.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use similar::TextDiff;

use super::project::{self, Project};
use super::{ExitStatus, counted, output};
use crate::cli::{Common, Generate};
use crate::diagnostic::Problem;
use crate::generate::{self, File, Input};

pub(super) fn generate(common: &Common, options: &Generate) -> anyhow::Result<ExitStatus> {
    let Some(loaded) = project::files(common)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !loaded.has_files()? {
        return Ok(ExitStatus::BadInput);
    }
    loaded.show_problems()?;
    // Files of the valid KPIs alone would lose the panels and alerts of those that are invalid for a moment.
    if loaded.catalog.errors() > 0 {
        return Ok(ExitStatus::BadInput);
    }
    let files = match files(common, &loaded)? {
        Ok(files) => files,
        Err(problems) => {
            loaded.show(&problems)?;
            return Ok(ExitStatus::BadInput);
        }
    };
    if options.check {
        check(&files, &options.out)
    } else {
        write(&files, &options.out)
    }
}

/// The files of the loaded KPIs, or why they cannot be generated.
pub(super) fn files(
    common: &Common,
    loaded: &Project,
) -> anyhow::Result<Result<Vec<File>, Vec<Problem>>> {
    let config = &loaded.config;
    let const_labels = project::const_labels(config)?;
    // Relative to the settings, so that the files do not depend on the working directory.
    let beside = common
        .config
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let folder = config
        .queries
        .path
        .strip_prefix(beside)
        .unwrap_or(&config.queries.path);
    Ok(generate::generate(&Input {
        kpis: &loaded.catalog.kpis,
        packs: &loaded.catalog.packs,
        const_labels: &const_labels,
        folder: &folder.display().to_string().replace('\\', "/"),
        base_url: config.base_url.as_deref(),
    }))
}

/// Writes what is new or changed and removes what is left over; writes nothing when that would overwrite a file of someone
/// else.
fn write(files: &[File], out: &Path) -> anyhow::Result<ExitStatus> {
    let foreign = foreign(files, out)?;
    for path in &foreign {
        let path = path.display();
        output::error(format_args!("{path} was not generated: {MOVE_IT}"))?;
    }
    if !foreign.is_empty() {
        return Ok(ExitStatus::Failed);
    }
    let mut written = 0;
    for file in files {
        let path = out.join(&file.path);
        if content(&path)?.as_deref() == Some(file.text.as_bytes()) {
            continue;
        }
        let folder = path.parent().unwrap_or(out);
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
        written += 1;
    }
    for path in left_over(files, out)? {
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        writeln!(
            anstream::stdout(),
            "removed {}: its pack no longer exists",
            path.display()
        )?;
    }
    let all = counted(files.len(), "file", "files");
    writeln!(
        anstream::stdout(),
        "{all} in {}, {written} of them new or changed",
        out.display()
    )?;
    Ok(ExitStatus::Done)
}

/// Reports what [`write`] would write, remove or refuse.
fn check(files: &[File], out: &Path) -> anyhow::Result<ExitStatus> {
    let mut stdout = anstream::stdout();
    let foreign = foreign(files, out)?;
    for path in &foreign {
        writeln!(stdout, "{} was not generated: {MOVE_IT}", path.display())?;
    }
    let mut different = foreign.len();
    for file in files {
        let path = out.join(&file.path);
        let there = content(&path)?.unwrap_or_default();
        if there == file.text.as_bytes() || foreign.contains(&path) {
            continue;
        }
        let there = String::from_utf8_lossy(&there);
        let diff = TextDiff::from_lines(there.as_ref(), &file.text);
        write!(
            stdout,
            "{}",
            diff.unified_diff()
                .header(&file.path, "generated from the KPI files")
        )?;
        different += 1;
    }
    let left_over = left_over(files, out)?;
    for path in &left_over {
        writeln!(
            stdout,
            "{} is left over from a pack that no longer exists",
            path.display()
        )?;
    }
    different += left_over.len();
    if different == 0 {
        writeln!(
            stdout,
            "{} up to date",
            counted(files.len(), "file", "files")
        )?;
        return Ok(ExitStatus::Done);
    }
    let differ = counted(different, "file differs", "files differ");
    output::plain_error(format_args!("{differ}: run `cypher-exporter generate`"))?;
    Ok(ExitStatus::Failed)
}

/// What to do with a file that `generate` would have to overwrite.
const MOVE_IT: &str = "move or delete it, then run `cypher-exporter generate`";

/// Files of someone else in the places of ours.
fn foreign(files: &[File], out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut foreign = Vec::new();
    for file in files {
        let path = out.join(&file.path);
        let is_ours = |bytes: &[u8]| {
            bytes == file.text.as_bytes()
                || std::str::from_utf8(bytes)
                    .is_ok_and(|text| generate::is_generated(&file.path, text))
        };
        if content(&path)?.is_some_and(|bytes| !is_ours(&bytes)) {
            foreign.push(path);
        }
    }
    Ok(foreign)
}

/// The content of a file; none when there is no such file.
fn content(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Generated files of packs that no longer exist: Prometheus and Grafana would still load them.
fn left_over(files: &[File], out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut left_over = Vec::new();
    for folder in generate::FOLDERS {
        let folder = out.join(folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == ErrorKind::NotFound => continue,
            Err(cause) => {
                return Err(cause).with_context(|| format!("cannot read {}", folder.display()));
            }
        };
        for entry in entries {
            let path = entry?.path();
            let is_current = files.iter().any(|file| out.join(&file.path) == path);
            let is_generated = || {
                fs::read_to_string(&path)
                    .is_ok_and(|text| generate::is_generated(&path.to_string_lossy(), &text))
            };
            if !is_current && path.is_file() && is_generated() {
                left_over.push(path);
            }
        }
    }
    left_over.sort();
    Ok(left_over)
}
