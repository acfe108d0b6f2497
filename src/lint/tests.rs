//! Warnings about expressions, each with the text under the caret and the fix.

use std::time::Duration;

use super::*;
use crate::kpi::{Defaults, Source, load};

/// Loads files and checks them together; those called `pack.toml` are taken for such.
fn linted(files: &[(&str, &str)]) -> Catalog {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).to_owned(),
        pack: path.rsplit('/').nth(1).unwrap_or_default().to_owned(),
        text: (*text).to_owned(),
    };
    let (packs, kpis) = files
        .iter()
        .map(source)
        .partition::<Vec<_>, _>(|file| file.path.ends_with(".toml"));
    let mut catalog = load(
        &kpis,
        &packs,
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    );
    check(&mut catalog, &[]);
    catalog
}

fn messages(catalog: &Catalog) -> Vec<String> {
    catalog
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.place, problem.message))
        .collect()
}

/// A file with this header, over a query that returns `a` and `value`.
fn with_header(header: &str) -> String {
    format!(
        "// Number of things.\n/*kpi\n{header}\n*/\nMATCH (n:N) RETURN n.a AS a, count(n) AS value\n"
    )
}

#[test]
fn promql_that_selects_nothing_is_a_warning() {
    let calls = with_header("type = \"counter\"\nname = \"p_calls_total\"\nevery = \"5m\"");
    let took = "// How long calls take.\n/*kpi\nname = \"p_took_seconds\"\ntype = \"histogram\"\nbuckets = [1, 5]\n*/\n\
                RETURN 'x' AS b, 1 AS value";
    for (expr, expected) in [
        ("sum by (a) (rate(p_calls_total[15m])) > 1", ""),
        (
            "p_calls_totl > 1",
            "p_calls_totl: no KPI and no rule defines `p_calls_totl`; did you mean `p_calls_total`?",
        ),
        (
            "node_load1 > 1",
            "node_load1: no KPI and no rule defines `node_load1`; ignore this if another target of Prometheus exposes it",
        ),
        (
            "p_calls_total{b=\"x\"} > 1",
            "p_calls_total{b=\"x\"}: `p_calls_total` has no label `b`; it has `a`, `instance`, `job`",
        ),
        (
            "sum by (b) (p_calls_total) > 1",
            "sum by (b) (p_calls_total): aggregation by the label `b`, which the series do not have; use `a`, `instance`, `job`",
        ),
        (
            "increase(p_calls_total[5m]) > 1",
            "increase(p_calls_total[5m]): the range is shorter than 3 intervals of the KPI, which runs every 5m; write at least [15m], or run the KPI more often",
        ),
        (
            "histogram_quantile(0.9, sum by (b) (p_took_seconds_bucket)) > 1",
            "histogram_quantile(0.9, sum by (b) (p_took_seconds_bucket)): the buckets have no label `le`; keep the label `le`: sum by (le, …)",
        ),
        (
            "p_took_seconds_count > 0 and p_calls_total > 0",
            "p_took_seconds_count > 0 and p_calls_total > 0: the two sides of `and` never match: only one has `a`, `b`; match on the labels that both have: on (…), or ignore the others: ignoring (…)",
        ),
        (
            "p_took_seconds_count > 0 and on (job) p_calls_total > 0",
            "",
        ),
        (
            "p_took_seconds_count / ignoring (a, b) p_calls_total > 0",
            "",
        ),
        (
            "p_calls_total / on (a) group_left () sum by (a) (p_calls_total) > 0",
            "",
        ),
        ("p_calls_total or p_took_seconds_count", ""),
        ("p_calls_total * 2 > time()", ""),
        (
            "label_replace(p_calls_total, \"b\", \"x\", \"\", \"\") and label_replace(p_took_seconds_count, \"a\", \"x\", \"\", \"\")",
            "",
        ),
        (
            "sum(foreign) by (x) / sum(up) by (x)",
            "sum(foreign) by (x) / sum(up) by (x): the two sides of `/` never match: only one has `x`; match on the labels that both have: on (…), or ignore the others: ignoring (…) | foreign: no KPI and no rule defines `foreign`; ignore this if another target of Prometheus exposes it | sum(up) by (x): aggregation by the label `x`, which the series do not have; use `instance`, `job`",
        ),
    ] {
        let pack = format!("[[alert]]\nname = \"A\"\nexpr = '{expr}'\n");
        let catalog = linted(&[
            ("p/calls.cypher", &calls),
            ("p/took.cypher", took),
            ("p/pack.toml", &pack),
        ]);
        assert!(
            catalog
                .problems
                .iter()
                .all(|problem| problem.level.is_warning())
        );
        let found = |problem: &Problem| {
            format!(
                "{}: {}; {}",
                &pack[problem.span().cloned().unwrap()],
                problem.message,
                problem.fix
            )
        };
        assert_eq!(
            catalog
                .problems
                .iter()
                .map(found)
                .collect::<Vec<_>>()
                .join(" | "),
            expected,
            "{expr}"
        );
    }
    let text = "[[alert]]\nname = \"A\"\nexpr = 'sum(p_calls_total) > 1'\nsummary = \"{{ $labels.a }} of {{ $value }}\"";
    let catalog = linted(&[("p/calls.cypher", &calls), ("p/pack.toml", text)]);
    assert_eq!(
        messages(&catalog),
        ["p/pack.toml: the alert `A` has no label `a`"]
    );
    let catalog = linted(&[
        ("p/calls.cypher", &calls),
        ("p/pack.toml", &text.replace("sum(", "(")),
    ]);
    assert_eq!(messages(&catalog), Vec::<String>::new());
}
