//! The numbers of the packs `agentos`, `session_buddy` and `agentcore` against a second opinion:
//! every KPI on a real graph, and the same in plain Rust; and whether their alerts can fire.

pub(crate) mod agentcore;
pub(crate) mod agentos;
mod fires;
mod glance;
mod plans;
pub(crate) mod session_buddy;

use std::fs;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::model::asking::ask;
use crate::model::family::Family;
use crate::model::faults::{self, Faulty};
use crate::model::pack;
use crate::model::random::{self, Shape};
use crate::model::window::Windows;
use crate::model::world::World;
use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::{Kpi, Mode};
use glance::Case;
use plans::Planner;
use test_support::neo4j::{Neo4j, alone};

/// A pack, all families that it must have, and small worlds for it.
struct Pack {
    name: &'static str,
    families: &'static [Family],
    cases: fn() -> Vec<Case>,
}

const AGENTOS: Pack = Pack {
    name: "agentos",
    families: &agentos::FAMILIES,
    cases: glance::agentos,
};
const SESSION_BUDDY: Pack = Pack {
    name: "session_buddy",
    families: &session_buddy::FAMILIES,
    cases: glance::session_buddy,
};
const AGENTCORE: Pack = Pack {
    name: "agentcore",
    families: &agentcore::FAMILIES,
    cases: glance::agentcore,
};
const PACKS: [Pack; 3] = [AGENTOS, SESSION_BUDDY, AGENTCORE];

const SEEDS: RangeInclusive<u64> = 1..=3;

impl Pack {
    /// Random worlds in which half of the nodes are of its system.
    fn worlds(&self) -> impl Iterator<Item = World> {
        SEEDS.map(|seed| random::world(seed, self.shape()))
    }

    /// Such a world in which every third property is missing.
    fn careless_world(&self) -> World {
        random::world(
            4,
            Shape {
                missing_one_in: 3,
                ..self.shape()
            },
        )
    }

    fn shape(&self) -> Shape {
        Shape {
            mostly: Some(self.name),
            ..Shape::default()
        }
    }
}

/// All KPIs of the three packs.
fn kpis() -> Vec<Arc<Kpi>> {
    PACKS
        .iter()
        .flat_map(|pack| pack::catalog(pack.name).kpis)
        .collect()
}

fn graph(neo4j: &Neo4j) -> Graph {
    Graph::Bolt(Bolt::new(neo4j.settings()))
}

async fn check(graph: &Graph, world: &World, case: &str) {
    let asked = ask(graph, &kpis(), world).await;
    let families = PACKS.iter().flat_map(|pack| pack.families);
    asked
        .agrees(families)
        .unwrap_or_else(|wrong| panic!("{case}:\n{wrong}"));
}

test_support::on_every_graph! {
    random_worlds
    an_empty_graph
    nothing_but_missing_properties
    careless_worlds
    nothing_has_an_owner
    answers_that_can_be_seen_at_a_glance
}

#[test]
fn the_packs_load_without_a_problem() {
    PACKS
        .iter()
        .for_each(|pack| pack::loads_without_a_problem(pack.name));
}

#[test]
fn the_packs_have_exactly_their_families() {
    PACKS
        .iter()
        .for_each(|pack| pack::has_exactly(pack.name, pack.families));
}

#[test]
fn every_kpi_has_its_place_on_the_dashboard() {
    PACKS
        .iter()
        .for_each(|pack| pack::has_a_place_for_every_kpi(pack.name));
}

#[test]
fn every_alert_can_fire_and_none_fires_when_all_is_well() {
    crate::model::alerts::can_fire_and_stay_silent(
        &PACKS.map(|pack| pack.name),
        fires::FIRES,
        &fires::WELL,
    );
}

#[test]
fn prometheus_understands_the_panels() {
    crate::model::alerts::panels_are_understood(&PACKS.map(|pack| pack.name));
}

