//! Reads a TOML table key by key: every wrong type and every unknown key becomes a problem with its place.

use std::ops::Range;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Problems, inside, listed, nearest, shift};
use promql::{Promql, Variables};
use template::Template;

/// The longest duration a file may ask for: far beyond any use, and no sum with a clock's time can overflow.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// A value and where the file has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// TOML as far as it can be read.
pub(super) struct Toml<'t> {
    pub(super) table: DeTable<'t>,
    /// It breaks off in the middle of a string.
    pub(super) is_cut: bool,
}

/// Takes `text`, which begins at byte `base` of the file, as TOML; every syntax error becomes a problem, but for a last
/// string without its end.
pub(super) fn parse<'t>(text: &'t str, base: usize, problems: &mut Problems<'_>) -> Toml<'t> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut is_cut = false;
    for error in errors {
        let span = error.span().unwrap_or(0..text.len());
        if span.end == text.len() && error.message().contains("string") {
            is_cut = true;
            continue;
        }
        let fix = "fix the TOML: strings need quotes, tables are written `[name]`";
        problems.error(
            base + span.start..base + span.end,
            format!("invalid TOML: {}", error.message()),
            fix,
        );
    }
    Toml {
        table: table.into_inner(),
        is_cut,
    }
}

/// A table being read.
pub(super) struct Fields<'a, 't, 'p, 's> {
    table: &'a DeTable<'t>,
    base: usize,
    place: &'static str,
    known: Vec<&'static str>,
    pub(super) problems: &'p mut Problems<'s>,
}

impl<'a, 't, 'p, 's> Fields<'a, 't, 'p, 's> {
    /// `base` is the byte of the file at which the TOML text begins, `place` what people call this table.
    pub(super) fn of(
        table: &'a DeTable<'t>,
        base: usize,
        place: &'static str,
        problems: &'p mut Problems<'s>,
    ) -> Self {
        Self {
            table,
            base,
            place,
            known: Vec::new(),
            problems,
        }
    }

