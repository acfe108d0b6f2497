//! The numbers of the BMAD pack against a second opinion: every KPI on a real graph, and the same in plain Rust.
#![allow(clippy::unwrap_used, reason = "a test that fails has nothing better to do than to panic")]

mod bmad;
mod support;

use std::collections::BTreeSet;
use std::fs;

use bmad::answer::{Answer, answer};
use bmad::oracle::{FAMILIES, Family, Samples};
use bmad::random::{self, Shape};
use bmad::statements::statements;
use bmad::world::{Agent, DAY, Event, Insight, Pattern, Summary, Time, World};
use support::neo4j::{Neo4j, shared};

/// Fills an empty graph.
async fn fill(neo4j: &Neo4j, world: &World) {
    neo4j.clear().await;
    for statement in statements(world) {
        neo4j.write(&statement).await;
    }
}

/// Asks every KPI and compares it with what the world says.
async fn compare(neo4j: &Neo4j, world: &World, case: &str) {
    for family in &FAMILIES {
        let expected = with_names(family, (family.expected)(world));
        same(&answer(neo4j, family.kpi).await, &expected, &format!("{} in {case}", family.kpi));
    }
}

fn with_names(family: &Family, samples: Samples) -> Answer {
    let names = |values: Vec<String>| family.labels.iter().map(|label| (*label).to_owned()).zip(values).collect();
    samples.into_iter().map(|(values, value)| (names(values), value)).collect()
}

/// The order of a float sum is the server's business: the last digits may differ, nothing else.
fn same(found: &Answer, expected: &Answer, what: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{what}: the series");
    for (labels, value) in expected {
        assert!((found[labels] - value).abs() < 1e-9, "{what}: {labels:?} is {}, not {value}", found[labels]);
    }
}

async fn check(world: &World, case: &str) {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    fill(neo4j, world).await;
    compare(neo4j, world, case).await;
}

/// A property that is there.
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_pack_has_every_family() {
    let files = fs::read_dir("queries/bmad").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let kpis: BTreeSet<_> = files.filter_map(|name| name.strip_suffix(".cypher").map(str::to_owned)).collect();
    assert_eq!(kpis, FAMILIES.iter().map(|family| family.kpi.to_owned()).collect());
}

#[tokio::test]
async fn random_worlds() {
    for seed in 1..=6 {
        check(&random::world(seed, Shape::default()), &format!("the world of seed {seed}")).await;
    }
}

#[tokio::test]
async fn an_empty_graph() {
    check(&World::default(), "an empty graph").await;
}