/// Otherwise two empty answers would agree about nothing.
#[test]
fn every_random_world_has_something_of_every_family() {
    let whole = Windows::new().whole();
    for pack in PACKS {
        for (world, seed) in pack.worlds().zip(SEEDS) {
            for family in pack.families {
                assert!(
                    family.expected(&world, whole).says_something(),
                    "seed {seed}: {}",
                    family.name
                );
            }
        }
    }
}

async fn random_worlds(graph: &Graph) {
    for pack in PACKS {
        for (world, seed) in pack.worlds().zip(SEEDS) {
            check(
                graph,
                &world,
                &format!("the world of seed {seed}, mostly of {}", pack.name),
            )
            .await;
        }
    }
}

/// With indexes the queries are planned otherwise.
#[tokio::test]
async fn the_indexes_of_the_model_change_no_answer() {
    let Some(neo4j) = &alone().await else { return };
    neo4j
        .write(&fs::read_to_string("queries/model.cypher").unwrap())
        .await;
    for pack in PACKS {
        check(
            &graph(neo4j),
            &random::world(7, pack.shape()),
            &format!("a world with indexes, mostly of {}", pack.name),
        )
        .await;
    }
}

/// Many nodes of each label that events have, and of all times.
const MANY: &str = "UNWIND range(1, 3000) AS n WITH n, datetime() - duration({minutes: n}) AS at
CREATE (:Call {id: 'c' + n, system: 'lazybird', target: 'a', timestamp: at, status: 'success',
               kind: ['agent', 'a2a', 'ccr', 'api', 'db', 'embedding', 'cache', 'rate_limit', 'skill'][n % 9]})
CREATE (:Step {id: 's' + n, system: 'lazybird', timestamp: at,
               kind: ['iteration', 'checkpoint', 'evaluation', 'policy_update', 'checkpoint_save'][n % 5]})
CREATE (:Task {id: 't' + n, system: 'lazybird', status: 'success', created_at: at, finished_at: at})
CREATE (:TrainingJob {id: 'j' + n, system: 'agentcore', status: 'completed', created_at: at, finished_at: at})
CREATE (:AgentSwitch {id: 'w' + n, system: 'lazybird', timestamp: at})
CREATE (:Anomaly {id: 'a' + n, system: 'session_buddy', timestamp: at})
CREATE (:Sample {id: 'm' + n, system: 'lazybird', name: 'cache_size_mb', timestamp: at, value: 1})
CREATE (:Event {timestamp: at, group_id: 'g'})-[:HAS_OUTCOME]->(:Outcome)
CREATE (:AIAgent {id: 'g' + n, name: 'x' + n})-[:LEARNED]->(i:Insight {created_at: at, confidence_score: 0.5})
CREATE (:AIAgent {id: 'h' + n})-[:CAN_APPLY {shared_at: at}]->(i)";

/// What is asked of a window or of a range costs what is in it, however large the graph is.
#[tokio::test]
async fn no_query_over_time_reads_all_there_ever_was() {
    let Some(neo4j) = &alone().await else { return };
    for path in ["queries/model.cypher", "queries/indexes.cypher"] {
        neo4j.write(&fs::read_to_string(path).unwrap()).await;
    }
    neo4j.write(MANY).await;
    for owned in [
        "MATCH (a:AIAgent) MATCH (j:TrainingJob {id: 'j' + substring(a.id, 1)}) CREATE (a)-[:OWNS]->(j)",
        "MATCH (a:AIAgent) MATCH (t:Task {id: 't' + substring(a.id, 1)}) CREATE (a)-[:PERFORMED]->(t)",
        "MATCH (s:Step) MATCH (j:TrainingJob {id: 'j' + substring(s.id, 1)}) CREATE (s)-[:PART_OF]->(j)",
    ] {
        neo4j.write(owned).await;
    }
    neo4j.write("CALL db.prepareForReplanning(60)").await;
    let mut planner = Planner::connect(neo4j);
    assert_eq!(
        planner.scans("MATCH (t:Task) WHERE t.id IS NOT NULL RETURN count(t.quality)"),
        ["NodeIndexScan"]
    );
    assert_eq!(
        planner.scans("MATCH (t:Task) RETURN avg(t.quality)"),
        ["NodeByLabelScan"]
    );
    let kpis = ["bmad", "lazybird", "agentos", "session_buddy", "agentcore"]
        .map(|pack| pack::catalog(pack).kpis);
    let over_time = |kpi: &&Arc<Kpi>| kpi.mode != Mode::Snapshot || kpi.query.contains("$range");
    let scanning = kpis.iter().flatten().filter(over_time).filter_map(|kpi| {
        let scans = planner.scans(&kpi.query);
        (!scans.is_empty()).then(|| format!("{} has {scans:?}", kpi.id))
    });
    assert_eq!(scanning.collect::<Vec<_>>(), Vec::<String>::new());
}

