//! `prometheus/tests/<pack>.yml`: promtool tests that each alert fires when its condition holds, and does not fire when it
//! does not hold or without data.

use super::alerts::AlertRule;
use super::example::{self, LabelValues, Missing, Series};
use super::yaml::Yaml;
use super::{File, Shared};
use crate::diagnostic::{Level, Problem};
use crate::kpi::{Example, Examples, Pack};

/// A test and its last minute.
struct Test {
    yaml: Yaml,
    end: u32,
}

/// The tests of a pack's alerts; none when it has no alert.
///
/// # Errors
/// The alerts for which no test can be made.
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
    let document = Yaml::Map(vec![
        (
            "rule_files",
            Yaml::List(vec![Yaml::text(format!("../rules/{}.yml", pack.name))]),
        ),
        ("evaluation_interval", minutes(evaluation)),
        (
            "tests",
            Yaml::List(tests.into_iter().map(|test| test.yaml).collect()),
        ),
    ]);
    let path = format!("prometheus/tests/{}.yml", pack.name);
    Ok(Some(File {
        path,
        text: document.document(&shared.made_of(pack)),
    }))
}

fn problem(rule: &AlertRule<'_>, missing: Missing) -> Problem {
    let name = &rule.alert.name;
    let message = match missing {
        Missing::Meaning => {
            format!(
                "cannot generate a test for `{name}`: its condition uses functions that are not evaluated here"
            )
        }
        Missing::Fires => format!("found no series with which `{name}` fires: it may never fire"),
        Missing::Silent => {
            format!("found no series with which `{name}` does not fire: it may always fire")
        }
    };
    let fix = "fix the condition, or provide the series for the test: fires = { 'x' = '1x30' } and silent = { … }";
    Problem {
        level: Level::Error,
        path: rule.path.to_owned(),
        span: Some(rule.alert.place.clone()),
        message,
        fix: fix.to_owned(),
    }
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
            .map(|series| (series.written(), series.values(found.end, found.every)))
            .collect()
    };
    let end = found.end;
    // Not before it has held for its time.
    let early = hold(rule)
        .checked_sub(1)
        .map(|minute| firing(rule, minute, &[]));
    let bad_side = early
        .into_iter()
        .chain([firing(rule, end, &found.alerts)])
        .collect();
    let soon = soon(rule);
    let no_data = if found.without_data.is_empty() {
        "does not fire without data"
    } else {
        "fires without data"
    };
    vec![
        test(
            &format!("{name} fires when its condition holds"),
            series(&found.fires),
            bad_side,
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
            vec![firing(rule, soon, &found.without_data)],
            (soon, 1),
        ),
    ]
}

/// In whole minutes.
fn hold(rule: &AlertRule<'_>) -> u32 {
    u32::try_from(rule.alert.hold.as_secs() / 60).unwrap_or(u32::MAX)
}

/// The minute at which it fires that needs nothing from before.
fn soon(rule: &AlertRule<'_>) -> u32 {
    hold(rule).next_multiple_of(example::LONGEST_EVALUATION) + example::LONGEST_EVALUATION
}

fn of_examples(rule: &AlertRule<'_>, examples: &Examples) -> Vec<Test> {
    let name = &rule.alert.name;
    let series = |of: &[Example]| {
        of.iter()
            .map(|one| (one.series.clone(), one.values.clone()))
            .collect()
    };
    let end = |of: &[Example]| of.iter().map(|one| one.minutes as u32).max().unwrap_or(1) - 1;
    let (fires, silent) = (end(&examples.fires), end(&examples.silent));
    let any = |minute| {
        Yaml::Map(vec![
            (
                "expr",
                Yaml::text(format!("count({}) > bool 0", firing_alerts(rule))),
            ),
            ("eval_time", minutes(minute)),
            ("exp_samples", Yaml::List(vec![sample("{}")])),
        ])
    };
    let soon = soon(rule);
    let (no_data, on_nothing) = match example::fires_without_data(&rule.condition) {
        Some(true) => ("fires without data", any(soon)),
        // What is not understood here is taken for a function of series, which without series is nothing.
        Some(false) | None => ("does not fire without data", firing(rule, soon, &[])),
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
            vec![on_nothing],
            (soon, 1),
        ),
    ]
}

fn test(
    name: &str,
    series: Vec<(String, String)>,
    queries: Vec<Yaml>,
    (end, every): (u32, u32),
) -> Test {
    let one = |(series, values)| {
        Yaml::Map(vec![
            ("series", Yaml::Text(series)),
            ("values", Yaml::Text(values)),
        ])
    };
    let yaml = Yaml::Map(vec![
        ("name", Yaml::text(name)),
        ("interval", minutes(every)),
        (
            "input_series",
            Yaml::List(series.into_iter().map(one).collect()),
        ),
        ("promql_expr_test", Yaml::List(queries)),
    ]);
    Test { yaml, end }
}

/// These alerts and no others fire at that minute.
fn firing(rule: &AlertRule<'_>, minute: u32, alerts: &[LabelValues]) -> Yaml {
    let samples = alerts
        .iter()
        .map(|labels| sample(&alert_series(rule, labels)));
    let mut query = vec![
        ("expr", Yaml::text(firing_alerts(rule))),
        ("eval_time", minutes(minute)),
    ];
    if !alerts.is_empty() {
        query.push(("exp_samples", Yaml::List(samples.collect())));
    }
    Yaml::Map(query)
}

fn firing_alerts(rule: &AlertRule<'_>) -> String {
    format!(
        "ALERTS{{alertname=\"{}\",alertstate=\"firing\"}}",
        rule.alert.name
    )
}

fn sample(labels: &str) -> Yaml {
    Yaml::Map(vec![
        ("labels", Yaml::text(labels)),
        ("value", Yaml::Number(1.0)),
    ])
}

/// The series that Prometheus writes of an alert that fires.
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

fn minutes(minutes: u32) -> Yaml {
    Yaml::text(promql::written(std::time::Duration::from_secs(
        u64::from(minutes) * 60,
    )))
}
