//! The whole stack: a real Neo4j, the exporter, a real Prometheus and a real Alertmanager, each
//! with the files that we ship. Every alert fires and resolves because the graph has changed, and
//! notifications are sent of both.
// The driver's futures lie so deep in each other that the compiler's default is just passed, or
// just not, by chance.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "a test tells what it has measured")]

mod bad_numbers;
mod bad_work;
mod outages;
mod quick;
mod receiver;
mod servers;
mod table;
mod troubles;
mod world;

use std::time::Instant;

use futures_util::future::{join, join_all};
use table::Alerts;
use test_support::neo4j::{Neo4j, Options};
use troubles::WAVES;
use world::{Stack, judges_are_here};

/// What the graph cannot say of itself.
const WITHOUT_GRAPH: &[&str] = &["CypherExporterGraphUnreachable"];
const WITHOUT_EXPORTER: &[&str] = &[
    "CypherExporterAbsent",
    "CypherExporterDown",
    "LazybirdSilent",
];
const AFTER_A_RESTART: &[&str] = &["CypherExporterFilesRejected", "CypherExporterClockBehind"];

#[tokio::test(flavor = "multi_thread")]
async fn every_alert_fires_and_resolves_with_the_graph() {
    let alerts = Alerts::shipped();
    let of_the_graph = WAVES
        .iter()
        .flat_map(|(_, troubles)| *troubles)
        .flat_map(|trouble| trouble.alerts);
    alerts.are_all_provoked(
        of_the_graph.chain(
            [WITHOUT_GRAPH, WITHOUT_EXPORTER, AFTER_A_RESTART]
                .concat()
                .iter(),
        ),
    );
    if !judges_are_here() {
        return test_support::programs::skipped("the alerts of a real Prometheus and Alertmanager");
    }
    let Some(neo4j) = Neo4j::start(Options::default()) else {
        return;
    };
    let (_, past) = WAVES[0];
    let began = Instant::now();
    let mut stack = Stack::start(neo4j, past).await;
    stack.is_as_shipped().await;
    let mut rows = Vec::new();
    for (at, (wave, troubles)) in WAVES.iter().enumerate() {
        let began_before = (at == 0).then_some(began);
        let reported = join_all(
            troubles
                .iter()
                .map(|trouble| stack.go_through(trouble, began_before)),
        );
        let beside = async {
            if at + 1 == WAVES.len() {
                stack.with_a_failing_kpi().await
            }
        };
        let (reported, ()) = join(reported, beside).await;
        rows.extend(reported.into_iter().flatten());
        stack.until_all_is_well(wave).await;
    }
    rows.extend(stack.without_graph(WITHOUT_GRAPH).await);
    stack.until_all_is_well("an outage of the graph").await;
    rows.extend(
        stack
            .without_exporter(WITHOUT_EXPORTER, AFTER_A_RESTART)
            .await,
    );
    stack.until_all_is_well("an outage of the exporter").await;
    assert_eq!(rows.len(), alerts.0.len());
    alerts.print(&rows);
    alerts.were_reported(&stack.receiver.chat());
}
