//! Every query of every dashboard, and every recording rule, gives series on a real Prometheus
//! within a minute of a fresh start, asked as Grafana would ask it. What rightly stays empty is
//! listed here by name.

mod grafana;
mod prometheus;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use grafana::Asked;
use prometheus::Prometheus;
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::alone;
use test_support::programs::skipped;
use test_support::wait::stretched;

/// How long a newcomer is to wait for the last panel.
const A_MINUTE: Duration = Duration::from_secs(60);

/// What shows nothing where nothing is wrong: a panel by its dashboard and title, and why.
const RIGHTLY_EMPTY: [(&str, &str); 9] = [
    (
        "agentcore: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "agentos: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "bmad: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "cypher-exporter: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "lazybird: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "session_buddy: annotation Failed runs",
        "marks failed runs, and none fails",
    ),
    (
        "cypher-exporter: Failed runs by reason",
        "a reason has a series from its first failure on, and none fails",
    ),
    (
        "cypher-exporter: Skipped rows by reason",
        "what the demo writes is whole, so no row is skipped",
    ),
    (
        "cypher-exporter: Discarded totals",
        "the demo saves no totals, so none are discarded",
    ),
];

/// What shows something only at times, which may come within the minute.
const AT_TIMES: [(&str, &str); 1] = [(
    "agentcore: Jobs Near Budget Limit",
    "lists the jobs above 90 % of their budget, and there need be none",
)];

/// The world of all systems on a free port, as a newcomer starts it. Its log says where it listens.
fn demo() -> Setup {
    Setup::new("panels")
        .in_the_repository()
        .argument("demo")
        .argument("--log")
        .argument("info")
}

/// What is still empty, and how long each other one was.
struct Filling {
    empty: Vec<Asked>,
    filled: BTreeMap<String, Duration>,
}

impl Filling {
    /// Asks what was empty so far once more.
    fn ask(&mut self, prometheus: &Prometheus, since: Instant) {
        let (filled, empty) = std::mem::take(&mut self.empty)
            .into_iter()
            .partition(|asked| prometheus.has(asked));
        self.empty = empty;
        let named = |asked: Asked| (asked.at, since.elapsed());
        self.filled.extend(Vec::into_iter(filled).map(named));
    }

    fn still_empty(&self) -> Vec<&str> {
        self.empty.iter().map(|asked| asked.at.as_str()).collect()
    }

    fn is_done(&self) -> bool {
        self.empty.iter().all(|asked| {
            RIGHTLY_EMPTY
                .iter()
                .chain(&AT_TIMES)
                .any(|(at, _)| *at == asked.place)
        })
    }
}

#[expect(
    clippy::print_stderr,
    reason = "how near the minute was is worth knowing when it passes as well"
)]
fn all_have_series_within_a_minute(demo: Setup) {
    let mut exporter = demo.start();
    let Some(prometheus) = Prometheus::start(exporter.address()) else {
        return skipped("Prometheus answers the queries of all panels");
    };
    let since = Instant::now();
    let mut empty = grafana::dashboards();
    empty.extend(grafana::recorded());
    for (at, _) in RIGHTLY_EMPTY.iter().chain(&AT_TIMES) {
        assert!(
            empty.iter().any(|asked| asked.place == *at),
            "nothing is called {at}"
        );
    }
    let mut filling = Filling {
        empty,
        filled: BTreeMap::new(),
    };
    while !filling.is_done() && since.elapsed() < stretched(A_MINUTE) {
        std::thread::sleep(Duration::from_millis(200));
        filling.ask(&prometheus, since);
    }
    let mut slowest: Vec<_> = filling
        .filled
        .iter()
        .map(|(at, after)| (after.as_secs(), at))
        .collect();
    slowest.sort_unstable_by(|one, other| other.cmp(one));
    eprintln!(
        "{} queries have series, the slowest ones after seconds: {:?}",
        slowest.len(),
        &slowest[..slowest.len().min(5)]
    );
    assert!(
        filling.is_done(),
        "empty after {:?}: {:#?}",
        since.elapsed(),
        filling.still_empty()
    );
    for (at, why) in RIGHTLY_EMPTY {
        assert!(
            filling.empty.iter().any(|asked| asked.place == at),
            "{at} is not empty, though {why}"
        );
    }
    assert_eq!(prometheus.faults_of_rules(), Vec::<String>::new());
    ends_well(&mut exporter);
}

fn ends_well(exporter: &mut Exporter) {
    exporter.signal("TERM");
    assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
}

#[tokio::test]
async fn all_have_series_within_a_minute_of_a_demo_on_a_real_neo4j() {
    let Some(neo4j) = &alone().await else { return };
    let demo = demo()
        .variable("NEO4J_USER", neo4j.user())
        .variable("NEO4J_PASSWORD", neo4j.password());
    all_have_series_within_a_minute(demo.argument("--graph").argument(neo4j.uri()));
}

#[cfg(feature = "embedded")]
#[test]
fn all_have_series_within_a_minute_of_a_demo_on_the_embedded_graph() {
    all_have_series_within_a_minute(demo());
}
