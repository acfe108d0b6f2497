//! Samples in the text format: read, and compared as sets.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// Two numbers are equal if they differ by less than this part: sums depend on the order of rows.
const TOLERANCE: f64 = 1e-9;

/// Expected samples; order, HELP and other comments do not matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected(Samples);

/// The value of each series, by name and labels in canonical form.
type Samples = BTreeMap<String, f64>;

/// The difference between expected and found samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch(Vec<Line>);

/// One line of a difference.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Same(String),
    Expected(String),
    Found(String),
}

impl Expected {
    /// Reads samples as on `/metrics`.
    ///
    /// # Errors
    /// The first line that is not a sample, and what is wrong with it.
    pub fn read(text: &str) -> Result<Self, (Range<usize>, String)> {
        let mut samples = Samples::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim();
            let at = start + (line.len() - line.trim_start().len());
            start += line.len();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let span = at..at + trimmed.len();
            let (series, value) =
                sample(trimmed).map_err(|message| (span.clone(), message.to_owned()))?;
            if samples.insert(series, value).is_some() {
                return Err((span, "expected each series once, found it twice".to_owned()));
            }
        }
        Ok(Self(samples))
    }

    /// Compares with the samples of an exposition.
    ///
    /// # Errors
    /// The difference.
    pub fn compare(&self, exposition: &str) -> Result<(), Mismatch> {
        // An exposition that cannot be read would be a fault of the encoder: all of it is shown.
        let found = match Self::read(exposition) {
            Ok(found) => found.0,
            Err((_, message)) => {
                return Err(Mismatch(vec![Line::Found(format!(
                    "{message}: {exposition}"
                ))]));
            }
        };
        let all: BTreeSet<_> = self.0.keys().chain(found.keys()).collect();
        let lines: Vec<_> = all
            .into_iter()
            .flat_map(|series| lines(series, self.0.get(series), found.get(series)))
            .collect();
        if lines.iter().all(|line| matches!(line, Line::Same(_))) {
            Ok(())
        } else {
            Err(Mismatch(lines))
        }
    }
}

fn lines(series: &str, expected: Option<&f64>, found: Option<&f64>) -> Vec<Line> {
    let text = |value: &f64| format!("{series} {}", number(*value));
    match (expected, found) {
        (Some(expected), Some(found)) if is_same(*expected, *found) => {
            vec![Line::Same(text(found))]
        }
        (expected, found) => {
            let expected = expected.map(|value| Line::Expected(text(value)));
            let found = found.map(|value| Line::Found(text(value)));
            expected.into_iter().chain(found).collect()
        }
    }
}

impl fmt::Display for Mismatch {
    /// `-` for what was expected, `+` for what was found.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.0.iter().map(|line| match line {
            Line::Same(text) => format!("  {text}"),
            Line::Expected(text) => format!("- {text}"),
            Line::Found(text) => format!("+ {text}"),
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

/// One line: the series in canonical form, its labels in order, and the value.
fn sample(line: &str) -> Result<(String, f64), &'static str> {
    let name_end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(name_end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("expected the name of a metric");
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    let value = rest.trim();
    let value = match value {
        "+Inf" | "Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        _ => value
            .parse()
            .map_err(|_| "expected one number after the series")?,
    };
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", bound(name, value)))
        .collect();
    let series = if labels.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{{{}}}", labels.join(","))
    };
    Ok((series, value))
}

/// A bucket bound or a quantile in one spelling: `1` and `1.0` are the same number.
fn bound<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    let number: Option<f64> = value.parse().ok();
    match number.filter(|number| ["le", "quantile"].contains(&name) && number.is_finite()) {
        Some(number) => Cow::Owned(format!("{number:?}")),
        None => Cow::Borrowed(value),
    }
}

/// The labels up to `}`, with their values as written, and the text after it.
fn labels(mut rest: &str) -> Result<(BTreeMap<&str, &str>, &str), &'static str> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start().trim_start_matches(',').trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((labels, after));
        }
        let (name, value) = rest
            .split_once('=')
            .ok_or("expected `}` after the labels")?;
        let value = value
            .trim_start()
            .strip_prefix('"')
            .ok_or("expected a label value in double quotes")?;
        let end = closing_quote(value).ok_or("expected `\"` at the end of a label value")?;
        if labels.insert(name.trim(), &value[..end]).is_some() {
            return Err("expected each label once, found it twice");
        }
        rest = &value[end + 1..];
    }
}

/// The first `"` that is not escaped.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}
