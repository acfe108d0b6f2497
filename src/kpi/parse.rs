//! One file: header and query together become a KPI, or a list of everything that is wrong with it.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use super::cron::Cron;
use super::header::{self, Header};
use super::names::Names;
use super::preamble::{self, Opening};
use super::window::SINCE_AND_UNTIL;
use super::{
    Condition, Defaults, Definition, Kpi, Metric, Mode, OnDuplicate, OnError, Schedule, Source,
    Start, TimeForm, ValueSpec, Window, fields,
};
use super::{bounds, division, fingerprint, metrics};
use crate::diagnostic::{Problem, Problems, WarningReason, nearest};
use crate::metric::MetricType;
use cypher::Parameters;
use cypher::Statement;

const TIMEOUT: Duration = Duration::from_secs(30);
const LAG: Duration = Duration::from_secs(10);
/// A shorter interval would keep the graph busy with one KPI.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
const MAX_SERIES: usize = 10_000;
/// A kept value outlives at least this, so that a short outage of a quick KPI does not empty the page.
const STALE_AT_LEAST: Duration = Duration::from_secs(15 * 60);

/// Parses one file. There is a KPI only if there are no errors; there may be warnings.
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
        // The keys that do not depend on the query are checked anyway.
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
            statement,
            defaults,
            &mut problems,
        ))
    };
    let kpi = kpi.filter(|_| !problems.has_errors());
    (kpi, problems.into_vec())
}

/// The header; `None` if the end of the comment is unknown.
fn header_of(
    source: &Source,
    opening: &Opening<'_>,
    problems: &mut Problems<'_>,
) -> Option<Header> {
    if let Some(span) = opening.unclosed.clone() {
        problems.error(span, "unterminated comment", "close the comment with `*/`");
        return None;
    }
    if let Some(span) = preamble::late_header(&source.text, opening) {
        problems.warning(
            WarningReason::File,
            span,
            "a header after the start of the query is not read",
            "move it above the query",
        );
    }
    let Some(block) = opening.headers.first() else {
        return Some(Header::default());
    };
    for second in &opening.headers[1..] {
        problems.error(
            second.mark.clone(),
            "expected one header, found a second",
            "merge it into the first",
        );
    }
    let mut syntax = Problems::of(&source.path);
    let toml = fields::parse(block.toml, block.start, &mut syntax);
    if syntax.has_errors() && !block.is_certain() {
        let message = "this comment begins with `kpi`, but is not a valid header";
        let fix =
            "write the header as `/*kpi`, TOML and `*/`, or begin the comment with another word";
        problems.error(block.mark.clone(), message, fix);
        return None;
    }
    problems.append(syntax);
    let header = header::read(&toml.table, block.start, problems);
    if toml.is_cut {
        let fix = "remove `*/` from the string; in a cron expression write `0-59/5` for every fifth minute";
        problems.error(block.end(), "`*/` ends the header inside a string", fix);
    }
    (!toml.is_cut).then_some(header)
}

fn build(
    source: &Source,
    opening: &Opening<'_>,
    header: Header,
    statement: Statement,
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
    let metrics = metrics::metrics(&header, &statement, &names, problems);
    let schedule = schedule(&header, defaults, problems);
    let mode = mode(&header, &metrics, problems);
    let parameters = parameters(&header, &statement, &mode, problems);
    let stale_after = stale_after(&header, &schedule, problems);
    check_policies(&header, &metrics, problems);
    check_alerts(&header, &metrics, problems);
    division::check(&statement, &metrics, problems);
    if mode != Mode::Snapshot {
        bounds::check(&statement, problems);
    }
    let mut kpi = Kpi {
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
        statement,
        start: opening.end,
        definition: Definition::new(),
    };
    kpi.definition = fingerprint::of(&kpi);
    kpi
}

/// The file's name without folder and `.cypher`.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".cypher").unwrap_or(name)
}

fn schedule(header: &Header, defaults: &Defaults<'_>, problems: &mut Problems<'_>) -> Schedule {
    if let Some(every) = header
        .every
        .as_ref()
        .filter(|every| every.value < SHORTEST_INTERVAL)
    {
        problems.error(
            every.span.clone(),
            "`every` is shorter than the minimum of 100 ms",
            "write at least \"100ms\"",
        );
    }
    let every = Schedule::Every(header.every.as_ref().map_or(defaults.every, |at| at.value));
    let Some(cron) = &header.cron else {
        return every;
    };
    if header.every.is_some() {
        problems.error(
            cron.span.clone(),
            "the KPI has both `every` and `cron`",
            "remove one of them",
        );
    }
    match Cron::parse(&cron.value) {
        Ok(cron) => Schedule::Cron(cron),
        Err(fault) => {
            let fix = "write five fields (minute hour day month weekday) or six with seconds first, in UTC: \"0 2 * * *\"";
            problems.error(
                cron.span.clone(),
                format!("invalid cron expression `{}`: {fault}", cron.value),
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
                    format!("`{key}` is allowed only with `mode = \"window\"`"),
                    "add `mode = \"window\"`, or remove the key",
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
                "expected a counter or a histogram in window mode, found a {}",
                metric_type.as_str()
            );
            problems.error(
                window.span.clone(),
                message,
                "change `type` to \"counter\" or \"histogram\", or remove `mode`",
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
        let message = "`stale_after` is not allowed with `mode = \"window\"`: window totals do not become stale";
        let fix =
            "remove it; `cypher_exporter_kpi_window_lag_seconds` is how far the totals are behind";
        problems.error(stale_after.span.clone(), message, fix);
    }
    if let Some(error) = header
        .on_duplicate
        .as_ref()
        .filter(|at| at.value == OnDuplicate::Error)
    {
        let message = "`on_duplicate = \"error\"` is not allowed with `mode = \"window\"`: rows with the same labels add up";
        problems.error(error.span.clone(), message, "remove `on_duplicate`");
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
        // One problem for each name is enough.
        if !given.insert(name) {
            continue;
        }
        if SINCE_AND_UNTIL.contains(&name) {
            problems.error(
                span.clone(),
                format!("`{name}` is reserved for window queries"),
                "rename the parameter",
            );
        } else if !used.contains(name) {
            problems.warning(
                WarningReason::File,
                span.clone(),
                format!("the query does not use `${name}`"),
                "remove it from `params`",
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
                let fix = "add `mode = \"window\"` to the header, or use another parameter";
                problems.error(
                    used.span.clone(),
                    format!("`${name}` exists only in window queries"),
                    fix,
                );
            }
        } else if given.contains(name) {
            if let Some(set) = header
                .params
                .iter()
                .find(|set| !set.value.contains_key(name))
            {
                let fix = format!("add a value for `{name}` to each set of `params`");
                problems.error(
                    set.span.clone(),
                    format!("this set has no value for the parameter `${name}`"),
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
                None => format!("add a value to the header: params = {{ {name} = … }}"),
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
        let fix = "restrict the query to the window: WHERE e.timestamp > $since AND e.timestamp <= $until";
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
            "`stale_after` is shorter than the interval: values would be stale between two runs";
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
            "a number in `on_error` is not allowed for a metric of type {}",
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
            format!(
                "`on_duplicate = \"sum\"` is not allowed for a metric of type {}",
                other.as_str()
            ),
            "remove `on_duplicate`",
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
                "`expect` has {combinations} combinations, more than `max_series` = {max_series}"
            );
            let place = header
                .expect
                .first()
                .map_or(0..0, |expect| expect.column.span.clone());
            problems.error(
                place,
                message,
                "list fewer values, or increase `max_series`",
            );
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
