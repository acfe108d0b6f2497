//! When KPIs run: on their beat, never twice at once, and no more of them than the graph is to
//! bear.

use std::time::{Duration, Instant};

use crate::serve::observer::{ENDLESS, Observer};
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::shared;
use test_support::wait::PATIENCE;

fn runs(exporter: &Exporter, kpi: &str) -> f64 {
    exporter.metrics().own("runs_total", kpi).unwrap()
}

fn until_runs(exporter: &Exporter, kpi: &str, count: f64) {
    let reached = |runs: f64| (runs >= count).then_some(());
    exporter.until(&format!("{count} runs of {kpi}"), |metrics| {
        reached(metrics.own("runs_total", kpi)?)
    });
}

#[tokio::test]
async fn cron_and_intervals_keep_their_beat() {
    let Some(neo4j) = &shared() else { return };
    let begin = Instant::now();
    let exporter = Setup::on("beat", neo4j)
        .kpi("cron", "cron = \"* * * * * *\"", "RETURN 1 AS value")
        .kpi("interval", "every = \"1s\"", "RETURN 1 AS value")
        .kpi("rarely", "every = \"1h\"", "RETURN 1 AS value")
        .start();
    for kpi in ["beat/cron", "beat/interval"] {
        until_runs(&exporter, kpi, 5.0);
    }
    let took = begin.elapsed();
    // Never faster than the beat.
    assert!(took > Duration::from_secs(3), "{took:?}");
    for kpi in ["beat/cron", "beat/interval"] {
        let runs = runs(&exporter, kpi);
        let took = begin.elapsed();
        assert!(
            runs <= took.as_secs_f64() + 3.0,
            "{kpi}: {runs} runs in {took:?}"
        );
    }
    assert_eq!(runs(&exporter, "beat/rarely"), 1.0);
}

#[tokio::test]
async fn a_kpi_slower_than_its_interval_never_runs_twice_at_once() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    let exporter = Setup::on("overlap", neo4j)
        .kpi(
            "interval",
            "every = \"500ms\"\ntimeout = \"1200ms\"",
            ENDLESS,
        )
        .kpi(
            "cron",
            "cron = \"* * * * * *\"\ntimeout = \"1200ms\"",
            ENDLESS,
        )
        .start();
    let mut most = 0;
    let failures = |kpi| exporter.metrics().errors(kpi, "timeout");
    let deadline = Instant::now() + PATIENCE;
    while failures("overlap/interval") < 4.0 || failures("overlap/cron") < 3.0 {
        for kpi in ["overlap/interval", "overlap/cron"] {
            most = most.max(observer.running(kpi).await);
        }
        assert!(Instant::now() < deadline, "{}", exporter.log());
    }
    assert_eq!(most, 1);
}

#[tokio::test]
async fn no_more_queries_run_at_the_same_time_than_allowed() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    // Each takes some 0.3 s on an idle machine.
    let query = "UNWIND range(1, 700) AS a UNWIND range(1, 1500) AS b WITH a, b WHERE a + b < 0\nRETURN count(*) AS value";
    let setup = Setup::new("crowd").graph("graph", neo4j, "max_concurrent = 2");
    let kpis: Vec<String> = (0..12).map(|n| format!("k{n}")).collect();
    let add =
        |setup: Setup, kpi: &String| setup.kpi(kpi, "every = \"1h\"\ntimeout = \"1m\"", query);
    let begin = Instant::now();
    let exporter = kpis.iter().fold(setup, add).start();
    let mut most = 0;
    let finished = || {
        exporter
            .metrics()
            .beginning("cypher_exporter_kpi_last_success")
            .len()
    };
    while finished() < kpis.len() {
        most = most.max(observer.running("crowd/").await);
        assert!(begin.elapsed() < 2 * PATIENCE, "{}", exporter.log());
    }
    assert!((1..=2).contains(&most), "{most}");
}

#[tokio::test]
async fn a_kpi_that_waits_longer_than_its_timeout_does_not_fail() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    let endless = "every = \"1h\"\ntimeout = \"20s\"";
    let exporter = Setup::new("waits")
        .web("lifecycle = true")
        .graph("graph", neo4j, "max_concurrent = 2")
        .kpi("one", endless, ENDLESS)
        .kpi("two", endless, ENDLESS)
        .kpi(
            "short",
            "every = \"1h\"\ntimeout = \"5s\"",
            "RETURN 7 AS value",
        )
        .start();
    // Two endless queries hold both permits; the third KPI gets one when a query has timed out.
    for kpi in ["waits/one", "waits/two"] {
        observer.until_running(kpi, 1).await;
    }
    let answer = exporter.post("/api/metrics/refresh?kpi=waits/short");
    assert_eq!(answer.status, 200, "{}", answer.body);
    exporter.until("an endless query has timed out", |metrics| {
        let timeouts = |kpi| metrics.errors(kpi, "timeout");
        (timeouts("waits/one") + timeouts("waits/two") >= 1.0).then_some(())
    });
    exporter.until_value("waits_short", 7.0);
    let metrics = exporter.metrics();
    assert_eq!(metrics.errors("waits/short", "timeout"), 0.0);
    assert_eq!(metrics.own("up", "waits/short"), Some(1.0));
}

#[tokio::test]
async fn an_exporter_that_was_stopped_for_a_while_goes_on() {
    let Some(neo4j) = &shared() else { return };
    let exporter = Setup::on("stopped", neo4j)
        .each_second("interval", "RETURN 1 AS value")
        .kpi("cron", "cron = \"* * * * * *\"", "RETURN 1 AS value")
        .start();
    for kpi in ["stopped/interval", "stopped/cron"] {
        until_runs(&exporter, kpi, 2.0);
    }
    exporter.signal("STOP");
    // It is this time itself that the test is about: several intervals pass.
    tokio::time::sleep(Duration::from_millis(3500)).await;
    exporter.signal("CONT");
    for kpi in ["stopped/interval", "stopped/cron"] {
        until_runs(&exporter, kpi, runs(&exporter, kpi) + 3.0);
        assert_eq!(exporter.metrics().own("up", kpi), Some(1.0));
    }
}

#[tokio::test]
async fn kpis_that_hang_leave_a_permit_to_the_others() {
    let Some(neo4j) = shared() else { return };
    let hangs = "every = \"500ms\"\ntimeout = \"2s\"";
    let exporter = Setup::new("hang")
        .graph("graph", &neo4j, "max_concurrent = 2\n")
        .kpi("one", hangs, ENDLESS)
        .kpi("two", hangs, ENDLESS)
        .each_second("other", "RETURN 7 AS value")
        .start();
    let timeouts = |kpi: &str| exporter.metrics().errors(kpi, "timeout");
    exporter.until("each has timed out", |metrics| {
        let timed_out = |kpi| metrics.errors(kpi, "timeout") >= 1.0;
        (timed_out("hang/one") && timed_out("hang/two")).then_some(())
    });
    let both = || timeouts("hang/one") + timeouts("hang/two");
    let (before, ran) = (both(), runs(&exporter, "hang/other"));
    exporter.until("four more timeouts", |_| {
        (both() >= before + 4.0).then_some(())
    });
    // One after the other they take 8 s; together they would take 4 s, and the other KPI would wait
    // for them.
    let ran = runs(&exporter, "hang/other") - ran;
    assert!(ran >= 4.0, "{ran} runs");
}
