//! Compares a run of a million rows on Neo4j with draining the same rows from the driver.
//!
//! Draining, a first run and a run with known labels alternate, so that other load affects all
//! three.
#![allow(clippy::unwrap_used, reason = "a benchmark panics on failure")]
#![allow(clippy::print_stdout, reason = "it prints its table")]

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::{Defaults, Kpi, Source, load};
use cypher_exporter::metric::Samples;
use cypher_exporter::schedule::run_after;
use test_support::neo4j::{Neo4j, Options};

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 3;

/// The batch size of the exporter.
const FETCH: usize = 1000;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let Some(neo4j) = Neo4j::start(Options::default()) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(compare(&neo4j));
}

/// Elapsed time and CPU time of this process.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
}

async fn compare(neo4j: &Neo4j) {
    let kpi = kpi();
    let driver = driver(neo4j);
    let graph = Graph::Bolt(Bolt::new(neo4j.settings()));
    // Warms up the server's just-in-time compiler.
    drain(&driver, &kpi).await;
    let (mut drained, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        drained.push(drain(&driver, &kpi).await);
        let (cost, points) = collect(&graph, &kpi, &[]).await;
        first.push(cost);
        again.push(collect(&graph, &kpi, &points).await.0);
    }
    println!(
        "| {ROWS} rows, {ROUNDS} rounds | s | client CPU s | client CPU us per row | time relative to draining, per round |"
    );
    println!("|---|---|---|---|---|");
    for (what, costs) in [
        ("draining", &drained),
        ("first run", &first),
        ("run with known labels", &again),
    ] {
        show(what, costs, &drained);
    }
}

fn show(what: &str, costs: &[Cost], drained: &[Cost]) {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let wall = middle(costs.iter().map(|cost| cost.wall.as_secs_f64()).collect());
    let cpu = middle(costs.iter().map(|cost| cost.cpu.as_secs_f64()).collect());
    let ratios = costs
        .iter()
        .zip(drained)
        .map(|(cost, other)| cost.wall.as_secs_f64() / other.wall.as_secs_f64());
    let ratios: Vec<_> = ratios.map(|ratio| format!("{ratio:.2}")).collect();
    println!(
        "| {what} | {wall:.2} | {cpu:.2} | {:.2} | {} |",
        cpu * 1e6 / ROWS as f64,
        ratios.join(", ")
    );
}

/// CPU time of this process so far.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

async fn measured<T>(work: impl Future<Output = T>) -> (Cost, T) {
    let (wall, before) = (Instant::now(), cpu());
    let result = work.await;
    (
        Cost {
            wall: wall.elapsed(),
            cpu: cpu() - before,
        },
        result,
    )
}

async fn collect(graph: &Graph, kpi: &Kpi, last: &[Arc<Samples>]) -> (Cost, Vec<Arc<Samples>>) {
    let mut permit = graph.acquire().await;
    let (cost, run) = measured(run_after(kpi, last, &mut permit, &mut |_| {})).await;
    let measured = run.into_result().unwrap();
    assert_eq!(measured.series(), ROWS);
    (cost, measured.samples)
}

fn driver(neo4j: &Neo4j) -> neo4rs::Graph {
    let config = neo4rs::ConfigBuilder::default()
        .uri(neo4j.uri())
        .user(neo4j.user())
        .password(neo4j.password());
    neo4rs::Graph::connect(config.fetch_size(FETCH).build().unwrap()).unwrap()
}

async fn drain(driver: &neo4rs::Graph, kpi: &Kpi) -> Cost {
    let drained = measured(async {
        let mut rows = driver
            .execute_read(neo4rs::query(&kpi.query))
            .await
            .unwrap();
        let mut count = 0;
        while rows.next().await.unwrap().is_some() {
            count += 1;
        }
        count
    });
    let (cost, rows) = drained.await;
    assert_eq!(rows, ROWS);
    cost
}

fn kpi() -> Arc<Kpi> {
    let text = format!(
        "// A million.\n/*kpi\ntimeout = \"10m\"\nmax_series = {ROWS}\n*/\nUNWIND range(0, {}) AS n\n\
         RETURN 'node-' + toString(n / 100) AS node, 'sensor-' + toString(n % 100) AS sensor, n * 1.2345 AS value\n",
        ROWS - 1
    );
    let source = Source {
        path: "queries/p/million.cypher".into(),
        pack: "p".into(),
        text,
    };
    let catalog = load(
        &[source],
        &[],
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}
