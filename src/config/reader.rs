//! Reads settings by key and type. A setting that was never asked for is unknown; what was asked for is what is known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::errors::{Caret, Invalid, Mistake};
use super::key::Key;
use super::layers::{Raw, Setting, Settings};
use super::origin::{Origin, Spans};
use crate::diagnostic::listed;

/// The settings not yet read, and the mistakes in those that were.
pub(super) struct Reader {
    settings: Settings,
    known: Vec<Key>,
    tables: BTreeMap<Key, Spans>,
    folder: PathBuf,
    mistakes: Vec<Mistake>,
}

/// A value and its origin.
pub(super) type Found<T> = (T, Origin);

impl Reader {
    /// `tables` are the places of the tables in the config file; its paths are relative to `folder`.
    pub(super) fn new(settings: Settings, tables: BTreeMap<Key, Spans>, folder: &Path) -> Self {
        Self {
            settings,
            tables,
            known: Vec::new(),
            folder: folder.to_owned(),
            mistakes: Vec::new(),
        }
    }

    /// The names of the keys and tables in a table.
    pub(super) fn names(&self, table: &str) -> Vec<String> {
        let inside = self.settings.keys().filter_map(|key| match key.segments() {
            [first, name, ..] if first == table => Some(name.clone()),
            _ => None,
        });
        let mut names: Vec<String> = inside.collect();
        names.dedup();
        names
    }

    /// The origin of a table, if it is set: its header, or a variable that sets a key of it.
    pub(super) fn origin_of(&self, table: &Key) -> Option<Origin> {
        let mut inside = self
            .settings
            .iter()
            .filter(|(key, _)| key.segments().starts_with(table.segments()));
        let (_, first) = inside.next()?;
        Some(match (&first.origin, self.tables.get(table)) {
            (Origin::File(_), Some(header)) => Origin::File(header.clone()),
            (origin, _) => origin.clone(),
        })
    }

