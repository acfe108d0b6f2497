//! The sources of the settings, laid over each other by the crate `config`: what is named by several counts as the highest says.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use config::{ConfigError, Map, Source, Value, ValueKind};

use super::document::Document;
use super::key::{Key, PREFIX, is_plain};
use super::problem::{Place, Problem, Reason};

/// The variables of Neo4j's own tools, lowest first where two name the same key.
const NEO4J: [(&str, &str); 5] = [
    ("NEO4J_URI", "uri"),
    ("NEO4J_USERNAME", "user"),
    ("NEO4J_USER", "user"),
    ("NEO4J_PASSWORD", "password"),
    ("NEO4J_DATABASE", "database"),
];

/// The name that the crate gives to the origin of what [`config::Environment`] finds.
const ENVIRONMENT: &str = "the environment";

/// A value and where it stands, before anybody has asked whether it makes sense.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) value: Raw,
    pub(super) place: Place,
}

/// A value as its source wrote it; the environment knows only text.
#[derive(Clone)]
pub(super) enum Raw {
    Text(String),
    Whole(i128),
    Fraction,
    Flag(bool),
    Date,
    List(Vec<Setting>),
    /// Whatever is in it: in a list, or empty. Tables with something in them are keys of their own.
    Table,
}

/// Everything that is set, by key. A table is here only when it is empty.
pub(super) type Settings = BTreeMap<Key, Setting>;

/// Lays the environment over the file over Neo4j's variables. What cannot be a key at all is added to `problems`.
pub(super) fn settings(
    file: &Document,
    variables: &HashMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Settings {
    let (ours, strange): (HashMap<_, _>, Vec<_>) = own_variables(variables);
    problems.extend(
        strange
            .into_iter()
            .map(|name| unknown_variable(name, "no setting has such a name")),
    );
    let merged = merge(file, ours, variables)
        .expect("sources that are maps in memory are always read and merged");
    let mut settings = Settings::new();
    flatten(&Key::default(), &merged, file, &mut settings);
    settings
}

/// Whether a variable speaks to the exporter.
pub(super) fn is_ours(variable: &str) -> bool {
    variable.to_uppercase().starts_with(PREFIX) || NEO4J.iter().any(|(name, _)| *name == variable)
}

fn own_variables(variables: &HashMap<String, String>) -> (HashMap<String, String>, Vec<&str>) {
    let mut ours = HashMap::new();
    let mut strange = Vec::new();
    for (name, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
        match name.to_uppercase().strip_prefix(PREFIX) {
            Some(rest) if rest.split("__").all(is_plain) => {
                _ = ours.insert(name.clone(), value.clone())
            }
            Some(_) => strange.push(name.as_str()),
            None => {}
        }
    }
    (ours, strange)
}

fn unknown_variable(name: &str, hint: &str) -> Problem {
    Problem {
        place: Place::Variable(name.to_owned()),
        reason: Reason::Unknown {
            what: "variable",
            name: name.to_owned(),
            hint: hint.to_owned(),
        },
    }
}

fn merge(
    file: &Document,
    ours: HashMap<String, String>,
    variables: &HashMap<String, String>,
) -> Result<Map<String, Value>, ConfigError> {
    let prefix = PREFIX.trim_end_matches('_');
    let environment = config::Environment::with_prefix(prefix)
        .separator("__")
        .ignore_empty(true)
        .source(Some(ours));
    let named = config::Config::builder()
        .add_source(file.clone())
        .add_source(environment)
        .build()?;
    // Neo4j's variables speak of one graph: with several named ones nobody can say which.
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
        ValueKind::String(text) => Raw::Text(text.clone()),
        ValueKind::Boolean(flag) => Raw::Flag(*flag),
        ValueKind::I64(number) => Raw::Whole((*number).into()),
        ValueKind::I128(number) => Raw::Whole(*number),
        ValueKind::U64(number) => Raw::Whole((*number).into()),
        ValueKind::U128(number) => Raw::Whole((*number).try_into().unwrap_or(i128::MAX)),
        ValueKind::Float(_) => Raw::Fraction,
        // What `Document` makes of a date.
        ValueKind::Nil => Raw::Date,
        ValueKind::Array(values) => Raw::List(
            values
                .iter()
                .map(|value| setting(key, value, file))
                .collect(),
        ),
        ValueKind::Table(_) => Raw::Table,
    };
    Setting {
        value: raw,
        place: place(key, value.origin(), file),
    }
}

/// The crate keeps the origin of values, but not of tables.
fn place(key: &Key, origin: Option<&str>, file: &Document) -> Place {
    match origin {
        Some(ENVIRONMENT) => Place::Variable(key.variable()),
        Some(name) if NEO4J.iter().any(|(variable, _)| *variable == name) => {
            Place::Variable(name.to_owned())
        }
        line => file.place(
            line.and_then(|line| line.parse().ok())
                .or_else(|| file.line_of_table(key)),
        ),
    }
}

/// `NEO4J_URI` and its like, as settings of `[graph]`.
#[derive(Clone)]
struct Neo4jVariables(Map<String, Value>);

impl From<&HashMap<String, String>> for Neo4jVariables {
    fn from(variables: &HashMap<String, String>) -> Self {
        let named = NEO4J.iter().filter_map(|(variable, key)| {
            let text = variables.get(*variable).filter(|text| !text.is_empty())?;
            Some((
                format!("graph.{key}"),
                Value::new(Some(&variable.to_string()), text.as_str()),
            ))
        });
        Self(named.collect())
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
