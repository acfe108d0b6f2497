//! Reads the TOML of a `/*test … */` comment.

use std::ops::Range;

use chrono::DateTime;
use toml::de::{DeTable, DeValue};

use super::Expectation;
use super::blocks::Block;
use super::samples::Expected;
use crate::diagnostic::{Problems, inside, listed, nearest, shift};
use cypher::UnixMillis;

/// The time of a case without `now` and `at`: 2026-01-01T00:00:00Z.
const DEFAULT_NOW: UnixMillis = UnixMillis(1_767_225_600_000);

const KEYS: [&str; 5] = ["name", "expect", "fails", "now", "at"];

/// The header of a case.
pub(super) struct Header {
    pub(super) name: String,
    /// The times of the runs, at least one, in order.
    pub(super) times: Vec<UnixMillis>,
    /// For each time the expected result, if it is checked.
    pub(super) expected: Vec<Option<Expectation>>,
}

/// Reads the header of `block`; `None` if it has a problem.
pub(super) fn read(text: &str, block: &Block, problems: &mut Problems<'_>) -> Option<Header> {
    let (table, errors) = DeTable::parse_recoverable(&text[block.toml.clone()]);
    let base = block.toml.start;
    // Later errors are often consequences of the first.
    if let Some(error) = errors.first() {
        let span = error.span().unwrap_or(0..block.toml.len());
        problems.error(
            shift(span, base),
            format!("invalid TOML: {}", error.message()),
            "fix the TOML: write the expected samples between `'''` and `'''`",
        );
        return None;
    }
    let table = table.into_inner();
    let mut fields = Fields {
        table: &table,
        block,
        base,
        problems,
        valid: true,
    };
    fields.check_keys();
    if !fields.valid {
        // A misspelt key is not also a missing one.
        return None;
    }
    let name = fields.name();
    let times = fields.times();
    let expected = fields.expected(times.len());
    if !fields.valid {
        return None;
    }
    Some(Header {
        name: name?,
        times,
        expected,
    })
}

struct Fields<'f, 't, 'p, 's> {
    table: &'f DeTable<'t>,
    block: &'f Block,
    base: usize,
    problems: &'p mut Problems<'s>,
    valid: bool,
}

impl<'f, 't> Fields<'f, 't, '_, '_> {
    fn error(&mut self, span: Range<usize>, message: impl Into<String>, fix: impl Into<String>) {
        self.valid = false;
        self.problems.error(span, message, fix);
    }

    fn check_keys(&mut self) {
        for (key, _) in self.table.iter() {
            let word: &str = key.get_ref();
            if !KEYS.contains(&word) {
                let fix = match nearest(word, KEYS) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("use one of {}", listed(KEYS)),
                };
                let span = shift(key.span(), self.base);
                self.error(span, format!("unknown key `{word}`"), fix);
            }
        }
    }

    fn get(&self, key: &str) -> Option<(&'f DeValue<'t>, Range<usize>)> {
        let mut entries = self.table.iter();
        let (_, value) = entries.find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), shift(value.span(), self.base)))
    }

    fn name(&mut self) -> Option<String> {
        let mark = self.block.mark.clone();
        let found = self.get("name");
        let span = found.as_ref().map_or(mark, |(_, span)| span.clone());
        let name = found.and_then(|(value, _)| value.as_str());
        if name.is_none_or(|name| name.trim().is_empty()) {
            let fix = "write what the case shows, e.g. name = \"an agent without a brain counts\"";
            self.error(span, "expected a `name` for this case", fix);
        }
        name.map(|name| name.trim().to_owned())
    }

    fn times(&mut self) -> Vec<UnixMillis> {
        match (self.get("now"), self.get("at")) {
            (None, None) => vec![DEFAULT_NOW],
            (Some(_), Some((_, span))) => {
                let fix = "remove `now`: at each run `datetime()` is its time in `at`";
                self.error(span, "`now` and `at` exclude each other", fix);
                vec![DEFAULT_NOW]
            }
            (Some((value, span)), None) => vec![self.time("now", value, span)],
            (None, Some((value, span))) => self.rising_times(value, span),
        }
    }

    fn rising_times(&mut self, value: &DeValue<'_>, span: Range<usize>) -> Vec<UnixMillis> {
        let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
            let fix = "write the times of the runs, e.g. at = [\"2026-01-01T00:00:00Z\"]";
            self.error(span, "expected a list of times in `at`", fix);
            return vec![DEFAULT_NOW];
        };
        let mut times: Vec<UnixMillis> = Vec::new();
        for item in items.iter() {
            let place = shift(item.span(), self.base);
            let time = self.time("at", item.get_ref(), place.clone());
            if times.last().is_some_and(|last| *last >= time) && self.valid {
                let fix = "put the times in order";
                self.error(place, "expected a time after the one before", fix);
            }
            times.push(time);
        }
        times
    }

    fn time(&mut self, key: &str, value: &DeValue<'_>, span: Range<usize>) -> UnixMillis {
        let text = match value.as_datetime() {
            Some(time) => Some(time.to_string()),
            None => value.as_str().map(str::to_owned),
        };
        let time = text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        match time {
            Some(time) => UnixMillis(time.timestamp_millis()),
            None => {
                let fix = "write a time in RFC 3339, e.g. \"2026-01-01T00:00:00Z\"";
                self.error(span, format!("expected a time in `{key}`"), fix);
                DEFAULT_NOW
            }
        }
    }

    /// For each of `runs` the expected result: of a single one the last.
    fn expected(&mut self, runs: usize) -> Vec<Option<Expectation>> {
        let mut all: Vec<Option<Expectation>> = vec![None; runs];
        match (self.get("expect"), self.get("fails")) {
            (Some((value, span)), None) => match value.as_array() {
                Some(items) if items.len() == runs => {
                    for (expected, item) in all.iter_mut().zip(items.iter()) {
                        let place = shift(item.span(), self.base);
                        *expected = self.samples(item.get_ref(), place);
                    }
                }
                Some(items) => {
                    let message = format!(
                        "expected {runs} texts in `expect`, one for each time in `at`, found {}",
                        items.len()
                    );
                    self.error(span, message, "write one text of samples for each time");
                }
                None => all[runs - 1] = self.samples(value, span),
            },
            (None, Some((value, span))) => match value.as_str() {
                Some(reason) => all[runs - 1] = Some(Expectation::Failure(reason.to_owned())),
                None => self.error(
                    span,
                    "expected a reason in `fails`",
                    "write the reason of the failure, e.g. fails = \"duplicate\"",
                ),
            },
            (Some(_), Some((_, span))) => self.error(
                span,
                "`expect` and `fails` exclude each other",
                "remove one of them: a failed run has no samples",
            ),
            (None, None) => self.error(
                self.block.mark.clone(),
                "expected `expect` or `fails` in this case",
                "write the expected samples, e.g. expect = 'bmad_orphaned_agents 1'",
            ),
        }
        all
    }

    fn samples(&mut self, value: &DeValue<'_>, span: Range<usize>) -> Option<Expectation> {
        let Some(text) = value.as_str() else {
            let fix = "write the samples as on /metrics, between `'''` and `'''`";
            self.error(span, "expected a text of samples in `expect`", fix);
            return None;
        };
        match Expected::read(text) {
            Ok(samples) => Some(Expectation::Samples(samples)),
            Err((line, message)) => {
                let fix = "write a line as on /metrics: name{label=\"value\"} 1";
                self.error(inside(&span, text, &line), message, fix);
                None
            }
        }
    }
}
