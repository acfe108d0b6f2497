//! `test`: runs the cases of `*.test.cypher` files, each on an empty graph: one in this process, or
//! a Neo4j that is empty and is cleared after each case.

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::project::{self, GraphSource, Project};
use super::{ExitStatus, counted, demo, run};
use crate::cases::{self, Case, Expectation, Step, path_of_tests};
use crate::cli::{Common, Test as Options};
use crate::config::{Invalid, check_uri};
use crate::diagnostic::{Place, Problem};
use crate::exposition::{Format, Segment};
use crate::graph::{Graph, GraphError, Request};
use crate::kpi::{self, BEGINNING, Kpi, Source};
use crate::measure::{Measured, Totals};
use crate::metric::Part;
use crate::schedule::{self, Run};
use cypher::{Change, Parameters, Row, UnixMillis, Value};

/// The timeout of the statements of a case.
const TIMEOUT: Duration = Duration::from_secs(60);

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const PLAIN: &str = "\x1b[0m";

pub(super) async fn test(common: &Common, options: &Options) -> anyhow::Result<ExitStatus> {
    let Some(project) = project::load(common, GraphSource::Demo)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !project.has_files()? {
        return Ok(ExitStatus::BadInput);
    }
    let Some(choice) = run::choose(&project, &options.kpis)? else {
        return Ok(ExitStatus::BadInput);
    };
    let Some(tested) = read_cases(&project, choice.kpis, options.kpis.is_empty())? else {
        return Ok(ExitStatus::BadInput);
    };
    let Some(graphs) = graphs(&project, options).await? else {
        return Ok(ExitStatus::BadInput);
    };
    let stop = super::serve::stop_on_signal()?;
    let mut tally = Tally::default();
    for (kpi, cases) in &tested {
        if cases.is_empty() {
            tally.untested.push(kpi.id.clone());
            continue;
        }
        writeln!(anstream::stdout(), "{}", kpi.id)?;
        for case in cases {
            let graph = graphs.empty()?;
            let failure = stop
                .run_until_cancelled(run_case(&project, kpi, case, &graph))
                .await;
            graphs.clear(&graph).await?;
            match failure {
                Some(failure) => tally.add(kpi, case, failure?)?,
                None => return Ok(ExitStatus::Failed),
            }
        }
    }
    let status = tally.print()?;
    let is_incomplete = status == ExitStatus::Done && choice.lacks_some;
    Ok(if is_incomplete {
        ExitStatus::BadInput
    } else {
        status
    })
}

/// A KPI and its cases.
type Tested = (Arc<Kpi>, Vec<Case>);

/// The chosen KPIs and their cases. `None` if a file of tests has a problem, which has been printed.
fn read_cases(
    project: &Project,
    kpis: Vec<Arc<Kpi>>,
    all: bool,
) -> anyhow::Result<Option<Vec<Tested>>> {
    let mut problems = Vec::new();
    let known: Vec<_> = kpis.iter().map(|kpi| path_of_tests(&kpi.path)).collect();
    if all {
        let orphans = project.tests.iter();
        problems.extend(
            orphans
                .filter(|source| !known.contains(&source.path))
                .map(without_kpi),
        );
    }
    let mut tested = Vec::new();
    for (kpi, path) in kpis.into_iter().zip(known) {
        let source = project.tests.iter().find(|source| source.path == path);
        match source.map(cases::read).transpose() {
            Ok(cases) => tested.push((kpi, cases.unwrap_or_default())),
            Err(found) => problems.extend(found),
        }
    }
    project.show(&problems)?;
    Ok(problems.is_empty().then_some(tested))
}

fn without_kpi(source: &Source) -> Problem {
    let stem = source.path.strip_suffix(cases::ENDING).unwrap_or_default();
    let message = format!("expected the KPI of these tests in `{stem}.cypher`, found no such KPI");
    let fix = "rename the file after its KPI, or delete it";
    Problem::error(Place::File(source.path.clone()), message, fix)
}

