//! What many label sets cost in memory, as the allocator counts it.

use std::time::Duration;

use cypher::Value;
use cypher_exporter::kpi::{self, Defaults, Kpi, Source};
use cypher_exporter::measure::{Rows, Totals};

use crate::{Alone, COUNTING};

const LABEL_SETS: usize = 10_000;
/// Several, so that what the program needs once does not count.
const COPIES: usize = 8;
const MOST: usize = 10_000_000;

fn text() -> String {
    let query = "MATCH (e) WHERE e.t > $since AND e.t <= $until RETURN e.a AS agent, e.b AS tool, e.c AS outcome, e.v AS value";
    let buckets = "[0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600]";
    let header = format!(
        "name = \"p_seconds\"\ntype = \"histogram\"\nmode = \"window\"\nbuckets = {buckets}"
    );
    format!("// Help.\n/*kpi\n{header}\n*/\n{query}")
}

fn window(kpi: &Kpi, totals: &Totals, sets: impl Iterator<Item = usize>) -> Totals {
    let mut rows = Rows::of_window(kpi, totals);
    let label = |text: &str, n: usize| Value::String(format!("{text}-{n}"));
    for n in sets {
        let row = vec![
            label("agent", n / 100),
            label("a-tool-with-a-long-name", n),
            label("outcome", n % 7),
            Value::Float(n as f64),
        ];
        assert!(rows.row(&row).is_continue());
    }
    Totals::after(&rows.finish().unwrap())
}

/// The memory that this process has allocated and not freed, in bytes.
fn allocated() -> usize {
    let stats = COUNTING.stats();
    let (more, less) = (stats.bytes_allocated, stats.bytes_deallocated);
    more - less
}

#[test]
fn ten_thousand_label_sets_with_twelve_buckets_are_less_than_10_mb_published_or_not() {
    let _alone = Alone::wait();
    let source = Source {
        path: "queries/p/m.cypher".to_owned(),
        pack: "p".into(),
        text: text(),
    };
    let catalog = kpi::load(
        &[source],
        &[],
        &Defaults {
            every: Duration::from_secs(60),
            const_labels: &[],
        },
    );
    let kpi = &catalog.kpis[0];
    let count = || window(kpi, &Totals::default(), 0..LABEL_SETS);
    let first = count();
    let before = allocated();
    let mut kept = vec![first];
    kept.extend((1..COPIES).map(|_| count()));
    let each = (allocated() - before) / (COPIES - 1);

    // What is published is the same memory; the next window makes another one, which shares the
    // labels' texts with it.
    let published: Vec<_> = kept
        .iter()
        .map(|totals| totals.samples().to_vec())
        .collect();
    let before = allocated();
    let next: Vec<_> = kept
        .iter()
        .map(|totals| window(kpi, totals, (0..LABEL_SETS).step_by(100)))
        .collect();
    let both = (allocated() - before) / COPIES + each;
    println!(
        "{LABEL_SETS} label sets: {each} bytes, {both} while the window before is still shown"
    );
    assert!(each < MOST && both < MOST, "{each}, {both}");
    assert_eq!(next[0].samples()[0].len(), LABEL_SETS);
    drop(published);
}