#[tokio::test]
async fn no_agents() {
    let shape = Shape { agents: 0, ..Shape::default() };
    check(&random::world(7, shape), "a world without agents").await;
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
async fn every_state_of_health() {
    for orphans in [0, 1, 4, 5, 9] {
        let agent = |key| Agent { key, brains: if key < orphans { vec![] } else { vec![0] }, ..Agent::default() };
        let world = World { agents: (0..9).map(agent).collect(), brains: 1, ..World::default() };
        check(&world, &format!("a world of {orphans} orphans")).await;
    }
}

#[tokio::test]
async fn a_group_that_goes_takes_its_series_along() {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    let world = random::world(10, Shape::default());
    fill(neo4j, &world).await;
    compare(neo4j, &world, "a world with all groups").await;
    neo4j.write("MATCH (n) WHERE n.group_id = 'faith-meats' DETACH DELETE n").await;
    compare(neo4j, &world.without_group("faith-meats"), "a world without the group").await;
    for family in FAMILIES {
        let series = answer(neo4j, family.kpi).await;
        assert!(series.keys().flatten().all(|(_, value)| value != "faith-meats"), "{}", family.kpi);
    }
}

#[tokio::test]
async fn archiving_changes_no_total() {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    let world = random::world(11, Shape::default());
    let archived = world.clone().archived(30 * DAY);
    assert!(archived.events.len() < world.events.len(), "there was nothing to archive");
    fill(neo4j, &world).await;
    let before = answer(neo4j, "events_total").await;
    fill(neo4j, &archived).await;
    compare(neo4j, &archived, "an archived world").await;
    same(&answer(neo4j, "events_total").await, &before, "events_total after archiving");
}

/// Small worlds whose right answer can be seen at a glance, so that the second opinion itself is checked.
#[tokio::test]
async fn answers_that_can_be_seen_at_a_glance() {
    let done = |key, ago, outcomes, patterns| Event {
        key,
        group_id: text("a"),
        timestamp: Time::Ago(ago),
        outcomes,
        patterns,
        ..Event::default()
    };
    let insight = |key, group: Option<String>| Insight {
        key,
        group_id: group,
        applies_to: text("python"),
        confidence_score: Some(0.8),
        created_at: Time::Ago(DAY),
        success_rate: Some(1.0),
        times_applied: Some(1),
        ..Insight::default()
    };
    let teacher = |key, name: &str| Agent { key, name: text(name), learned: vec![0, 0], ..Agent::default() };
    let learner = |key, name: &str| Agent {
        key,
        name: text(name),
        can_apply: vec![(0, Time::Ago(DAY)), (0, Time::Missing)],
        ..Agent::default()
    };
    let pattern = Pattern { group_id: text("a"), success_rate: Some(1.0), times_used: Some(6), ..Pattern::default() };
    let cases = [
        (
            "two outcomes and one pattern twice are one event; without an outcome or a second too old it is none",
            World {
                events: vec![
                    done(0, DAY, vec![0, 1], vec![0, 0]),
                    done(1, 7 * DAY - 600, vec![2], vec![]),
                    done(2, 7 * DAY + 1, vec![3], vec![]),
                    done(3, DAY, vec![], vec![0]),
                ],
                outcomes: 4,
                patterns: vec![pattern.clone()],
                ..World::default()
            },
            "pattern_reuse_rate",
            vec![(vec![("group_id", "a")], 0.5)],
        ),
        (
            "a missing group and the text `unknown` are one series",
            World { insights: vec![insight(0, None), insight(1, text("unknown"))], ..World::default() },
            "insight_total",
            vec![(vec![("applies_to", "python"), ("group_id", "unknown")], 2.0)],
        ),
        (
            "an empty group is not the unknown one",
            World { insights: vec![insight(0, None), insight(1, text(""))], ..World::default() },
            "insights_generated_this_week",
            vec![(vec![("group_id", "")], 1.0), (vec![("group_id", "unknown")], 1.0)],
        ),
        (
            "a group that works and learns nothing",
            World { events: vec![done(0, DAY, vec![], vec![])], ..World::default() },
            "high_confidence_insights_this_week",
            vec![(vec![("group_id", "a")], 0.0)],
        ),
        (
            "rates written as integers are not divided as integers",
            World {
                insights: vec![
                    insight(0, text("a")),
                    Insight { success_rate: Some(0.0), times_applied: Some(2), ..insight(1, text("a")) },
                ],
                ..World::default()
            },
            "insight_accuracy",
            vec![(vec![("group_id", "a")], 1.0 / 3.0)],
        ),
        (
            "an insight of one's own is no transfer",
            World {
                agents: vec![Agent { can_apply: vec![(0, Time::Ago(DAY))], ..teacher(0, "Jay") }],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_total",
            vec![],
        ),
        (
            "shared twice is one transfer",
            World {
                agents: vec![teacher(0, "Jay"), learner(1, "Troy")],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_total",
            vec![(vec![("from_agent", "Jay"), ("to_agent", "Troy")], 1.0)],
        ),
        (
            "two teachers of one lesson are one transfer of the month",
            World {
                agents: vec![teacher(0, "Jay"), teacher(1, "Bob"), learner(2, "Troy")],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_this_month",
            vec![(vec![], 1.0)],
        ),
        (
            "another pack's nodes are not counted",
            World { agents: vec![Agent { key: 0, system: text("agentos"), ..Agent::default() }], ..World::default() },
            "orphaned_agents",
            vec![(vec![], 0.0)],
        ),
        (
            "live and archived events add up",
            World {
                events: vec![Event { event_type: text("review"), ..done(0, DAY, vec![], vec![]) }],
                summaries: vec![Summary {
                    event_type: text("review"),
                    group_id: text("a"),
                    count: Some(41),
                    system: None,
                }],
                ..World::default()
            },
            "events_total",
            vec![(vec![("event_type", "review"), ("group_id", "a")], 42.0)],
        ),
        (
            "used five times is not enough",
            World {
                patterns: vec![
                    pattern.clone(),
                    Pattern { key: 1, success_rate: Some(0.0), times_used: Some(5), ..pattern.clone() },
                ],
                ..World::default()
            },
            "avg_pattern_success_rate",
            vec![(vec![("group_id", "a")], 1.0)],
        ),
        (
            "a group whose patterns all fall short",
            World { patterns: vec![Pattern { success_rate: Some(0.59), ..pattern }], ..World::default() },
            "active_patterns",
            vec![(vec![("group_id", "a")], 0.0)],
        ),
    ];
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    for (case, world, kpi, series) in cases {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let expected =
            series.into_iter().map(|(labels, value)| (labels.into_iter().map(own).collect(), value)).collect();
        fill(neo4j, &world).await;
        same(&answer(neo4j, kpi).await, &expected, case);
        compare(neo4j, &world, case).await;
    }
}

#[tokio::test]
async fn the_example_shows_something_of_every_kpi_however_often_it_is_loaded() {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    neo4j.clear().await;
    let example = fs::read_to_string("examples/bmad.cypher").unwrap();
    neo4j.write(&example).await;
    let mut first = Vec::new();
    for family in &FAMILIES {
        let series = answer(neo4j, family.kpi).await;
        assert!(series.values().any(|value| *value > 0.0), "{} has nothing to show", family.kpi);
        first.push(series);
    }
    neo4j.write(&example).await;
    for (family, before) in FAMILIES.iter().zip(first) {
        same(&answer(neo4j, family.kpi).await, &before, family.kpi);
    }
}

#[tokio::test]
async fn the_indexes_can_be_made_again_and_again() {
    let Some(neo4j) = shared() else { return };
    let _alone = neo4j.alone().await;
    let indexes = fs::read_to_string("queries/indexes.cypher").unwrap();
    neo4j.write(&indexes).await;
    neo4j.write(&indexes).await;
}