/// The graphs of the cases.
enum Graphs {
    /// A new one for each case.
    Embedded,
    /// One Neo4j, which is cleared after each case.
    Scratch(Arc<Graph>),
}

/// The graphs that the options name; `None` if they cannot be used, which has been printed.
async fn graphs(project: &Project, options: &Options) -> anyhow::Result<Option<Graphs>> {
    let Some(uri) = &options.graph else {
        if cfg!(feature = "embedded") {
            return Ok(Some(Graphs::Embedded));
        }
        return refuse(
            "this build does not contain the embedded graph: build it with `--features embedded`, or use `--graph URI` with an empty Neo4j",
        );
    };
    if let Err(Invalid { reason, fix }) = check_uri(uri) {
        return refuse(&format!("--graph is invalid: {reason}; {fix}"));
    }
    let Some(graph) = project.graph_at(uri) else {
        return refuse(
            "--graph is not a graph of the settings: add it to the configuration with its user and password",
        );
    };
    let nodes = nodes(&graph)
        .await
        .context("cannot query the graph of --graph")?;
    if nodes > 0 {
        let nodes = counted(nodes, "node", "nodes");
        return refuse(&format!(
            "--graph must be an empty graph, but it contains {nodes}"
        ));
    }
    Ok(Some(Graphs::Scratch(Arc::new(graph))))
}

fn refuse<T>(message: &str) -> anyhow::Result<Option<T>> {
    writeln!(anstream::stderr(), "error: {message}")?;
    Ok(None)
}

async fn nodes(graph: &Graph) -> Result<i64, GraphError> {
    let request = Request {
        kpi: "cypher-exporter/test",
        query: "MATCH (n) RETURN count(n) AS n",
        columns: &["n".into()],
        parameters: &Parameters::new(),
        database: None,
        timeout: TIMEOUT,
    };
    let mut nodes = 0;
    let mut read = |row: &Row| {
        if let Some(Value::Integer(n)) = row.first() {
            nodes = *n;
        }
        ControlFlow::Continue(())
    };
    graph.rows(&request, &mut read).await?;
    Ok(nodes)
}

impl Graphs {
    /// An empty graph.
    fn empty(&self) -> anyhow::Result<Arc<Graph>> {
        match self {
            Graphs::Embedded => demo::empty_graph()?.context("the embedded graph is missing"),
            Graphs::Scratch(graph) => Ok(graph.clone()),
        }
    }

    /// Removes what a case has written, unless the graph ends with it.
    async fn clear(&self, graph: &Graph) -> anyhow::Result<()> {
        match self {
            Graphs::Embedded => Ok(()),
            Graphs::Scratch(_) => graph
                .write(&[change("MATCH (n) DETACH DELETE n".to_owned())], TIMEOUT)
                .await
                .context("cannot clear the graph of --graph after a test"),
        }
    }
}

fn change(statement: String) -> Change {
    Change {
        statement: statement.into(),
        parameters: Parameters::new(),
    }
}

/// Runs all steps of a case; the reason if it fails.
async fn run_case(
    project: &Project,
    kpi: &Kpi,
    case: &Case,
    graph: &Graph,
) -> anyhow::Result<Option<String>> {
    let (mut totals, mut since) = (Totals::default(), BEGINNING);
    for step in &case.steps {
        if let Some(statement) = &step.statement {
            let written = graph.write(&[change(statement.clone())], TIMEOUT).await;
            if let Err(error) = written {
                return Ok(Some(statement_failed(kpi, &error)));
            }
        }
        let kpi = project.kpi_at(kpi, step.at)?;
        let run = run_kpi(&kpi, graph, &mut totals, since, step.at).await;
        since = step.at;
        if let Some(failure) = check(&kpi, step, &run) {
            let at = if case.steps.len() > 1 {
                format!("at {}: ", kpi::iso(step.at))
            } else {
                String::new()
            };
            return Ok(Some(format!("{at}{failure}")));
        }
    }
    Ok(None)
}

