//! Settings and KPI files, loaded and their problems shown: the beginning of every command but `health`.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use anyhow::Context;

use super::Graphs;
use crate::cli::Common;
use crate::config::{self, Config, GraphConfig};
use crate::diagnostic::{Place, Problem, nearest};
use crate::graph::{Bolt, BoltSettings, Graph, Password, TlsFiles};
use crate::http::FileProblem;
use crate::kpi::{self, Catalog, Defaults, Kpi};
use crate::lint;
use crate::metric::{Constant, LabelName};
use crate::queries;

/// What the one graph is called when the settings give it no name.
pub(super) const ONLY_GRAPH: &str = "default";

/// Settings, KPIs, and what was wrong with them.
pub(super) struct Project {
    pub(super) config: Config,
    pub(super) catalog: Catalog,
    texts: HashMap<String, String>,
}

/// The settings; `None` when they are wrong, which has then been said.
pub(super) fn settings(common: &Common) -> anyhow::Result<Option<Config>> {
    match Config::from_process(common.config.as_deref()) {
        Ok(config) => Ok(Some(config)),
        Err(errors) => {
            writeln!(anstream::stderr(), "{errors}")?;
            Ok(None)
        }
    }
}

/// Which graphs are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GraphSource {
    /// Those of the settings.
    Configured,
    /// The one graph of the demo, whatever the settings and the KPIs name.
    Demo,
}

/// Loads everything that can run. `None` when there is nothing to go on with; why has then been said.
pub(super) fn load(common: &Common, asked: GraphSource) -> anyhow::Result<Option<Project>> {
    let Some(mut loaded) = files(common)? else {
        return Ok(None);
    };
    let Project {
        config, catalog, ..
    } = &mut loaded;
    match asked {
        GraphSource::Configured => leave_out_without_graph(catalog, &config.graphs),
        GraphSource::Demo => {
            // What is counted of a graph that ends with the process must not overwrite what was counted of a real one.
            config.state = None;
            catalog
                .kpis
                .iter_mut()
                .for_each(|kpi| Arc::make_mut(kpi).run_on_the_only_graph());
        }
    }
    catalog.sort_problems();
    Ok(Some(loaded))
}

/// Loads everything, whether or not the graph of a KPI is configured. `None` as in [`load`].
pub(super) fn files(common: &Common) -> anyhow::Result<Option<Project>> {
    let Some(config) = settings(common)? else {
        return Ok(None);
    };
    let files = match queries::read(&config.queries.path, config.queries.packs.as_deref()) {
        Ok(files) => files,
        Err(error) => {
            writeln!(anstream::stderr(), "error: {error}")?;
            return Ok(None);
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
        .map(|source| (source.path, source.text))
        .collect();
    Ok(Some(Project {
        config,
        catalog,
        texts,
    }))
}

/// The labels that every series of a KPI carries besides its own.
pub(super) fn const_labels(config: &Config) -> anyhow::Result<Vec<LabelName>> {
    let mut labels: Vec<_> = config.labels.iter().map(|(name, _)| name.clone()).collect();
    if config.graphs.len() > 1 {
        labels.push(LabelName::new("graph").context("`graph` is a legal label")?);
    }
    Ok(labels)
}

/// A KPI for a graph that nobody configured could never run.
fn leave_out_without_graph(catalog: &mut Catalog, graphs: &[GraphConfig]) {
    let names: Vec<_> = graphs.iter().map(name).collect();
    let (kept, lost) = std::mem::take(&mut catalog.kpis)
        .into_iter()
        .partition::<Vec<_>, _>(|kpi: &Arc<Kpi>| {
            kpi.graph
                .as_deref()
                .is_none_or(|graph| names.contains(&graph))
        });
    catalog.kpis = kept;
    catalog
        .problems
        .extend(lost.iter().map(|kpi| no_graph(kpi, &names)));
}

fn no_graph(kpi: &Kpi, names: &[&str]) -> Problem {
    let graph = kpi.graph.as_deref().unwrap_or_default();
    let fix = match nearest(graph, names.iter().copied()) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("add [graphs.{graph}] to the settings, or take `graph` out of the header"),
    };
    let message = format!("the settings know no graph \"{graph}\"");
    Problem::error(Place::File(kpi.path.clone()), message, fix)
}

fn name(graph: &GraphConfig) -> &str {
    graph.name.as_deref().unwrap_or(ONLY_GRAPH)
}

impl Project {
    /// Prints every problem with its place.
    pub(super) fn show_problems(&self) -> anyhow::Result<()> {
        self.show(&self.catalog.problems)
    }

    /// Whether there is a KPI file at all; says so when there is none.
    pub(super) fn has_files(&self) -> anyhow::Result<bool> {
        let none = self.texts.is_empty() && self.catalog.problems.is_empty();
        if none {
            let path = self.config.queries.path.display();
            writeln!(
                anstream::stderr(),
                "error: there is no KPI: put a .cypher file into a folder in {path}"
            )?;
        }
        Ok(!none)
    }

    /// Prints every problem, and tells whether there is a KPI that can run; says so when there is none.
    pub(super) fn can_run(&self) -> anyhow::Result<bool> {
        self.show_problems()?;
        if !self.has_files()? {
            return Ok(false);
        }
        let none = self.catalog.kpis.is_empty();
        if none {
            writeln!(
                anstream::stderr(),
                "error: no KPI can run: each file has a mistake"
            )?;
        }
        Ok(!none)
    }

    /// Prints problems of the files that were loaded; without colours where nobody would see them.
    pub(super) fn show(&self, problems: &[Problem]) -> anyhow::Result<()> {
        let mut out = anstream::stderr();
        for problem in problems {
            let text = problem.path().and_then(|path| self.texts.get(path));
            let text = text.map_or("", String::as_str);
            writeln!(out, "{}\n", problem.render(text, true))?;
        }
        Ok(())
    }

    /// The problems of the files, as the HTTP server shows them.
    pub(super) fn file_problems(&self) -> Vec<FileProblem> {
        let file_problem = |problem: &Problem| {
            let text = problem.path().and_then(|path| self.texts.get(path));
            FileProblem {
                level: problem.level,
                path: problem.path().map(str::to_owned),
                message: problem.message.clone(),
                report: problem.render(text.map_or("", String::as_str), false),
            }
        };
        self.catalog.problems.iter().map(file_problem).collect()
    }

    /// The graphs, by name, in the order of the settings. None is connected yet.
    pub(super) fn graphs(&self) -> Graphs {
        let graph = |config: &GraphConfig| (name(config).into(), Arc::new(bolt(config.clone())));
        self.config.graphs.iter().map(graph).collect()
    }

    /// The graph at a URI, with the login that the settings have for it, or for their only graph. `None` when they have several
    /// others: no password is sent to a server that it may not be for.
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

    /// The labels of the settings, which every series of a KPI carries.
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
