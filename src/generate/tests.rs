//! A small catalogue for the tests of this floor.

use std::time::Duration;

use crate::kpi::vocabulary::Vocabulary;
use crate::kpi::{Catalog, Defaults, Source, load};

/// Loads files; those called `pack.toml` are taken for such.
pub(super) fn catalog(files: &[(&str, &str)]) -> Catalog {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).to_owned(),
        pack: path.rsplit('/').nth(1).unwrap_or_default().to_owned(),
        text: (*text).to_owned(),
    };
    let (packs, kpis) = files.iter().map(source).partition::<Vec<_>, _>(|file| file.path.ends_with(".toml"));
    let catalog = load(&kpis, &packs, &Defaults { every: Duration::from_secs(300), reserved_labels: &[] });
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog
}

/// One metric of each kind.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("queries/p/gauge.cypher", "// Things by a.\nRETURN 'x' AS a, 1 AS value"),
    ("queries/p/plain.cypher", "// Things.\nRETURN 1 AS value"),
    (
        "queries/p/calls_total.cypher",
        "// Calls by status.\n/*kpi\ntype = \"counter\"\nexpect = { status = [\"success\", \"error\"] }\n*/\nRETURN 'x' AS agent, 'success' AS status, 1 AS value",
    ),
    (
        "queries/p/took_seconds.cypher",
        "// How long calls take.\n/*kpi\ntype = \"histogram\"\nmode = \"window\"\nbuckets = [0.1, 0.5, 1, 5]\n*/\nMATCH (c:Call) WHERE c.timestamp > $since AND c.timestamp <= $until RETURN c.agent AS agent, c.took AS value",
    ),
    ("queries/p/begun_timestamp_seconds.cypher", "// When jobs began.\nRETURN 'x' AS job_id, 1 AS value"),
    ("queries/p/pack.toml", "[[record]]\nrecord = \"p:quality\"\nexpr = 'avg(p_gauge)'\n"),
];

pub(super) fn vocabulary() -> Vocabulary {
    let catalog = catalog(KINDS);
    Vocabulary::of(&catalog.kpis, &catalog.packs, &[])
}

#[test]
fn titles_are_the_beginnings_of_sentences() {
    for (help, expected) in [
        ("Agents without a brain: they remember nothing.", "Agents without a brain"),
        ("Share (0 to 1) of the events.", "Share"),
        ("Events, by type and project group; archived ones included.", "Events"),
        ("Total tokens consumed, read and written.", "Total tokens consumed, read and written"),
        (
            "Percentage of the tasks finished in the last 24 hours that succeeded, by agent.",
            "Percentage of the tasks finished in the last 24 hours",
        ),
        (
            "Insights that an agent came to share from another one in the last 30 days.",
            "Insights that an agent came to share from another one",
        ),
        ("Things.", "Things"),
        ("É", "É"),
    ] {
        assert_eq!(super::short(help), expected);
    }
}
