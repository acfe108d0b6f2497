//! The settings, from `config.toml` and the environment: either all of them in order, or every problem with them at once.
//!
//! What is named several times counts as the highest of these says: `CYPHER_EXPORTER__…` variables, the file, Neo4j's own
//! variables (`NEO4J_URI`, `NEO4J_USER` or `NEO4J_USERNAME`, `NEO4J_PASSWORD`, `NEO4J_DATABASE`; only for `[graph]`), the
//! defaults. An empty variable says nothing. Only here is the process environment read.
//!
//! Reading has two stages: `layers` says what is written where, of any type; `reader` takes it out by key and type.

mod document;
mod graphs;
mod key;
mod layers;
mod problem;
mod reader;
mod sections;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::metric::LabelName;
use document::Document;
use reader::Reader;

pub use graphs::{check_uri, read_password};
pub use key::Key;
pub use problem::{ConfigErrors, Place, Problem, Reason};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "config.toml";

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The graphs to ask, in order of name; at least one.
    pub graphs: Vec<GraphConfig>,
    /// The KPI files.
    pub queries: QueriesConfig,
    /// The HTTP server.
    pub web: WebConfig,
    /// Where window totals are kept; `None` keeps them in memory.
    pub state: Option<PathBuf>,
    /// Where the files that `generate` links to can be read by a browser.
    pub base_url: Option<String>,
    /// Constant labels of every KPI series, in order of name.
    pub labels: Vec<(LabelName, String)>,
}

/// A graph and how to log in.
#[derive(Clone, Debug)]
pub struct GraphConfig {
    /// The name in `[graphs.<name>]`, also the value of the label `graph`; `None` for `[graph]`.
    pub name: Option<String>,
    /// Tried in order; at least one. The schemes `neo4j…` are taken as `bolt…`: there is no routing.
    pub uris: Vec<String>,
    /// The user.
    pub user: String,
    /// The password; empty when nothing names one.
    pub password: SecretString,
    /// The file that contains the password, if it comes from one. It is read again when it changes.
    pub password_file: Option<PathBuf>,
    /// The authorities that `bolt+s` trusts instead of those of the system.
    pub ca_file: Option<PathBuf>,
    /// The certificate that the exporter presents to the server, and its key.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    /// The database that KPIs without one ask; `None` is the server's default.
    pub database: Option<String>,
    /// The most queries at one time.
    pub max_concurrent: usize,
}

/// The KPI files.
#[derive(Clone, Debug)]
pub struct QueriesConfig {
    /// The folder of the packs.
    pub path: PathBuf,
    /// The packs to run; `None` is all of them.
    pub packs: Option<Vec<String>>,
    /// How often a KPI runs that does not say so itself.
    pub every: Duration,
}

/// The HTTP server.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether POST may refresh and reload.
    pub lifecycle: bool,
    /// Where `/dashboard` leads.
    pub dashboard_url: Option<String>,
}

impl Config {
    /// Reads the settings of this process: the named file, or `config.toml` in the working directory when there is one.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_process(path: Option<&Path>) -> Result<Self, ConfigErrors> {
        let mut variables = HashMap::new();
        let mut problems = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            match value.into_string() {
                Ok(value) => _ = variables.insert(name, value),
                Err(_) if layers::is_ours(&name) => problems.push(problem::not_unicode(name)),
                Err(_) => {}
            }
        }
        if problems.is_empty() {
            Self::load(path, &variables)
        } else {
            Err(problems.into())
        }
    }

    /// Reads the settings from a file and from these environment variables.
    ///
    /// # Errors
    /// Every problem that the file and the variables have, not only the first. A file that is not TOML has no others yet.
    pub fn load(
        path: Option<&Path>,
        variables: &HashMap<String, String>,
    ) -> Result<Self, ConfigErrors> {
        let mut problems = Vec::new();
        let document = read(path, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let settings = layers::settings(&document, variables, &mut problems);
        let folder = path.and_then(Path::parent).unwrap_or(Path::new(""));
        let mut reader = Reader::new(settings, folder, problems);
        let config = Self {
            graphs: graphs::graphs(&mut reader),
            queries: sections::queries(&mut reader),
            web: sections::web(&mut reader),
            state: sections::state(&mut reader),
            base_url: sections::generate(&mut reader),
            labels: sections::labels(&mut reader),
        };
        let problems = reader.finish();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(problems.into())
        }
    }
}

/// Without a name the file may be missing: everything has a default or a variable.
fn read(path: Option<&Path>, problems: &mut Vec<Problem>) -> Document {
    let file = path.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(file) {
        Ok(text) => Document::parse(file, &text, problems),
        Err(cause) if path.is_none() && cause.kind() == std::io::ErrorKind::NotFound => {
            Document::default()
        }
        Err(cause) => {
            let place = Place::File {
                path: file.to_owned(),
                line: None,
            };
            problems.push(Problem {
                place,
                reason: Reason::Unreadable(cause.to_string()),
            });
            Document::default()
        }
    }
}
