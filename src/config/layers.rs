//! The sources of the settings, merged by the crate `config`: the highest source that sets a key wins.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use config::{ConfigError, Map, Source, Value, ValueKind};

use super::document::Document;
use super::key::{Key, PREFIX, is_plain};
use super::origin::{Origin, Spans};

/// The variables of Neo4j's own tools, lowest first where two set the same key.
const NEO4J: [(&str, &str); 6] = [
    ("NEO4J_URI", "uri"),
    ("NEO4J_USERNAME", "user"),
    ("NEO4J_USER", "user"),
    ("NEO4J_PASSWORD", "password"),
    ("NEO4J_PASSWORD_FILE", "password_file"),
    ("NEO4J_DATABASE", "database"),
];

/// User and password in one, as the official images of Neo4j take them: `user/password`, or `none` for a server without
/// authentication. Lower than the variables above.
pub(super) const NEO4J_AUTH: &str = "NEO4J_AUTH";

/// The origin that the crate gives to what [`config::Environment`] finds.
const ENVIRONMENT: &str = "the environment";

/// A value and its origin, not yet checked.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) value: Raw,
    pub(super) origin: Origin,
}

/// A value as its source has it; the environment has only strings.
#[derive(Clone)]
pub(super) enum Raw {
    String(String),
    Integer(i128),
    Float,
    Boolean(bool),
    Date,
    Array(Vec<Setting>),
    /// Whatever it holds, in an array; otherwise an empty one. A table that holds something is as many keys.
    Table,
}

/// Everything that is set, by key. A table is here only when it is empty.
pub(super) type Settings = BTreeMap<Key, Setting>;

/// Merges the environment over the file over Neo4j's variables.
pub(super) fn settings(file: &Document, variables: &HashMap<String, String>) -> Settings {
    let merged =
        merge(file, variables).expect("sources that are maps in memory are always read and merged");
    let mut settings = Settings::new();
    flatten(&Key::default(), &merged, file, &mut settings);
    settings
}

/// Whether a variable is meant for the exporter.
pub(super) fn is_ours(variable: &str) -> bool {
    variable.to_uppercase().starts_with(PREFIX) || is_neo4j(variable)
}

fn is_neo4j(variable: &str) -> bool {
    variable == NEO4J_AUTH || NEO4J.iter().any(|(name, _)| *name == variable)
}

/// Whether `NEO4J_AUTH` is set to something else than a user and a password, or `none`.
pub(super) fn has_invalid_auth(variables: &HashMap<String, String>) -> bool {
    let mut auth = set(variables).filter(|(name, _)| *name == NEO4J_AUTH);
    auth.any(|(_, value)| value != "none" && !is_login(value))
}

fn is_login(auth: &str) -> bool {
    let login = auth.split_once('/');
    login.is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
}

/// The key's parts of a variable with our prefix.
fn parts(variable: &str) -> Option<Vec<String>> {
    let upper = variable.to_uppercase();
    let rest = upper.strip_prefix(PREFIX)?;
    Some(rest.split("__").map(str::to_owned).collect())
}

/// The variables with our prefix whose name cannot be that of a setting.
pub(super) fn odd(variables: &HashMap<String, String>) -> impl Iterator<Item = &str> {
    set(variables)
        .map(|(name, _)| name)
        .filter(|name| parts(name).is_some_and(|parts| !parts.iter().all(|part| is_plain(part))))
}

/// An empty variable sets nothing.
fn set(variables: &HashMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    let variables = variables.iter().filter(|(_, value)| !value.is_empty());
    variables.map(|(name, value)| (name.as_str(), value.as_str()))
}

fn merge(
    file: &Document,
    variables: &HashMap<String, String>,
) -> Result<Map<String, Value>, ConfigError> {
    let ours = set(variables)
        .filter(|(name, _)| parts(name).is_some_and(|parts| parts.iter().all(|p| is_plain(p))))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let environment = config::Environment::with_prefix(PREFIX.trim_end_matches('_'))
        .separator("__")
        .ignore_empty(true)
        .source(Some(ours));
    let named = config::Config::builder()
        .add_source(file.clone())
        .add_source(environment)
        .build()?;
    // Neo4j's variables are about one graph: with several it is not clear which.
    if named.collect()?.contains_key("graphs") {
        return named.collect();
    }
    config::Config::builder()
        .add_source(Neo4jVariables::from(variables))
        .add_source(named)
        .build()?
        .collect()
}

fn flatten(parent: &Key, table: &Map<String, Value>, file: &Document, settings: &mut Settings) {
    for (name, value) in table {
        let key = parent.child(name);
        if let ValueKind::Table(inside) = &value.kind
            && !inside.is_empty()
        {
            flatten(&key, inside, file, settings);
            continue;
        }
        let setting = setting(&key, value, file);
        settings.insert(key, setting);
    }
}

fn setting(key: &Key, value: &Value, file: &Document) -> Setting {
    let raw = match &value.kind {
        ValueKind::String(text) => Raw::String(text.clone()),
        ValueKind::Boolean(flag) => Raw::Boolean(*flag),
        ValueKind::I64(number) => Raw::Integer((*number).into()),
        ValueKind::I128(number) => Raw::Integer(*number),
        ValueKind::U64(number) => Raw::Integer((*number).into()),
        ValueKind::U128(number) => Raw::Integer((*number).try_into().unwrap_or(i128::MAX)),
        ValueKind::Float(_) => Raw::Float,
        // What `Document` makes of a date.
        ValueKind::Nil => Raw::Date,
        ValueKind::Array(items) => {
            Raw::Array(items.iter().map(|item| setting(key, item, file)).collect())
        }
        ValueKind::Table(_) => Raw::Table,
    };
    Setting {
        value: raw,
        origin: origin(key, value.origin(), file),
    }
}

fn origin(key: &Key, origin: Option<&str>, file: &Document) -> Origin {
    match origin {
        Some(ENVIRONMENT) => Origin::Variable(key.variable()),
        Some(name) if is_neo4j(name) => Origin::Variable(name.to_owned()),
        // The crate keeps the origin of values, but not of tables.
        spans => Origin::File(
            spans
                .and_then(Spans::from_text)
                .or_else(|| file.spans_of_table(key))
                .unwrap_or_default(),
        ),
    }
}

/// `NEO4J_URI` and similar variables, as settings of `[graph]`.
#[derive(Clone)]
struct Neo4jVariables(Map<String, Value>);

impl From<&HashMap<String, String>> for Neo4jVariables {
    fn from(variables: &HashMap<String, String>) -> Self {
        let value_of = |variable: &str| {
            let text = variables.get(variable)?;
            (!text.is_empty()).then_some(text.as_str())
        };
        let login = value_of(NEO4J_AUTH)
            .filter(|auth| is_login(auth))
            .and_then(|auth| auth.split_once('/'));
        let auth = login.into_iter().flat_map(|(user, password)| {
            [
                (NEO4J_AUTH, "user", user),
                (NEO4J_AUTH, "password", password),
            ]
        });
        let named = NEO4J
            .iter()
            .filter_map(|(variable, key)| Some((*variable, *key, value_of(variable)?)));
        let settings = auth.chain(named).map(|(variable, key, text)| {
            let origin = variable.to_owned();
            (format!("graph.{key}"), Value::new(Some(&origin), text))
        });
        Self(settings.collect())
    }
}

impl fmt::Debug for Neo4jVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Neo4jVariables").finish_non_exhaustive()
    }
}

impl Source for Neo4jVariables {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}
