//! Loads settings and KPI files and prints their problems: the first step of every command but `health`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::{Graphs, output};
use crate::cases::{self, at_moment};
use crate::cli::Common;
use crate::config::{self, Config, GraphConfig};
use crate::diagnostic::{Place, Problem, nearest};
use crate::graph::{Bolt, BoltSettings, Graph, Password, TlsFiles};
use crate::http::FileProblem;
use crate::kpi::{self, Catalog, Defaults, Kpi, Source};
use crate::lint;
use crate::metric::{Constant, LabelName};
use crate::queries::{self, QueriesError};
use cypher::UnixMillis;

/// The name of the only graph when the settings give it none.
pub(super) const ONLY_GRAPH: &str = "default";

/// Settings and KPIs, with their problems.
pub(super) struct Project {
    pub(super) config: Config,
    pub(super) catalog: Catalog,
    /// The files of tests.
    pub(super) tests: Vec<Source>,
    texts: HashMap<String, String>,
}

/// Why nothing can be loaded.
pub(super) struct Rejected {
    pub(super) problems: Vec<Problem>,
    /// The text of the settings, which the problems are in.
    pub(super) text: String,
}

/// The settings; `None` if they are invalid, and the errors have been printed.
pub(super) fn settings(common: &Common) -> anyhow::Result<Option<Config>> {
    printed(read_settings(common))
}

fn read_settings(common: &Common) -> Result<Config, Rejected> {
    Config::from_process(common.config.as_deref()).map_err(|errors| Rejected {
        problems: errors.problems().to_vec(),
        text: errors.text().to_owned(),
    })
}

/// What was loaded; `None` if nothing was, and the errors have been printed.
fn printed<T>(loaded: Result<T, Rejected>) -> anyhow::Result<Option<T>> {
    match loaded {
        Ok(loaded) => Ok(Some(loaded)),
        Err(Rejected { problems, text }) => {
            output::problems(&problems, |_| text.as_str())?;
            Ok(None)
        }
    }
}

/// Which graphs to query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraphSource {
    /// The graphs in the settings.
    Configured,
    /// The graph of the demo, whatever graphs the settings and the KPIs name.
    Demo,
}

/// Loads the settings and the KPIs that can run. `None` if they cannot be loaded, and the errors have been printed.
pub(super) fn load(common: &Common, source: GraphSource) -> anyhow::Result<Option<Project>> {
    printed(read(common, source)?)
}

