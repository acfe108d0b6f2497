//! Events in a graph, and what was written in plain Rust.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use neo4rs::{Graph, query};

use test_support::exporter::{Exporter, Metrics};
use test_support::neo4j::Neo4j;
use test_support::random::Random;
use test_support::wait::PATIENCE;

/// The bounds of the histogram below.
pub(crate) const BOUNDS: [f64; 3] = [10.0, 100.0, 1000.0];

/// The header of a counter that runs often; `lag` is more than a transaction takes on a busy
/// machine.
pub(crate) fn counter(name: &str) -> String {
    format!("name = \"{name}\"\ntype = \"counter\"\n{WINDOW}")
}

/// The header of the histogram.
pub(crate) fn histogram(name: &str) -> String {
    format!("name = \"{name}\"\ntype = \"histogram\"\nbuckets = [10, 100, 1000]\n{WINDOW}")
}

/// A window KPI that runs often.
pub(crate) const WINDOW: &str = "mode = \"window\"\nlag = \"2s\"\nevery = \"100ms\"";

/// What a counter asks: events of a label by kind and outcome.
pub(crate) fn by_kind(label: &str) -> String {
    format!(
        "MATCH (e:{label})\nWHERE e.timestamp > $since AND e.timestamp <= $until\n\
         RETURN e.kind AS kind, coalesce(e.outcome, 'unknown') AS outcome, count(*) AS value"
    )
}

/// What a histogram asks: each event's size.
pub(crate) fn sizes(label: &str) -> String {
    format!(
        "MATCH (e:{label})\nWHERE e.timestamp > $since AND e.timestamp <= $until\nRETURN e.kind AS kind, e.size AS value"
    )
}

/// What was written: events by kind and outcome, and the sizes of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Written {
    by_kind: BTreeMap<(String, String), u64>,
    sizes: BTreeMap<String, (Vec<u64>, i64)>,
}

impl Written {
    pub(crate) fn add(&mut self, kind: &str, outcome: Option<&str>, size: i64) {
        let outcome = outcome.unwrap_or("unknown").to_owned();
        *self.by_kind.entry((kind.to_owned(), outcome)).or_default() += 1;
        let (counts, sum) = self
            .sizes
            .entry(kind.to_owned())
            .or_insert_with(|| (vec![0; BOUNDS.len() + 1], 0));
        counts[BOUNDS.iter().filter(|bound| size as f64 > **bound).count()] += 1;
        *sum += size;
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (key, count) in other.by_kind {
            *self.by_kind.entry(key).or_default() += count;
        }
        for (kind, (counts, sum)) in other.sizes {
            let own = self
                .sizes
                .entry(kind)
                .or_insert_with(|| (vec![0; BOUNDS.len() + 1], 0));
            own.0
                .iter_mut()
                .zip(counts)
                .for_each(|(own, count)| *own += count);
            own.1 += sum;
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.by_kind.values().sum()
    }

    /// The lines of a counter as a scrape must show them.
    pub(crate) fn counter(&self, name: &str) -> Vec<String> {
        let line = |((kind, outcome), n): (&(String, String), &u64)| {
            format!("{name}{{kind=\"{kind}\",outcome=\"{outcome}\"}} {n}")
        };
        self.by_kind.iter().map(line).collect()
    }

    /// The lines of a histogram as a scrape must show them.
    pub(crate) fn histogram(&self, name: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for (kind, (counts, sum)) in &self.sizes {
            let mut total = 0;
            for (le, count) in ["10.0", "100.0", "1000.0", "+Inf"].iter().zip(counts) {
                total += count;
                lines.push(format!(
                    "{name}_bucket{{kind=\"{kind}\",le=\"{le}\"}} {total}"
                ));
            }
            lines.push(format!("{name}_sum{{kind=\"{kind}\"}} {sum}"));
            lines.push(format!("{name}_count{{kind=\"{kind}\"}} {total}"));
        }
        lines
    }
}

/// One who writes events of a label, a few in each transaction, with the time of the server.
pub(crate) struct Writer {
    graph: Graph,
    label: &'static str,
    random: Random,
    pub(crate) written: Written,
}

impl Writer {
    pub(crate) fn new(neo4j: &Neo4j, label: &'static str, seed: u64) -> Self {
        let graph = Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).unwrap();
        Self {
            graph,
            label,
            random: Random::new(seed),
            written: Written::default(),
        }
    }

    /// Writes one to five events in one transaction.
    pub(crate) async fn write(&mut self) {
        let mut transaction = self.graph.start_txn().await.unwrap();
        let mut written = Written::default();
        for _ in 0..=self.random.below(5) {
            let kind = *self.random.pick(&["skill", "tool", "lookup"]);
            let outcome = *self.random.pick(&[Some("success"), Some("failed"), None]);
            let size = i64::try_from(self.random.below(3000)).unwrap();
            let create = format!(
                "CREATE (:{} {{timestamp: datetime(), kind: $kind, outcome: $outcome, size: $size}})",
                self.label
            );
            let create = query(&create)
                .param("kind", kind)
                .param("outcome", outcome)
                .param("size", size);
            transaction.run(create).await.unwrap();
            written.add(kind, outcome, size);
        }
        transaction.commit().await.unwrap();
        self.written.join(written);
    }
}

/// Waits until these lines are what a scrape shows of a metric, and sees that some runs later they
/// still are.
pub(crate) fn until_lines(exporter: &Exporter, kpi: &str, name: &str, lines: &[String]) {
    let mut last = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while last != lines {
        assert!(
            Instant::now() < deadline,
            "{last:#?}\nis not\n{lines:#?}\n{}",
            exporter.log()
        );
        thread::sleep(Duration::from_millis(20));
        last = exporter
            .metrics()
            .beginning(name)
            .into_iter()
            .map(str::to_owned)
            .collect();
    }
    let runs = |metrics: &Metrics| metrics.own("runs_total", kpi).unwrap_or_default();
    let enough = runs(&exporter.metrics()) + 3.0;
    let later = exporter.until("three more runs", |metrics| {
        (runs(metrics) >= enough).then(|| metrics.clone())
    });
    assert_eq!(later.beginning(name), lines, "{}", exporter.log());
}
