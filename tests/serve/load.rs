//! Queries that ask too much: they end here and on the server, and the others go on.

use std::time::Instant;

use crate::observer::{ENDLESS, Observer};
use crate::support::exporter::{Exporter, Setup};
use crate::support::neo4j::shared;

/// Waits until the quick KPI has run twice more.
fn others_go_on(exporter: &Exporter, kpi: &str) {
    let runs = exporter.metrics().own("runs_total", kpi).unwrap();
    exporter.until("the others go on", |metrics| (metrics.own("runs_total", kpi)? >= runs + 2.0).then_some(()));
    assert_eq!(exporter.metrics().own("up", kpi), Some(1.0));
}

#[tokio::test]
async fn a_slow_query_ends_at_its_timeout_here_and_on_the_server() {
    let Some(neo4j) = shared() else { return };
    let observer = Observer::of(neo4j);
    let exporter = Setup::on("slow", neo4j)
        .kpi("endless", "every = \"1h\"\ntimeout = \"3s\"", ENDLESS)
        .each_second("quick", "RETURN 1 AS value")
        .start();
    observer.until_running("slow/endless", 1).await;
    others_go_on(&exporter, "slow/quick");
    exporter.until("it fails", |metrics| (metrics.errors("slow/endless", "timeout") == 1.0).then_some(()));
    observer.until_running("slow/endless", 0).await;

    let took = exporter.metrics().own("duration_seconds", "slow/endless").unwrap();
    assert!((2.9..5.0).contains(&took), "{took}");
    assert!(exporter.log().contains("no answer within 3s"), "{}", exporter.log());
    assert_eq!(exporter.metrics().value("cypher_exporter_graph_up{graph=\"default\"}"), Some(1.0));
    others_go_on(&exporter, "slow/quick");
}

#[tokio::test]
async fn a_million_rows_are_refused_early_and_cost_no_memory() {
    let Some(neo4j) = shared() else { return };
    let observer = Observer::of(neo4j);
    let begin = Instant::now();
    let exporter = Setup::on("million", neo4j)
        .kpi("rows", "every = \"1h\"", "UNWIND range(1, 1000000) AS n\nRETURN toString(n) AS n, 1 AS value")
        .each_second("quick", "RETURN 1 AS value")
        .start();
    exporter.until("it fails", |metrics| (metrics.errors("million/rows", "max_series") == 1.0).then_some(()));
    let metrics = exporter.metrics();
    let took = metrics.own("duration_seconds", "million/rows").unwrap();
    println!("a million rows: refused after {took} s, {:?} after the start", begin.elapsed());
    // All rows would take longer than this even where nothing else runs.
    assert!(took < 10.0, "{took}");
    observer.until_running("million/rows", 0).await;
    assert_eq!(metrics.beginning("million_rows"), Vec::<&str>::new());
    others_go_on(&exporter, "million/quick");
    let peak = exporter.peak_memory() / 1_000_000;
    println!("a million rows: {peak} MB at most");
    assert!(peak < 100, "{peak} MB");
}
