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
use crate::generate::{self, File, Input, MARK};

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

fn write(files: &[File], out: &Path) -> anyhow::Result<ExitStatus> {
    let mut written = 0;
    for file in files {
        let path = out.join(&file.path);
        if text_of(&path)?.as_deref() == Some(&file.text) {
            continue;
        }
        let folder = path.parent().unwrap_or(out);
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
        written += 1;
    }
    for path in left_over(files, out)? {
        output::plain_error(format_args!(
            "{} is left over from a pack that no longer exists: delete it",
            path.display()
        ))?;
    }
    let all = counted(files.len(), "file", "files");
    writeln!(
        anstream::stdout(),
        "{all} in {}, {written} of them new or changed",
        out.display()
    )?;
    Ok(ExitStatus::Done)
}

fn check(files: &[File], out: &Path) -> anyhow::Result<ExitStatus> {
    let mut stdout = anstream::stdout();
    let mut different = 0;
    for file in files {
        let text = text_of(&out.join(&file.path))?.unwrap_or_default();
        if text != file.text {
            let diff = TextDiff::from_lines(&text, &file.text);
            write!(
                stdout,
                "{}",
                diff.unified_diff()
                    .header(&file.path, "generated from the KPI files")
            )?;
            different += 1;
        }
    }
    let left_over = left_over(files, out)?;
    for path in &left_over {
        writeln!(
            stdout,
            "{} is left over from a pack that no longer exists: delete it",
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
    let said = counted(different, "file differs", "files differ");
    writeln!(anstream::stderr(), "{said}: run `cypher-exporter generate`")?;
    Ok(ExitStatus::Failed)
}

/// What stands in a file; none when there is no such file.
fn text_of(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Files in the same folders that were generated once and are not any more: Prometheus and Grafana would go on reading them.
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
            let is_made = files.iter().any(|file| out.join(&file.path) == path);
            // What is no text was not generated.
            if !is_made
                && path.is_file()
                && fs::read_to_string(&path).is_ok_and(|text| text.contains(MARK))
            {
                left_over.push(path);
            }
        }
    }
    left_over.sort();
    Ok(left_over)
}
