//! The numbers of the BMAD pack against a second opinion: every KPI on every kind of graph, and the
//! same in plain Rust.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::answer::{Answer, answer, catalog, changed, count, kpi, now};
use super::glance::at_a_glance;
use super::oracle::{FAMILIES, Family, Samples};
use super::random::{self, Shape};
use super::statements::{moment, statements};
use super::world::{Agent, DAY, EDGES, World};
use cypher::{Change, Parameters, UnixMillis};
use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{Kpi, Metric, Mode};
use cypher_exporter::measure::Totals;

test_support::on_every_graph! {
    random_worlds
    an_empty_graph
    no_agents
    nothing_but_missing_properties
    every_other_property_is_missing
    every_state_of_health
    a_group_that_goes_takes_its_series_along
    archiving_changes_no_total
    a_project_written_as_a_number_is_the_same_project
    windows_count_every_event_once_whatever_is_removed_later
    every_fault_at_the_end_of_a_window_is_noticed
    answers_that_can_be_seen_at_a_glance
    the_example_shows_something_of_every_kpi_however_often_it_is_loaded
    the_indexes_can_be_made_again_and_again
}

/// Makes changes, all or none.
async fn write(graph: &Graph, statements: impl IntoIterator<Item = String>) {
    let change = |statement: String| Change {
        statement: statement.into(),
        parameters: Parameters::new(),
    };
    let changes: Vec<_> = statements.into_iter().map(change).collect();
    graph
        .write(&changes, Duration::from_secs(60))
        .await
        .unwrap();
}

/// Makes the graph hold this world and nothing else.
async fn fill(graph: &Graph, world: &World) {
    fill_at(graph, world, now()).await;
}

/// The same, with the world's times counted from `now`.
async fn fill_at(graph: &Graph, world: &World, now: UnixMillis) {
    write(
        graph,
        ["MATCH (n) DETACH DELETE n".to_owned()]
            .into_iter()
            .chain(statements(world, now)),
    )
    .await;
}

/// Runs the statements of a file one after the other; each ends with a line.
async fn run_file(graph: &Graph, path: &str) {
    let text = fs::read_to_string(path).unwrap();
    for statement in text
        .split(";\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
    {
        write(graph, [statement.trim_end_matches(';').to_owned()]).await;
    }
}

/// Asks every KPI and compares it with what the world says.
async fn compare(graph: &Graph, world: &World, case: &str) {
    for family in &FAMILIES {
        let expected = with_names(family, (family.expected)(world));
        same(
            &answer(graph, family.kpi).await,
            &expected,
            &format!("{} in {case}", family.kpi),
        );
    }
}

fn with_names(family: &Family, samples: Samples) -> Answer {
    let names = |values: Vec<String>| {
        family
            .labels
            .iter()
            .map(|label| (*label).to_owned())
            .zip(values)
            .collect()
    };
    samples
        .into_iter()
        .map(|(values, value)| (names(values), value))
        .collect()
}

/// The order of a float sum is the server's business: the last digits may differ, nothing else.
fn same(found: &Answer, expected: &Answer, what: &str) {
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "{what}: the series"
    );
    for (labels, value) in expected {
        assert!(
            (found[labels] - value).abs() < 1e-9,
            "{what}: {labels:?} is {}, not {value}",
            found[labels]
        );
    }
}

async fn check(graph: &Graph, world: &World, case: &str) {
    fill(graph, world).await;
    compare(graph, world, case).await;
}

#[test]
fn the_pack_loads_without_a_problem() {
    let problems = catalog().problems;
    let texts: Vec<_> = problems
        .iter()
        .map(|p| p.render(&fs::read_to_string(p.path().unwrap()).unwrap(), false))
        .collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
}

