//! Which KPIs the command line names, and why one of them cannot run.

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use super::super::output;
use super::super::project::Project;
use crate::diagnostic::{Problem, nearest};
use crate::kpi::Kpi;

/// The KPIs to run.
pub(in crate::command) struct Choice {
    pub(in crate::command) kpis: Vec<Arc<Kpi>>,
    /// Whether KPIs are missing because of mistakes in their files, which have been printed.
    pub(in crate::command) lacks_some: bool,
}

/// The KPIs that the command line names; `None` if one of them does not exist or is invalid, and the error has been printed.
pub(in crate::command) fn choose(
    project: &Project,
    wanted: &[String],
) -> anyhow::Result<Option<Choice>> {
    if wanted.is_empty() {
        let can_run = project.can_run()?;
        return Ok(can_run.then(|| Choice {
            kpis: project.catalog.kpis.clone(),
            lacks_some: project.catalog.errors() > 0,
        }));
    }
    let mut chosen = Vec::new();
    for name in wanted {
        match project
            .catalog
            .kpis
            .iter()
            .filter(|kpi| is_called(kpi, name))
            .collect::<Vec<_>>()[..]
        {
            [] => {
                print_why_not(project, name)?;
                return Ok(None);
            }
            ref found => chosen.extend(found.iter().map(|kpi| (*kpi).clone())),
        }
    }
    // A KPI that is named twice runs once.
    let mut known = HashSet::new();
    chosen.retain(|kpi| known.insert(kpi.id.clone()));
    Ok(Some(Choice {
        kpis: chosen,
        lacks_some: false,
    }))
}

fn is_called(kpi: &Kpi, name: &str) -> bool {
    *kpi.id == *name || kpi.stem() == name || is_same_file(&kpi.path, name)
}

/// However the paths are written: absolute, relative, or with `..`.
fn is_same_file(a: &str, b: &str) -> bool {
    fs::canonicalize(a)
        .ok()
        .zip(fs::canonicalize(b).ok())
        .is_some_and(|(a, b)| a == b)
}

fn print_why_not(project: &Project, name: &str) -> anyhow::Result<()> {
    let stem = name
        .rsplit('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".cypher");
    let of_file = |problem: &&Problem| {
        problem.path().and_then(|path| path.rsplit('/').next()) == Some(&format!("{stem}.cypher"))
    };
    let problems: Vec<_> = project
        .catalog
        .problems
        .iter()
        .filter(of_file)
        .cloned()
        .collect();
    if !problems.is_empty() {
        return project.show(&problems);
    }
    let ids = project
        .catalog
        .kpis
        .iter()
        .flat_map(|kpi| [&*kpi.id, kpi.stem()]);
    let hint = match nearest(name, ids) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the KPIs are {}", names(project)),
    };
    output::error(format_args!("unknown KPI `{name}`; {hint}"))?;
    Ok(())
}

fn names(project: &Project) -> String {
    let names: Vec<_> = project.catalog.kpis.iter().map(|kpi| &*kpi.id).collect();
    if names.is_empty() {
        "all invalid".to_owned()
    } else {
        names.join(", ")
    }
}
