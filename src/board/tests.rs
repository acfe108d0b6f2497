//! What a scrape returns after runs on one graph and on two.

use super::*;
use crate::exposition::{Coding, Format};
use crate::kpi;
use crate::metric::Series;

fn kpi(id: &str, graph: Option<&str>) -> Arc<Kpi> {
    let header = graph
        .map(|graph| format!("/*kpi graph = \"{graph}\" */"))
        .unwrap_or_default();
    kpi::one(
        &format!("queries/{id}.cypher"),
        &format!("// Help.\n{header}\nRETURN 1 AS value, 'a' AS group"),
    )
}

fn constant() -> Constant {
    [(LabelName::new("env").unwrap(), Arc::from("prod"))].into()
}

fn samples(group: &str, value: f64) -> Option<Vec<Arc<Samples>>> {
    Some(vec![Arc::new(Samples::Gauge(vec![Series {
        labels: [Arc::from(group)].into(),
        value,
    }]))])
}

fn lines(slot: &Slot) -> Vec<String> {
    let Some(reading) = slot.reading() else {
        return Vec::new();
    };
    let text = String::from_utf8(reading.segment(Format::Text).body().to_vec()).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn slots_are_sorted_by_id() {
    let board = Board::new(
        &[kpi("p/b", None), kpi("p/a", None)],
        &["default".into()],
        Constant::default(),
    );
    let ids: Vec<_> = board
        .slots()
        .iter()
        .map(|slot| slot.kpi.id.as_ref())
        .collect();
    assert_eq!(ids, ["p/a", "p/b"]);
    assert_eq!(board.slot("p/b").unwrap().kpi.id.as_ref(), "p/b");
    assert!(board.slot("p/c").is_none() && board.graph("other").is_none());
}

#[test]
fn one_graph_needs_no_label() {
    let board = Board::new(&[kpi("p/a", None)], &["default".into()], constant());
    let slot = &board.slots()[0];
    assert!(slot.reading().is_none());
    slot.publish(0, samples("g", 1.0));
    assert_eq!(lines(slot), ["p_a{env=\"prod\",group=\"g\"} 1"]);
}

#[test]
fn targets_replace_only_their_own_series() {
    let graphs = ["one".into(), "two".into()];
    let board = Board::new(
        &[kpi("p/a", None), kpi("p/b", Some("two"))],
        &graphs,
        constant(),
    );
    let slot = board.slot("p/a").unwrap();
    let targets: Vec<_> = board
        .targets()
        .map(|target| target.graph.as_ref())
        .collect();
    assert_eq!(targets, ["one", "two", "two"]);
    slot.publish(0, samples("g", 1.0));
    slot.publish(1, samples("g", 2.0));
    let two = "p_a{graph=\"two\",env=\"prod\",group=\"g\"} 2";
    assert_eq!(
        lines(slot),
        ["p_a{graph=\"one\",env=\"prod\",group=\"g\"} 1", two]
    );
    slot.publish(0, samples("h", 3.0));
    assert_eq!(
        lines(slot),
        ["p_a{graph=\"one\",env=\"prod\",group=\"h\"} 3", two]
    );
    slot.publish(0, None);
    assert_eq!(lines(slot), [two]);
    assert!(slot.targets()[0].samples().is_none() && slot.targets()[1].samples().is_some());
    slot.publish(1, None);
    assert!(slot.reading().is_none());
}

#[test]
fn a_reading_is_encoded_and_compressed_once_and_outlives_its_successor() {
    let board = Board::new(
        &[kpi("p/a", None)],
        &["default".into()],
        Constant::default(),
    );
    let slot = &board.slots()[0];
    slot.publish(0, samples("g", 1.0));
    let (first, again) = (slot.reading().unwrap(), slot.reading().unwrap());
    for format in [Format::Text, Format::OpenMetrics] {
        assert_eq!(
            first.segment(format).body().as_ptr(),
            again.segment(format).body().as_ptr()
        );
        let blocks = |reading: &Reading| reading.segment(format).deflated().blocks().as_ptr();
        assert_eq!(blocks(&first), blocks(&again));
    }
    slot.publish(0, samples("g", 2.0));
    assert!(first.segment(Format::Text).body().ends_with(b" 1\n"));
    assert_eq!(lines(slot), ["p_a{group=\"g\"} 2"]);
}

#[test]
fn targets_that_publish_concurrently_do_not_lose_series() {
    let graphs: Vec<Arc<str>> = (0..8).map(|at| Arc::from(format!("g{at}"))).collect();
    let board = Board::new(&[kpi("p/a", None)], &graphs, Constant::default());
    for round in 0..50 {
        std::thread::scope(|scope| {
            for target in 0..graphs.len() {
                let slot = &board.slots()[0];
                scope.spawn(move || slot.publish(target, samples("g", f64::from(round))));
            }
        });
        let now = lines(&board.slots()[0]);
        assert_eq!(
            now.iter()
                .filter(|line| line.ends_with(&format!(" {round}")))
                .count(),
            graphs.len()
        );
    }
}

#[test]
fn first_pass_and_graphs() {
    let board = Board::new(
        &[kpi("p/a", None), kpi("p/b", None)],
        &["one".into(), "two".into()],
        Constant::default(),
    );
    let failed = Status {
        last_run: Some(SystemTime::UNIX_EPOCH),
        outcome: Some(Outcome::NotAsked(Failure {
            reason: "unreachable",
            message: "no".into(),
        })),
        ..Status::default()
    };
    for (target, status) in board.targets().zip(std::iter::repeat_n(failed, 4)) {
        assert!(!board.first_pass_done());
        target.set_status(status);
    }
    assert!(board.first_pass_done() && board.last_update().is_none());
    assert!(!board.any_graph_up());
    board.graph("two").unwrap().set_up();
    assert!(board.any_graph_up() && !board.all_graphs_up());
    board.graph("one").unwrap().set_up();
    assert!(board.all_graphs_up());
    board.graph("one").unwrap().set_down("refused".into());
    assert_eq!(
        board
            .graph("one")
            .unwrap()
            .down_reason()
            .as_deref()
            .map(String::as_str),
        Some("refused")
    );
}

fn many(count: usize) -> Option<Vec<Arc<Samples>>> {
    let series = |at: usize| Series {
        labels: [Arc::from(format!("g{at}"))].into(),
        value: at as f64,
    };
    Some(vec![Arc::new(Samples::Gauge(
        (0..count).map(series).collect(),
    ))])
}

/// The text of all chunks.
fn text(board: &Board) -> String {
    let chunks = board.chunks();
    let segments = chunks.iter().flat_map(|chunk| chunk.segments(Format::Text));
    segments
        .map(|segment| std::str::from_utf8(segment.body()).unwrap())
        .collect()
}

#[test]
fn small_readings_share_a_segment_and_large_ones_keep_their_own() {
    let kpis = ["p/a", "p/b", "p/c", "p/d", "p/e"].map(|id| kpi(id, None));
    let board = Board::new(&kpis, &["default".into()], Constant::default());
    let slots = board.slots();
    slots
        .iter()
        .for_each(|slot| slot.publish(0, samples("g", 1.0)));
    slots[2].publish(0, many(1_000));
    // A reading without series has no text.
    slots[4].publish(0, many(0));
    let chunk = &board.chunks()[0];
    let segments = chunk.segments(Format::Text);
    let own = |slot: usize| slots[slot].reading().unwrap().segment(Format::Text).clone();
    assert_eq!(segments.len(), 3);
    assert_eq!(
        segments[0].body(),
        &[&own(0).body()[..], own(1).body()].concat()
    );
    assert!(Arc::ptr_eq(&segments[1], &own(2)) && Arc::ptr_eq(&segments[2], &own(3)));

    // A new reading leaves the previous chunk unchanged, and the large neighbour encoded.
    slots[0].publish(0, samples("new", 2.0));
    assert!(
        segments[0]
            .body()
            .starts_with(b"# HELP p_a Help.\n# TYPE p_a gauge\np_a{group=\"g\"} 1\n")
    );
    let next = &board.chunks()[0];
    assert!(!next.is_ready(Format::Text, Coding::Identity));
    assert!(Arc::ptr_eq(&next.segments(Format::Text)[1], &segments[1]));
    assert!(
        next.is_ready(Format::Text, Coding::Identity) && !next.is_ready(Format::Text, Coding::Gzip)
    );
}

#[test]
fn a_reading_is_freed_with_its_last_scrape() {
    let board = Board::new(
        &[kpi("p/a", None)],
        &["default".into()],
        Constant::default(),
    );
    let slot = &board.slots()[0];
    slot.publish(0, many(10));
    text(&board);
    let (reading, scrape) = (Arc::downgrade(&slot.reading().unwrap()), board.chunks());
    slot.publish(0, samples("g", 1.0));
    assert!(reading.upgrade().is_some());
    drop(scrape);
    assert!(reading.upgrade().is_none());
}

#[test]
fn many_kpis_are_sorted() {
    let kpis: Vec<_> = (0..200)
        .map(|at| kpi(&format!("p/k{at:03}"), None))
        .collect();
    let board = Board::new(&kpis, &["default".into()], Constant::default());
    for (at, slot) in board.slots().iter().enumerate() {
        slot.publish(0, samples("g", at as f64));
    }
    let text = text(&board);
    let samples: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let expected: Vec<_> = (0..200)
        .map(|at| format!("p_k{at:03}{{group=\"g\"}} {at}"))
        .collect();
    assert_eq!(samples, expected);
    assert!(board.chunks().len() > 1);
}

#[tokio::test(start_paused = true)]
async fn values_are_dropped_when_they_are_stale_even_if_their_task_has_ended() {
    let board = Board::new(
        &[kpi("p/a", None), kpi("p/b", None)],
        &["default".into()],
        Constant::default(),
    );
    let (a, b) = (&board.slots()[0], &board.slots()[1]);
    let stale_at = Instant::now() + Duration::from_secs(60);
    a.publish_until(0, samples("g", 1.0), Some(stale_at));
    b.publish(0, samples("g", 1.0));
    let first = "p_a{group=\"g\"} 1";
    let shows = |line: &str| text(&board).lines().any(|shown| shown == line);
    tokio::time::advance(Duration::from_secs(59)).await;
    assert!(shows(first));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(!shows(first) && shows("p_b{group=\"g\"} 1"));
    assert!(a.targets()[0].samples().is_none());
    a.publish(0, samples("g", 1.0));
    assert!(shows(first));
}
