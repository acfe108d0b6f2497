//! Finds series with which an alert fires, and series with which it does not, by trying simple ones.

mod candidates;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::kpi::vocabulary::Vocabulary;
use candidates::Candidates;
use promql::evaluate::{self, MINUTE, Sample, Shape, Unknown};
pub(super) use promql::evaluate::{LabelValues, Series, written};
use promql::{Expr, Kind, Promql, Shift, Window};

/// The series of an alert's tests.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The last minute of the tests.
    pub(super) end: u32,
    /// Minutes between two samples.
    pub(super) every: u32,
    /// With these it fires.
    pub(super) fires: Vec<Series>,
    /// The labels of the firing alerts.
    pub(super) alerts: Vec<LabelValues>,
    /// With these it does not fire.
    pub(super) silent: Vec<Series>,
    /// The labels of the alerts that fire without any series; most alerts do not.
    pub(super) without_data: Vec<LabelValues>,
}

/// Why no series were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Its PromQL cannot be evaluated here.
    Unsupported,
    /// It fires with none of the tried series.
    Firing,
    /// It fires with all of the tried series.
    Silent,
}

/// The limit of tries: more would take seconds.
const MOST_TRIES: usize = 30_000;

/// Minutes of samples before the first evaluation, besides the ranges of the expression.
const MARGIN: u32 = 2;

/// The longest evaluation interval of a test, in minutes.
pub(super) const LONGEST_EVALUATION: u32 = 5;

/// Minutes after which a sample each minute would be too many: promtool reads 10 000 at once, and a rule would be
/// evaluated for seconds.
pub(super) const LONG: u32 = 6 * 60;

/// In seconds. A test over more than two months would have more samples than promtool reads.
const LONGEST_PAST: f64 = 60.0 * 24.0 * 3600.0;

/// Finds series for an alert whose condition must hold for some time.
pub(super) fn find(
    promql: &Promql,
    hold: Duration,
    vocabulary: &Vocabulary,
) -> Result<Found, Missing> {
    let candidates = Candidates::of(promql, vocabulary).ok_or(Missing::Unsupported)?;
    let past = lookback(&promql.expr)
        .ok_or(Missing::Unsupported)?
        .max(candidates.must_run_for(LONGEST_PAST));
    if past > LONGEST_PAST {
        return Err(Missing::Unsupported);
    }
    let warm_up = minutes(past) + MARGIN;
    let end = (warm_up + minutes(hold.as_secs_f64())).next_multiple_of(LONGEST_EVALUATION)
        + LONGEST_EVALUATION;
    let trial = Trial {
        expr: &promql.expr,
        minutes_evaluated: [warm_up, warm_up.midpoint(end), end],
    };
    let choices = candidates.choices(warm_up - 1);
    let unknown = |_: Unknown| Missing::Unsupported;
    let firing = search(&choices, |series| trial.fires(series))
        .map_err(unknown)?
        .ok_or(Missing::Firing)?;
    let silent = near(&choices, &firing, |series| trial.is_silent(series)).map_err(unknown)?;
    let silent = match silent {
        Some(silent) => silent,
        None => search(&choices, |series| trial.is_silent(series))
            .map_err(unknown)?
            .ok_or(Missing::Silent)?,
    };
    let fires = chosen(&choices, &firing);
    let labels = |series: &[Series]| {
        trial
            .at(series, end)
            .map(|samples| samples.into_iter().map(|s| s.labels).collect())
    };
    Ok(Found {
        end,
        every: if end > LONG && candidates.shortest_range() >= 3.0 * f64::from(LONGEST_EVALUATION) {
            LONGEST_EVALUATION
        } else {
            1
        },
        alerts: labels(&fires).map_err(unknown)?,
        fires,
        silent: chosen(&choices, &silent),
        without_data: labels(&[]).map_err(unknown)?,
    })
}

/// Whether an alert fires without data; `None` when its PromQL cannot be evaluated here.
pub(super) fn fires_without_data(promql: &Promql) -> Option<bool> {
    evaluate::samples(&promql.expr, &[], 0.0)
        .ok()
        .map(|samples| !samples.is_empty())
}

fn minutes(seconds: f64) -> u32 {
    (seconds / MINUTE).ceil() as u32
}

