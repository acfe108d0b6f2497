//! `prometheus/tests/<pack>.yml`: promtool tests that each alert fires when its condition holds, and does not fire when it
//! does not hold or without data.

use serde::Serialize;

use super::alerts::AlertRule;
use super::example::{self, LabelValues, Missing, Series};
use super::{File, Shared, yaml};
use crate::diagnostic::{Place, Problem};
use crate::kpi::{Example, Examples, Pack};

#[derive(Serialize)]
struct TestFile {
    rule_files: [String; 1],
    evaluation_interval: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    interval: String,
    input_series: Vec<InputSeries>,
    promql_expr_test: Vec<Query>,
    /// The last minute.
    #[serde(skip)]
    end: u32,
}

#[derive(Serialize)]
struct InputSeries {
    series: String,
    values: String,
}

#[derive(Serialize)]
struct Query {
    expr: String,
    eval_time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exp_samples: Vec<ExpectedSample>,
}

#[derive(Serialize)]
struct ExpectedSample {
    labels: String,
    value: u8,
}

/// The tests of a pack's alerts; none when it has no alert.
///
/// # Errors
/// The alerts for which no test can be generated.
pub(super) fn file(
    shared: &Shared<'_>,
    pack: &Pack,
    alerts: &[AlertRule<'_>],
) -> Result<Option<File>, Vec<Problem>> {
    if alerts.is_empty() {
        return Ok(None);
    }
    let mut tests = Vec::new();
    let mut problems = Vec::new();
    for rule in alerts {
        match of_alert(shared, rule) {
            Ok(of_alert) => tests.extend(of_alert),
            Err(missing) => problems.push(problem(rule, missing)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let evaluation = if tests.iter().any(|test| test.end > example::LONG) {
        example::LONGEST_EVALUATION
    } else {
        1
    };
    let file = TestFile {
        rule_files: [format!("../rules/{}.yml", pack.name)],
        evaluation_interval: minutes(evaluation),
        tests,
    };
    let path = format!("prometheus/tests/{}.yml", pack.name);
    let text = yaml::document(&shared.notice(pack), &file)
        .map_err(|cause| vec![super::unwritable(&path, &cause)])?;
    Ok(Some(File { path, text }))
}

fn problem(rule: &AlertRule<'_>, missing: Missing) -> Problem {
    let name = &rule.alert.name;
    let message = match missing {
        Missing::Unsupported => {
            format!(
                "cannot generate a test for `{name}`: its condition uses functions that are not evaluated here"
            )
        }
        Missing::Firing => format!("found no series with which `{name}` fires: it may never fire"),
        Missing::Silent => {
            format!("found no series with which `{name}` does not fire: it may always fire")
        }
    };
    let fix = "fix the condition, or provide the series for the test: fires = { 'x' = '1x30' } and silent = { … }";
    let place = Place::Span(rule.path.to_owned(), rule.alert.place.clone());
    Problem::error(place, message, fix)
}

fn of_alert(shared: &Shared<'_>, rule: &AlertRule<'_>) -> Result<Vec<Test>, Missing> {
    match &rule.alert.examples {
        Some(examples) => Ok(of_examples(rule, examples)),
        None => example::find(&rule.condition, rule.alert.hold, &shared.vocabulary)
            .map(|found| of_found(rule, &found)),
    }
}

fn of_found(rule: &AlertRule<'_>, found: &example::Found) -> Vec<Test> {
    let name = &rule.alert.name;
    let series = |series: &[Series]| {
        series
            .iter()
            .map(|series| InputSeries {
                series: series.written(),
                values: series.values(found.end, found.every),
            })
            .collect()
    };
    let end = found.end;
    // It must not fire before its `for` is over.
    let early = hold(rule)
        .checked_sub(1)
        .map(|minute| firing(rule, minute, &[]));
    let firing_queries = early
        .into_iter()
        .chain([firing(rule, end, &found.alerts)])
        .collect();
    let early_end = early_end(rule);
    let no_data = if found.without_data.is_empty() {
        "does not fire without data"
    } else {
        "fires without data"
    };
    vec![
        test(
            &format!("{name} fires when its condition holds"),
            series(&found.fires),
            firing_queries,
            (end, found.every),
        ),
        test(
            &format!("{name} does not fire when its condition does not hold"),
            series(&found.silent),
            vec![firing(rule, end, &[])],
            (end, found.every),
        ),
        test(
            &format!("{name} {no_data}"),
            Vec::new(),
            vec![firing(rule, early_end, &found.without_data)],
            (early_end, 1),
        ),
    ]
}

/// In whole minutes.
fn hold(rule: &AlertRule<'_>) -> u32 {
    u32::try_from(rule.alert.hold.as_secs() / 60).unwrap_or(u32::MAX)
}

/// The minute at which an alert fires whose condition does not read the past.
fn early_end(rule: &AlertRule<'_>) -> u32 {
    hold(rule).next_multiple_of(example::LONGEST_EVALUATION) + example::LONGEST_EVALUATION
}

fn of_examples(rule: &AlertRule<'_>, examples: &Examples) -> Vec<Test> {
    let name = &rule.alert.name;
    let series = |of: &[Example]| {
        of.iter()
            .map(|one| InputSeries {
                series: one.series.clone(),
                values: one.values.clone(),
            })
            .collect()
    };
    let end = |of: &[Example]| of.iter().map(|one| one.minutes as u32).max().unwrap_or(1) - 1;
    let (fires, silent) = (end(&examples.fires), end(&examples.silent));
    let any = |minute| Query {
        expr: format!("count({}) > bool 0", firing_alerts(rule)),
        eval_time: minutes(minute),
        exp_samples: vec![sample("{}".to_owned())],
    };
    let early_end = early_end(rule);
    let (no_data, without_series) = match example::fires_without_data(&rule.condition) {
        Some(true) => ("fires without data", any(early_end)),
        // An expression that cannot be evaluated here is assumed to have no result without series.
        Some(false) | None => ("does not fire without data", firing(rule, early_end, &[])),
    };
    vec![
        test(
            &format!("{name} fires when its condition holds"),
            series(&examples.fires),
            vec![any(fires)],
            (fires, 1),
        ),
        test(
            &format!("{name} does not fire when its condition does not hold"),
            series(&examples.silent),
            vec![firing(rule, silent, &[])],
            (silent, 1),
        ),
        test(
            &format!("{name} {no_data}"),
            Vec::new(),
            vec![without_series],
            (early_end, 1),
        ),
    ]
}

fn test(
    name: &str,
    input_series: Vec<InputSeries>,
    promql_expr_test: Vec<Query>,
    (end, every): (u32, u32),
) -> Test {
    Test {
        name: name.to_owned(),
        interval: minutes(every),
        input_series,
        promql_expr_test,
        end,
    }
}

/// Exactly these alerts fire at that minute.
fn firing(rule: &AlertRule<'_>, minute: u32, alerts: &[LabelValues]) -> Query {
    Query {
        expr: firing_alerts(rule),
        eval_time: minutes(minute),
        exp_samples: alerts
            .iter()
            .map(|labels| sample(alert_series(rule, labels)))
            .collect(),
    }
}

fn firing_alerts(rule: &AlertRule<'_>) -> String {
    format!(
        "ALERTS{{alertname=\"{}\",alertstate=\"firing\"}}",
        rule.alert.name
    )
}

fn sample(labels: String) -> ExpectedSample {
    ExpectedSample { labels, value: 1 }
}

/// The series that Prometheus writes for a firing alert.
fn alert_series(rule: &AlertRule<'_>, labels: &LabelValues) -> String {
    let mut all = labels.clone();
    all.extend(
        rule.labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    all.insert("alertname".to_owned(), rule.alert.name.clone());
    all.insert("alertstate".to_owned(), "firing".to_owned());
    example::written("ALERTS", &all)
}

fn minutes(minutes: u32) -> String {
    promql::written(std::time::Duration::from_secs(u64::from(minutes) * 60))
}