    /// The value of `key`, of whatever type.
    pub(super) fn any(&mut self, key: &'static str) -> Option<At<&'a DeValue<'t>>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(At {
            value: value.get_ref(),
            span: shift(value.span(), self.base),
        })
    }

    /// The value of `key`, converted by `read`, or a problem with what is `wanted`.
    fn typed<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'t>) -> Option<T>,
    ) -> Option<At<T>> {
        let At { value, span } = self.any(key)?;
        match read(value) {
            Some(value) => Some(At { value, span }),
            None => {
                self.wrong(&span, key, wanted, value);
                None
            }
        }
    }

    fn wrong(&mut self, span: &Range<usize>, key: &str, wanted: &str, value: &DeValue<'_>) {
        let (message, fix) = (
            format!("invalid `{key}`: {}", shown(value)),
            format!("write {wanted}"),
        );
        self.problems.error(span.clone(), message, fix);
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<At<String>> {
        self.typed(key, "a string in quotes", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    /// A string that is not blank.
    pub(super) fn word(&mut self, key: &'static str) -> Option<At<String>> {
        let word = self.string(key)?;
        if word.value.trim().is_empty() {
            self.problems.error(
                word.span,
                format!("`{key}` is empty"),
                format!("write a value, or remove `{key}`"),
            );
            return None;
        }
        Some(word)
    }

    /// A string that is PromQL; a mistake in it is shown at its place.
    pub(super) fn promql(&mut self, key: &'static str, variables: Variables) -> Option<At<Promql>> {
        let text = self.string(key)?;
        self.read_promql(key, text, variables)
    }

    pub(super) fn read_promql(
        &mut self,
        key: &str,
        text: At<String>,
        variables: Variables,
    ) -> Option<At<Promql>> {
        let At { value: text, span } = text;
        match Promql::read(&text, variables) {
            Ok(read) => Some(At {
                value: Promql {
                    place: span.clone(),
                    ..read
                },
                span,
            }),
            Err(fault) => {
                let meant = text
                    .get(fault.span.clone())
                    .and_then(|word| nearest(word, fault.known.iter().copied()));
                let fix = match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "fix the PromQL; the expression browser of Prometheus can test it"
                        .to_owned(),
                };
                let message = format!("invalid PromQL in `{key}`: {}", fault.message);
                self.problems
                    .error(inside(&span, &text, &fault.span), message, fix);
                None
            }
        }
    }

    /// A string that Prometheus expands as a template; a mistake in it is shown at its place.
    pub(super) fn template(&mut self, key: &'static str) -> Option<Template> {
        let At { value: text, span } = self.string(key)?;
        match Template::read(&text) {
            Ok(read) => Some(Template {
                place: span,
                ..read
            }),
            Err(fault) => {
                let meant = text
                    .get(fault.span.clone())
                    .and_then(|word| nearest(word, fault.known.iter().copied()));
                let fix = match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => fault.fix,
                };
                let message = format!("invalid template in `{key}`: {}", fault.message);
                self.problems
                    .error(inside(&span, &text, &fault.span), message, fix);
                None
            }
        }
    }

    pub(super) fn duration(&mut self, key: &'static str) -> Option<At<Duration>> {
        let wanted = "a duration above zero in quotes, e.g. \"30s\", \"5m\" or \"1h 30m\"";
        self.typed(key, wanted, |value| {
            duration(value).filter(|duration| !duration.is_zero())
        })
    }

    /// A duration that may be zero.
    pub(super) fn hold(&mut self, key: &'static str) -> Option<At<Duration>> {
        let wanted = "a duration in quotes, e.g. \"0s\", \"5m\"";
        self.typed(key, wanted, duration)
    }

    pub(super) fn count(&mut self, key: &'static str) -> Option<At<usize>> {
        self.typed(key, "a whole number above zero", |value| {
            integer(value)
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| *n > 0)
        })
    }

    /// One of a closed set of words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<At<T>> {
        let At { value: word, span } = self.string(key)?;
        if let Some((_, value)) = words.iter().find(|(known, _)| *known == word) {
            return Some(At {
                value: *value,
                span,
            });
        }
        let meant = nearest(&word, words.iter().map(|(known, _)| *known));
        let all = words
            .iter()
            .map(|(known, _)| format!("\"{known}\""))
            .collect::<Vec<_>>()
            .join(", ");
        let fix = meant.map_or(format!("use one of {all}"), |meant| {
            format!("did you mean \"{meant}\"? Allowed: {all}")
        });
        self.problems
            .error(span, format!("invalid `{key}`: {word:?}"), fix);
        None
    }

    pub(super) fn strings(&mut self, key: &'static str) -> Option<At<Vec<At<String>>>> {
        let base = self.base;
        self.typed(key, "a list of strings, e.g. [\"a\", \"b\"]", |value| {
            strings(value, base)
        })
    }

    /// A string, or a list of them that is not empty.
    pub(super) fn one_or_more(&mut self, key: &'static str, wanted: &str) -> Vec<At<String>> {
        let base = self.base;
        let read = self.typed(key, wanted, |value| match value.as_str() {
            Some(one) => Some((one.to_owned(), Vec::new())),
            None => strings(value, base)
                .filter(|several| !several.is_empty())
                .map(|several| (String::new(), several)),
        });
        match read {
            None => Vec::new(),
            Some(At {
                value: (one, several),
                span,
            }) if several.is_empty() => vec![At { value: one, span }],
            Some(At {
                value: (_, several),
                ..
            }) => several,
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<At<f64>> {
        self.typed(key, "a number", number)
    }

    pub(super) fn numbers(&mut self, key: &'static str) -> Option<At<Vec<f64>>> {
        self.typed(
            key,
            "a list of finite numbers, e.g. [0.1, 1, 10]",
            |value| {
                value
                    .as_array()?
                    .iter()
                    .map(|item| number(item.get_ref()))
                    .collect()
            },
        )
    }

    pub(super) fn table(&mut self, key: &'static str) -> Option<At<&'a DeTable<'t>>> {
        self.typed(key, "a table, e.g. { key = \"value\" }", DeValue::as_table)
    }

    /// `[[key]]`, or a single `[key]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<At<&'a DeTable<'t>>> {
        let base = self.base;
        let tables = self.typed(
            key,
            "one or several tables, as `[[…]]`",
            |value| match value.as_table() {
                Some(table) => Some(vec![(table, None)]),
                None => value
                    .as_array()?
                    .iter()
                    .map(|item| Some((item.get_ref().as_table()?, Some(item.span()))))
                    .collect(),
            },
        );
        let Some(At {
            value: tables,
            span,
        }) = tables
        else {
            return Vec::new();
        };
        let place = |own: Option<Range<usize>>| own.map_or(span.clone(), |own| shift(own, base));
        tables
            .into_iter()
            .map(|(value, own)| At {
                value,
                span: place(own),
            })
            .collect()
    }

    /// Every key that was not read is a problem.
    pub(super) fn finish(self) {
        for (name, _) in self.table.iter() {
            let word = name.get_ref().as_ref();
            if self.known.contains(&word) {
                continue;
            }
            let fix = match nearest(word, self.known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "use one of the keys of {}: {}",
                    self.place,
                    listed(self.known.iter().copied())
                ),
            };
            self.problems.error(
                shift(name.span(), self.base),
                format!("unknown key `{word}`"),
                fix,
            );
        }
    }

    pub(super) fn base(&self) -> usize {
        self.base
    }
}

/// A value as a message shows it.
pub(super) fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(integer) => integer.as_str().to_owned(),
        DeValue::Float(float) => float.as_str().to_owned(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn duration(value: &DeValue<'_>) -> Option<Duration> {
    humantime::parse_duration(value.as_str()?)
        .ok()
        .filter(|duration| *duration <= LONGEST)
}

pub(super) fn strings(value: &DeValue<'_>, base: usize) -> Option<Vec<At<String>>> {
    let item = |item: &toml::Spanned<DeValue<'_>>| {
        Some(At {
            value: item.get_ref().as_str()?.to_owned(),
            span: shift(item.span(), base),
        })
    };
    value.as_array()?.iter().map(item).collect()
}

pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A number that is neither infinite nor NaN.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let float = || {
        value
            .as_float()?
            .as_str()
            .parse::<f64>()
            .ok()
            .filter(|f| f.is_finite())
    };
    integer(value).map(|n| n as f64).or_else(float)
}
