//! Takes settings out by key and type. What nobody has asked for in the end is unknown; what was asked for is what is known.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::key::Key;
use super::layers::{Raw, Setting, Settings};
use super::problem::{Place, Problem, Reason};

/// The settings not yet read, and what is wrong with those that were.
pub(super) struct Reader {
    settings: Settings,
    asked: Vec<Key>,
    folder: PathBuf,
    pub(super) problems: Vec<Problem>,
}

/// A value and where it came from.
pub(super) type Found<T> = (T, Place);

impl Reader {
    /// `folder` is where the paths of the config file begin.
    pub(super) fn new(settings: Settings, folder: &Path, problems: Vec<Problem>) -> Self {
        Self {
            settings,
            asked: Vec::new(),
            folder: folder.to_owned(),
            problems,
        }
    }

    /// The names of what stands in a table.
    pub(super) fn names(&self, table: &str) -> Vec<String> {
        let inside = self.settings.keys().filter_map(|key| match key.segments() {
            [first, name, ..] if first == table => Some(name.clone()),
            _ => None,
        });
        let mut names: Vec<String> = inside.collect();
        names.dedup();
        names
    }

    /// Where the first thing of a table stands, if it has any.
    pub(super) fn place_of(&self, table: &Key) -> Option<Place> {
        let mut inside = self
            .settings
            .iter()
            .filter(|(key, _)| key.segments().starts_with(table.segments()));
        inside.next().map(|(_, setting)| setting.place.clone())
    }

    /// A default path, in the folder of the config file.
    pub(super) fn in_folder(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Takes a section's header, so that an empty section is not unknown and a value in its place is refused.
    pub(super) fn section(&mut self, key: &Key) {
        if let Some(setting) = self.settings.remove(key)
            && !matches!(setting.value, Raw::Table)
        {
            self.wrong_type::<()>(key, "a section", &setting);
        }
    }

    pub(super) fn text(&mut self, key: &Key) -> Option<Found<String>> {
        let setting = self.take(key)?;
        match setting.value {
            Raw::Text(text) => Some((text, setting.place)),
            Raw::Whole(_)
            | Raw::Fraction
            | Raw::Flag(_)
            | Raw::Date
            | Raw::List(_)
            | Raw::Table => self.wrong_type(key, "text in quotes", &setting),
        }
    }

    /// A text that stands for something else; `parse` says the rule when it does not.
    pub(super) fn parsed<T>(
        &mut self,
        key: &Key,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, place) = self.text(key)?;
        parse(&text)
            .map_err(|rule| self.refuse(key, place, rule))
            .ok()
    }

    pub(super) fn not_empty(&mut self, key: &Key) -> Option<String> {
        self.parsed(key, |text| {
            if text.is_empty() {
                Err("must not be empty".to_owned())
            } else {
                Ok(text.to_owned())
            }
        })
    }

    /// A path: the file's begin in the file's folder, the environment's in the working directory.
    pub(super) fn path(&mut self, key: &Key) -> Option<Found<PathBuf>> {
        let (text, place) = self.text(key)?;
        if text.is_empty() {
            self.refuse(key, place, "must be a path, found an empty text".to_owned());
            return None;
        }
        let path = match place {
            Place::File { .. } => self.folder.join(text),
            Place::Variable(_) => PathBuf::from(text),
        };
        Some((path, place))
    }

    pub(super) fn flag(&mut self, key: &Key) -> Option<bool> {
        let setting = self.take(key)?;
        match (&setting.value, &setting.place) {
            (Raw::Flag(flag), _) => Some(*flag),
            (Raw::Text(text), Place::Variable(_)) if text == "true" => Some(true),
            (Raw::Text(text), Place::Variable(_)) if text == "false" => Some(false),
            _ => self.wrong_type(key, "true or false", &setting),
        }
    }

    pub(super) fn number(&mut self, key: &Key, allowed: RangeInclusive<usize>) -> Option<usize> {
        let setting = self.take(key)?;
        let number = match (&setting.value, &setting.place) {
            (Raw::Whole(number), _) => usize::try_from(*number).ok(),
            (Raw::Text(text), Place::Variable(_)) => text.parse().ok(),
            _ => {
                let expected = format!(
                    "a whole number from {} to {}",
                    allowed.start(),
                    allowed.end()
                );
                return self.wrong_type(key, &expected, &setting);
            }
        };
        let number = number.filter(|number| allowed.contains(number));
        if number.is_none() {
            let rule = format!(
                "must be a whole number from {} to {}",
                allowed.start(),
                allowed.end()
            );
            self.refuse(key, setting.place, rule);
        }
        number
    }

