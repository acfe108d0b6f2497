//! The numbers of the packs `agentos`, `session_buddy` and `agentcore` against a second opinion: every KPI on a real graph,
//! and the same in plain Rust; and whether their alerts can fire.
// The driver's futures lie so deep in each other that the compiler's default is just passed, or just not, by chance.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a test that fails has nothing better to do than to panic")]

#[path = "../model/mod.rs"]
mod model;
#[path = "../serving/mod.rs"]
mod serving;
#[path = "../support/mod.rs"]
mod support;

mod agentcore;
mod agentos;
mod alerts;
mod glance;
mod session_buddy;

use std::sync::Arc;

use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::Kpi;
use model::answer::Answer;
use model::asking::{Asked, ask};
use model::family::Family;
use model::pack;
use model::random::{self, Shape};
use model::window::Window;
use model::world::World;
use support::neo4j::{Neo4j, shared};

/// The packs and all families that each must have.
const PACKS: [(&str, &[Family]); 3] =
    [("agentos", &agentos::FAMILIES), ("session_buddy", &session_buddy::FAMILIES), ("agentcore", &agentcore::FAMILIES)];

const SEEDS: std::ops::RangeInclusive<u64> = 1..=6;

fn kpis() -> Vec<Arc<Kpi>> {
    PACKS.iter().flat_map(|(pack, _)| pack::catalog(pack).kpis).collect()
}

/// Asks all KPIs of the three packs about a world, in a graph that holds nothing else.
async fn asked<'w>(neo4j: &Neo4j, world: &'w World) -> Asked<'w> {
    neo4j.clear().await;
    let mut asked = ask(&Graph::Bolt(Bolt::new(neo4j.settings())), &kpis(), world).await;
    let now = (asked.now.0 / 1000) as f64;
    if let Some(Answer::Plain(moments)) = asked.answers.get_mut(agentcore::STARTED) {
        moments.values_mut().for_each(|moment| *moment -= now);
    }
    asked
}

async fn check(world: &World, case: &str) {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    let asked = asked(neo4j, world).await;
    for (_, families) in PACKS {
        asked.agrees(families).unwrap_or_else(|error| panic!("{case}:\n{error}"));
    }
}

#[test]
fn the_packs_load_without_a_problem() {
    PACKS.iter().for_each(|(pack, _)| pack::loads_without_a_problem(pack));
}

#[test]
fn the_packs_have_exactly_their_families() {
    PACKS.iter().for_each(|(pack, families)| pack::has_exactly(pack, families));
}

#[test]
fn every_kpi_has_its_place_on_the_dashboard() {
    PACKS.iter().for_each(|(pack, _)| pack::has_a_place_for_every_kpi(pack));
}

/// Otherwise two empty answers would agree about nothing.
#[test]
fn most_random_worlds_have_something_of_every_family() {
    let always = Window { since: i64::MAX, until: 0 };
    let worlds: Vec<_> = SEEDS.map(|seed| random::world(seed, Shape::default())).collect();
    for family in PACKS.iter().flat_map(|(_, families)| *families) {
        let silent = worlds.iter().filter(|world| !says_something(&family.expected(world, always))).count();
        assert!(silent <= 1, "{silent} worlds have no {}", family.name);
    }
}

fn says_something(answer: &Answer) -> bool {
    match answer {
        Answer::Plain(series) => series.values().any(|value| *value != 0.0),
        Answer::Info(facts) => !facts.is_empty(),
        Answer::Histogram { series, .. } => {
            series.values().any(|buckets| buckets.counts.iter().any(|count| *count > 0))
        }
    }
}

#[tokio::test]
async fn random_worlds() {
    for seed in SEEDS {
        let world = random::world(seed, Shape::default());
        check(&world, &format!("the world of seed {seed}")).await;
    }
}

#[tokio::test]
async fn an_empty_graph() {
    check(&World::default(), "an empty graph").await;
}

#[tokio::test]
async fn nothing_but_missing_properties() {
    let shape = Shape { missing_one_in: 1, ..Shape::default() };
    check(&random::world(8, shape), "a world of missing properties").await;
}

#[tokio::test]
async fn every_other_property_is_missing() {
    let shape = Shape { missing_one_in: 2, ..Shape::default() };
    check(&random::world(9, shape), "a careless world").await;
}

#[tokio::test]
async fn nobody_owns_anything() {
    let shape = Shape { agents: 0, ..Shape::default() };
    check(&random::world(10, shape), "a world without agents").await;
}

#[tokio::test]
async fn answers_that_can_be_seen_at_a_glance() {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    for (case, world, family, expected) in glance::cases() {
        let asked = asked(neo4j, &world).await;
        asked.answers[family].agrees(&expected).unwrap_or_else(|error| panic!("{case}: {error}"));
        for (_, families) in PACKS {
            asked.agrees(families).unwrap_or_else(|error| panic!("the oracle in {case}:\n{error}"));
        }
    }
}
