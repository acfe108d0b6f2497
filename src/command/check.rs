//! `check`: every mistake in settings and KPI files; with `--connect` also those that only the graph can find.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::project::{self, GraphSource, Project, Rejected};
use super::report::{Checked, Report};
use super::{ExitStatus, generate, graphs};
use crate::cli::{Check, Common};
use crate::diagnostic::{Place, Problem, WarningReason, nearest, offset};
use crate::graph::{Graph, GraphError, Request};
use crate::kpi::{BEGINNING, Kpi};
use cypher::Named;
use cypher::{Parameters, Row, Value};

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
    let mut vocabularies = HashMap::new();
    let kpis = project.catalog.kpis.iter().filter(|kpi| kpi.asks(name));
    for kpi in kpis {
        match explain(kpi, graph).await {
            Ok(()) => {
                let vocabulary = match vocabularies.entry(kpi.database.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        new.insert(Vocabulary::of(graph, kpi.database.as_deref()).await?)
                    }
                };
                vocabulary.unknown_names(kpi, &mut unknown);
            }
            Err(error) if error.graph_is_away() => return Err(error),
            Err(error) => problems.push(refused(kpi, &error)),
        }
    }
    problems.extend(unknown.into_iter().map(Unknown::into_problem));
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

/// The names that exist in a graph.
struct Vocabulary {
    labels: Vec<String>,
    relationship_types: Vec<String>,
    properties: Vec<String>,
}

impl Vocabulary {
    async fn of(graph: &Graph, database: Option<&str>) -> Result<Self, GraphError> {
        let labels = "CALL db.labels() YIELD label RETURN label AS name";
        let types =
            "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS name";
        let properties = "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS name";
        Ok(Self {
            labels: column(graph, database, labels).await?,
            relationship_types: column(graph, database, types).await?,
            properties: column(graph, database, properties).await?,
        })
    }

    /// A query with names that do not exist is valid and returns nothing, forever. Each name is reported once.
    fn unknown_names(&self, kpi: &Kpi, unknown: &mut Vec<Unknown>) {
        let statement = kpi.statement();
        let kinds = [
            ("label", &statement.labels, &self.labels),
            (
                "relationship type",
                &statement.relationship_types,
                &self.relationship_types,
            ),
            ("property", &statement.properties, &self.properties),
        ];
        for (kind, named, known) in kinds {
            for name in named
                .iter()
                .filter(|name| !known.contains(&name.name) && !may_be_absent(kpi, name))
            {
                match unknown
                    .iter_mut()
                    .find(|before| before.kind == kind && before.named.name == name.name)
                {
                    Some(before) => _ = before.others.insert(kpi.path.clone()),
                    None => unknown.push(Unknown::new(kind, kpi, name, known)),
                }
            }
        }
    }
}

/// A property that is compared with NULL need not exist.
fn may_be_absent(kpi: &Kpi, property: &Named) -> bool {
    let mut words = kpi
        .query
        .get(property.span.end..)
        .unwrap_or_default()
        .split_whitespace();
    let is_null = [words.next(), words.next()]
        .map(|word| word.unwrap_or_default().trim_end_matches([')', ';', ',']));
    is_null[0].eq_ignore_ascii_case("IS") && is_null[1].eq_ignore_ascii_case("NULL")
}

/// A name that does not exist in the graph, where it is used first.
struct Unknown {
    kind: &'static str,
    named: Named,
    path: String,
    suggestion: Option<String>,
    /// The other files that use it.
    others: BTreeSet<String>,
}

impl Unknown {
    fn new(kind: &'static str, kpi: &Kpi, named: &Named, known: &[String]) -> Self {
        let suggestion = nearest(&named.name, known.iter().map(String::as_str)).map(str::to_owned);
        Self {
            kind,
            named: named.clone(),
            path: kpi.path.clone(),
            suggestion,
            others: BTreeSet::new(),
        }
    }

    fn into_problem(mut self) -> Problem {
        self.others.remove(&self.path);
        let also = match self.others.len() {
            0 => String::new(),
            1 => "; 1 other file uses it too".to_owned(),
            more => format!("; {more} other files use it too"),
        };
        let fix = match self.suggestion {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "fix the name, or ignore this if the graph will have it later".to_owned(),
        };
        let message = format!("the graph has no {} `{}`{also}", self.kind, self.named.name);
        let place = Place::Span(self.path, self.named.span);
        Problem::warning(WarningReason::UnknownName, place, message, fix)
    }
}

async fn column(
    graph: &Graph,
    database: Option<&str>,
    query: &str,
) -> Result<Vec<String>, GraphError> {
    let mut names = Vec::new();
    let columns: [Arc<str>; 1] = ["name".into()];
    let request = Request {
        kpi: "cypher-exporter/check",
        query,
        columns: &columns,
        parameters: &Parameters::new(),
        database,
        timeout: WITHIN,
    };
    let mut push = |row: &Row| {
        names.extend(row.iter().filter_map(|value| {
            if let Value::String(name) = value {
                Some(name.clone())
            } else {
                None
            }
        }));
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut push).await?;
    Ok(names)
}