    /// A list of texts. A single text is a list of one; in the environment, commas separate.
    pub(super) fn texts(&mut self, key: &Key) -> Option<Vec<Found<String>>> {
        let setting = self.take(key)?;
        let place = setting.place.clone();
        Some(match setting.value {
            Raw::Text(text) if matches!(place, Place::Variable(_)) => text
                .split(',')
                .map(|part| (part.trim().to_owned(), place.clone()))
                .collect(),
            Raw::Text(text) => vec![(text, place)],
            Raw::List(items) if items.is_empty() => {
                self.refuse(key, place, "must not be an empty list".to_owned());
                return None;
            }
            Raw::List(items) => items
                .into_iter()
                .filter_map(|item| self.item(key, item))
                .collect(),
            Raw::Whole(_) | Raw::Fraction | Raw::Flag(_) | Raw::Date | Raw::Table => {
                return self.wrong_type(key, "a text in quotes or a list of them", &setting);
            }
        })
    }

    fn item(&mut self, key: &Key, item: Setting) -> Option<Found<String>> {
        match item.value {
            Raw::Text(text) => Some((text, item.place)),
            Raw::Whole(_)
            | Raw::Fraction
            | Raw::Flag(_)
            | Raw::Date
            | Raw::List(_)
            | Raw::Table => self.wrong_type(key, "a list of texts in quotes", &item),
        }
    }

    /// Notes that the value of `key` breaks `rule`.
    pub(super) fn refuse(&mut self, key: &Key, place: Place, rule: String) {
        self.problems.push(Problem {
            place,
            reason: Reason::Value {
                key: key.clone(),
                rule,
            },
        });
    }

    /// Takes a setting as it is.
    pub(super) fn take(&mut self, key: &Key) -> Option<Setting> {
        self.asked.push(key.clone());
        self.settings.remove(key)
    }

    fn wrong_type<T>(&mut self, key: &Key, expected: &str, found: &Setting) -> Option<T> {
        let (expected, found_type) = (expected.to_owned(), type_name(&found.value));
        let reason = Reason::Type {
            key: key.clone(),
            expected,
            found: found_type,
        };
        self.problems.push(Problem {
            place: found.place.clone(),
            reason,
        });
        None
    }

    /// What is left over is unknown.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        for (key, setting) in std::mem::take(&mut self.settings) {
            let in_environment = matches!(setting.place, Place::Variable(_));
            let show = |key: &Key| {
                if in_environment {
                    key.variable()
                } else {
                    key.to_string()
                }
            };
            let what = if in_environment { "variable" } else { "key" };
            let reason = Reason::Unknown {
                what,
                name: show(&key),
                hint: hint(&key, &self.asked, show),
            };
            self.problems.push(Problem {
                place: setting.place,
                reason,
            });
        }
        self.problems
    }
}

fn type_name(value: &Raw) -> &'static str {
    match value {
        Raw::Text(_) => "text",
        Raw::Whole(_) => "a whole number",
        Raw::Fraction => "a number with a fraction",
        Raw::Flag(_) => "true or false",
        Raw::Date => "a date",
        Raw::List(_) => "a list",
        Raw::Table => "a section",
    }
}

/// The nearest known key when it is near enough to be a slip, otherwise the keys of the section.
fn hint(key: &Key, known: &[Key], show: impl Fn(&Key) -> String) -> String {
    let distance = |other: &Key| strsim::damerau_levenshtein(&key.to_string(), &other.to_string());
    let nearest = known.iter().min_by_key(|other| distance(other));
    if let Some(nearest) = nearest.filter(|nearest| distance(nearest) <= 3) {
        return format!("did you mean `{}`?", show(nearest));
    }
    let siblings = known.iter().filter(|other| {
        other.segments().split_last().map(|s| s.1) == key.segments().split_last().map(|s| s.1)
    });
    let siblings: Vec<String> = siblings.map(|key| format!("`{}`", show(key))).collect();
    if siblings.is_empty() {
        return "the sections are `graph` or `graphs.<name>`, `queries`, `web`, `state` and `labels`".to_owned();
    }
    format!("its section has {}", siblings.join(", "))
}
