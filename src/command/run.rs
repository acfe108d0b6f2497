//! `run`: runs KPIs once and prints their rows, series and duration. A window KPI runs over everything from its `start` to
//! now; its saved state is not used.

mod choice;
mod once;
mod table;
mod watch;

use std::sync::Arc;

use super::project::{self, GraphSource, Project};
use super::{ExitStatus, Graphs, graphs};
use crate::board::labelled;
use crate::cli::{Common, Run as Options};
use crate::kpi::Kpi;
pub(super) use choice::choose;
use once::{Job, NamesByDatabase};

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<ExitStatus> {
    let source = if options.demo {
        GraphSource::Demo
    } else {
        GraphSource::Configured
    };
    let Some(project) = project::load(common, source)? else {
        return Ok(ExitStatus::BadInput);
    };
    if options.watch {
        let Some(graphs) = graphs(&project, source).await? else {
            return Ok(ExitStatus::BadInput);
        };
        return watch::watch(common, options, source, project, &graphs).await;
    }
    if !project.has_files()? {
        return Ok(ExitStatus::BadInput);
    }
    let Some(choice) = choose(&project, &options.kpis)? else {
        return Ok(ExitStatus::BadInput);
    };
    let Some(graphs) = graphs(&project, source).await? else {
        return Ok(ExitStatus::BadInput);
    };
    let mut all_succeeded = true;
    let mut names = NamesByDatabase::new();
    for job in jobs(&project, &choice.kpis, &graphs) {
        let graph = job.graph;
        let mut once = job.run(options.rows).await;
        if once.succeeded() {
            once.inspect(graph, &mut names).await;
        }
        if options.json {
            once.print_json()?;
        } else {
            once.print()?;
        }
        all_succeeded &= once.succeeded();
    }
    Ok(match (all_succeeded, choice.lacks_some) {
        (false, _) => ExitStatus::Failed,
        (true, true) => ExitStatus::BadInput,
        (true, false) => ExitStatus::Done,
    })
}

/// Each KPI on each of its graphs, with the labels that its series have in `/metrics`.
fn jobs<'g>(
    project: &Project,
    kpis: &[Arc<Kpi>],
    graphs: &'g Graphs,
) -> impl Iterator<Item = Job<'g>> {
    let constant = project.constant();
    let of_several = graphs.len() > 1;
    let on_its_graphs = kpis.iter().flat_map(|kpi| {
        let its = graphs.iter().filter(|(name, _)| kpi.asks(name));
        its.map(|(name, graph)| Job {
            kpi: kpi.clone(),
            graph,
            graph_name: name.clone(),
            of_several,
            constant: if of_several {
                labelled(name, &constant)
            } else {
                constant.clone()
            },
        })
    });
    on_its_graphs.collect::<Vec<_>>().into_iter()
}
