//! From a file and a graph to numbers: what a user writes, and what is on `/metrics`.

use std::time::{SystemTime, UNIX_EPOCH};

use test_support::exporter::Setup;
use test_support::neo4j::shared;

#[tokio::test]
async fn three_lines_make_a_metric_and_a_broken_file_stops_no_other() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("UNWIND ['a', 'b', 'b'] AS name CREATE (:Start {name: name})")
        .await;
    let exporter = Setup::on("start", neo4j)
        .file("x.cypher", "// Starters by name.\nMATCH (s:Start)\nRETURN s.name AS name, count(*) AS value\n")
        .file("misspelt.cypher", "// No value.\nMATCH (s:Start)\nRETURN s.name AS name, count(*) AS valve\n")
        .file("writes.cypher", "// It writes.\nMATCH (s:Start)\nSET s.x = 1 RETURN count(*) AS value\n")
        .file(
            "unknown.cypher",
            "// Only the server knows that there is no such function.\nRETURN\n  nope(1) AS value\n",
        )
        .start();

    exporter.until_value("start_x{name=\"b\"}", 2.0);
    exporter.until_ready(true);
    let metrics = exporter.metrics();
    assert_eq!(
        metrics.beginning("start_"),
        ["start_x{name=\"a\"} 1", "start_x{name=\"b\"} 2"]
    );
    assert!(
        metrics
            .0
            .contains("# HELP start_x Starters by name.\n# TYPE start_x gauge\n"),
        "{}",
        metrics.0
    );

    // Each mistake is shown with its place and a caret, in the log or by the server's own word.
    let log = exporter.log();
    for place in [
        "misspelt.cypher:3:18",
        "writes.cypher:3:1",
        "unknown.cypher:3:3: Unknown function 'nope'",
    ] {
        assert!(log.contains(place), "{place} is not in\n{log}");
    }
    assert!(log.contains("^^^"), "{log}");
    assert_eq!(metrics.errors("start/unknown", "statement"), 1.0);
    assert_eq!(metrics.own("up", "start/unknown"), Some(0.0));
    assert_eq!(metrics.own("up", "start/misspelt"), None);
    assert!(exporter.get("/").body.contains("Unknown function"));
}

#[tokio::test]
async fn what_vanishes_from_the_graph_vanishes_from_the_metrics() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Vanish {group: 'a', done: true}), (:Vanish {group: 'b', done: false})")
        .await;
    let query =
        "MATCH (v:Vanish)\nRETURN v.group AS group, count(CASE WHEN v.done THEN 1 END) AS value";
    let exporter = Setup::on("vanish", neo4j)
        .each_second("done", query)
        .start();

    // A zero is written as 0.
    exporter.until_value("vanish_done{group=\"b\"}", 0.0);
    assert_eq!(
        exporter.metrics().value("vanish_done{group=\"a\"}"),
        Some(1.0)
    );

    neo4j.write("MATCH (v:Vanish {group: 'a'}) DELETE v").await;
    exporter.until_gone("vanish_done{group=\"a\"}");
    assert_eq!(
        exporter.metrics().beginning("vanish_done"),
        ["vanish_done{group=\"b\"} 0"]
    );

    // No row is no series, and no failure.
    neo4j.write("MATCH (v:Vanish) DELETE v").await;
    exporter.until_gone("vanish_done");
    assert_eq!(exporter.metrics().own("up", "vanish/done"), Some(1.0));
    assert_eq!(exporter.metrics().own("series", "vanish/done"), Some(0.0));

    neo4j
        .write("CREATE (:Vanish {group: 'a', done: true})")
        .await;
    exporter.until_value("vanish_done{group=\"a\"}", 1.0);
}

