//! `run --watch`: runs the KPIs again whenever a file changes, and prints which series changed.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use tokio::time::sleep;

use super::super::project::{self, GraphSource, Project};
use super::super::{ExitStatus, Graphs};
use super::choice::choose;
use super::jobs;
use crate::cli::{Common, Run as Options};
use crate::queries;

/// Saving a file should feel immediate; reading some hundred files this often takes no measurable time.
const POLL: Duration = Duration::from_millis(200);

/// Every file and its text.
type Fingerprint = Vec<(String, String)>;

/// The samples that a run printed last, by the title of the run.
type Shown = HashMap<String, BTreeMap<String, String>>;

/// Runs the KPIs until Ctrl-C.
pub(super) async fn watch(
    common: &Common,
    options: &Options,
    source: GraphSource,
    mut project: Project,
    graphs: &Graphs,
) -> anyhow::Result<ExitStatus> {
    let mut shown = Shown::new();
    let run = async {
        let mut files = fingerprint(&project);
        loop {
            if let Some(choice) = choose(&project, &options.kpis)? {
                for job in jobs(&project, &choice.kpis, graphs) {
                    let once = job.run(options.rows).await;
                    show(&once, &mut shown)?;
                }
            }
            // Before the files are loaded, so that a change in between is not missed.
            files = changed(&project, files).await;
            // Settings that became invalid are printed; the last valid project stays.
            if let Some(changed) = project::load(common, source)? {
                project = changed;
            }
        }
    };
    tokio::select! {
        ended = run => ended,
        stopped = tokio::signal::ctrl_c() => {
            stopped.context("cannot listen for SIGINT")?;
            Ok(ExitStatus::Done)
        }
    }
}

/// Waits until a file changes.
async fn changed(project: &Project, before: Fingerprint) -> Fingerprint {
    loop {
        let now = fingerprint(project);
        if now != before {
            return now;
        }
        sleep(POLL).await;
    }
}

/// What every KPI file holds; an unreadable folder is as an empty one until it is back.
fn fingerprint(project: &Project) -> Fingerprint {
    let settings = &project.config.queries;
    let files = queries::read(&settings.path, settings.packs.as_deref()).unwrap_or_default();
    let sources = files.kpis.into_iter().chain(files.packs);
    let unreadable = files
        .problems
        .into_iter()
        .map(|problem| (problem.place.to_string(), problem.message));
    sources
        .map(|source| (source.path, source.text))
        .chain(unreadable)
        .collect()
}

/// Everything of the first run, then what changed.
fn show(once: &super::once::Once, shown: &mut Shown) -> anyhow::Result<()> {
    let Some(series) = once.series() else {
        return once.print_error();
    };
    match shown.insert(once.title().to_owned(), series.clone()) {
        None => once.print(),
        Some(before) => {
            let mut out = anstream::stdout();
            writeln!(out, "{}", once.summary().unwrap_or_default())?;
            let changes = changes(&before, &series);
            if changes.is_empty() {
                writeln!(out, "  no series changed")?;
            }
            for change in changes {
                writeln!(out, "  {change}")?;
            }
            Ok(())
        }
    }
}

/// One line for each series that is new (`+`), gone (`-`) or has another value (`~`).
fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| match (before.get(name), after.get(name)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) => Some(format!("~ {name} {old} -> {new}")),
        (Some(old), None) => Some(format!("- {name} {old}")),
        (None, Some(new)) => Some(format!("+ {name} {new}")),
        (None, None) => None,
    };
    names.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_a_line() {
        let series = |lines: &[(&str, &str)]| {
            let owned = lines
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()));
            owned.collect::<BTreeMap<_, _>>()
        };
        let before = series(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let after = series(&[("a", "1"), ("b", "5"), ("d", "4")]);
        assert_eq!(changes(&before, &after), ["~ b 2 -> 5", "- c 3", "+ d 4"]);
        assert_eq!(changes(&after, &after), <[String; 0]>::default());
    }
}