/// How many seconds of the past an expression reads; `None` when that is unknown.
fn lookback(expr: &Expr) -> Option<f64> {
    let shift = |shift: Shift| match shift {
        Shift::None => Some(0.0),
        Shift::Offset(seconds) => Some(seconds.max(0.0)),
        Shift::At => None,
    };
    let window = |window: &Window| match window {
        Window::Fixed(length) => Some(length.as_secs_f64()),
        Window::Variable(_) => None,
    };
    match &expr.kind {
        Kind::Number(_) | Kind::Text(_) => Some(0.0),
        Kind::Select(selector) => shift(selector.shift),
        Kind::Range(selector, length) => Some(window(length)? + shift(selector.shift)?),
        Kind::Subquery(subquery) => {
            Some(window(&subquery.range)? + shift(subquery.shift)? + lookback(&subquery.expr)?)
        }
        Kind::Call(_, arguments) => furthest(arguments.iter()),
        Kind::Aggregate(aggregate) => lookback(&aggregate.expr),
        Kind::Binary(binary) => furthest([&binary.left, &binary.right].into_iter()),
        Kind::Negative(inner) | Kind::Parentheses(inner) => lookback(inner),
    }
}

fn furthest<'e>(exprs: impl Iterator<Item = &'e Expr>) -> Option<f64> {
    exprs
        .map(lookback)
        .try_fold(0.0, |furthest: f64, seconds| Some(furthest.max(seconds?)))
}

/// An expression and the minutes at which it is evaluated.
struct Trial<'e> {
    expr: &'e Expr,
    minutes_evaluated: [u32; 3],
}

impl Trial<'_> {
    fn at(&self, series: &[Series], minute: u32) -> Result<Vec<Sample>, Unknown> {
        evaluate::samples(self.expr, series, f64::from(minute) * MINUTE)
    }

    /// At each minute, with the same labels.
    fn fires(&self, series: &[Series]) -> Result<bool, Unknown> {
        let [first, middle, last] = self.minutes_evaluated;
        let labels = |samples: Vec<Sample>| {
            samples
                .into_iter()
                .map(|sample| sample.labels)
                .collect::<Vec<_>>()
        };
        let expected = labels(self.at(series, first)?);
        Ok(!expected.is_empty()
            && labels(self.at(series, middle)?) == expected
            && labels(self.at(series, last)?) == expected)
    }

    /// At each minute, and not because data is missing.
    fn is_silent(&self, series: &[Series]) -> Result<bool, Unknown> {
        if series.iter().any(|series| series.shape == Shape::Absent) {
            return Ok(false);
        }
        for minute in self.minutes_evaluated {
            if !self.at(series, minute)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// For each metric its candidates, each of one or several series.
type Choices = Vec<Vec<Vec<Series>>>;

fn chosen(choices: &Choices, at: &[usize]) -> Vec<Series> {
    choices
        .iter()
        .zip(at)
        .flat_map(|(part, at)| part[*at].clone())
        .collect()
}

/// The first accepted choice, simple ones first.
fn search(
    choices: &Choices,
    accept: impl Fn(&[Series]) -> Result<bool, Unknown>,
) -> Result<Option<Vec<usize>>, Unknown> {
    let most: usize = choices
        .iter()
        .map(|part| part.len().saturating_sub(1))
        .sum();
    let mut tries = 0;
    for sum in 0..=most {
        let mut of_sum = Vec::new();
        with_sum(
            choices,
            sum,
            &mut Vec::new(),
            &mut of_sum,
            MOST_TRIES - tries,
        );
        for at in of_sum {
            tries += 1;
            if accept(&chosen(choices, &at))? {
                return Ok(Some(at));
            }
        }
        if tries >= MOST_TRIES {
            break;
        }
    }
    Ok(None)
}

/// All choices whose indices add up to `sum`, at most `most`.
fn with_sum(
    choices: &[Vec<Vec<Series>>],
    sum: usize,
    prefix: &mut Vec<usize>,
    found: &mut Vec<Vec<usize>>,
    most: usize,
) {
    let Some((part, rest)) = choices.split_first() else {
        if sum == 0 && found.len() < most {
            found.push(prefix.clone());
        }
        return;
    };
    for at in 0..part.len().min(sum + 1) {
        prefix.push(at);
        with_sum(rest, sum - at, prefix, found, most);
        prefix.pop();
    }
}

/// The first accepted choice of those that differ from `from` in one metric.
fn near(
    choices: &Choices,
    from: &[usize],
    accept: impl Fn(&[Series]) -> Result<bool, Unknown>,
) -> Result<Option<Vec<usize>>, Unknown> {
    for (part, ways) in choices.iter().enumerate() {
        for way in 0..ways.len() {
            let mut at = from.to_vec();
            at[part] = way;
            if accept(&chosen(choices, &at))? {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}
