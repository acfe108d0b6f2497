//! A run costs what is new, not what the graph holds: measured, and told as ratios.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cypher::UnixMillis;
use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::{self, Defaults, Kpi, Source};
use cypher_exporter::measure::Totals;
use cypher_exporter::schedule;

use test_support::neo4j::{Neo4j, Options};

const NEW: usize = 1000;
const ROUNDS: usize = 200;

fn kpi(name: &str, label: &str, window: bool) -> Arc<Kpi> {
    let (mode, of_window) = if window {
        (
            "mode = \"window\"\n",
            "WHERE e.t > $since AND e.t <= $until ",
        )
    } else {
        ("on_duplicate = \"sum\"\n", "")
    };
    let query = format!("MATCH (e:{label}) {of_window}RETURN e.kind AS kind, count(*) AS value");
    let text = format!(
        "// Events.\n/*kpi\nname = \"{name}_total\"\ntype = \"counter\"\ntimeout = \"5m\"\n{mode}*/\n{query}"
    );
    let source = Source {
        path: format!("queries/p/{name}.cypher"),
        pack: "p".into(),
        text,
    };
    let catalog = kpi::load(
        &[source],
        &[],
        &Defaults {
            every: Duration::from_secs(60),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}

async fn fill(neo4j: &Neo4j, label: &str, stored: usize) {
    neo4j
        .write(&format!(
            "CREATE INDEX {label} IF NOT EXISTS FOR (e:{label}) ON (e.t)"
        ))
        .await;
    let event = |ago: &str| {
        format!(
            "CREATE (:{label} {{t: datetime() - duration({{{ago}}}), kind: 'kind ' + (i % 20), size: i}})"
        )
    };
    let old = event("minutes: 60 + i % 100000");
    // A statement of the driver that takes longer than half a minute is lost.
    for from in (0..stored).step_by(100_000) {
        let to = from + 99_999;
        neo4j
            .write(&format!(
                "UNWIND range({from}, {to}) AS i CALL (i) {{ {old} }} IN TRANSACTIONS OF 20000 ROWS"
            ))
            .await;
    }
    neo4j
        .write(&format!(
            "UNWIND range(1, {NEW}) AS i {}",
            event("seconds: 30")
        ))
        .await;
    neo4j.write("CALL db.awaitIndexes(600)").await;
}

async fn time(graph: &Graph, kpi: &Kpi) -> Duration {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let until = UnixMillis(i64::try_from(now).unwrap());
    let since = UnixMillis(until.0 - 30 * 60 * 1000);
    let mut turn = graph.acquire().await;
    let begin = Instant::now();
    let run = if kpi.window().is_some() {
        schedule::window(
            kpi,
            &mut turn,
            &mut Totals::default(),
            since,
            until,
            &mut |_| {},
        )
        .await
    } else {
        schedule::run(kpi, &mut turn, &mut |_| {}).await
    };
    let took = begin.elapsed();
    assert_eq!(run.into_result().unwrap().rows, 20);
    took
}

/// The median times of runs that take turns, so that what else the machine does falls on all of
/// them.
async fn times<const N: usize>(graph: &Graph, kpis: [&Kpi; N], rounds: usize) -> [Duration; N] {
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..rounds {
        for (kpi, times) in kpis.iter().zip(&mut times) {
            times.push(time(graph, kpi).await);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

#[tokio::test]
#[ignore = "fills a graph with two million events, which takes minutes: cargo test --test neo4j growth -- --ignored --nocapture"]
async fn a_run_costs_what_is_new() {
    let Some(neo4j) = Neo4j::start(Options::default()) else {
        return;
    };
    let (small, big) = (100_000, 2_000_000);
    fill(&neo4j, "Small", small).await;
    fill(&neo4j, "Big", big).await;
    let graph = Graph::Bolt(Bolt::new(neo4j.settings()));
    let (of_small, of_big) = (kpi("small", "Small", true), kpi("big", "Big", true));
    let snapshot = kpi("snapshot", "Big", false);
    // The first runs are planning and warming up.
    times(&graph, [&of_small, &of_big], ROUNDS).await;
    let [of_small, of_big] = times(&graph, [&of_small, &of_big], ROUNDS).await;
    let [whole] = times(&graph, [&snapshot], 5).await;
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!(
        "a window of {NEW} new events: {of_small:?} beside {small} stored ones, {of_big:?} beside {big}: {:.2} times",
        ratio(of_big, of_small)
    );
    println!(
        "the snapshot over {big}: {whole:?}, {:.0} times the window",
        ratio(whole, of_big)
    );
}
