//! The settings, from `config.toml` and the environment: either all of them are valid, or every problem is reported.
//!
//! The first of these that sets a key wins: `CYPHER_EXPORTER__…` variables, the file, Neo4j's own variables (`NEO4J_URI`,
//! `NEO4J_USER` or `NEO4J_USERNAME`, `NEO4J_PASSWORD` or `NEO4J_PASSWORD_FILE`, `NEO4J_DATABASE`, and below them `NEO4J_AUTH`;
//! only for `[graph]`), the default. An empty variable sets nothing. No other module reads the process environment.
//!
//! Reading has two stages: `layers` collects values of any type with their origin; `reader` reads them by key and type.

mod document;
mod errors;
mod excerpt;
mod graphs;
mod key;
mod layers;
mod misspelt;
mod origin;
mod reader;
mod sections;
#[cfg(test)]
mod tests;
mod uri;

use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::metric::LabelName;
use document::Document;
use errors::{Caret, Mistake};
use excerpt::{Excerpt, Hidden};
use key::Key;
use layers::Settings;
use origin::Origin;
use reader::{NO_SUCH_SECTION, Reader};

pub use errors::{ConfigErrors, Invalid};
pub use graphs::read_password;
pub use uri::check_uri;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "config.toml";

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The graphs to query, in order of name; at least one.
    pub graphs: Vec<GraphConfig>,
    /// The KPI files.
    pub queries: QueriesConfig,
    /// The HTTP server.
    pub web: WebConfig,
    /// The folder for window totals; `None` is in memory.
    pub state: Option<PathBuf>,
    /// The base URL of links to runbooks and KPI files.
    pub base_url: Option<String>,
    /// Constant labels of every KPI series, in order of name.
    pub labels: Vec<(LabelName, String)>,
}

/// A graph, and how to log in.
#[derive(Clone, Debug)]
pub struct GraphConfig {
    /// The name in `[graphs.<name>]`, also the value of the label `graph`; `None` for `[graph]`.
    pub name: Option<String>,
    /// Tried in order; at least one. `neo4j` schemes are treated as `bolt`: there is no routing.
    pub uris: Vec<String>,
    /// The user.
    pub user: String,
    /// The password; empty by default.
    pub password: SecretString,
    /// The file that contains the password, if it comes from one. It is read again when it changes.
    pub password_file: Option<PathBuf>,
    /// The authorities that `bolt+s` trusts instead of those of the system.
    pub ca_file: Option<PathBuf>,
    /// The certificate that the exporter presents to the server, and its key.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    /// The database of KPIs that name none; `None` is the server's default.
    pub database: Option<String>,
    /// The limit of concurrent queries.
    pub max_concurrent: usize,
}

/// The KPI files.
#[derive(Clone, Debug)]
pub struct QueriesConfig {
    /// The folder of the packs.
    pub path: PathBuf,
    /// The packs to run; `None` is all of them.
    pub packs: Option<Vec<String>>,
    /// The interval of KPIs that have none of their own.
    pub every: Duration,
}

/// The HTTP server.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// The address to listen on; port 0 is any free one.
    pub listen: SocketAddr,
    /// Whether POST may refresh.
    pub lifecycle: bool,
    /// Where `/dashboard` redirects to.
    pub dashboard_url: Option<String>,
}

