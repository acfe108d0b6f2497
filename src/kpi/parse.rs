//! One file: header and query together become a KPI, or a list of everything that is wrong with it.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use super::cron::Cron;
use super::header::{self, Header};
use super::metrics;
use super::names::Names;
use super::preamble::{self, Opening};
use super::window::SINCE_AND_UNTIL;
use super::{
    Condition, Defaults, Kpi, Metric, Mode, OnDuplicate, OnError, Schedule, Source, Start,
    TimeForm, ValueSpec, Window, fields,
};
use crate::diagnostic::{Problem, Problems, WarningReason, nearest};
use crate::metric::MetricType;
use cypher::Parameters;
use cypher::Statement;

const TIMEOUT: Duration = Duration::from_secs(30);
const LAG: Duration = Duration::from_secs(10);
const MAX_SERIES: usize = 10_000;
/// A kept value outlives at least this, so that a short outage of a quick KPI does not empty the page.
const STALE_AT_LEAST: Duration = Duration::from_secs(15 * 60);

/// Parses one file. A KPI comes only without errors; warnings may stand beside it.
pub(super) fn parse(source: &Source, defaults: &Defaults<'_>) -> (Option<Kpi>, Vec<Problem>) {
    let mut problems = Problems::of(&source.path);
    let opening = preamble::read(&source.text);
    let Some(header) = header_of(source, &opening, &mut problems) else {
        return (None, problems.into_vec());
    };
    let (statement, faults) = cypher::read(&source.text);
    faults
        .into_iter()
        .for_each(|fault| problems.error(fault.span, fault.message, fault.fix));
    let kpi = if statement.columns.is_empty() {
        // What the header says without regard to the query is judged all the same.
        stale_after(
            &header,
            &schedule(&header, defaults, &mut problems),
            &mut problems,
        );
        None
    } else {
        Some(build(
            source,
            &opening,
            header,
            &statement,
            defaults,
            &mut problems,
        ))
    };
    let kpi = kpi.filter(|_| !problems.has_errors());
    (kpi, problems.into_vec())
}

/// The header; `None` when nobody can say where it ends and the query begins.
fn header_of(
    source: &Source,
    opening: &Opening<'_>,
    problems: &mut Problems<'_>,
) -> Option<Header> {
    if let Some(span) = opening.unclosed.clone() {
        problems.error(span, "this comment never ends", "close it with `*/`");
        return None;
    }
    if let Some(span) = preamble::late_header(&source.text, opening) {
        problems.warning(
            WarningReason::File,
            span,
            "a header after the query has begun is not read",
            "move it above the query",
        );
    }
    let Some(block) = opening.headers.first() else {
        return Some(Header::default());
    };
    for second in &opening.headers[1..] {
        problems.error(second.mark(), "a second header", "join it with the first");
    }
    let toml = fields::parse(block.toml, block.start, problems);
    let header = header::read(&toml.table, block.start, problems);
    if toml.is_cut {
        let fix = "a string of the header cannot hold `*/`; in a cron expression write `0-59/5` for every fifth minute";
        problems.error(
            block.end(),
            "this ends the header in the middle of a string",
            fix,
        );
    }
    (!toml.is_cut).then_some(header)
}

fn build(
    source: &Source,
    opening: &Opening<'_>,
    header: Header,
    statement: &Statement,
    defaults: &Defaults<'_>,
    problems: &mut Problems<'_>,
) -> Kpi {
    let stem = stem(&source.path);
    let from_path = format!("{}_{stem}", source.pack);
    let names = Names {
        from_path: &from_path,
        help: opening.help.as_deref(),
        reserved: defaults.const_labels,
    };
    let metrics = metrics::metrics(&header, statement, &names, problems);
    let schedule = schedule(&header, defaults, problems);
    let mode = mode(&header, &metrics, problems);
    let parameters = parameters(&header, statement, &mode, problems);
    let stale_after = stale_after(&header, &schedule, problems);
    check_policies(&header, &metrics, problems);
    check_alerts(&header, &metrics, problems);
    Kpi {
        id: format!("{}/{stem}", source.pack).into(),
        pack: source.pack.as_str().into(),
        path: source.path.clone(),
        query: source.text.as_str().into(),
        columns: statement
            .columns
            .iter()
            .map(|column| column.name.as_str().into())
            .collect(),
        metrics,
        schedule,
        timeout: header.timeout.map_or(TIMEOUT, |at| at.value),
        mode,
        parameters,
        graph: header.graph.map(|at| at.value.into()),
        database: header.database.map(|at| at.value.into()),
        on_error: header.on_error.map_or(OnError::Keep, |at| at.value),
        stale_after,
        on_duplicate: header
            .on_duplicate
            .map_or(OnDuplicate::Error, |at| at.value),
        max_series: header.max_series.map_or(MAX_SERIES, |at| at.value),
        panels: header.panels,
        alerts: header.alerts,
    }
}