/// As [`load`], without printing.
pub(super) fn read(
    common: &Common,
    source: GraphSource,
) -> anyhow::Result<Result<Project, Rejected>> {
    let mut project = match read_files(common)? {
        Ok(project) => project,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let Project {
        config, catalog, ..
    } = &mut project;
    match source {
        GraphSource::Configured => reject_without_graph(catalog, &config.graphs),
        GraphSource::Demo => {
            // Totals of a graph that ends with the process must not overwrite those of a real graph.
            config.state = None;
            catalog
                .kpis
                .iter_mut()
                .for_each(|kpi| Arc::make_mut(kpi).run_on_the_only_graph());
        }
    }
    catalog.sort_problems();
    Ok(Ok(project))
}

/// As [`load`], whether or not the graph of a KPI is configured.
pub(super) fn files(common: &Common) -> anyhow::Result<Option<Project>> {
    printed(read_files(common)?)
}

fn read_files(common: &Common) -> anyhow::Result<Result<Project, Rejected>> {
    let config = match read_settings(common) {
        Ok(config) => config,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let files = match queries::read(&config.queries.path, config.queries.packs.as_deref()) {
        Ok(files) => files,
        Err(error) => {
            let problems = vec![no_folder(error)];
            let text = String::new();
            return Ok(Err(Rejected { problems, text }));
        }
    };
    let const_labels = const_labels(&config)?;
    let defaults = Defaults {
        every: config.queries.every,
        const_labels: &const_labels,
    };
    let mut catalog = kpi::load(&files.kpis, &files.packs, &defaults);
    catalog.problems.extend(files.problems);
    lint::check(&mut catalog, &const_labels);
    let texts = files
        .kpis
        .into_iter()
        .chain(files.packs)
        .chain(files.tests.iter().cloned())
        .map(|source| (source.path, source.text))
        .collect();
    Ok(Ok(Project {
        config,
        catalog,
        tests: files.tests,
        texts,
    }))
}

fn no_folder(error: QueriesError) -> Problem {
    let place = |path: &Path| Place::File(path.display().to_string());
    match error {
        QueriesError::Folder { path, cause } => Problem::error(
            place(&path),
            format!("cannot read the folder: {cause}"),
            "set `[queries] path` to the folder of the packs",
        ),
        QueriesError::Pack {
            pack,
            path,
            nearest,
        } => {
            let fix = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "write names of its folders in `[queries] packs`".to_owned(),
            };
            Problem::error(place(&path), format!("there is no pack `{pack}`"), fix)
        }
    }
}

/// The labels that every KPI series has besides its own.
pub(super) fn const_labels(config: &Config) -> anyhow::Result<Vec<LabelName>> {
    let mut labels: Vec<_> = config.labels.iter().map(|(name, _)| name.clone()).collect();
    if config.graphs.len() > 1 {
        labels.push(LabelName::new("graph").context("`graph` is a legal label")?);
    }
    Ok(labels)
}

/// A KPI for a graph that is not configured can never run.
fn reject_without_graph(catalog: &mut Catalog, graphs: &[GraphConfig]) {
    let names: Vec<_> = graphs.iter().map(name).collect();
    let (kept, rejected) = std::mem::take(&mut catalog.kpis)
        .into_iter()
        .partition::<Vec<_>, _>(|kpi: &Arc<Kpi>| {
            kpi.graph
                .as_deref()
                .is_none_or(|graph| names.contains(&graph))
        });
    catalog.kpis = kept;
    catalog
        .problems
        .extend(rejected.iter().map(|kpi| no_graph(kpi, &names)));
}

fn no_graph(kpi: &Kpi, names: &[&str]) -> Problem {
    let graph = kpi.graph.as_deref().unwrap_or_default();
    let fix = match nearest(graph, names.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("add [graphs.{graph}] to the settings, or remove `graph` from the header"),
    };
    let message = format!("unknown graph \"{graph}\"");
    Problem::error(Place::File(kpi.path.clone()), message, fix)
}

fn name(graph: &GraphConfig) -> &str {
    graph.name.as_deref().unwrap_or(ONLY_GRAPH)
}

impl Project {
    /// The problems in files of tests.
    pub(super) fn test_problems(&self) -> Vec<Problem> {
        let problems = self
            .tests
            .iter()
            .filter_map(|source| cases::read(source).err());
        problems.flatten().collect()
    }

    /// A KPI of [`GraphSource::Demo`] whose query takes `at` for the time of the graph's clock.
    pub(super) fn kpi_at(&self, kpi: &Kpi, at: UnixMillis) -> anyhow::Result<Arc<Kpi>> {
        let text = self.texts.get(&kpi.path).map_or("", String::as_str);
        let source = Source {
            path: kpi.path.clone(),
            pack: kpi.pack.to_string(),
            text: at_moment(text, at),
        };
        let defaults = Defaults {
            every: self.config.queries.every,
            const_labels: &[],
        };
        let mut loaded = kpi::load(&[source], &[], &defaults).kpis;
        let mut fixed = loaded.pop().with_context(|| {
            format!("{} is not a KPI any more once its clock is fixed", kpi.path)
        })?;
        Arc::make_mut(&mut fixed).run_on_the_only_graph();
        Ok(fixed)
    }

    /// Prints all problems.
    pub(super) fn show_problems(&self) -> anyhow::Result<()> {
        self.show(&self.catalog.problems)
    }

    /// That there is no KPI file at all.
    pub(super) fn no_files(&self) -> Option<Problem> {
        let none = self.texts.is_empty() && self.catalog.problems.is_empty();
        none.then(|| {
            let path = self.config.queries.path.display().to_string();
            let fix = "add a .cypher file to a folder in it";
            Problem::error(Place::File(path), "no KPI files found", fix)
        })
    }

    /// Whether there is a KPI file at all; prints an error if not.
    pub(super) fn has_files(&self) -> anyhow::Result<bool> {
        let no_files = self.no_files();
        self.show(no_files.as_slice())?;
        Ok(no_files.is_none())
    }

    /// Prints all problems; whether there is a KPI that can run, with an error if not.
    pub(super) fn can_run(&self) -> anyhow::Result<bool> {
        self.show_problems()?;
        if !self.has_files()? {
            return Ok(false);
        }
        let none = self.catalog.kpis.is_empty();
        if none {
            output::error("no KPI can run: every file has a mistake")?;
        }
        Ok(!none)
    }

    /// Prints problems of the files that were loaded.
    pub(super) fn show(&self, problems: &[Problem]) -> anyhow::Result<()> {
        Ok(output::problems(problems, |path| self.text(path))?)
    }

    /// The text of a file that was loaded.
    pub(super) fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }

    /// The problems of the files, as the HTTP server shows them.
    pub(super) fn file_problems(&self) -> Vec<FileProblem> {
        let file_problem = |problem: &Problem| {
            let text = problem.path().and_then(|path| self.texts.get(path));
            FileProblem::new(problem, text.map_or("", String::as_str))
        };
        self.catalog.problems.iter().map(file_problem).collect()
    }

    /// The graphs, by name, in the order of the settings. None is connected yet.
    pub(super) fn graphs(&self) -> Graphs {
        let graph = |config: &GraphConfig| (name(config).into(), Arc::new(bolt(config.clone())));
        self.config.graphs.iter().map(graph).collect()
    }

    /// The graph at a URI, with the user and password of that graph in the settings, or of the only one. `None` if there are
    /// several others: a password is never sent to a server that it may not be for.
    pub(super) fn graph_at(&self, uri: &str) -> Option<Graph> {
        let graphs = &self.config.graphs;
        let named = graphs
            .iter()
            .find(|graph| graph.uris.iter().any(|known| known == uri));
        let config = named.or(graphs.first().filter(|_| graphs.len() == 1))?;
        Some(bolt(GraphConfig {
            uris: vec![uri.to_owned()],
            ..config.clone()
        }))
    }

    /// The labels of the settings with their values.
    pub(super) fn constant(&self) -> Constant {
        self.config
            .labels
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect()
    }
}

pub(super) fn bolt(settings: GraphConfig) -> Graph {
    let GraphConfig {
        name: _,
        uris,
        user,
        password,
        password_file,
        ca_file,
        client_cert,
        database,
        max_concurrent,
    } = settings;
    let password = match password_file {
        None => Password::Fixed(password),
        Some(path) => Password::File {
            path,
            read: config::read_password,
        },
    };
    Graph::Bolt(Bolt::new(BoltSettings {
        uris,
        user,
        password,
        tls: TlsFiles {
            ca: ca_file,
            client: client_cert,
        },
        database,
        max_concurrent,
    }))
}
