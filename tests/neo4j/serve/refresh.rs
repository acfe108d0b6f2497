//! `POST /api/metrics/refresh`: runs now, for those who may ask.

use std::thread;

use serde_json::Value;

use crate::serve::observer::Observer;
use test_support::exporter::{Exporter, Response, Setup};
use test_support::neo4j::shared;

fn json(answer: &Response) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

fn runs(exporter: &Exporter, kpi: &str) -> f64 {
    exporter.metrics().own("runs_total", kpi).unwrap()
}

#[tokio::test]
async fn refreshing_is_forbidden_unless_the_settings_allow_it() {
    let Some(neo4j) = &shared() else { return };
    let exporter = Setup::on("forbidden", neo4j)
        .kpi("one", "every = \"1h\"", "RETURN 1 AS value")
        .start();
    exporter.until_value("forbidden_one", 1.0);
    let answer = exporter.post("/api/metrics/refresh");
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("lifecycle = true"), "{}", answer.body);
    assert_eq!(runs(&exporter, "forbidden/one"), 1.0);
    assert_eq!(exporter.get("/api/metrics/refresh").status, 405);
}

#[tokio::test]
async fn a_refresh_runs_now_and_reports_its_outcome() {
    let Some(neo4j) = &shared() else { return };
    let exporter = Setup::on("refresh", neo4j)
        .web("lifecycle = true")
        .kpi(
            "good",
            "every = \"1h\"",
            "UNWIND ['a', 'b'] AS name\nRETURN name, timestamp() AS value",
        )
        .kpi("bad", "every = \"1h\"", "RETURN 1 / 0 AS value")
        .start();
    exporter.until_ready(true);
    let before = exporter
        .metrics()
        .value("refresh_good{name=\"a\"}")
        .unwrap();

    let answer = exporter.post("/api/metrics/refresh?kpi=refresh/good");
    let report = json(&answer);
    assert_eq!(
        (answer.status, &report["status"]),
        (200, &"success".into()),
        "{report}"
    );
    let kpi = &report["kpis"][0];
    assert_eq!(
        (&kpi["id"], &kpi["rows"], &kpi["series"]),
        (&"refresh/good".into(), &2.into(), &2.into()),
        "{report}"
    );
    // What the answer tells of is there to be scraped.
    let metrics = exporter.metrics();
    assert!(metrics.value("refresh_good{name=\"a\"}").unwrap() > before);
    assert_eq!(metrics.own("runs_total", "refresh/good"), Some(2.0));
    assert_eq!(metrics.own("runs_total", "refresh/bad"), Some(1.0));

    let answer = exporter.post("/api/metrics/refresh");
    let report = json(&answer);
    assert_eq!(
        (answer.status, report["kpis"].as_array().unwrap().len()),
        (502, 2),
        "{report}"
    );
    let bad = report["kpis"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kpi| kpi["id"] == "refresh/bad")
        .unwrap();
    assert!(
        bad["error"].as_str().unwrap().contains("/ by zero"),
        "{report}"
    );

    let answer = exporter.post("/api/metrics/refresh?kpi=refresh/nope");
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("refresh/nope"), "{}", answer.body);
}

#[tokio::test]
async fn refreshes_during_a_run_share_the_next_one() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    let query = "UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b WITH a, b WHERE a + b < 0\nRETURN count(*) AS value";
    let exporter = Setup::on("share", neo4j)
        .web("lifecycle = true")
        .kpi("slow", "every = \"1h\"", query)
        .start();
    // The first run, which begins with the program.
    observer.until_running("share/slow", 1).await;
    thread::scope(|scope| {
        let ask = || json(&exporter.post("/api/metrics/refresh?kpi=share/slow"));
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        for answer in asked {
            assert_eq!(answer.join().unwrap()["status"], "success");
        }
    });
    // A run that had begun before they asked does not count for them; of one that begins later all
    // have their share.
    let runs = runs(&exporter, "share/slow");
    assert!((2.0..=3.0).contains(&runs), "{runs} runs");
}