/// The file's name without folder and `.cypher`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".cypher").unwrap_or(name)
}

fn schedule(header: &Header, defaults: &Defaults<'_>, problems: &mut Problems<'_>) -> Schedule {
    let every = Schedule::Every(header.every.as_ref().map_or(defaults.every, |at| at.value));
    let Some(cron) = &header.cron else {
        return every;
    };
    if header.every.is_some() {
        problems.error(
            cron.span.clone(),
            "the KPI has both `every` and `cron`",
            "keep one of them",
        );
    }
    match Cron::parse(&cron.value) {
        Ok(cron) => Schedule::Cron(cron),
        Err(fault) => {
            let fix = "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"";
            problems.error(
                cron.span.clone(),
                format!("`{}` is no cron expression: {fault}", cron.value),
                fix,
            );
            every
        }
    }
}

fn mode(header: &Header, metrics: &[Metric], problems: &mut Problems<'_>) -> Mode {
    let window = header.window.as_ref().filter(|at| at.value);
    let only_window = [
        ("lag", header.lag.as_ref().map(|at| &at.span)),
        ("start", header.start.as_ref().map(|at| &at.span)),
        ("time", header.time.as_ref().map(|at| &at.span)),
    ];
    let Some(window) = window else {
        for (key, span) in only_window {
            if let Some(span) = span {
                problems.error(
                    span.clone(),
                    format!("`{key}` is for windows only"),
                    "write mode = \"window\", or take it out",
                );
            }
        }
        return Mode::Snapshot;
    };
    refuse_keys_of_snapshots(header, problems);
    for metric in metrics {
        let metric_type = metric.shape.metric_type();
        if !matches!(metric_type, MetricType::Counter | MetricType::Histogram) {
            let message = format!(
                "a metric of type {} cannot be counted in windows",
                metric_type.as_str()
            );
            problems.error(
                window.span.clone(),
                message,
                "window KPIs are counters or histograms: give it another `type`",
            );
        }
    }
    Mode::Window(Window {
        lag: header.lag.as_ref().map_or(LAG, |at| at.value),
        start: header
            .start
            .as_ref()
            .map_or(Start::Beginning, |at| at.value),
        time: header
            .time
            .as_ref()
            .map_or(TimeForm::DateTime, |at| at.value),
    })
}

/// Keys that would be read and have no effect on windows.
fn refuse_keys_of_snapshots(header: &Header, problems: &mut Problems<'_>) {
    if let Some(stale_after) = &header.stale_after {
        let message = "`stale_after` is for snapshots: what a window KPI has counted is right however old it is";
        let fix = "take it out; cypher_exporter_kpi_window_lag_seconds tells how far the totals are behind";
        problems.error(stale_after.span.clone(), message, fix);
    }
    if let Some(error) = header
        .on_duplicate
        .as_ref()
        .filter(|at| at.value == OnDuplicate::Error)
    {
        let message = "the rows of a window add up, also those with the same labels";
        problems.error(error.span.clone(), message, "take `on_duplicate` out");
    }
}

