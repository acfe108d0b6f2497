//! The config file, with the place of everything in it; the crate `config` would drop the places.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use config::{ConfigError, Map, Source, Value, ValueKind};
use toml::de::{DeTable, DeValue};

use super::key::{Key, is_plain};
use super::origin::Spans;

/// A config file whose values have their place as origin.
#[derive(Clone, Default)]
pub(super) struct Document {
    values: Map<String, Value>,
    pub(super) tables: BTreeMap<Key, Spans>,
    /// Every value that is no table, and whether it may hold a login, as in `bolt://user:password@host`.
    pub(super) leaves: Vec<Leaf>,
}

/// A single value.
#[derive(Clone)]
pub(super) struct Leaf {
    pub(super) key: Key,
    pub(super) span: Range<usize>,
    pub(super) has_credentials: bool,
}

/// A mistake in the TOML itself. It has only the parser's message: its own text shows the line, which may hold a password.
pub(super) struct SyntaxError {
    pub(super) span: Option<Range<usize>>,
    pub(super) message: String,
}

impl Document {
    /// Reads TOML.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<SyntaxError>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let errors = errors.iter().map(|error| SyntaxError {
                span: error.span(),
                message: error.message().to_owned(),
            });
            return Err(errors.collect());
        }
        let mut document = Self::default();
        document.values = document.table(&Key::default(), table.get_ref());
        Ok(document)
    }

    /// Takes out the keys that the crate `config` would read as something else.
    pub(super) fn take_odd(&mut self) -> Vec<(String, Spans)> {
        let names = self.values.keys().filter(|name| !is_plain(name));
        let names: Vec<String> = names.cloned().collect();
        let mut odd = Vec::new();
        for name in names {
            let value = self.values.remove(&name);
            let spans = value.and_then(|value| Spans::from_text(value.origin()?));
            odd.push((name, spans.unwrap_or_default()));
        }
        odd
    }

    pub(super) fn spans_of_table(&self, key: &Key) -> Option<Spans> {
        self.tables.get(key).cloned()
    }

    fn table(&mut self, parent: &Key, table: &DeTable<'_>) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in table.iter() {
            let key = parent.child(name.get_ref());
            let spans = Spans {
                key: name.span(),
                value: value.span(),
            };
            let value = self.value(&key, value.get_ref(), &spans);
            values.insert(name.get_ref().to_string(), value);
        }
        values
    }

    fn value(&mut self, key: &Key, value: &DeValue<'_>, spans: &Spans) -> Value {
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
                    .map(|item| {
                        let spans = Spans {
                            key: spans.key.clone(),
                            value: item.span(),
                        };
                        self.value(key, item.get_ref(), &spans)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => {
                self.tables.insert(key.clone(), spans.clone());
                ValueKind::Table(self.table(key, table))
            }
        };
        if !matches!(value, DeValue::Array(_) | DeValue::Table(_)) {
            self.leaves.push(Leaf {
                key: key.clone(),
                span: spans.value.clone(),
                has_credentials: matches!(value, DeValue::String(text) if text.contains('@')),
            });
        }
        Value::new(Some(&spans.to_text()), kind)
    }
}

// `Source` requires `Debug`; a derived one would print passwords.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
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
