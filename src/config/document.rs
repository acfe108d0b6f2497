//! The config file, with the line of everything in it; the crate `config` would drop the lines.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use config::{ConfigError, Map, Source, Value, ValueKind};
use toml::de::{DeTable, DeValue};

use super::key::{Key, is_plain};
use super::problem::{Place, Problem, Reason};

/// A config file whose values have their line as origin.
#[derive(Clone, Default)]
pub(super) struct Document {
    path: PathBuf,
    values: Map<String, Value>,
    tables: BTreeMap<Key, usize>,
}

impl Document {
    /// Reads TOML; every syntax error is added to `problems`.
    pub(super) fn parse(path: &Path, text: &str, problems: &mut Vec<Problem>) -> Self {
        let mut document = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            // Only the message: the error's own text shows the line, and a password may stand in it.
            let line = error.span().map(|span| line_of(text, span.start));
            problems.push(Problem {
                place: document.place(line),
                reason: Reason::Syntax(error.message().to_owned()),
            });
        }
        document.values = document.table(&Key::default(), table.get_ref(), text);
        let strange: Vec<String> = document
            .values
            .keys()
            .filter(|name| !is_plain(name))
            .cloned()
            .collect();
        for name in strange {
            let line = document
                .values
                .remove(&name)
                .and_then(|value| value.origin()?.parse().ok());
            let line = line.or_else(|| document.line_of_table(&Key::new(&[&name])));
            let hint = "no section has such a name".to_owned();
            let reason = Reason::Unknown {
                what: "key",
                name,
                hint,
            };
            problems.push(Problem {
                place: document.place(line),
                reason,
            });
        }
        document
    }

    pub(super) fn place(&self, line: Option<usize>) -> Place {
        Place::File {
            path: self.path.clone(),
            line,
        }
    }

    pub(super) fn line_of_table(&self, key: &Key) -> Option<usize> {
        self.tables.get(key).copied()
    }

    fn table(&mut self, parent: &Key, table: &DeTable<'_>, text: &str) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in table.iter() {
            let key = parent.child(name.get_ref());
            let line = line_of(text, name.span().start);
            let value = self.value(&key, value.get_ref(), line, text);
            values.insert(name.get_ref().to_string(), value);
        }
        values
    }

    fn value(&mut self, key: &Key, value: &DeValue<'_>, line: usize, text: &str) -> Value {
        let kind = match value {
            DeValue::String(text) => ValueKind::String(text.to_string()),
            DeValue::Integer(number) => ValueKind::I128(
                i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX),
            ),
            DeValue::Float(number) => ValueKind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => ValueKind::Boolean(*flag),
            // The crate has no dates, and no setting is one.
            DeValue::Datetime(_) => ValueKind::Nil,
            DeValue::Array(values) => ValueKind::Array(
                values
                    .iter()
                    .map(|v| self.value(key, v.get_ref(), line_of(text, v.span().start), text))
                    .collect(),
            ),
            DeValue::Table(table) => {
                self.tables.insert(key.clone(), line);
                ValueKind::Table(self.table(key, table, text))
            }
        };
        Value::new(Some(&line.to_string()), kind)
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}

// `Source` asks for `Debug`; a derived one would print passwords.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Source for Document {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.values.clone())
    }
}