async fn an_empty_graph(graph: &Graph) {
    check(graph, &World::default(), "an empty graph").await;
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

async fn careless_worlds(graph: &Graph) {
    for pack in PACKS {
        check(
            graph,
            &pack.careless_world(),
            &format!("a careless world, mostly of {}", pack.name),
        )
        .await;
    }
}

async fn nothing_has_an_owner(graph: &Graph) {
    let shape = Shape {
        agents: 0,
        ..Shape::default()
    };
    check(graph, &random::world(10, shape), "a world without agents").await;
}

async fn answers_that_can_be_seen_at_a_glance(graph: &Graph) {
    for pack in PACKS {
        let kpis = pack::catalog(pack.name).kpis;
        for (case, world, family, expected) in (pack.cases)() {
            let family = pack
                .families
                .iter()
                .find(|known| known.name == family)
                .unwrap();
            let asked = ask(graph, &kpis, &world).await;
            asked
                .shows(family, expected)
                .unwrap_or_else(|error| panic!("{case}: {error}"));
            asked
                .agrees(pack.families)
                .unwrap_or_else(|error| panic!("the oracle in {case}:\n{error}"));
        }
    }
}

#[tokio::test]
async fn every_fault_in_a_query_of_agentos_is_noticed() {
    every_fault_is_noticed(AGENTOS).await;
}

#[tokio::test]
async fn every_fault_in_a_query_of_session_buddy_is_noticed() {
    every_fault_is_noticed(SESSION_BUDDY).await;
}

#[tokio::test]
async fn every_fault_in_a_query_of_agentcore_is_noticed() {
    every_fault_is_noticed(AGENTCORE).await;
}

/// Files and changes of their text that change no answer.
const SAYS_THE_SAME: [(&str, &str); 4] = [
    // There a row is a job, and a label that is missing becomes `unknown` in the product.
    (
        "queries/agentcore/job_budget.cypher",
        "`coalesce(owner, 'unknown')` became `owner`",
    ),
    (
        "queries/agentcore/job_progress.cypher",
        "`coalesce(owner, 'unknown')` became `owner`",
    ),
    (
        "queries/agentcore/job_started.cypher",
        "`coalesce(owner, 'unknown')` became `owner`",
    ),
    // No job has two rows of one outcome.
    (
        "queries/agentcore/jobs_finished.cypher",
        "`UNION ALL` became `UNION`",
    ),
];

async fn every_fault_is_noticed(pack: Pack) {
    let Some(neo4j) = &alone().await else { return };
    let says_the_same = |faulty: &Faulty| {
        SAYS_THE_SAME.contains(&(faulty.source.path.as_str(), faulty.change.as_str()))
    };
    let (graph, files) = (graph(neo4j), pack::files(pack.name).kpis);
    let mut unnoticed: Vec<_> = files
        .iter()
        .flat_map(faults::of)
        .filter(|faulty| !says_the_same(faulty))
        .collect();
    let all = unnoticed.len();
    // Other tests say that the shipped files are right about these worlds.
    let random = pack.worlds().take(1).chain([pack.careless_world()]);
    for world in random.chain((pack.cases)().into_iter().map(|(_, world, ..)| world)) {
        let asked = ask(&graph, &[], &world).await;
        let mut left = Vec::new();
        for faulty in unnoticed {
            if asked.misses(&graph, &faulty, pack.families).await {
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