impl Config {
    /// Reads the settings of this process: the named file, or `config.toml` in the working directory when there is one.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_process(path: Option<&Path>) -> Result<Self, ConfigErrors> {
        let mut variables = HashMap::new();
        let mut not_unicode = Vec::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else {
                continue;
            };
            match value.into_string() {
                Ok(value) => _ = variables.insert(name, value),
                Err(_) if layers::is_ours(&name) => not_unicode.push(name),
                Err(_) => {}
            }
        }
        if not_unicode.is_empty() {
            Self::load(path, &variables)
        } else {
            not_unicode.sort();
            Err(ConfigErrors::not_unicode(not_unicode))
        }
    }

    /// Reads the settings from a file and from these environment variables.
    ///
    /// # Errors
    /// Every problem in the file and the variables, not only the first. A file that is not TOML has no others yet.
    pub fn load(
        path: Option<&Path>,
        variables: &HashMap<String, String>,
    ) -> Result<Self, ConfigErrors> {
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        // Without a name the file may be missing: everything has a default or a variable.
        let text = match std::fs::read_to_string(file) {
            Err(cause) if path.is_none() && cause.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|cause| ConfigErrors::unreadable(file, &cause))?,
        };
        let mut document = Document::parse(&text).map_err(|errors| {
            let excerpt = Excerpt::of_lines(&text, |line| is_safe(line, &known()));
            ConfigErrors::syntax(file, excerpt, errors)
        })?;
        let mut mistakes = odd(&mut document, variables);
        let folder = file.parent().unwrap_or(Path::new(""));
        let settings = layers::settings(&document, variables);
        let mut reader = Reader::new(settings, document.tables.clone(), folder);
        let config = Self::read(&mut reader);
        let (known, found) = reader.finish();
        mistakes.extend(found);
        mistakes.extend(invalid_variables(variables, &known));
        if mistakes.is_empty() {
            return Ok(config);
        }
        let excerpt = Excerpt::new(&text, hidden(&document, &known));
        Err(ConfigErrors::new(file, excerpt, mistakes))
    }

    fn read(reader: &mut Reader) -> Self {
        Self {
            graphs: graphs::graphs(reader),
            queries: sections::queries(reader),
            web: sections::web(reader),
            state: sections::state(reader),
            base_url: sections::generate(reader),
            labels: sections::labels(reader),
        }
    }
}

/// Names that cannot be those of settings.
fn odd(document: &mut Document, variables: &HashMap<String, String>) -> Vec<Mistake> {
    let keys = document
        .take_odd()
        .into_iter()
        .map(|(name, spans)| Mistake {
            origin: Origin::File(spans),
            caret: Caret::Key,
            message: format!("unknown key `{name}`"),
            fix: NO_SUCH_SECTION.to_owned(),
        });
    let variables = layers::odd(variables).map(|name| Mistake {
        origin: Origin::Variable(name.to_owned()),
        caret: Caret::Key,
        message: format!("unknown variable `{name}`"),
        fix: NO_SUCH_SECTION.to_owned(),
    });
    keys.chain(variables).collect()
}

/// Variables that no setting reads, though they are surely meant for one.
fn invalid_variables(variables: &HashMap<String, String>, known: &[Key]) -> Vec<Mistake> {
    let mistake = |name: &str, message: String, fix: String| Mistake {
        origin: Origin::Variable(name.to_owned()),
        caret: Caret::Key,
        message,
        fix,
    };
    let misspelt = variables.keys().filter_map(|name| {
        let fix = misspelt::fix(name, known)?;
        Some(mistake(name, format!("unknown variable `{name}`"), fix))
    });
    // With several graphs it is for none of them.
    let is_read = known.contains(&Key::new(&["graph", "user"]));
    let auth = (is_read && layers::has_invalid_auth(variables)).then(|| {
        let name = layers::NEO4J_AUTH;
        let message = "expected a user and a password, or `none`".to_owned();
        mistake(name, message, "write `user/password`".to_owned())
    });
    misspelt.chain(auth).collect()
}

/// The keys of all settings.
fn known() -> Vec<Key> {
    let mut reader = Reader::new(Settings::new(), BTreeMap::new(), Path::new(""));
    Config::read(&mut reader);
    reader.finish().0
}

/// The values that may be secrets: a password, a login in a URI, or anything under a key that may be a misspelt one.
fn hidden(document: &Document, known: &[Key]) -> Vec<Hidden> {
    let hidden = document.leaves.iter().filter_map(|leaf| {
        let is_secret = leaf.key.is_secret() || leaf.has_credentials;
        (is_secret || !known.contains(&leaf.key)).then(|| Hidden {
            span: leaf.span.clone(),
            with_line: is_secret,
        })
    });
    hidden.collect()
}

/// Whether a line of a file that is not TOML surely holds no secret: it sets one key, which is known to hold none.
fn is_safe(line: &str, known: &[Key]) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return line.trim_start().starts_with('[') && !line.contains(['"', '\'', '@']);
    };
    let is_known = |key: &Key| key.name() == name.trim() && !key.is_secret();
    known.iter().any(is_known) && !value.contains(['@', '=']) && !value.contains("pass")
}
