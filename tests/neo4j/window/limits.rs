//! Windows that are too much at once, long gaps, and clocks that go backwards.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::window::events::{WINDOW, by_kind, counter, until_lines};
use test_support::exporter::{Metrics, Setup};
use test_support::neo4j::shared;
use test_support::state::move_cursor;

/// Each event is some work for the server; all of them together are more than the timeout allows.
const WORK: &str = "MATCH (e:Heavy)\nWHERE e.t > $since AND e.t <= $until\nUNWIND range(1, 300) AS a UNWIND range(1, 300) AS b\n\
                    WITH e, count(a + b) AS work RETURN count(e) AS value";

fn lag(metrics: &Metrics, kpi: &str) -> Option<f64> {
    metrics.own("window_lag_seconds", kpi)
}

#[tokio::test]
async fn a_window_that_times_out_is_halved_until_all_is_counted() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("UNWIND range(1, 240) AS i CREATE (:Heavy {t: datetime() - duration({minutes: 15 * i})})")
        .await;
    let header = format!(
        "name = \"heavy_total\"\ntype = \"counter\"\ntimeout = \"700ms\"\non_error = \"drop\"\n{WINDOW}"
    );
    let exporter = Setup::on("heavy", neo4j)
        .web("lifecycle = true")
        .kpi("events", &header, WORK)
        .each_second("other", "RETURN 1 AS value")
        .start();
    // A refresh in the meantime reports a successful window.
    let answer = exporter.post("/api/metrics/refresh?kpi=heavy/events");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut seen = Vec::new();
    exporter.until("all is counted", |metrics| {
        // It shows how far it is, and only ever counts more.
        let (up, value) = (
            metrics.own("up", "heavy/events"),
            metrics.value("heavy_total"),
        );
        seen.push((lag(metrics, "heavy/events"), up, value));
        (value == Some(240.0)).then_some(())
    });
    assert!(
        seen.windows(2).all(|pair| pair[0].2 <= pair[1].2),
        "{seen:?}"
    );
    assert!(
        seen.iter()
            .all(|(lag, up, _)| lag.is_some() && *up == Some(1.0)),
        "{seen:?}"
    );
    let steps = seen.windows(2).filter(|pair| pair[0].2 < pair[1].2).count();
    let metrics = exporter.metrics();
    let (runs, halved) = (
        metrics.own("runs_total", "heavy/events").unwrap(),
        metrics.own("windows_halved_total", "heavy/events"),
    );
    println!("240 heavy events: {runs} windows, {halved:?} were too long; {steps} steps were seen");
    assert!(
        halved > Some(5.0) && steps > 1,
        "{halved:?} halved, {seen:?}"
    );
    assert_eq!(
        metrics.errors("heavy/events", "timeout"),
        0.0,
        "what is tried again at once is no failure"
    );
    until_lines(
        &exporter,
        "heavy/events",
        "heavy_total",
        &["heavy_total 240".to_owned()],
    );
    let log = exporter.log();
    assert!(
        log.contains("catching up") && log.contains("caught up"),
        "{log}"
    );
    assert!(
        exporter.metrics().own("runs_total", "heavy/other").unwrap() > 3.0,
        "the others have their turns"
    );
}

#[tokio::test]
async fn a_second_that_is_too_much_is_named_and_all_before_it_is_counted() {
    let Some(neo4j) = &shared() else { return };
    neo4j.write("UNWIND range(1, 9) AS i CREATE (:Many {timestamp: datetime('2026-01-01T00:00:00Z') + duration({hours: i}), kind: 'k' + i})").await;
    let header = format!("{}\nmax_series = 4", counter("many_total"));
    let exporter = Setup::on("many", neo4j)
        .kpi("kinds", &header, &by_kind("Many"))
        .start();
    let lines: Vec<_> = (1..=4)
        .map(|i| format!("many_total{{kind=\"k{i}\",outcome=\"unknown\"}} 1"))
        .collect();
    until_lines(&exporter, "many/kinds", "many_total", &lines);
    exporter.until("the second is named", |_| {
        exporter.log().contains("`many_total` has more than 4 series; return fewer label values, or raise `max_series`; in the shortest possible window, from 2026-01-01T04:").then_some(())
    });
    assert!(lag(&exporter.metrics(), "many/kinds").unwrap() > 3600.0);
    assert_eq!(exporter.metrics().own("up", "many/kinds"), Some(0.0));
}