    /// A default path, in the folder of the config file.
    pub(super) fn in_folder(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Reads a section's header, so that an empty section is not unknown and a value in its place is refused.
    pub(super) fn section(&mut self, key: &Key) {
        if let Some(setting) = self.settings.remove(key)
            && !matches!(setting.value, Raw::Table)
        {
            let fix = match setting.origin {
                Origin::File(_) => format!("write it as the section `[{key}]`"),
                Origin::Variable(_) => format!("set `{}__…` instead", key.variable()),
            };
            self.wrong_type::<()>(key, "a section", &setting, fix);
        }
    }

    pub(super) fn string(&mut self, key: &Key) -> Option<Found<String>> {
        let setting = self.take(key)?;
        match setting.value {
            Raw::String(text) => Some((text, setting.origin)),
            Raw::Integer(_)
            | Raw::Float
            | Raw::Boolean(_)
            | Raw::Date
            | Raw::Array(_)
            | Raw::Table => {
                let fix = format!("write `{} = \"…\"`", key.name());
                self.wrong_type(key, "a string", &setting, fix)
            }
        }
    }

    /// A string that means something else, as `parse` reads it.
    pub(super) fn parsed<T>(
        &mut self,
        key: &Key,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let (text, origin) = self.string(key)?;
        parse(&text)
            .map_err(|invalid| self.refuse(key, origin, invalid))
            .ok()
    }

    pub(super) fn not_empty(&mut self, key: &Key) -> Option<String> {
        self.parsed(key, |text| {
            if text.is_empty() {
                let fix = "write a value, or remove the key for its default";
                return Err(Invalid::new("it is empty", fix));
            }
            Ok(text.to_owned())
        })
    }

    /// A path: in the file relative to the file's folder, in the environment to the working directory.
    pub(super) fn path(&mut self, key: &Key) -> Option<Found<PathBuf>> {
        let (text, origin) = self.string(key)?;
        if text.is_empty() {
            let invalid = Invalid::new("it is empty", "write a path, or remove the key");
            self.refuse(key, origin, invalid);
            return None;
        }
        let path = match origin {
            Origin::File(_) => self.folder.join(text),
            Origin::Variable(_) => PathBuf::from(text),
        };
        Some((path, origin))
    }

    pub(super) fn boolean(&mut self, key: &Key) -> Option<bool> {
        let setting = self.take(key)?;
        match (&setting.value, &setting.origin) {
            (Raw::Boolean(flag), _) => Some(*flag),
            (Raw::String(text), Origin::Variable(_)) if text == "true" => Some(true),
            (Raw::String(text), Origin::Variable(_)) if text == "false" => Some(false),
            _ => {
                let fix = in_file(&setting, "write true or false", ", without quotes");
                self.wrong_type(key, "a boolean", &setting, fix)
            }
        }
    }

    pub(super) fn integer(&mut self, key: &Key, allowed: RangeInclusive<usize>) -> Option<usize> {
        let setting = self.take(key)?;
        let fix = format!(
            "write an integer from {} to {}",
            allowed.start(),
            allowed.end()
        );
        let number = match (&setting.value, &setting.origin) {
            (Raw::Integer(number), _) => usize::try_from(*number).ok(),
            (Raw::String(text), Origin::Variable(_)) => text.parse().ok(),
            _ => {
                let fix = in_file(&setting, &fix, ", without quotes");
                return self.wrong_type(key, "an integer", &setting, fix);
            }
        };
        let number = number.filter(|number| allowed.contains(number));
        if number.is_none() {
            self.refuse(key, setting.origin, Invalid::new("it is out of range", fix));
        }
        number
    }

    /// A list of strings. A single string is a list of one; in the environment, commas separate.
    pub(super) fn strings(&mut self, key: &Key) -> Option<Vec<Found<String>>> {
        let setting = self.take(key)?;
        let origin = setting.origin.clone();
        let fix = format!("write `{0} = \"…\"` or `{0} = [\"…\", \"…\"]`", key.name());
        Some(match setting.value {
            Raw::String(text) if matches!(origin, Origin::Variable(_)) => text
                .split(',')
                .map(|part| (part.trim().to_owned(), origin.clone()))
                .collect(),
            Raw::String(text) => vec![(text, origin)],
            Raw::Array(items) if items.is_empty() => {
                self.refuse(key, origin, Invalid::new("the array is empty", fix));
                return None;
            }
            Raw::Array(items) => items
                .into_iter()
                .filter_map(|item| self.item(key, item, &fix))
                .collect(),
            Raw::Integer(_) | Raw::Float | Raw::Boolean(_) | Raw::Date | Raw::Table => {
                return self.wrong_type(key, "a string or an array of strings", &setting, fix);
            }
        })
    }

    fn item(&mut self, key: &Key, item: Setting, fix: &str) -> Option<Found<String>> {
        match item.value {
            Raw::String(text) => Some((text, item.origin)),
            Raw::Integer(_)
            | Raw::Float
            | Raw::Boolean(_)
            | Raw::Date
            | Raw::Array(_)
            | Raw::Table => self.wrong_type(key, "an array of strings", &item, fix.to_owned()),
        }
    }

    /// Notes that the value of `key` is not allowed.
    pub(super) fn refuse(&mut self, key: &Key, origin: Origin, invalid: Invalid) {
        let message = format!("invalid value for `{key}`: {}", invalid.reason);
        self.mistake(origin, Caret::Value, message, invalid.fix);
    }

    /// Notes that the name of `key` is not allowed.
    pub(super) fn refuse_key(&mut self, key: &Key, origin: Origin, invalid: Invalid) {
        let message = format!("invalid name in `{key}`: {}", invalid.reason);
        self.mistake(origin, Caret::Key, message, invalid.fix);
    }

    /// Notes a mistake.
    pub(super) fn mistake(
        &mut self,
        origin: Origin,
        caret: Caret,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.mistakes.push(Mistake {
            origin,
            caret,
            message: message.into(),
            fix: fix.into(),
        });
    }

    pub(super) fn has_mistakes(&self) -> bool {
        !self.mistakes.is_empty()
    }

    /// A setting as it is, which is then known.
    pub(super) fn take(&mut self, key: &Key) -> Option<Setting> {
        self.known.push(key.clone());
        self.settings.remove(key)
    }

    /// As [`Self::take`], of a key that no fix shall propose.
    pub(super) fn take_unlisted(&mut self, key: &Key) -> Option<Setting> {
        self.settings.remove(key)
    }

    fn wrong_type<T>(
        &mut self,
        key: &Key,
        expected: &str,
        found: &Setting,
        fix: String,
    ) -> Option<T> {
        let found_type = type_name(&found.value);
        let message = format!("invalid type for `{key}`: expected {expected}, found {found_type}");
        self.mistake(found.origin.clone(), Caret::Value, message, fix);
        None
    }

    /// The keys that were asked for, and all mistakes: whatever is left over is unknown.
    pub(super) fn finish(mut self) -> (Vec<Key>, Vec<Mistake>) {
        for (key, setting) in std::mem::take(&mut self.settings) {
            let (message, fix) = match &setting.origin {
                Origin::Variable(name) => {
                    let fix = fix_of_unknown(&key, &self.known, Key::variable);
                    (format!("unknown variable `{name}`"), fix)
                }
                Origin::File(_) => {
                    let fix = fix_of_unknown(&key, &self.known, Key::to_string);
                    (format!("unknown key `{key}`"), fix)
                }
            };
            self.mistake(setting.origin, Caret::Key, message, fix);
        }
        (self.known, self.mistakes)
    }
}

/// A fix with what only the syntax of the file needs.
fn in_file(setting: &Setting, fix: &str, syntax: &str) -> String {
    match setting.origin {
        Origin::File(_) => format!("{fix}{syntax}"),
        Origin::Variable(_) => fix.to_owned(),
    }
}

fn type_name(value: &Raw) -> &'static str {
    match value {
        Raw::String(_) => "a string",
        Raw::Integer(_) => "an integer",
        Raw::Float => "a float",
        Raw::Boolean(_) => "a boolean",
        Raw::Date => "a date",
        Raw::Array(_) => "an array",
        Raw::Table => "a table",
    }
}

/// The nearest known key when it is near enough to be a slip, otherwise the keys of the section.
fn fix_of_unknown(key: &Key, known: &[Key], show: impl Fn(&Key) -> String) -> String {
    let distance = |other: &Key| strsim::damerau_levenshtein(&key.to_string(), &other.to_string());
    let nearest = known.iter().min_by_key(|other| distance(other));
    if let Some(nearest) = nearest.filter(|nearest| distance(nearest) <= 3) {
        return format!("did you mean `{}`?", show(nearest));
    }
    let in_section = |other: &&Key| match other.segments().split_last() {
        Some((_, section)) => !section.is_empty() && key.segments().starts_with(section),
        None => false,
    };
    let siblings: Vec<String> = known.iter().filter(in_section).map(show).collect();
    match siblings.is_empty() {
        true => NO_SUCH_SECTION.to_owned(),
        false => format!("use one of {}", listed(siblings.iter().map(String::as_str))),
    }
}

/// The fix for a key that is in no section.
pub(super) const NO_SUCH_SECTION: &str = "use one of the sections `graph` or `graphs.<name>`, `queries`, `web`, `state`, `generate` and `labels`";
