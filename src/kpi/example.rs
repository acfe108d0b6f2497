//! `fires` and `silent`: series with which an alert fires and does not, for its test, in the notation of promtool.

use toml::de::DeTable;

use super::fields::{At, Fields};
use super::{Example, Examples};
use crate::diagnostic::{Problems, inside, shift};
use promql::{Kind, MatchOperator, Promql, Selector, Variables};

/// Reads both keys; `None` if neither is given, or if one is invalid, which is reported.
pub(super) fn read(fields: &mut Fields<'_, '_, '_, '_>) -> Option<Examples> {
    let base = fields.base();
    let fires = fields.table("fires");
    let silent = fields.table("silent");
    let problems = &mut *fields.problems;
    match (fires, silent) {
        (None, None) => None,
        (Some(fires), Some(silent)) => {
            let (fires, silent) = (
                series(&fires, base, problems),
                series(&silent, base, problems),
            );
            Some(Examples {
                fires: fires?,
                silent: silent?,
            })
        }
        (Some(one), None) => lonely(&one, "silent", problems),
        (None, Some(one)) => lonely(&one, "fires", problems),
    }
}

fn lonely(one: &At<&DeTable<'_>>, missing: &str, problems: &mut Problems<'_>) -> Option<Examples> {
    let fix = format!(
        "write both: fires = {{ 'x' = '1x30' }} and {missing} = {{ … }}, one sample per minute"
    );
    problems.error(one.span.clone(), format!("`{missing}` is missing"), fix);
    None
}

fn series(
    table: &At<&DeTable<'_>>,
    base: usize,
    problems: &mut Problems<'_>,
) -> Option<Vec<Example>> {
    let mut examples = Vec::new();
    for (name, values) in table.value.iter() {
        let (series, at) = (name.get_ref().to_string(), shift(name.span(), base));
        let Some(metric) = plain_series(&series) else {
            let fix = "write it as Prometheus shows it, for example 'x' or 'x{a=\"b\"}'";
            problems.error(at, format!("expected a series, found `{series}`"), fix);
            return None;
        };
        let place = shift(values.span(), base);
        let text = values.get_ref().as_str().unwrap_or_default();
        let Some(minutes) = text
            .split_whitespace()
            .map(samples)
            .sum::<Option<usize>>()
            .filter(|n| *n > 0)
        else {
            let fix =
                "use the notation of promtool, one sample per minute: '0.9x60 0.5x30', '0+2x90'";
            problems.error(
                inside(&place, text, &(0..text.len())),
                "invalid sample values",
                fix,
            );
            return None;
        };
        examples.push(Example {
            metric,
            series,
            values: text.to_owned(),
            minutes,
        });
    }
    Some(examples)
}

/// The metric of a text that names one series.
fn plain_series(text: &str) -> Option<String> {
    let read = Promql::read(text, Variables::Refused).ok()?;
    let Kind::Select(Selector {
        name: Some(name),
        matchers,
        ..
    }) = read.expr.kind
    else {
        return None;
    };
    matchers
        .iter()
        .all(|matcher| matcher.operator == MatchOperator::Equal)
        .then_some(name)
}

/// The number of samples of a word: `1`, `_`, `stale`, `1x5`, `_x5`, `1+2x5`, `1-2x5`.
fn samples(word: &str) -> Option<usize> {
    let (value, times) = match word.split_once('x') {
        Some((value, times)) => (value, times.parse::<usize>().ok()?.checked_add(1)?),
        None => (word, 1),
    };
    // `_x3` is three missing samples, `1x3` is four samples.
    if value == "_" {
        return Some(if word.contains('x') { times - 1 } else { 1 });
    }
    let is_step = word.contains('x');
    let number = |text: &str| text.parse::<f64>().is_ok();
    let split = value
        .char_indices()
        .skip(1)
        .find(|(at, c)| matches!(c, '+' | '-') && !value[..*at].ends_with(['e', 'E']));
    let legal = match split {
        Some((at, _)) => is_step && number(&value[..at]) && number(&value[at + 1..]),
        None => number(value) || value == "stale",
    };
    legal.then_some(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (word, expected) in [
            ("1", Some(1)),
            ("-1.5e-3", Some(1)),
            ("_", Some(1)),
            ("_x3", Some(3)),
            ("stale", Some(1)),
            ("1x3", Some(4)),
            ("0+2x3", Some(4)),
            ("-1e3-2x0", Some(1)),
            ("1+2", None),
            ("x3", None),
            ("a", None),
            ("1xx", None),
        ] {
            assert_eq!(samples(word), expected, "{word}");
        }
    }

    #[test]
    fn names_of_series() {
        for (text, expected) in [
            ("x", Some("x")),
            ("a:b:c{d=\"e\"}", Some("a:b:c")),
            ("x > 1", None),
            ("x{a=~\"b\"}", None),
            ("{__name__=\"x\"}", None),
            ("", None),
        ] {
            assert_eq!(plain_series(text).as_deref(), expected, "{text}");
        }
    }
}
