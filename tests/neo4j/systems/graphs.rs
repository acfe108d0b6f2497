//! Real graphs that follow the world: every KPI of the packs, by the product's own way, against its
//! oracle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cypher::{Change, Literal, UnixMillis};
#[cfg(feature = "embedded")]
use cypher_exporter::graph::Embedded;
use cypher_exporter::graph::{Bolt, Graph};
use cypher_exporter::kpi::{Kpi, Mode};
use cypher_exporter::measure::Totals;
use world::{Edit, Properties, World, joined};

use crate::mirror::{Mirror, text};
use crate::model::answer::Answer;
use crate::model::asking::{count, look};
use crate::model::pack;
use crate::model::window::Window;
use crate::systems::{MINUTE, PACKS, SPEED, families};
use test_support::neo4j::alone;

/// No event of its past lies where the time between writing and asking would change a number; the
/// test looks.
const SEED_AWAY_FROM_EDGES: u64 = 1;
/// How long the test may take, in milliseconds.
const TAKES: i64 = 2 * MINUTE;

/// How long it lives, in steps shorter than events are kept, in milliseconds.
const LIVES: i64 = 24 * MINUTE;
const STEP: i64 = 3 * MINUTE;

#[tokio::test]
async fn a_real_neo4j_shows_what_the_systems_do() {
    let Some(neo4j) = &alone().await else { return };
    a_graph_follows(&Graph::Bolt(Bolt::new(neo4j.settings()))).await;
}

#[cfg(feature = "embedded")]
#[tokio::test]
async fn the_embedded_graph_shows_what_the_systems_do() {
    a_graph_follows(&Graph::Embedded(Embedded::new())).await;
}

/// Fills an empty graph with the past, lets it follow 24 minutes of life, and asks every KPI again
/// and again.
async fn a_graph_follows(graph: &Graph) {
    let kpis: Vec<_> = PACKS
        .iter()
        .flat_map(|(pack, _)| pack::catalog(pack).kpis)
        .collect();
    // The queries compare with the clock: it is already where that life ends. In whole seconds, as
    // windows are told.
    let now = UnixMillis(now().0 / 1000 * 1000);
    let start = UnixMillis(now.0 - LIVES);
    let (mut world, past) = World::new(SEED_AWAY_FROM_EDGES, start, SPEED);
    write(graph, &world.indexes()).await;
    write(graph, &changes(&past)).await;
    let mut mirror = Mirror::of(&past);
    let mut seen = BTreeMap::<&str, Vec<Answer>>::new();
    let mut since = i64::MAX / 2000;
    for passed in (0..=LIVES).step_by(usize::try_from(STEP).unwrap()) {
        let happenings: Vec<_> = world.until(UnixMillis(start.0 + passed)).collect();
        mirror.follow_all(&happenings);
        let edits: Vec<_> = happenings
            .iter()
            .flat_map(|happening| &happening.edits)
            .collect();
        write(graph, &changes(&joined(edits))).await;
        let until = (LIVES - passed) / 1000;
        let answers = compare(graph, &kpis, &mirror, now, Window { since, until }).await;
        answers
            .into_iter()
            .for_each(|(name, answer)| seen.entry(name).or_default().push(answer));
        since = until;
    }
    for (name, answers) in seen {
        let different = answers
            .iter()
            .filter(|answer| **answer != answers[0])
            .count();
        assert!(different > 0, "{name} did not move: {:?}", answers[0]);
        assert!(
            answers.iter().any(Answer::says_something),
            "{name} was always 0"
        );
    }
}

/// Each family's answer of a window, or as it stands, which must be what its oracle says.
async fn compare(
    graph: &Graph,
    kpis: &[Arc<Kpi>],
    mirror: &Mirror,
    now: UnixMillis,
    window: Window,
) -> BTreeMap<&'static str, Answer> {
    is_away_from_edges(mirror, now);
    let world = mirror.as_model(now);
    let mut answers = BTreeMap::new();
    for kpi in kpis {
        let answer = match kpi.mode {
            Mode::Snapshot => look(graph, kpi).await,
            Mode::Window(_) => count(graph, kpi, &mut Totals::default(), now, window).await,
        };
        let measured = answer.unwrap_or_else(|error| panic!("{}: {error}", kpi.id));
        for (metric, points) in kpi.metrics.iter().zip(&measured.samples) {
            answers.insert(metric.desc.name.to_string(), Answer::of(metric, points));
        }
    }
    let mut all = BTreeMap::new();
    for family in families() {
        let answer = answers
            .remove(family.name)
            .unwrap_or_else(|| panic!("no KPI brings {}", family.name));
        let mut expected = family.expected(&world, window);
        if let (true, Answer::Plain(moments)) = (family.moments, &mut expected) {
            moments
                .values_mut()
                .for_each(|moment| *moment += (now.0 / 1000) as f64);
        }
        answer
            .agrees(&expected)
            .unwrap_or_else(|error| panic!("{} in {window:?}: {error}", family.name));
        all.insert(family.name, answer);
    }
    all
}

/// Nothing passes the edge of a range while the test runs.
fn is_away_from_edges(mirror: &Mirror, now: UnixMillis) {
    let passes = |node: &Properties, range: i64| {
        let time = node.get("timestamp").or(node.get("finished_at"));
        let Some(Literal::DateTime(at)) = time else {
            return false;
        };
        (now.0 - range - 2000..now.0 - range + TAKES).contains(&at.0)
    };
    for (kind, node) in mirror.nodes() {
        let range = match (kind.label, text(node, "system").as_deref()) {
            ("TrainingJob" | "Sample", _) => 60 * MINUTE,
            ("Task" | "AgentSwitch", _) | ("Call", Some("lazybird" | "session_buddy")) => {
                24 * 60 * MINUTE
            }
            _ => continue,
        };
        assert!(!passes(node, range), "take another seed: {node:?}");
    }
}

async fn write(graph: &Graph, changes: &[Change]) {
    graph.write(changes, Duration::from_secs(60)).await.unwrap();
}

fn changes(edits: &[Edit]) -> Vec<Change> {
    edits.iter().map(Edit::change).collect()
}

fn now() -> UnixMillis {
    let passed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    UnixMillis(i64::try_from(passed.as_millis()).unwrap())
}
