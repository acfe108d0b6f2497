//! The numbers of the LazyBird pack against a second opinion: every KPI on a real graph, and the
//! same in plain Rust.

use std::fs;
use std::ops::RangeInclusive;

use super::glance;
use super::oracle::FAMILIES;
use crate::model::asking::ask;
use crate::model::faults::{self, Faulty};
use crate::model::pack;
use crate::model::random::{self, Shape};
use crate::model::window::Windows;
use crate::model::world::World;
use cypher_exporter::graph::{Bolt, Graph};
use test_support::neo4j::{Neo4j, alone};

const SEEDS: RangeInclusive<u64> = 1..=4;
const PACK: &str = "lazybird";

fn shape() -> Shape {
    Shape {
        mostly: Some(PACK),
        ..Shape::default()
    }
}

fn graph(neo4j: &Neo4j) -> Graph {
    Graph::Bolt(Bolt::new(neo4j.settings()))
}

async fn check(graph: &Graph, world: &World, case: &str) {
    let asked = ask(graph, &pack::catalog(PACK).kpis, world).await;
    asked
        .agrees(&FAMILIES)
        .unwrap_or_else(|wrong| panic!("{case}:\n{wrong}"));
}

test_support::on_every_graph! {
    random_worlds
    an_empty_graph
    nothing_but_missing_properties
    a_careless_world
    answers_that_can_be_seen_at_a_glance
}

#[test]
fn the_pack_loads_without_a_problem() {
    pack::loads_without_a_problem(PACK);
}

#[test]
fn the_pack_has_exactly_its_families() {
    pack::has_exactly(PACK, &FAMILIES);
}

#[test]
fn every_kpi_has_its_place_on_the_dashboard() {
    pack::has_a_place_for_every_kpi(PACK);
}

#[test]
fn the_export_latency_is_a_family_of_the_pack() {
    let latency = pack::catalog(PACK)
        .packs
        .swap_remove(0)
        .export_latency
        .unwrap();
    assert_eq!(latency.name.as_str(), "lazybird_metrics_export_latency_ms");
    assert_eq!(latency.label, None);
}

#[test]
fn every_alert_can_fire_and_none_fires_when_all_is_well() {
    crate::model::alerts::can_fire_and_stay_silent(
        &[PACK],
        super::alerts::FIRES,
        &super::alerts::WELL,
    );
}

#[test]
fn prometheus_understands_the_panels() {
    crate::model::alerts::panels_are_understood(&[PACK]);
}

/// Otherwise two empty answers would agree about nothing.
#[test]
fn every_random_world_has_something_of_every_family() {
    let whole = Windows::new().whole();
    for seed in SEEDS {
        let world = random::world(seed, shape());
        for family in &FAMILIES {
            assert!(
                family.expected(&world, whole).says_something(),
                "seed {seed}: {}",
                family.name
            );
        }
    }
}

async fn random_worlds(graph: &Graph) {
    for seed in SEEDS {
        check(
            graph,
            &random::world(seed, shape()),
            &format!("the world of seed {seed}"),
        )
        .await;
    }
}

async fn an_empty_graph(graph: &Graph) {
    check(graph, &World::default(), "an empty graph").await;
}

async fn nothing_but_missing_properties(graph: &Graph) {
    let shape = Shape {
        missing_one_in: 1,
        ..shape()
    };
    check(
        graph,
        &random::world(8, shape),
        "a world of missing properties",
    )
    .await;
}

/// Every third property is missing.
fn careless() -> World {
    random::world(
        9,
        Shape {
            missing_one_in: 3,
            ..shape()
        },
    )
}

async fn a_careless_world(graph: &Graph) {
    check(graph, &careless(), "a careless world").await;
}

async fn answers_that_can_be_seen_at_a_glance(graph: &Graph) {
    let kpis = pack::catalog(PACK).kpis;
    for (case, world, family, expected) in glance::cases() {
        let asked = ask(graph, &kpis, &world).await;
        asked.answers[family]
            .agrees(&expected)
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        asked
            .agrees(&FAMILIES)
            .unwrap_or_else(|error| panic!("the oracle in {case}:\n{error}"));
    }
}

/// Files and changes of their text that change no answer.
const SAYS_THE_SAME: [(&str, &str); 1] = [
    // The two counts say it again; here it lets the index on `status` serve them.
    (
        "queries/lazybird/open_tasks.cypher",
        "`t.status IN ['queued', 'running']` became `true`",
    ),
];

#[tokio::test]
async fn every_fault_in_a_query_is_noticed() {
    let Some(neo4j) = &alone().await else { return };
    let (graph, files) = (graph(neo4j), pack::files(PACK).kpis);
    let says_the_same = |faulty: &Faulty| {
        SAYS_THE_SAME.contains(&(faulty.source.path.as_str(), faulty.change.as_str()))
    };
    let faults = files.iter().flat_map(faults::of);
    let mut unnoticed: Vec<_> = faults.filter(|faulty| !says_the_same(faulty)).collect();
    let all = unnoticed.len();
    // Other tests say that the shipped files are right about these worlds.
    let random = [random::world(*SEEDS.start(), shape()), careless()];
    for world in random
        .into_iter()
        .chain(glance::cases().into_iter().map(|(_, world, ..)| world))
    {
        let asked = ask(&graph, &[], &world).await;
        let mut left = Vec::new();
        for faulty in unnoticed {
            if asked.misses(&graph, &faulty, &FAMILIES).await {
                left.push(faulty);
            }
        }
        unnoticed = left;
    }
    let unnoticed: Vec<_> = unnoticed.iter().map(ToString::to_string).collect();
    assert!(
        unnoticed.is_empty(),
        "{} of {all}:\n{}",
        unnoticed.len(),
        unnoticed.join("\n")
    );
}

#[tokio::test]
async fn the_model_can_be_declared_again_and_again_and_changes_no_answer() {
    let Some(neo4j) = &alone().await else { return };
    let model = fs::read_to_string("queries/model.cypher").unwrap();
    neo4j.write(&model).await;
    neo4j.write(&model).await;
    check(
        &graph(neo4j),
        &random::world(7, shape()),
        "a world with indexes",
    )
    .await;
}
