//! `check`: every mistake in settings and KPI files; with `--connect` also what the graph thinks of the queries.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::project::{self, GraphSource, Project};
use super::{ExitStatus, counted, generate, graphs};
use crate::cli::{Check, Common};
use crate::diagnostic::{Place, Problem, WarningReason, nearest, offset};
use crate::graph::{Graph, GraphError, Request};
use crate::kpi::{BEGINNING, Kpi};
use cypher::Named;
use cypher::{Parameters, Row, Value};

/// Planning a query takes milliseconds; the first one of a fresh server a second or two.
const WITHIN: Duration = Duration::from_secs(15);
/// The statement is sent below this line, so that the server's columns are those of the file.
const EXPLAIN: &str = "EXPLAIN\n";

pub(super) async fn check(common: &Common, options: &Check) -> anyhow::Result<ExitStatus> {
    let asked = if options.demo {
        GraphSource::Demo
    } else {
        GraphSource::Configured
    };
    let Some(mut loaded) = project::load(common, asked)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !loaded.has_files()? {
        return Ok(ExitStatus::BadInput);
    }
    // A rejected file may hold what the others refer to.
    if loaded.catalog.errors() == 0
        && let Err(problems) = generate::files(common, &loaded)?
    {
        loaded.catalog.problems.extend(problems);
    }
    let connects = options.connect || options.demo;
    let Some(graphs) = graphs(&loaded, asked).await? else {
        return Ok(ExitStatus::BadInput);
    };
    let mut reachable = true;
    for (name, graph) in graphs.into_iter().filter(|_| connects) {
        match ask(&loaded, &name, &graph).await {
            Ok(problems) => loaded.catalog.problems.extend(problems),
            Err(error) => {
                writeln!(anstream::stderr(), "error: {error}\n")?;
                reachable = false;
            }
        }
    }
    loaded.catalog.sort_problems();
    loaded.show_problems()?;
    summarise(&loaded)?;
    Ok(match (loaded.catalog.errors(), reachable) {
        (0, true) => ExitStatus::Done,
        (0, false) => ExitStatus::Failed,
        _ => ExitStatus::BadInput,
    })
}

fn summarise(loaded: &Project) -> anyhow::Result<()> {
    let catalog = &loaded.catalog;
    let warnings = catalog
        .problems
        .iter()
        .filter(|problem| problem.level.is_warning())
        .count();
    let metrics: usize = catalog.kpis.iter().map(|kpi| kpi.metrics.len()).sum();
    writeln!(
        anstream::stdout(),
        "{}, {}, {}: {}, {}",
        counted(catalog.kpis.len(), "KPI", "KPIs"),
        counted(metrics, "metric", "metrics"),
        counted(catalog.packs.len(), "pack", "packs"),
        counted(catalog.errors(), "error", "errors"),
        counted(warnings, "warning", "warnings"),
    )?;
    Ok(())
}

/// What a graph has to say of the KPIs that ask it.
async fn ask(loaded: &Project, name: &str, graph: &Graph) -> Result<Vec<Problem>, GraphError> {
    graph.ping(WITHIN).await?;
    let mut problems = Vec::new();
    let mut unknown = Vec::new();
    let mut vocabularies = HashMap::new();
    let asked = loaded.catalog.kpis.iter().filter(|kpi| kpi.asks(name));
    for kpi in asked {
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
    // Planning does not look at values, but wants the names.
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
                format!("the graph refuses the query: {message}"),
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
    let fix = "mend the query; to try it, paste the whole file into Neo4j Browser or cypher-shell";
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

/// The names a graph has.
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

    /// A query over names that the graph does not have is legal and returns nothing, for ever. Each name is said once.
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

/// A property that is only asked to be NULL is one that need not be there.
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

/// A name that the graph does not have, at its first place.
struct Unknown {
    kind: &'static str,
    named: Named,
    path: String,
    meant: Option<String>,
    /// The other files that use it.
    others: BTreeSet<String>,
}

impl Unknown {
    fn new(kind: &'static str, kpi: &Kpi, named: &Named, known: &[String]) -> Self {
        let meant = nearest(&named.name, known.iter().map(String::as_str)).map(str::to_owned);
        Self {
            kind,
            named: named.clone(),
            path: kpi.path.clone(),
            meant,
            others: BTreeSet::new(),
        }
    }

    fn into_problem(mut self) -> Problem {
        self.others.remove(&self.path);
        let also = match self.others.len() {
            0 => String::new(),
            1 => ", which 1 other file names too".to_owned(),
            more => format!(", which {more} other files name too"),
        };
        let fix = match self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                "nothing to do if it is still to come; until then the query finds nothing by it"
                    .to_owned()
            }
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
    let mut take = |row: &Row| {
        names.extend(row.iter().filter_map(|value| {
            if let Value::String(name) = value {
                Some(name.clone())
            } else {
                None
            }
        }));
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut take).await?;
    Ok(names)
}