#[test]
fn the_pack_has_every_family() {
    let mut found: Vec<_> = catalog()
        .kpis
        .iter()
        .flat_map(|kpi| kpi.metrics.iter().map(described))
        .collect();
    found.sort();
    let labels = |family: &Family| {
        family
            .labels
            .iter()
            .map(|label| (*label).to_owned())
            .collect()
    };
    let expected = FAMILIES.iter().map(|family| {
        (
            format!("bmad_{}", family.kpi),
            family.metric_type,
            labels(family),
        )
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

/// Name, type and label names in order.
fn described(metric: &Metric) -> (String, &'static str, Vec<String>) {
    let mut labels: Vec<_> = metric.desc.labels.iter().map(ToString::to_string).collect();
    labels.sort();
    (
        metric.desc.name.to_string(),
        metric.shape.metric_type().as_str(),
        labels,
    )
}

#[test]
fn every_kpi_of_the_pack_has_its_place_on_the_dashboard() {
    let catalog = catalog();
    let mut placed: Vec<_> = catalog.packs[0]
        .rows
        .iter()
        .flat_map(|row| row.kpis.clone())
        .collect();
    placed.sort();
    // The pack's timing of its queries has a panel too.
    let mut kpis: Vec<_> = FAMILIES
        .iter()
        .map(|family| family.kpi)
        .chain(["query_latency"])
        .collect();
    kpis.sort_unstable();
    assert_eq!(placed, kpis);
}

#[test]
fn the_query_latency_is_a_family_of_the_pack() {
    let pack = catalog().packs.swap_remove(0);
    let latency = pack.query_latency.unwrap();
    assert_eq!(latency.name.as_str(), "bmad_query_latency_seconds");
    assert_eq!(latency.label.unwrap().as_str(), "query_type");
    assert_eq!(
        *latency.bounds,
        [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]
    );
}

async fn random_worlds(graph: &Graph) {
    for seed in 1..=6 {
        check(
            graph,
            &random::world(seed, Shape::default()),
            &format!("the world of seed {seed}"),
        )
        .await;
    }
}

async fn an_empty_graph(graph: &Graph) {
    check(graph, &World::default(), "an empty graph").await;
}

async fn no_agents(graph: &Graph) {
    let shape = Shape {
        agents: 0,
        ..Shape::default()
    };
    check(graph, &random::world(7, shape), "a world without agents").await;
}

async fn nothing_but_missing_properties(graph: &Graph) {
    let shape = Shape {
        missing_one_in: 1,
        ..Shape::default()
    };
    check(
        graph,
        &random::world(8, shape),
        "a world of missing properties",
    )
    .await;
}

async fn every_other_property_is_missing(graph: &Graph) {
    let shape = Shape {
        missing_one_in: 2,
        ..Shape::default()
    };
    check(graph, &random::world(9, shape), "a careless world").await;
}

async fn every_state_of_health(graph: &Graph) {
    for orphans in [0, 1, 4, 5, 9] {
        let agent = |key| Agent {
            key,
            brains: if key < orphans { vec![] } else { vec![0] },
            ..Agent::default()
        };
        let world = World {
            agents: (0..9).map(agent).collect(),
            brains: 1,
            ..World::default()
        };
        check(graph, &world, &format!("a world of {orphans} orphans")).await;
    }
}

async fn a_group_that_goes_takes_its_series_along(graph: &Graph) {
    let world = random::world(10, Shape::default());
    fill(graph, &world).await;
    compare(graph, &world, "a world with all groups").await;
    write(
        graph,
        ["MATCH (n) WHERE n.group_id = 'faith-meats' DETACH DELETE n".to_owned()],
    )
    .await;
    compare(
        graph,
        &world.without_group("faith-meats"),
        "a world without the group",
    )
    .await;
    for family in FAMILIES {
        let series = answer(graph, family.kpi).await;
        assert!(
            series
                .keys()
                .flatten()
                .all(|(_, value)| value != "faith-meats"),
            "{}",
            family.kpi
        );
    }
}

async fn archiving_changes_no_total(graph: &Graph) {
    let world = random::world(11, Shape::default());
    let archived = world.clone().archived(30 * DAY);
    assert!(
        archived.events.len() < world.events.len(),
        "there was nothing to archive"
    );
    fill(graph, &world).await;
    let before = answer(graph, "events_total").await;
    fill(graph, &archived).await;
    compare(graph, &archived, "an archived world").await;
    same(
        &answer(graph, "events_total").await,
        &before,
        "events_total after archiving",
    );
}

async fn a_project_written_as_a_number_is_the_same_project(graph: &Graph) {
    fill(graph, &World::default()).await;
    let nodes = |group: &str| {
        format!(
            "CREATE (:Insight {{group_id: {group}, applies_to: 'x', confidence_score: 0.9, created_at: datetime()}}),
                    (p:Pattern {{group_id: {group}, success_rate: 0.9}}),
                    (e:Event {{group_id: {group}, event_type: 'x', timestamp: datetime()}}),
                    (e)-[:HAS_OUTCOME]->(:Outcome)"
        )
    };
    write(
        graph,
        [nodes("1") + ", (e)-[:USED_PATTERN]->(p)", nodes("'1'")],
    )
    .await;
    for kpi in [
        "active_patterns",
        "events_total",
        "high_confidence_insights_this_week",
        "insight_total",
        "insights_generated_this_week",
        "live_events",
    ] {
        let series = answer(graph, kpi).await;
        assert_eq!(
            series.values().collect::<Vec<_>>(),
            [&2.0],
            "{kpi}: {series:?}"
        );
    }
    assert_eq!(
        answer(graph, "pattern_reuse_rate")
            .await
            .values()
            .collect::<Vec<_>>(),
        [&0.5]
    );
}

/// What window KPIs have counted after each window; before each the events are written that it can
/// see. At last all is removed.
async fn count_in_windows(graph: &Graph, kpis: &[Arc<Kpi>], world: &World) -> Vec<Answer> {
    let now = now();
    let mut counts: Vec<_> = kpis
        .iter()
        .map(|_| (Totals::default(), Answer::new()))
        .collect();
    let whole = EDGES
        .windows(2)
        .map(|edges| (edges[0], edges[1], world.up_to(edges[1])));
    for (since, until, world) in whole.chain([(EDGES[EDGES.len() - 1], 0, World::default())]) {
        fill_at(graph, &world, now).await;
        for (kpi, (totals, answer)) in kpis.iter().zip(&mut counts) {
            *answer = count(graph, kpi, totals, moment(now, since), moment(now, until)).await;
        }
    }
    counts.into_iter().map(|(_, answer)| answer).collect()
}

/// The families of window KPIs.
fn windowed() -> Vec<&'static Family> {
    FAMILIES
        .iter()
        .filter(|family| kpi(family.kpi).mode != Mode::Snapshot)
        .collect()
}

async fn windows_count_every_event_once_whatever_is_removed_later(graph: &Graph) {
    let kpis: Vec<_> = windowed().iter().map(|family| kpi(family.kpi)).collect();
    for seed in 12..=13 {
        let world = random::world(seed, Shape::default());
        let within = world.between(EDGES[0], EDGES[EDGES.len() - 1]);
        let counted = count_in_windows(graph, &kpis, &world).await;
        for (family, counted) in windowed().into_iter().zip(counted) {
            let expected = with_names(family, (family.expected)(&within));
            assert!(
                expected.values().any(|value| *value > 1.0),
                "{} counts nothing",
                family.kpi
            );
            same(
                &counted,
                &expected,
                &format!("{} in the windows of the world of seed {seed}", family.kpi),
            );
        }
    }
}

async fn every_fault_at_the_end_of_a_window_is_noticed(graph: &Graph) {
    const SLIPS: [(&str, &str); 4] = [
        ("> $since", ">= $since"),
        ("<= $until", "< $until"),
        ("> $since", "<= $until AND $since IS NOT NULL"),
        ("<= $until", "> $since AND $until IS NOT NULL"),
    ];
    let faulty = |family: &'static Family| {
        SLIPS.map(|(from, to)| (family, to, changed(family.kpi, from, to)))
    };
    let faulty: Vec<_> = windowed().into_iter().flat_map(faulty).collect();
    let kpis: Vec<_> = faulty.iter().map(|(_, _, kpi)| kpi.clone()).collect();
    let world = random::world(12, Shape::default());
    let within = world.between(EDGES[0], EDGES[EDGES.len() - 1]);
    for ((family, to, _), counted) in faulty
        .iter()
        .zip(count_in_windows(graph, &kpis, &world).await)
    {
        let expected = with_names(family, (family.expected)(&within));
        assert_ne!(counted, expected, "{} with `{to}`", family.kpi);
    }
}

async fn answers_that_can_be_seen_at_a_glance(graph: &Graph) {
    for (case, world, kpi, series) in at_a_glance() {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let expected = series
            .into_iter()
            .map(|(labels, value)| (labels.into_iter().map(own).collect(), value))
            .collect();
        fill(graph, &world).await;
        same(&answer(graph, kpi).await, &expected, case);
        compare(graph, &world, case).await;
    }
}

async fn the_example_shows_something_of_every_kpi_however_often_it_is_loaded(graph: &Graph) {
    fill(graph, &World::default()).await;
    run_file(graph, "examples/bmad.cypher").await;
    let mut first = Vec::new();
    for family in &FAMILIES {
        let series = answer(graph, family.kpi).await;
        assert!(
            series.values().any(|value| *value > 0.0),
            "{} has nothing to show",
            family.kpi
        );
        first.push(series);
    }
    run_file(graph, "examples/bmad.cypher").await;
    for (family, before) in FAMILIES.iter().zip(first) {
        same(&answer(graph, family.kpi).await, &before, family.kpi);
    }
}

async fn the_indexes_can_be_made_again_and_again(graph: &Graph) {
    run_file(graph, "queries/indexes.cypher").await;
    run_file(graph, "queries/indexes.cypher").await;
}