fn parameters(
    header: &Header,
    statement: &Statement,
    mode: &Mode,
    problems: &mut Problems<'_>,
) -> Vec<Parameters> {
    let is_window = *mode != Mode::Snapshot;
    let used: HashSet<_> = statement
        .parameters
        .iter()
        .map(|used| used.name.as_str())
        .collect();
    let mut given = HashSet::new();
    for (name, span) in header
        .params
        .iter()
        .flat_map(|set| set.value.keys().map(|name| (name.as_str(), &set.span)))
    {
        // One word on each name is enough, however many sets have it.
        if !given.insert(name) {
            continue;
        }
        if SINCE_AND_UNTIL.contains(&name) {
            problems.error(
                span.clone(),
                format!("`{name}` is kept for windows"),
                "call the parameter otherwise",
            );
        } else if !used.contains(name) {
            problems.warning(
                WarningReason::File,
                span.clone(),
                format!("the query does not use `${name}`"),
                "take it out of `params`",
            );
        }
    }
    let mut asked = HashSet::new();
    for used in statement
        .parameters
        .iter()
        .filter(|used| asked.insert(used.name.as_str()))
    {
        let name = used.name.as_str();
        if SINCE_AND_UNTIL.contains(&name) {
            if !is_window {
                let fix =
                    "write mode = \"window\" into the header, or another parameter into the query";
                problems.error(
                    used.span.clone(),
                    format!("`${name}` is given to windows only"),
                    fix,
                );
            }
        } else if given.contains(name) {
            if let Some(set) = header
                .params
                .iter()
                .find(|set| !set.value.contains_key(name))
            {
                let fix =
                    format!("the query uses `${name}`: give it a value in each set of `params`");
                problems.error(
                    set.span.clone(),
                    format!("here the parameter `${name}` has no value"),
                    fix,
                );
            }
        } else {
            let known = header
                .params
                .iter()
                .flat_map(|set| set.value.keys())
                .map(String::as_str);
            let fix = match nearest(name, known) {
                Some(meant) => format!("did you mean `${meant}`?"),
                None => format!("give it a value in the header: params = {{ {name} = … }}"),
            };
            problems.error(
                used.span.clone(),
                format!("the parameter `${name}` has no value"),
                fix,
            );
        }
    }
    let missing = SINCE_AND_UNTIL.iter().find(|name| !used.contains(**name));
    if let (true, Some(name)) = (is_window, missing) {
        let place = header.window.as_ref().map_or(0..0, |at| at.span.clone());
        let fix = "ask for the events of the window only: WHERE e.timestamp > $since AND e.timestamp <= $until";
        problems.error(place, format!("a window query must use `${name}`"), fix);
    }
    let sets: Vec<_> = header.params.iter().map(|set| set.value.clone()).collect();
    if sets.is_empty() {
        vec![Parameters::new()]
    } else {
        sets
    }
}

fn stale_after(header: &Header, schedule: &Schedule, problems: &mut Problems<'_>) -> Duration {
    let interval = schedule.interval();
    let Some(stale_after) = &header.stale_after else {
        return interval.saturating_mul(3).max(STALE_AT_LEAST);
    };
    if stale_after.value < interval {
        let message =
            "`stale_after` is shorter than the interval: values would vanish between two runs";
        problems.error(
            stale_after.span.clone(),
            message,
            format!(
                "write at least \"{}\"",
                humantime::format_duration(interval)
            ),
        );
    }
    stale_after.value
}

fn check_policies(header: &Header, metrics: &[Metric], problems: &mut Problems<'_>) {
    let of_other_type = |types: &[MetricType]| {
        metrics
            .iter()
            .map(|metric| metric.shape.metric_type())
            .find(|metric_type| !types.contains(metric_type))
    };
    if let Some(on_error) = header
        .on_error
        .as_ref()
        .filter(|at| matches!(at.value, OnError::Publish(_)))
        && let Some(other) = of_other_type(&[MetricType::Gauge])
    {
        let message = format!(
            "a metric of type {} cannot take a number on error",
            other.as_str()
        );
        problems.error(on_error.span.clone(), message, "write \"keep\" or \"drop\"");
    }
    if let Some(sum) = header
        .on_duplicate
        .as_ref()
        .filter(|at| at.value == OnDuplicate::Sum)
        && let Some(other) = of_other_type(&[
            MetricType::Gauge,
            MetricType::Counter,
            MetricType::Histogram,
        ])
    {
        problems.error(
            sum.span.clone(),
            format!("a metric of type {} cannot be summed", other.as_str()),
            "take `on_duplicate` out",
        );
    }
    let max_series = header.max_series.as_ref().map_or(MAX_SERIES, |at| at.value);
    for metric in metrics {
        let combinations = metric
            .expected
            .iter()
            .map(|expected| expected.values.len())
            .fold(1, usize::saturating_mul);
        if combinations > max_series {
            let message = format!(
                "`expect` makes {combinations} combinations, more than `max_series` = {max_series}"
            );
            let place = header
                .expect
                .first()
                .map_or(0..0, |expect| expect.column.span.clone());
            problems.error(place, message, "expect fewer values, or raise `max_series`");
        }
    }
}

/// The short form of an alert needs one metric with one plain value.
fn check_alerts(header: &Header, metrics: &[Metric], problems: &mut Problems<'_>) {
    let plain = matches!(
        metrics,
        [Metric {
            shape: ValueSpec::Gauge { .. } | ValueSpec::Counter { .. },
            ..
        }]
    );
    for alert in header
        .alerts
        .iter()
        .filter(|alert| matches!(alert.condition, Condition::When { .. }))
    {
        if !plain && !metrics.is_empty() {
            let place: Range<usize> = alert.place.clone();
            let message = "`when` needs one metric with a plain value: a gauge or a counter";
            problems.error(place, message, "write the condition as `expr` in PromQL");
        }
    }
}
