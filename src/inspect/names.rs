//! The labels, relationship types and property keys that a database has, and the names of a query that it lacks.
//!
//! A query over a name that does not exist is valid and returns nothing: a misspelt label is a healthy 0.

use std::collections::BTreeSet;

use super::question::rows;
use crate::diagnostic::{Place, Problem, WarningReason, nearest};
use crate::graph::{Graph, GraphError};
use crate::kpi::Kpi;
use cypher::{Named, Row, Value};

const LABELS: &str = "CALL db.labels() YIELD label RETURN label AS name";
const TYPES: &str =
    "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS name";
const PROPERTIES: &str = "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS name";

/// The names in use in one database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    labels: BTreeSet<String>,
    relationship_types: BTreeSet<String>,
    properties: BTreeSet<String>,
}

/// A name of a query that the database does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// `label`, `relationship type` or `property`.
    pub kind: &'static str,
    /// The name, where the query has it first.
    pub named: Named,
    path: String,
    suggestion: Option<String>,
    /// The other files that use it.
    others: BTreeSet<String>,
}

impl Names {
    /// Asks a database for its names.
    ///
    /// # Errors
    /// As [`Graph::rows`].
    pub async fn of(graph: &Graph, database: Option<&str>) -> Result<Self, GraphError> {
        Ok(Self {
            labels: names(graph, database, LABELS).await?,
            relationship_types: names(graph, database, TYPES).await?,
            properties: names(graph, database, PROPERTIES).await?,
        })
    }

    /// The names of a KPI's query that the database does not have, each once.
    pub fn unknown(&self, kpi: &Kpi) -> Vec<Unknown> {
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
        let mut unknown: Vec<Unknown> = Vec::new();
        for (kind, used, known) in kinds {
            for name in used.iter().filter(|name| !known.contains(&name.name)) {
                let seen = unknown
                    .iter()
                    .any(|before| before.kind == kind && before.named.name == name.name);
                if !seen && !may_be_absent(kpi, name) {
                    unknown.push(Unknown::new(kind, kpi, name, known));
                }
            }
        }
        unknown
    }
}

async fn names(
    graph: &Graph,
    database: Option<&str>,
    query: &str,
) -> Result<BTreeSet<String>, GraphError> {
    let rows = rows(graph, database, query, &["name"]).await?;
    let name = |row: Row| match row.into_iter().next() {
        Some(Value::String(name)) => Some(name),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(name).collect())
}

/// A property that is only compared with NULL need not exist.
fn may_be_absent(kpi: &Kpi, property: &Named) -> bool {
    let rest = kpi.query.get(property.span.end..).unwrap_or_default();
    let mut words = rest.split_whitespace();
    let is_null = [words.next(), words.next()]
        .map(|word| word.unwrap_or_default().trim_end_matches([')', ';', ',']));
    is_null[0].eq_ignore_ascii_case("IS") && is_null[1].eq_ignore_ascii_case("NULL")
}

impl Unknown {
    fn new(kind: &'static str, kpi: &Kpi, named: &Named, known: &BTreeSet<String>) -> Self {
        let suggestion = nearest(&named.name, known.iter().map(String::as_str)).map(str::to_owned);
        Self {
            kind,
            named: named.clone(),
            path: kpi.path.clone(),
            suggestion,
            others: BTreeSet::new(),
        }
    }

    /// Joins what several files lack, so that each name is reported once.
    pub fn join(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for next in all {
            let same = |before: &&mut Self| {
                before.kind == next.kind && before.named.name == next.named.name
            };
            match joined.iter_mut().find(same) {
                Some(before) => _ = before.others.insert(next.path),
                None => joined.push(next),
            }
        }
        joined
    }

    /// The warning, at the first place of the name.
    pub fn into_problem(mut self) -> Problem {
        self.others.remove(&self.path);
        let also = match self.others.len() {
            0 => String::new(),
            1 => "; 1 other file uses it too".to_owned(),
            more => format!("; {more} other files use it too"),
        };
        let fix = match self.suggestion {
            Some(suggestion) => format!("did you mean `{suggestion}`?"),
            None => "fix the name, or ignore this if the graph will have it later".to_owned(),
        };
        let message = format!("the graph has no {} `{}`{also}", self.kind, self.named.name);
        let place = Place::Span(self.path, self.named.span);
        Problem::warning(WarningReason::UnknownName, place, message, fix)
    }
}
