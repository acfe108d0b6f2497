//! `check`: every mistake in settings and KPI files; with `--connect` also those that only the graph can find.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::time::Duration;

use super::project::{self, GraphSource, Project, Rejected};
use super::report::{Checked, Report};
use super::{ExitStatus, generate, graphs};
use crate::cli::{Check, Common};
use crate::diagnostic::{Place, Problem, offset};
use crate::graph::{Graph, GraphError, Request};
use crate::inspect::{Names, Unknown, window_type};
use crate::kpi::{BEGINNING, Kpi};

/// Planning a query takes milliseconds; the first one of a fresh server a second or two.
const WITHIN: Duration = Duration::from_secs(15);
/// On a line of its own, so that the server reports the columns of the file.
const EXPLAIN: &str = "EXPLAIN\n";

pub(super) async fn check(common: &Common, options: &Check) -> anyhow::Result<ExitStatus> {
    let source = if options.demo {
        GraphSource::Demo
    } else {
        GraphSource::Configured
    };
    let mut project = match project::read(common, source)? {
        Ok(project) => project,
        Err(Rejected { problems, text }) => {
            let report = Report {
                problems,
                ..Report::default()
            };
            report.print(options.format, |_| text.as_str())?;
            return Ok(ExitStatus::BadInput);
        }
    };
    if let Some(problem) = project.no_files() {
        let report = Report {
            problems: vec![problem],
            ..Report::default()
        };
        report.print(options.format, |_| "")?;
        return Ok(ExitStatus::BadInput);
    }
    // A rejected file may hold what the others refer to.
    if project.catalog.errors() == 0
        && let Err(problems) = generate::files(common, &project)?
    {
        project.catalog.problems.extend(problems);
    }
    let connects = options.connect || options.demo;
    let Some(graphs) = graphs(&project, source).await? else {
        return Ok(ExitStatus::BadInput);
    };
    let mut unreachable = Vec::new();
    for (name, graph) in graphs.into_iter().filter(|_| connects) {
        match problems_of(&project, &name, &graph).await {
            Ok(problems) => project.catalog.problems.extend(problems),
            Err(error) => unreachable.push(error.to_string()),
        }
    }
    let of_tests = project.test_problems();
    project.catalog.problems.extend(of_tests);
    project.catalog.sort_problems();
    let report = Report {
        problems: std::mem::take(&mut project.catalog.problems),
        unreachable,
        checked: Some(Checked::of(&project.catalog)),
    };
    report.print(options.format, |path| project.text(path))?;
    Ok(status(&report, options.strict))
}

fn status(report: &Report, strict: bool) -> ExitStatus {
    if report.errors() > 0 || (strict && report.warnings() > 0) {
        ExitStatus::BadInput
    } else if report.unreachable.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Failed
    }
}

/// The problems that a graph finds in the KPIs that query it.
async fn problems_of(
    project: &Project,
    name: &str,
    graph: &Graph,
) -> Result<Vec<Problem>, GraphError> {
    graph.ping(WITHIN).await?;
    let mut problems = Vec::new();
    let mut unknown = Vec::new();
    let mut names = HashMap::new();
    let kpis = project.catalog.kpis.iter().filter(|kpi| kpi.asks(name));
    for kpi in kpis {
        match explain(kpi, graph).await {
            Ok(()) => {
                let names = match names.entry(kpi.database.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        new.insert(Names::of(graph, kpi.database.as_deref()).await?)
                    }
                };
                unknown.extend(names.unknown(kpi));
                problems.extend(window_type(kpi, graph).await?);
            }
            Err(error) if error.graph_is_away() => return Err(error),
            Err(error) => problems.push(refused(kpi, &error)),
        }
    }
    problems.extend(
        Unknown::join(unknown)
            .into_iter()
            .map(Unknown::into_problem),
    );
    Ok(problems)
}

async fn explain(kpi: &Kpi, graph: &Graph) -> Result<(), GraphError> {
    // EXPLAIN needs the names of the parameters, not their values.
    let parameters = kpi.parameters_between(BEGINNING, BEGINNING).swap_remove(0);
    let query = format!("{EXPLAIN}{}", kpi.query);
    let request = Request {
        kpi: &kpi.id,
        query: &query,
        columns: &[],
        parameters: &parameters,
        database: kpi.database.as_deref(),
        timeout: WITHIN,
    };
    graph
        .rows(&request, &mut |_| ControlFlow::Continue(()))
        .await
}

fn refused(kpi: &Kpi, error: &GraphError) -> Problem {
    let (message, span) = match error {
        GraphError::Statement { message, place } => {
            let line = |line: usize| line.saturating_sub(EXPLAIN.matches('\n').count());
            let at = place.and_then(|place| offset(&kpi.query, line(place.line), place.column));
            (
                format!("the graph rejects the query: {message}"),
                at.map(|at| at..word_end(&kpi.query, at)),
            )
        }
        GraphError::Unreachable { .. }
        | GraphError::Authentication { .. }
        | GraphError::Timeout(_)
        | GraphError::Writes(_)
        | GraphError::Database(_)
        | GraphError::MissingColumn(_)
        | GraphError::Decode(_)
        | GraphError::Internal(_)
        | GraphError::Server { .. } => (error.to_string(), None),
    };
    let fix = "fix the query; to try it, paste the whole file into Neo4j Browser or cypher-shell";
    Problem::error(Place::of(kpi.path.clone(), span), message, fix)
}

/// The end of the word that begins at `at`, or of the one character there.
fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let word = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    at + word.max(1)
}