#[tokio::test]
async fn a_failed_run_keeps_drops_or_replaces_the_values() {
    let Some(neo4j) = &shared() else { return };
    neo4j.write("CREATE (:Fault {name: 'a', by: 2})").await;
    let query = "MATCH (f:Fault)\nRETURN f.name AS name, 10 / f.by AS value";
    let exporter = Setup::on("fault", neo4j)
        .kpi("keep", "every = \"1s\"", query)
        .kpi("stale", "every = \"1s\"\nstale_after = \"3s\"", query)
        .kpi("drop", "every = \"1s\"\non_error = \"drop\"", query)
        .kpi("number", "every = \"1s\"\non_error = -1", query)
        .each_second("other", "RETURN 7 AS value")
        .start();
    let all = ["keep", "stale", "drop", "number"];
    let series = |kpi: &str| format!("fault_{kpi}{{name=\"a\"}}");
    for kpi in all {
        exporter.until_value(&series(kpi), 5.0);
    }

    neo4j.write("MATCH (f:Fault) SET f.by = 0").await;
    exporter.until_gone(&series("drop"));
    exporter.until_value(&series("number"), -1.0);
    exporter.until_gone(&series("stale"));
    exporter.until("two more failures", |metrics| {
        (metrics.errors("fault/stale", "server") >= 5.0).then_some(())
    });
    let metrics = exporter.metrics();
    assert_eq!(metrics.value(&series("keep")), Some(5.0));
    assert_eq!(metrics.value(&series("number")), Some(-1.0));
    assert_eq!(metrics.beginning("fault_stale"), Vec::<&str>::new());
    for kpi in all {
        assert_eq!(
            metrics.own("up", &format!("fault/{kpi}")),
            Some(0.0),
            "{kpi}"
        );
    }
    // A query that fails is not a graph that is away.
    assert_eq!(
        metrics.value("cypher_exporter_graph_up{graph=\"default\"}"),
        Some(1.0)
    );
    assert_eq!(metrics.own("up", "fault/other"), Some(1.0));
    assert!(exporter.log().contains("/ by zero"), "{}", exporter.log());

    neo4j.write("MATCH (f:Fault) SET f.by = 5").await;
    for kpi in all {
        exporter.until_value(&series(kpi), 2.0);
        assert_eq!(
            exporter.metrics().own("up", &format!("fault/{kpi}")),
            Some(1.0),
            "{kpi}"
        );
    }
}

#[tokio::test]
async fn the_exporter_reports_the_runs_of_each_kpi() {
    let Some(neo4j) = &shared() else { return };
    let rows = "UNWIND [['a', 1.0], ['b', null], ['c', 0.0 / 0.0]] AS row\nRETURN row[0] AS name, row[1] AS value";
    let exporter = Setup::on("own", neo4j).each_second("rows", rows).start();
    let runs = "cypher_exporter_kpi_runs_total{kpi=\"own/rows\"}";
    exporter.until("three runs", |metrics| {
        (metrics.value(runs)? >= 3.0).then_some(())
    });

    let metrics = exporter.metrics();
    assert_eq!(metrics.beginning("own_rows"), ["own_rows{name=\"a\"} 1"]);
    let own = |name: &str| {
        metrics
            .own(name, "own/rows")
            .unwrap_or_else(|| panic!("no {name} in\n{}", metrics.0))
    };
    for (name, value) in [
        ("up", 1.0),
        ("interval_seconds", 1.0),
        ("rows", 3.0),
        ("series", 1.0),
    ] {
        assert_eq!(own(name), value, "{name}");
    }
    assert!((0.0..1.0).contains(&own("duration_seconds")));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    assert!((now - own("last_success_timestamp_seconds")).abs() < 5.0);
    for reason in ["null_value", "nan_value"] {
        let series = format!(
            "cypher_exporter_kpi_skipped_rows_total{{kpi=\"own/rows\",reason=\"{reason}\"}}"
        );
        assert_eq!(
            metrics.value(&series),
            metrics.value(runs),
            "one of each run"
        );
    }
    assert_eq!(
        metrics.beginning("cypher_exporter_kpi_errors_total"),
        Vec::<&str>::new()
    );
    assert_eq!(
        metrics.value("cypher_exporter_graph_up{graph=\"default\"}"),
        Some(1.0)
    );
    assert_eq!(metrics.beginning("cypher_exporter_build_info").len(), 1);
}