/// The error of a statement, with its place in the file of tests.
fn statement_failed(kpi: &Kpi, error: &GraphError) -> String {
    let path = path_of_tests(&kpi.path);
    let cause = if let GraphError::Statement {
        message,
        place: Some(place),
    } = error
    {
        format!("{path}:{}:{}: {message}", place.line, place.column)
    } else {
        error.to_string()
    };
    format!("the statement of the case failed: {cause}")
}

async fn run_kpi(
    kpi: &Kpi,
    graph: &Graph,
    totals: &mut Totals,
    since: UnixMillis,
    until: UnixMillis,
) -> Run {
    let mut permit = graph.acquire().await;
    let mut seen = |_: &Row| {};
    match kpi.window() {
        None => schedule::run(kpi, &mut permit, &mut seen).await,
        Some(_) => schedule::window(kpi, &mut permit, totals, since, until, &mut seen).await,
    }
}

/// How the run differs from what is expected.
fn check(kpi: &Kpi, step: &Step, run: &Run) -> Option<String> {
    match (run.result(), &step.expected) {
        (Err(error), Some(Expectation::Failure(reason))) if error.reason() == reason => None,
        (Err(error), Some(Expectation::Failure(reason))) => Some(format!(
            "expected a failure with the reason `{reason}`, found `{}`: {}",
            error.reason(),
            error.in_file(kpi)
        )),
        (Err(error), _) => Some(format!(
            "the KPI failed with the reason `{}`: {}",
            error.reason(),
            error.in_file(kpi)
        )),
        (Ok(measured), Some(Expectation::Failure(reason))) => Some(format!(
            "expected a failure with the reason `{reason}`, found these samples:\n{}",
            exposition(kpi, measured)
        )),
        (Ok(measured), Some(Expectation::Samples(expected))) => {
            let difference = expected.compare(&exposition(kpi, measured)).err()?;
            Some(format!(
                "samples differ (- expected, + found):\n{difference}"
            ))
        }
        (Ok(_), None) => None,
    }
}

fn exposition(kpi: &Kpi, measured: &Measured) -> String {
    let families = kpi.metrics.iter().zip(&measured.samples);
    let families: Vec<_> = families
        .map(|(metric, points)| {
            metric.family(vec![Part {
                constant: [].into(),
                points: points.clone(),
            }])
        })
        .collect();
    let text = Segment::encode(&families, Format::Text);
    let text = String::from_utf8_lossy(text.body());
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}

/// The results so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    untested: Vec<Arc<str>>,
}

impl Tally {
    fn add(&mut self, kpi: &Kpi, case: &Case, failure: Option<String>) -> anyhow::Result<()> {
        let mut out = anstream::stdout();
        let Some(failure) = failure else {
            self.passed += 1;
            writeln!(out, "  {GREEN}ok{PLAIN}    {}", case.name)?;
            return Ok(());
        };
        self.failed += 1;
        writeln!(out, "  {RED}FAIL{PLAIN}  {}", case.name)?;
        writeln!(out, "        {}:{}", path_of_tests(&kpi.path), case.line)?;
        for line in failure.lines() {
            match line.get(..2) {
                Some("- ") => writeln!(out, "        {RED}{line}{PLAIN}")?,
                Some("+ ") => writeln!(out, "        {GREEN}{line}{PLAIN}")?,
                _ => writeln!(out, "        {line}")?,
            }
        }
        Ok(())
    }

    fn print(&self) -> anyhow::Result<ExitStatus> {
        let mut out = anstream::stdout();
        let tests = counted(self.passed + self.failed, "test", "tests");
        let (passed, failed) = (self.passed, self.failed);
        writeln!(out, "{tests}: {passed} passed, {failed} failed")?;
        if !self.untested.is_empty() {
            let kpis = counted(self.untested.len(), "KPI", "KPIs");
            writeln!(out, "{kpis} without tests: {}", self.untested.join(", "))?;
        }
        Ok(if self.failed == 0 {
            ExitStatus::Done
        } else {
            ExitStatus::Failed
        })
    }
}