#[tokio::test]
async fn a_clock_that_is_behind_the_count_is_waited_for() {
    let Some(neo4j) = &shared() else { return };
    let create = "CREATE (:Clock {timestamp: datetime(), kind: 'k'})";
    let line = |n: u32| [format!("clock_total{{kind=\"k\",outcome=\"unknown\"}} {n}")];
    neo4j.write(create).await;
    let mut exporter = Setup::on("clock", neo4j)
        .config("[state]\npath = \"state\"\n")
        .kpi("kinds", &counter("clock_total"), &by_kind("Clock"))
        .start();
    until_lines(&exporter, "clock/kinds", "clock_total", &line(1));
    exporter.kill();
    move_cursor(exporter.folder(), "clock.kinds", 3600);
    exporter.start_again();
    neo4j.write(create).await;
    until_lines(&exporter, "clock/kinds", "clock_total", &line(1));
    let metrics = exporter.metrics();
    assert!(
        (-3610.0..-3500.0).contains(&lag(&metrics, "clock/kinds").unwrap()),
        "{:?}",
        lag(&metrics, "clock/kinds")
    );
    assert_eq!(metrics.own("up", "clock/kinds"), Some(1.0));
    assert!(
        exporter.log().contains("clock is behind"),
        "{}",
        exporter.log()
    );

    // Once it gets there, what is new is counted. (It does not wait an hour for that.)
    exporter.kill();
    move_cursor(exporter.folder(), "clock.kinds", -3600);
    exporter.start_again();
    until_lines(&exporter, "clock/kinds", "clock_total", &line(2));
}

#[tokio::test]
async fn a_lag_that_was_raised_is_no_fault_of_the_clock() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Raised {timestamp: datetime(), kind: 'k'})")
        .await;
    let mut exporter = Setup::on("raised", neo4j)
        .config("[state]\npath = \"state\"\n")
        .kpi("kinds", &counter("raised_total"), &by_kind("Raised"))
        .start();
    until_lines(
        &exporter,
        "raised/kinds",
        "raised_total",
        &["raised_total{kind=\"k\",outcome=\"unknown\"} 1".to_owned()],
    );
    exporter.kill();
    let file = exporter.folder().join("queries/raised/kinds.cypher");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("lag = \"2s\"", "lag = \"1h\"")).unwrap();
    exporter.start_again();
    let log = exporter.until("it is logged", |_| {
        Some(exporter.log()).filter(|log| log.contains("counting resumes when"))
    });
    assert!(
        log.contains("cursor is closer to the graph clock than `lag`") && log.contains("lag=1h"),
        "{log}"
    );
    assert!(!log.contains("clock is behind"), "{log}");
    assert_eq!(exporter.metrics().own("up", "raised/kinds"), Some(1.0));
}

#[tokio::test]
async fn consecutive_windows_leave_permits_to_other_kpis() {
    let Some(neo4j) = &shared() else { return };
    let header = |n: u32| {
        format!("name = \"endless_{n}_total\"\ntype = \"counter\"\ntimeout = \"2s\"\n{WINDOW}")
    };
    let query = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b\nWITH a, b WHERE a + b < 0 AND datetime() > $since AND datetime() <= $until\nRETURN count(*) AS value";
    let endless = (0..3).fold(
        Setup::new("busy").graph("graph", neo4j, "max_concurrent = 2"),
        |setup, n| setup.kpi(&format!("endless_{n}"), &header(n), query),
    );
    let exporter = endless
        .kpi("quick", "every = \"100ms\"", "RETURN 1 AS value")
        .start();
    let halved = |metrics: &Metrics| -> f64 {
        (0..3)
            .map(|n| {
                metrics
                    .own("windows_halved_total", &format!("busy/endless_{n}"))
                    .unwrap()
            })
            .sum()
    };
    let runs = |metrics: &Metrics| metrics.own("runs_total", "busy/quick").unwrap();
    let first =
        |metrics: &Metrics| (halved(metrics) >= 3.0).then(|| (halved(metrics), runs(metrics)));
    let (halved_before, runs_before) = exporter.until("all have begun", first);
    let later = |metrics: &Metrics| (halved(metrics) >= halved_before + 5.0).then(|| runs(metrics));
    let ran = exporter.until("they have gone on", later) - runs_before;
    println!("{ran} runs of another KPI beside 5 windows of 2 s");
    // With both turns taken by turns it would have one run for three windows.
    assert!(ran >= 10.0, "{ran}\n{}", exporter.log());
}

