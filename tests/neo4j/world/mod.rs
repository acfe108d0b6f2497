//! The synthetic world: what must hold whatever happens in it, and its numbers against the oracle's
//! on a real Neo4j.

mod as_bmad;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crate::bmad::answer::{Answer, answer};
use crate::bmad::oracle::{FAMILIES, Samples};
use crate::mirror::Mirror;
use ::world::{Edit, Happening, World, joined};
use cypher::{Change, UnixMillis};
#[cfg(feature = "embedded")]
use cypher_exporter::graph::Embedded;
use cypher_exporter::graph::{Bolt, Graph};
use test_support::neo4j::alone;

const START: UnixMillis = UnixMillis(1_770_000_000_000);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Ten minutes of work in a second.
const SPEED: f64 = 600.0;

fn after(millis: i64) -> UnixMillis {
    UnixMillis(START.0 + millis)
}

/// What each family of the pack shows.
type Numbers = BTreeMap<&'static str, Samples>;

/// In the oracle's opinion.
fn numbers(mirror: &Mirror, now: UnixMillis) -> Numbers {
    let world = mirror.bmad(now);
    FAMILIES
        .iter()
        .map(|family| (family.kpi, (family.expected)(&world)))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_world_however_often_it_is_asked() {
    let (mut often, past) = World::new(7, START, SPEED);
    let (mut once, same_past) = World::new(7, START, SPEED);
    assert_eq!(past, same_past);
    let in_steps: Vec<_> = (1..=700)
        .flat_map(|step| often.until(after(step * 857)).collect::<Vec<_>>())
        .collect();
    assert_eq!(in_steps, once.until(after(700 * 857)).collect::<Vec<_>>());
    assert!(
        in_steps.len() > 300,
        "ten minutes bring {} happenings",
        in_steps.len()
    );
    assert_ne!(
        World::new(8, START, SPEED).1,
        past,
        "another seed is another world"
    );
}

#[test]
fn at_any_speed_the_same_happens() {
    let what = |happenings: Vec<Happening>| {
        happenings
            .into_iter()
            .flat_map(|happening| happening.news)
            .collect()
    };
    let at = |speed, until| -> Vec<_> {
        what(World::new(7, START, speed).0.until(after(until)).collect())
    };
    let slow = at(1.0, DAY);
    assert_eq!(slow, at(1440.0, MINUTE));
    assert!(slow.len() > 5, "{slow:?}");
    assert_eq!(at(0.0, DAY), []);
}

#[test]
fn nothing_is_made_twice_nothing_refers_to_what_is_gone_and_no_stamp_is_in_the_future() {
    for seed in 1..=5 {
        // The mirror panics at an edit that does not fit.
        let (mut world, past) = World::new(seed, START, SPEED);
        let mut mirror = Mirror::of(&past);
        let mut before = START;
        for minute in 1..=60 {
            let happenings: Vec<_> = world.until(after(minute * MINUTE)).collect();
            mirror.follow_all(&happenings);
            for happening in happenings {
                assert!(
                    (before..=after(minute * MINUTE)).contains(&happening.at),
                    "out of time: {happening:?}"
                );
                before = happening.at;
            }
        }
        let now = after(60 * MINUTE);
        assert!(
            mirror.stamps().all(|stamp| stamp <= now),
            "a stamp in the future"
        );
    }
}

#[test]
fn archiving_and_closing_lose_no_event() {
    let (mut world, past) = World::new(3, START, SPEED);
    let mut mirror = Mirror::of(&past);
    let mut before = numbers(&mirror, START);
    let (mut falls, mut projects) = (0, BTreeSet::new());
    for minute in (2..=60).step_by(2) {
        mirror.follow_all(&world.until(after(minute * MINUTE)).collect::<Vec<_>>());
        let after = numbers(&mirror, after(minute * MINUTE));
        for (labels, count) in &before["events_total"] {
            let more = after["events_total"].get(labels);
            assert!(
                more.is_some_and(|more| more >= count),
                "{labels:?} fell from {count} to {more:?}"
            );
        }
        let live = |numbers: &Numbers| numbers["live_events"].values().sum::<f64>();
        falls += usize::from(live(&after) < live(&before));
        projects.extend(after["live_events"].keys().cloned());
        before = after;
    }
    assert!(falls > 5, "nothing was archived: {falls}");
    assert!(projects.len() > 3, "no project came and went: {projects:?}");
}

#[test]
fn an_event_goes_and_becomes_a_count_in_one_step() {
    let (mut world, past) = World::new(3, START, SPEED);
    let mut mirror = Mirror::of(&past);
    let sum = |mirror: &Mirror| {
        numbers(mirror, after(HOUR))["events_total"]
            .values()
            .sum::<f64>()
    };
    let mut archives = 0;
    for happening in world.until(after(15 * MINUTE)) {
        if happening
            .edits
            .iter()
            .any(|edit| matches!(edit, Edit::Delete(kind, _) if kind.label == "Event"))
        {
            let before = sum(&mirror);
            mirror.follow_all(std::slice::from_ref(&happening));
            assert_eq!(sum(&mirror), before, "{:?}", happening.news);
            archives += 1;
        } else {
            mirror.follow_all(std::slice::from_ref(&happening));
        }
    }
    assert!(archives > 5, "{archives}");
}

#[test]
fn the_graph_stays_small() {
    for (speed, step, steps) in [(SPEED, MINUTE, 60), (100.0, HOUR, 7 * 24)] {
        let (mut world, past) = World::new(1, START, speed);
        let mut sizes: BTreeMap<_, i64> = BTreeMap::new();
        count(&past, &mut sizes);
        for at in 1..=steps {
            world
                .until(after(at * step))
                .for_each(|happening| count(&happening.edits, &mut sizes));
            for (label, most) in [
                ("AIAgent", 21),
                ("Brain", 4),
                ("Event", 2200),
                ("Outcome", 2100),
                ("Pattern", 44),
            ] {
                assert!(
                    (1..=most).contains(&sizes[label]),
                    "{} {label} at {at}",
                    sizes[label]
                );
            }
            assert!(
                (100..=400).contains(&sizes["Insight"]),
                "{} insights at {at}",
                sizes["Insight"]
            );
            assert!(
                sizes["EventSummary"] <= 7 * 6,
                "{} summaries at {at}",
                sizes["EventSummary"]
            );
        }
    }
}

/// Counts nodes by label.
fn count(edits: &[Edit], sizes: &mut BTreeMap<&'static str, i64>) {
    for edit in edits {
        match edit {
            Edit::Create(kind, nodes) => {
                *sizes.entry(kind.label).or_default() += nodes.len() as i64
            }
            Edit::Delete(kind, keys) => *sizes.entry(kind.label).or_default() -= keys.len() as i64,
            Edit::Set(..) | Edit::Link(..) | Edit::Unlink(..) => {}
        }
    }
}

#[test]
fn every_kpi_has_plausible_values_all_the_time() {
    let shares = [
        "avg_confidence_score",
        "avg_pattern_success_rate",
        "insight_accuracy",
        "pattern_reuse_rate",
    ];
    for seed in 1..=3 {
        let (mut world, past) = World::new(seed, START, SPEED);
        let mut mirror = Mirror::of(&past);
        for minute in (0..=60).step_by(4) {
            let now = after(minute * MINUTE);
            mirror.follow_all(&world.until(now).collect::<Vec<_>>());
            let numbers = numbers(&mirror, now);
            for (kpi, samples) in &numbers {
                assert!(
                    !samples.is_empty(),
                    "{kpi} has no value, seed {seed}, minute {minute}"
                );
            }
            for kpi in shares {
                // A project that has just begun may have nothing but failures.
                let standing = numbers[kpi]
                    .iter()
                    .filter(|(labels, _)| labels.iter().all(|group| stands(group)));
                for (labels, share) in standing {
                    assert!(
                        (0.4..0.99).contains(share),
                        "{kpi} {labels:?} {share}, seed {seed}, minute {minute}"
                    );
                }
            }
            let orphans = numbers["orphaned_agents"][&vec![]];
            assert!(
                (0.0..=6.0).contains(&orphans),
                "{orphans} orphans, seed {seed}, minute {minute}"
            );
        }
    }
}

fn stands(group: &str) -> bool {
    ["faith-meats", "diff-driven-saas", "global-coding-skills"].contains(&group)
}

#[test]
fn everything_moves_within_an_hour() {
    let (mut world, past) = World::new(1, START, SPEED);
    let mut mirror = Mirror::of(&past);
    let mut seen: BTreeMap<_, Vec<Samples>> = BTreeMap::new();
    for minute in (0..=60).step_by(2) {
        mirror.follow_all(&world.until(after(minute * MINUTE)).collect::<Vec<_>>());
        for (kpi, samples) in numbers(&mirror, after(minute * MINUTE)) {
            let values = seen.entry(kpi).or_default();
            if !values.contains(&samples) {
                values.push(samples);
            }
        }
    }
    for (kpi, values) in &seen {
        let fewest = if ["agents_registered", "health_status_numeric"].contains(kpi) {
            2
        } else {
            4
        };
        assert!(
            values.len() >= fewest,
            "{kpi} had only {} values in an hour",
            values.len()
        );
    }
    let projects: BTreeSet<_> = seen["pattern_reuse_rate"]
        .iter()
        .map(BTreeMap::len)
        .collect();
    assert!(projects.len() > 1, "no project came or went");
}

#[test]
fn news_point_at_metrics_that_there_are() {
    let (mut world, _) = World::new(1, START, SPEED);
    let news: Vec<_> = world
        .until(after(HOUR))
        .flat_map(|happening| happening.news)
        .collect();
    let news: Vec<_> = news
        .into_iter()
        .filter(|news| news.metric.starts_with("bmad_"))
        .collect();
    for news in &news {
        let kpi = news.metric.strip_prefix("bmad_").unwrap();
        assert!(FAMILIES.iter().any(|family| family.kpi == kpi), "{news:?}");
        assert!(
            !news.text.ends_with('.') && news.text.len() < 90,
            "{news:?}"
        );
    }
    assert!(
        (300..900).contains(&news.len()),
        "{} lines an hour",
        news.len()
    );
}

async fn write(graph: &Graph, changes: &[Change]) {
    graph.write(changes, Duration::from_secs(60)).await.unwrap();
}

fn changes(edits: &[Edit]) -> Vec<Change> {
    edits.iter().map(Edit::change).collect()
}

#[tokio::test]
async fn a_real_neo4j_shows_what_the_world_is_like() {
    let Some(neo4j) = &alone().await else { return };
    a_graph_follows(&Graph::Bolt(Bolt::new(neo4j.settings()))).await;
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn the_embedded_graph_shows_what_the_world_is_like() {
    a_graph_follows(&Graph::Embedded(Embedded::new())).await;
}

/// No event of its past ends within minutes of the edge of a range: the time between writing and
/// asking changes no number.
const SEED_AWAY_FROM_EDGES: u64 = 1;

/// Fills an empty graph with the past, lets it follow ten minutes of life, and asks every KPI again
/// and again.
async fn a_graph_follows(graph: &Graph) {
    // The queries compare with the clock: it is already where that life ends.
    let start = UnixMillis(now().0 - 10 * MINUTE);
    let (mut world, past) = World::new(SEED_AWAY_FROM_EDGES, start, SPEED);
    write(graph, &world.indexes()).await;
    write(graph, &changes(&past)).await;
    let mut mirror = Mirror::of(&past);
    let mut seen = vec![compare(graph, &mirror).await];
    for minute in (2..=10).step_by(2) {
        let happenings: Vec<_> = world.until(UnixMillis(start.0 + minute * MINUTE)).collect();
        mirror.follow_all(&happenings);
        let edits = happenings.iter().flat_map(|happening| &happening.edits);
        write(graph, &changes(&joined(edits))).await;
        seen.push(compare(graph, &mirror).await);
    }
    let stood = |kpi: &str| seen.iter().all(|answers| answers[kpi] == seen[0][kpi]);
    let still: Vec<_> = FAMILIES
        .iter()
        .map(|family| family.kpi)
        .filter(|kpi| stood(kpi))
        .collect();
    assert!(still.is_empty(), "{still:?} did not move in ten minutes");
}

fn now() -> UnixMillis {
    let passed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    UnixMillis(i64::try_from(passed.as_millis()).unwrap())
}

/// Every KPI, by the product's own way, against the oracle.
async fn compare(graph: &Graph, mirror: &Mirror) -> BTreeMap<&'static str, Answer> {
    let expected = numbers(mirror, now());
    let mut found = BTreeMap::new();
    for family in &FAMILIES {
        let answer = answer(graph, family.kpi).await;
        let names = |values: &Vec<String>| {
            family
                .labels
                .iter()
                .map(|label| (*label).to_owned())
                .zip(values.iter().cloned())
                .collect()
        };
        let expected: Answer = expected[family.kpi]
            .iter()
            .map(|(values, value)| (names(values), *value))
            .collect();
        assert_eq!(
            answer.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{}",
            family.kpi
        );
        for (labels, value) in expected {
            let found = answer[&labels];
            assert!(
                (found - value).abs() < 1e-9,
                "{}: {labels:?} is {found}, not {value}",
                family.kpi
            );
        }
        found.insert(family.kpi, answer);
    }
    found
}
