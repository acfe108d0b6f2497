//! Events that arrive while the exporter runs.

use crate::window::events::{Writer, Written, by_kind, counter, histogram, sizes, until_lines};
use test_support::exporter::Setup;
use test_support::neo4j::shared;

#[tokio::test]
async fn every_event_of_several_writers_is_counted_once() {
    let Some(neo4j) = &shared() else { return };
    let exporter = Setup::on("live", neo4j)
        .kpi("kinds", &counter("live_kinds_total"), &by_kind("Live"))
        .kpi("sizes", &histogram("live_sizes"), &sizes("Live"))
        .start();
    let writers: Vec<_> = (0..4)
        .map(|seed| {
            let mut writer = Writer::new(neo4j, "Live", seed);
            tokio::spawn(async move {
                for _ in 0..60 {
                    writer.write().await;
                }
                writer.written
            })
        })
        .collect();
    let mut written = Written::default();
    for writer in writers {
        written.join(writer.await.unwrap());
    }
    until_lines(
        &exporter,
        "live/kinds",
        "live_kinds",
        &written.counter("live_kinds_total"),
    );
    until_lines(
        &exporter,
        "live/sizes",
        "live_sizes",
        &written.histogram("live_sizes"),
    );
    let metrics = exporter.metrics();
    for kpi in ["live/kinds", "live/sizes"] {
        assert_eq!(metrics.own("up", kpi), Some(1.0));
        assert!(
            metrics.own("runs_total", kpi).unwrap() > 5.0,
            "the events came in one window"
        );
    }
    println!(
        "{} events in {} windows",
        written.count(),
        metrics.own("runs_total", "live/kinds").unwrap()
    );
}

#[tokio::test]
async fn each_graph_has_a_count_and_a_state_of_its_own() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Two {timestamp: datetime() - duration('PT1M'), kind: 'k'})")
        .await;
    let mut exporter = Setup::new("two")
        .graph("graphs.east", neo4j, "")
        .graph("graphs.west", neo4j, "")
        .config("[state]\npath = \"state\"\n")
        .kpi("kinds", &counter("two_total"), &by_kind("Two"))
        .start();
    let series =
        |graph: &str| format!("two_total{{graph=\"{graph}\",kind=\"k\",outcome=\"unknown\"}}");
    let lag = |graph: &str| {
        format!("cypher_exporter_kpi_window_lag_seconds{{graph=\"{graph}\",kpi=\"two/kinds\"}}")
    };
    for graph in ["east", "west"] {
        exporter.until_value(&series(graph), 1.0);
        assert!(exporter.metrics().value(&lag(graph)).is_some());
    }
    exporter.kill();
    exporter.start_again();
    let restored = exporter.metrics();
    assert_eq!(
        ["east", "west"].map(|graph| restored.value(&series(graph))),
        [Some(1.0); 2]
    );
}

#[tokio::test]
async fn a_refresh_counts_what_is_new() {
    let Some(neo4j) = &shared() else { return };
    let header = counter("fresh_total")
        .replace("every = \"100ms\"", "every = \"1h\"")
        .replace("lag = \"2s\"", "lag = \"0s\"");
    let exporter = Setup::on("fresh", neo4j)
        .web("lifecycle = true")
        .kpi("kinds", &header, &by_kind("Fresh"))
        .start();
    exporter.until_ready(true);
    for n in 1..=3 {
        neo4j
            .write("CREATE (:Fresh {timestamp: datetime(), kind: 'k'})")
            .await;
        // The graph's clock may be known a little late: then it is the next one that counts it.
        exporter.until("a refresh counts it", |_| {
            let answer = exporter.post("/api/metrics/refresh?kpi=fresh/kinds");
            assert_eq!(answer.status, 200, "{}", answer.body);
            let found = exporter
                .metrics()
                .value("fresh_total{kind=\"k\",outcome=\"unknown\"}");
            assert!(found.unwrap_or_default() <= f64::from(n));
            (found == Some(f64::from(n))).then_some(())
        });
    }
}
