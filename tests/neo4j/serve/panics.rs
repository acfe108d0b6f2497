//! Data that makes the driver panic or recurse: the run fails, and everything else goes on.

use test_support::exporter::{Metrics, Setup};
use test_support::neo4j::shared;

/// The driver's date arithmetic panics on it.
const DATE: &str = "datetime({year: 262143, month: 1, day: 1, hour: 10, timezone: '+18:00'})";

#[tokio::test]
async fn a_panic_in_a_run_is_a_failed_run() {
    let Some(neo4j) = shared() else { return };
    neo4j.write("CREATE (:Panic {due: 1})").await;
    let exporter = Setup::on("panic", &neo4j)
        .each_second("due", "MATCH (t:Panic) RETURN t.due AS due, count(*) AS value")
        .kpi(
            "total",
            "every = \"1s\"\nname = \"panic_total\"\ntype = \"counter\"\nmode = \"window\"\nlag = \"2s\"",
            "MATCH (t:Panic) WHERE t.at > $since AND t.at <= $until RETURN t.due AS due, 1 AS value",
        )
        .each_second("other", "RETURN 7 AS value")
        .start();
    exporter.until_value("panic_due{due=\"1\"}", 1.0);
    neo4j
        .write(&format!(
            "MATCH (t:Panic) SET t.due = {DATE}, t.at = datetime()"
        ))
        .await;
    for kpi in ["panic/due", "panic/total"] {
        exporter.until("two failures", |metrics| {
            (metrics.errors(kpi, "internal") >= 2.0).then_some(())
        });
        assert_eq!(exporter.metrics().own("up", kpi), Some(0.0), "{kpi}");
    }
    let health = exporter.get("/api/metrics/health").body;
    assert!(health.contains("\"degraded\""), "{health}");
    assert_eq!(exporter.metrics().own("up", "panic/other"), Some(1.0));
    assert!(
        exporter.log().contains("reason=\"internal\""),
        "{}",
        exporter.log()
    );

    // The next run comes as scheduled, and the event is counted then.
    neo4j.write("MATCH (t:Panic) SET t.due = 2").await;
    exporter.until_value("panic_due{due=\"2\"}", 1.0);
    exporter.until_value("panic_total{due=\"2\"}", 1.0);
    neo4j.write("MATCH (t:Panic) DELETE t").await;
}

#[tokio::test]
async fn a_deeply_nested_list_is_an_error_of_its_kpi() {
    let Some(neo4j) = shared() else { return };
    neo4j.write("CREATE (:Deep {depth: 0})").await;
    let exporter = Setup::on("deep", &neo4j)
        .kpi(
            "list",
            "every = \"1s\"\ntimeout = \"3s\"",
            "MATCH (d:Deep) RETURN d.depth AS depth, reduce(x = [], i IN range(1, d.depth) | [x]) AS value",
        )
        .each_second("other", "RETURN 7 AS value")
        .start();
    let runs = |metrics: &Metrics| metrics.own("runs_total", "deep/list");
    neo4j.write("MATCH (d:Deep) SET d.depth = 500").await;
    let lists = |metrics: &Metrics| metrics.errors("deep/list", "value");
    let before = lists(&exporter.metrics());
    // The first run may have begun before the write, but not the second.
    exporter.until("a list of 500 levels is decoded", |metrics| {
        (lists(metrics) >= before + 2.0).then_some(())
    });
    // Of more than some thousand levels, depending on how warm it is, the server itself fails or
    // falls silent.
    for depth in [4_500, 8_000, 12_000] {
        neo4j
            .write(&format!("MATCH (d:Deep) SET d.depth = {depth}"))
            .await;
        let before = runs(&exporter.metrics()).unwrap();
        exporter.until("two more runs", |metrics| {
            (runs(metrics)? >= before + 2.0).then_some(())
        });
        assert_eq!(exporter.metrics().own("up", "deep/list"), Some(0.0));
    }
    assert_eq!(exporter.metrics().own("up", "deep/other"), Some(1.0));
    neo4j.write("MATCH (d:Deep) DELETE d").await;
}
