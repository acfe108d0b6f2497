//! The program is killed at any moment: nothing is lost, nothing is counted twice, and what was
//! seen is never taken back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::window::events::{Writer, Written, by_kind, counter, histogram, sizes, until_lines};
use test_support::exporter::{Exporter, Metrics, Setup};
use test_support::neo4j::{Neo4j, shared};
use test_support::random::Random;

const STATE: &str = "[state]\npath = \"state\"\n";

/// All samples of the two KPIs, by series.
fn seen(metrics: &Metrics) -> BTreeMap<String, f64> {
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        (series.to_owned(), value.parse().unwrap())
    };
    metrics
        .beginning("killed_")
        .into_iter()
        .map(sample)
        .collect()
}

/// Nothing that was seen is smaller or gone.
fn only_grows(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>, when: &str) {
    for (series, value) in before {
        let now = after
            .get(series)
            .unwrap_or_else(|| panic!("{when}: {series} was {value} and is gone"));
        assert!(now >= value, "{when}: {series} was {value} and is {now}");
    }
}

async fn survives(neo4j: &Neo4j, label: &'static str, kills: usize) {
    let mut exporter = Setup::on("killed", neo4j)
        .config(STATE)
        .kpi("kinds", &counter("killed_kinds_total"), &by_kind(label))
        .kpi("sizes", &histogram("killed_sizes"), &sizes(label))
        .start();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..3)
        .map(|seed| write_until(&stop, Writer::new(neo4j, label, seed)))
        .collect();

    let begin = Instant::now();
    let mut random = Random::new(kills as u64);
    let mut last = BTreeMap::new();
    let mut starts = Duration::ZERO;
    let mut lives_that_counted = 0;
    for kill in 1..=kills {
        let at_start = last.clone();
        // Some lives end before their first run, the others after a few, and all of them at any
        // moment.
        let runs = random.below(4) as f64;
        look_until(&exporter, &mut last, |metrics| {
            metrics.own("runs_total", "killed/kinds") >= Some(runs)
        });
        let end = Instant::now() + Duration::from_millis(random.below(150) as u64);
        look_until(&exporter, &mut last, |_| Instant::now() >= end);
        lives_that_counted += usize::from(last != at_start);
        exporter.kill();
        let start = Instant::now();
        exporter.start_again();
        starts += start.elapsed();
        let restored = seen(&exporter.metrics());
        only_grows(&last, &restored, &format!("after kill {kill}"));
        last = restored;
    }
    assert!(
        lives_that_counted >= kills / 4,
        "{lives_that_counted} of {kills} lives counted anything"
    );
    stop.store(true, Ordering::Relaxed);
    let mut written = Written::default();
    for writer in writers {
        written.join(writer.await.unwrap());
    }
    until_lines(
        &exporter,
        "killed/kinds",
        "killed_kinds",
        &written.counter("killed_kinds_total"),
    );
    until_lines(
        &exporter,
        "killed/sizes",
        "killed_sizes",
        &written.histogram("killed_sizes"),
    );
    let discarded = exporter
        .metrics()
        .beginning("cypher_exporter_state_discarded_total")
        .join("\n");
    assert!(!discarded.contains("} 1"), "{discarded}");
    println!(
        "{kills} kills in {:?}, {lives_that_counted} of them after something was counted; {:?} for a start on average, {} events",
        begin.elapsed(),
        starts / u32::try_from(kills).unwrap(),
        written.count()
    );
}

fn write_until(stop: &Arc<AtomicBool>, mut writer: Writer) -> tokio::task::JoinHandle<Written> {
    let stop = stop.clone();
    tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            writer.write().await;
            // A pause keeps the graph small over many kills; nothing waits for it.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        writer.written
    })
}

/// Scrapes at least once, and until it is enough: what is seen only grows.
fn look_until(
    exporter: &Exporter,
    last: &mut BTreeMap<String, f64>,
    mut enough: impl FnMut(&Metrics) -> bool,
) {
    exporter.until("it is enough", |metrics| {
        let now = seen(metrics);
        only_grows(last, &now, "between kills");
        *last = now;
        enough(metrics).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_under_live_writes() {
    let Some(neo4j) = &shared() else { return };
    survives(neo4j, "Killed", 20).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo test --test neo4j window -- --ignored"]
async fn two_hundred_kills_under_live_writes() {
    let Some(neo4j) = &shared() else { return };
    survives(neo4j, "KilledOften", 200).await;
}