#[tokio::test]
async fn days_of_downtime_are_caught_up_in_steps() {
    let Some(neo4j) = &shared() else { return };
    let create = "CREATE (:Gap {timestamp: datetime() - duration('PT30S'), kind: 'k'})";
    neo4j.write(create).await;
    let mut exporter = Setup::on("gap", neo4j)
        .config("[state]\npath = \"state\"\n")
        .kpi("kinds", &counter("gap_total"), &by_kind("Gap"))
        .start();
    let line = |n: u32| [format!("gap_total{{kind=\"k\",outcome=\"unknown\"}} {n}")];
    until_lines(&exporter, "gap/kinds", "gap_total", &line(1));
    exporter.kill();
    // It was last seen ten days ago; the event that it has counted was another one.
    move_cursor(exporter.folder(), "gap.kinds", -864_000);
    neo4j.write("MATCH (e:Gap) DELETE e").await;
    neo4j.write("UNWIND range(0, 239) AS i CREATE (:Gap {timestamp: datetime() - duration({hours: i, minutes: 1}), kind: 'k'})").await;
    exporter.start_again();
    until_lines(&exporter, "gap/kinds", "gap_total", &line(241));
    let log = exporter.log();
    assert!(
        log.contains("catching up") && log.contains("behind=9days 2"),
        "the first step is an hour: {log}"
    );
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let summary: serde_json::Value =
        serde_json::from_str(&exporter.get("/api/metrics/summary").body).unwrap();
    let graph = &summary["kpis"][0]["graphs"][0];
    let until = humantime::parse_rfc3339(graph["counted_until"].as_str().unwrap()).unwrap();
    assert!(
        now - until.duration_since(UNIX_EPOCH).unwrap().as_secs() < 60,
        "{graph}"
    );
    assert!(
        graph["window_lag_seconds"].as_f64().unwrap() < 60.0,
        "{graph}"
    );
    assert!(exporter.get("/").body.contains("counted to"));
}

#[tokio::test]
async fn a_value_that_cannot_be_added_stops_the_count_and_changes_nothing() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Minus {t: datetime() - duration('PT1M'), n: 5})")
        .await;
    let header = format!("name = \"minus_total\"\ntype = \"counter\"\n{WINDOW}");
    let query = "MATCH (e:Minus)\nWHERE e.t > $since AND e.t <= $until\nRETURN e.n AS value";
    let keep = Setup::on("minus", neo4j).kpi("keep", &header, query);
    let exporter = keep
        .kpi(
            "drop",
            &format!(
                "{}\non_error = \"drop\"",
                header.replace("minus_", "minus_drop_")
            ),
            query,
        )
        .start();
    until_lines(
        &exporter,
        "minus/keep",
        "minus_total",
        &["minus_total 5".to_owned()],
    );
    exporter.until_value("minus_drop_total", 5.0);
    neo4j
        .write("UNWIND [1, -1, 1] AS n CREATE (:Minus {t: datetime(), n: n})")
        .await;
    exporter.until("it fails", |metrics| {
        (metrics.errors("minus/keep", "value") >= 3.0).then_some(())
    });
    let metrics = exporter.metrics();
    assert_eq!(
        metrics.beginning("minus_total"),
        ["minus_total 5"],
        "totals stay unless the file says otherwise"
    );
    assert_eq!(metrics.beginning("minus_drop_total"), Vec::<&str>::new());
    assert!(
        exporter
            .log()
            .contains("expected a counter increment of at least 0 in the column `value`, found -1"),
        "{}",
        exporter.log()
    );
    neo4j.write("MATCH (e:Minus {n: -1}) DELETE e").await;
    exporter.until_value("minus_total", 7.0);
    exporter.until_value("minus_drop_total", 7.0);
}

#[tokio::test]
async fn a_row_that_cannot_be_counted_is_found_by_its_second_and_all_before_it_is_counted() {
    let Some(neo4j) = &shared() else { return };
    neo4j.write("UNWIND [[300, 5], [200, -1], [100, 2]] AS e CREATE (:Old {t: datetime('2026-11-01T12:34:56.5Z') - duration({days: e[0]}), n: e[1]})").await;
    let header = format!("name = \"old_total\"\ntype = \"counter\"\n{WINDOW}");
    let query = "MATCH (e:Old)\nWHERE e.t > $since AND e.t <= $until\nRETURN e.n AS value";
    let exporter = Setup::on("old", neo4j)
        .kpi("events", &header, query)
        .start();
    exporter.until("the second is named", |metrics| {
        (metrics.errors("old/events", "value") >= 2.0).then_some(())
    });
    exporter.until_value("old_total", 5.0);
    let log = exporter.log();
    let named = "expected a counter increment of at least 0 in the column `value`, found -1; in the shortest possible window, from 2026-04-15T12:34:56.000Z to 2026-04-15T12:34:57";
    assert!(log.contains(named), "{log}");
    assert_eq!(exporter.metrics().own("up", "old/events"), Some(0.0));
    neo4j.write("MATCH (e:Old {n: -1}) DELETE e").await;
    exporter.until_value("old_total", 7.0);
    exporter.until("it is in step", |metrics| {
        (lag(metrics, "old/events")? < 60.0).then_some(())
    });
}
