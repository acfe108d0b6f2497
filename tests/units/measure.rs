//! Rows in, exposition text out: what each type makes of its rows, and what breaks a run.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use cypher::Value;
use cypher_exporter::exposition::{Format, Segment};
use cypher_exporter::kpi::{self, Defaults, Kpi, SkipReason, Source};
use cypher_exporter::measure::{MeasureError, Measured, Rows, fallback};
use cypher_exporter::metric::{Constant, Family, Part, Samples};

/// A KPI of this header and these columns.
fn kpi(header: &str, columns: &str) -> Arc<Kpi> {
    let text = format!("// Help.\n/*kpi\n{header}\n*/\nMATCH (n) RETURN {columns}");
    let source = Source {
        path: "queries/p/m.cypher".to_owned(),
        pack: "p".into(),
        text,
    };
    let catalog = kpi::load(
        &[source],
        &[],
        &Defaults {
            every: Duration::from_secs(60),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}

fn cells<const N: usize>(row: [Value; N]) -> Vec<Value> {
    row.into()
}

fn s(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn f(number: f64) -> Value {
    Value::Float(number)
}

fn i(number: i64) -> Value {
    Value::Integer(number)
}

fn measure(kpi: &Kpi, rows: &[Vec<Value>]) -> Result<Measured, MeasureError> {
    let mut taken = Rows::of_snapshot(kpi, &[]);
    for (at, row) in rows.iter().enumerate() {
        if taken.row(row).is_break() {
            assert!(taken.has_failed(), "a break has its reason");
            assert_eq!(
                at + 1,
                rows.len(),
                "the run breaks at its last row only, so that a test shows where"
            );
        }
    }
    taken.finish()
}

fn written(kpi: &Kpi, points: &[Arc<Samples>]) -> String {
    let families = kpi
        .metrics
        .iter()
        .zip(points)
        .map(|(metric, points)| Family {
            desc: metric.desc.clone(),
            metric_type: metric.shape.metric_type(),
            parts: vec![Part {
                constant: Constant::default(),
                points: points.clone(),
            }],
        });
    let segment = Segment::encode(&families.collect::<Vec<_>>(), Format::OpenMetrics);
    let text = String::from_utf8(segment.body().to_vec()).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The sample lines of a successful run.
fn text(header: &str, columns: &str, rows: &[Vec<Value>]) -> String {
    let kpi = kpi(header, columns);
    let measured = measure(&kpi, rows).unwrap_or_else(|error| panic!("{error}"));
    written(&kpi, &measured.samples)
}

fn fault(header: &str, columns: &str, rows: &[Vec<Value>]) -> String {
    measure(&kpi(header, columns), rows)
        .expect_err("these rows make no samples")
        .to_string()
}

fn skipped(header: &str, columns: &str, rows: &[Vec<Value>]) -> Vec<(SkipReason, u64)> {
    measure(&kpi(header, columns), rows)
        .unwrap()
        .skipped
        .reasons()
        .collect()
}

#[test]
fn a_gauge_takes_what_a_float_holds() {
    let rows: Vec<_> = [
        ("boolean", Value::Boolean(true)),
        ("exact", i(1 << 53)),
        ("falling", i(-(1 << 53))),
        ("fraction", f(0.42)),
        ("huge", f(1e300)),
        ("infinite", f(f64::INFINITY)),
        ("negative", f(f64::NEG_INFINITY)),
        ("zero", i(0)),
    ]
    .map(|(name, value)| cells([s(name), value]))
    .into();
    insta::assert_snapshot!(text("", "n.a AS a, n.v AS value", &rows), @r#"
    p_m{a="boolean"} 1
    p_m{a="exact"} 9007199254740992
    p_m{a="falling"} -9007199254740992
    p_m{a="fraction"} 0.42
    p_m{a="huge"} 1e+300
    p_m{a="infinite"} +Inf
    p_m{a="negative"} -Inf
    p_m{a="zero"} 0
    "#);
}

#[test]
fn labels_keep_their_text() {
    let rows: Vec<_> = [
        Value::Null,
        s(""),
        s("a \"b\"\n\\c é"),
        Value::Boolean(false),
        i(i64::MIN),
        f(1.0),
        Value::Temporal("2026-11-21".to_owned()),
    ]
    .map(|label| cells([label, i(1)]))
    .into();
    insta::assert_snapshot!(text("", "n.a AS a, n.v AS value", &rows), @r#"
    p_m{a=""} 1
    p_m{a="-9223372036854775808"} 1
    p_m{a="1.0"} 1
    p_m{a="2026-11-21"} 1
    p_m{a="a \"b\"\n\\c é"} 1
    p_m{a="false"} 1
    p_m{a="unknown"} 1
    "#);
}

#[test]
fn a_value_that_is_not_there_is_left_out_and_counted() {
    let rows = [
        cells([s("null"), Value::Null]),
        cells([s("nan"), f(f64::NAN)]),
        cells([s("one"), i(1)]),
    ];
    assert_eq!(
        text("", "n.a AS a, n.v AS value", &rows),
        "p_m{a=\"one\"} 1\n"
    );
    assert_eq!(
        skipped("", "n.a AS a, n.v AS value", &rows),
        [(SkipReason::NullValue, 1), (SkipReason::NaNValue, 1)]
    );
}

#[test]
fn value_and_labels_are_the_columns_that_the_header_names() {
    let rows = [cells([s("x"), i(3), s("of no interest")])];
    let header = "value = \"n\"\nlabels = [\"a\"]";
    assert_eq!(
        text(header, "n.a AS a, n.n AS n, n.z AS z", &rows),
        "p_m{a=\"x\"} 3\n"
    );
}

#[test]
fn a_metric_that_misses_its_value_takes_nothing_from_the_others() {
    let header = "[[metric]]\nname = \"p_a\"\nvalue = \"a\"\n[[metric]]\nname = \"p_b_total\"\ntype = \"counter\"\nvalue = \"b\"";
    let rows = [
        cells([s("x"), Value::Null, i(2)]),
        cells([s("y"), i(1), Value::Null]),
    ];
    insta::assert_snapshot!(text(header, "n.g AS g, n.a AS a, n.b AS b", &rows), @r#"
    p_a{g="y"} 1
    p_b_total{g="x"} 2
    "#);
    assert_eq!(
        skipped(header, "n.g AS g, n.a AS a, n.b AS b", &rows),
        [],
        "each row feeds a metric"
    );
    let rows = [
        cells([s("x"), Value::Null, Value::Null]),
        cells([s("y"), f(f64::NAN), Value::Null]),
    ];
    let reasons = [(SkipReason::NullValue, 1), (SkipReason::NaNValue, 1)];
    assert_eq!(
        skipped(header, "n.g AS g, n.a AS a, n.b AS b", &rows),
        reasons
    );
}

#[test]
fn an_expected_combination_is_zero_where_no_row_brings_it() {
    let all = "expect = { a = [\"x\", \"y\"], b = [\"1\", \"2\"] }";
    insta::assert_snapshot!(text(all, "n.a AS a, n.b AS b, n.v AS value", &[]), @r#"
    p_m{a="x",b="1"} 0
    p_m{a="x",b="2"} 0
    p_m{a="y",b="1"} 0
    p_m{a="y",b="2"} 0
    "#);
    let rows = [cells([s("x"), s("2"), i(7)]), cells([s("z"), s("1"), i(8)])];
    insta::assert_snapshot!(text(all, "n.a AS a, n.b AS b, n.v AS value", &rows), @r#"
    p_m{a="x",b="1"} 0
    p_m{a="x",b="2"} 7
    p_m{a="y",b="1"} 0
    p_m{a="y",b="2"} 0
    p_m{a="z",b="1"} 8
    "#);
}

#[test]
fn where_only_some_labels_are_expected_the_others_are_those_seen() {
    let some = "expect = { outcome = [\"failed\", \"success\"] }";
    assert_eq!(
        text(some, "n.g AS g, n.o AS outcome, n.v AS value", &[]),
        ""
    );
    let rows = [
        cells([s("a"), s("success"), i(5)]),
        cells([s("b"), s("failed"), i(6)]),
        cells([s("c"), s("odd"), i(7)]),
    ];
    insta::assert_snapshot!(text(some, "n.g AS g, n.o AS outcome, n.v AS value", &rows), @r#"
    p_m{g="a",outcome="failed"} 0
    p_m{g="a",outcome="success"} 5
    p_m{g="b",outcome="failed"} 6
    p_m{g="b",outcome="success"} 0
    p_m{g="c",outcome="failed"} 0
    p_m{g="c",outcome="odd"} 7
    p_m{g="c",outcome="success"} 0
    "#);
}

#[test]
fn an_expected_counter_and_histogram_begin_at_zero() {
    let header = "type = \"histogram\"\nbuckets = [1]\nexpect = { a = [\"x\"] }";
    insta::assert_snapshot!(text(header, "n.a AS a, n.v AS value", &[]), @r#"
    p_m_bucket{a="x",le="1.0"} 0
    p_m_bucket{a="x",le="+Inf"} 0
    p_m_sum{a="x"} 0
    p_m_count{a="x"} 0
    "#);
    let header = "name = \"p_total\"\ntype = \"counter\"\nexpect = { a = [\"x\"] }";
    assert_eq!(
        text(header, "n.a AS a, n.v AS value", &[]),
        "p_total{a=\"x\"} 0\n"
    );
}

#[test]
fn rows_of_the_same_labels_add_up_where_the_file_says_so() {
    let rows = [
        cells([s("x"), i(1)]),
        cells([s("x"), f(0.5)]),
        cells([s("y"), i(2)]),
    ];
    let sum = "on_duplicate = \"sum\"";
    assert_eq!(
        text(sum, "n.a AS a, n.v AS value", &rows),
        "p_m{a=\"x\"} 1.5\np_m{a=\"y\"} 2\n"
    );
    // Infinities of both signs have no sum.
    let rows = [
        cells([s("x"), f(f64::INFINITY)]),
        cells([s("x"), f(f64::NEG_INFINITY)]),
    ];
    assert_eq!(
        text(sum, "n.a AS a, n.v AS value", &rows),
        "p_m{a=\"x\"} +Inf\n"
    );
    assert_eq!(
        skipped(sum, "n.a AS a, n.v AS value", &rows),
        [(SkipReason::NaNValue, 1)]
    );
}

#[test]
fn a_histogram_counts_a_value_at_the_edge_in_the_bucket_below_it() {
    let rows = [0.0, 1.0, 1.5, 2.0, 2.5, f64::INFINITY].map(|value| cells([f(value)]));
    insta::assert_snapshot!(text("type = \"histogram\"\nbuckets = [1, 2]", "n.v AS value", &rows), @r#"
    p_m_bucket{le="1.0"} 2
    p_m_bucket{le="2.0"} 4
    p_m_bucket{le="+Inf"} 6
    p_m_sum +Inf
    p_m_count 6
    "#);
}

#[test]
fn a_weight_says_how_often() {
    let rows = [
        cells([f(0.5), i(3)]),
        cells([f(1.5), f(2.0)]),
        cells([f(f64::INFINITY), i(0)]),
        cells([f(9.0), Value::Null]),
        cells([f(9.0), f(f64::NAN)]),
    ];
    let header = "type = \"histogram\"\nbuckets = [1]";
    insta::assert_snapshot!(text(header, "n.v AS value, n.w AS weight", &rows), @r#"
    p_m_bucket{le="1.0"} 3
    p_m_bucket{le="+Inf"} 5
    p_m_sum 4.5
    p_m_count 5
    "#);
    let reasons = [(SkipReason::NullValue, 1), (SkipReason::NaNValue, 1)];
    assert_eq!(
        skipped(header, "n.v AS value, n.w AS weight", &rows),
        reasons
    );
}

#[test]
fn a_histogram_whose_sum_could_fall_has_none() {
    let rows = [cells([f(-3.0)]), cells([f(0.5)])];
    let header = "type = \"histogram\"\nbuckets = [-1, 1]";
    insta::assert_snapshot!(text(header, "n.v AS value", &rows), @r#"
    p_m_bucket{le="-1.0"} 1
    p_m_bucket{le="1.0"} 2
    p_m_bucket{le="+Inf"} 2
    "#);
    assert_eq!(skipped(header, "n.v AS value", &rows), []);
}

#[test]
fn a_histogram_without_a_bound_below_0_leaves_out_what_is_below_0() {
    let rows = [-3.0, f64::NEG_INFINITY, 0.0, -0.0, 0.5].map(|value| cells([f(value)]));
    let header = "type = \"histogram\"\nbuckets = [0, 1]";
    insta::assert_snapshot!(text(header, "n.v AS value", &rows), @r#"
    p_m_bucket{le="0.0"} 2
    p_m_bucket{le="1.0"} 3
    p_m_bucket{le="+Inf"} 3
    p_m_sum 0.5
    p_m_count 3
    "#);
    assert_eq!(
        skipped(header, "n.v AS value", &rows),
        [(SkipReason::NegativeValue, 2)]
    );
}

#[test]
fn a_summary_is_what_the_graph_computed() {
    let header = "type = \"summary\"\nquantiles = { \"0.99\" = \"p99\", \"0.5\" = \"p50\" }";
    let rows = [
        cells([s("x"), f(1.0), f(9.0), f(100.0), i(20)]),
        cells([s("y"), f(1.0), f(9.0), Value::Null, Value::Null]),
        cells([s("z"), Value::Null, f(9.0), f(1.0), i(1)]),
    ];
    let columns = "n.a AS a, n.b AS p50, n.c AS p99, n.d AS sum, n.e AS count";
    insta::assert_snapshot!(text(header, columns, &rows), @r#"
    p_m{a="x",quantile="0.5"} 1
    p_m{a="x",quantile="0.99"} 9
    p_m_sum{a="x"} 100
    p_m_count{a="x"} 20
    p_m{a="y",quantile="0.5"} 1
    p_m{a="y",quantile="0.99"} 9
    "#);
}

#[test]
fn an_info_is_its_labels() {
    let rows = [
        cells([s("1.2"), s("linux")]),
        cells([Value::Null, s("mac")]),
    ];
    insta::assert_snapshot!(text("name = \"p_info\"\ntype = \"info\"", "n.v AS version, n.o AS os", &rows), @r#"
    p_info{version="1.2",os="linux"} 1
    p_info{version="unknown",os="mac"} 1
    "#);
}

#[test]
fn a_state_set_has_the_states_that_are_listed_or_seen() {
    let rows = [
        cells([s("a"), s("up")]),
        cells([s("b"), s("down")]),
        cells([s("c"), Value::Null]),
    ];
    let columns = "n.a AS agent, n.s AS state";
    insta::assert_snapshot!(text("type = \"stateset\"\nvalue = \"state\"", columns, &rows), @r#"
    p_m{agent="a",p_m="down"} 0
    p_m{agent="a",p_m="up"} 1
    p_m{agent="b",p_m="down"} 1
    p_m{agent="b",p_m="up"} 0
    "#);
    let listed =
        "type = \"stateset\"\nvalue = \"state\"\nexpect = { state = [\"up\", \"down\", \"lost\"] }";
    insta::assert_snapshot!(text(listed, columns, &rows), @r#"
    p_m{agent="a",p_m="up"} 1
    p_m{agent="a",p_m="down"} 0
    p_m{agent="a",p_m="lost"} 0
    p_m{agent="b",p_m="up"} 0
    p_m{agent="b",p_m="down"} 1
    p_m{agent="b",p_m="lost"} 0
    "#);
    assert_eq!(
        skipped(listed, columns, &rows),
        [(SkipReason::NullValue, 1)]
    );
}

#[test]
fn what_breaks_a_run_names_row_and_column() {
    let histogram = "type = \"histogram\"\nbuckets = [1]";
    let counter = "name = \"p_total\"\ntype = \"counter\"";
    let summary = "type = \"summary\"\nquantiles = { \"0.5\" = \"value\" }";
    let (plain, labelled, weighted) = (
        "n.v AS value",
        "n.a AS a, n.v AS value",
        "n.v AS value, n.w AS weight",
    );
    let stateset = "type = \"stateset\"\nvalue = \"a\"\nexpect = { a = [\"up\"] }";
    let cases: [(&str, &str, Vec<Vec<Value>>, &str); 18] = [
        (
            "",
            plain,
            vec![cells([i((1 << 53) + 1)])],
            "row 1: 9007199254740993 in the column `value` is beyond 2^53 and would lose digits; divide it in the query, or accept the loss with `toFloat(…)`",
        ),
        (
            "",
            plain,
            vec![cells([s("1")])],
            "row 1: expected a number in the column `value`, found a string; convert it with `toFloat(…)`",
        ),
        (
            "",
            plain,
            vec![cells([Value::Composite("list")])],
            "row 1: expected a number in the column `value`, found a list; return its `size(…)`, or one of its elements such as `list[0]`",
        ),
        (
            "",
            plain,
            vec![cells([Value::Temporal("P1D".into())])],
            "row 1: expected a number in the column `value`, found a temporal value; return its `.epochSeconds`, or the `.seconds` of a duration",
        ),
        (
            "",
            labelled,
            vec![
                cells([s("x"), i(1)]),
                cells([Value::Composite("node"), i(1)]),
            ],
            "row 2: expected a label in the column `a`, found a node; return one of its properties, such as `n.name`",
        ),
        (
            "",
            labelled,
            vec![cells([s("x"), i(1)]), cells([s("x"), i(1)])],
            "row 2: duplicate row for `p_m` with the labels {a=\"x\"}; aggregate in the query, or write `on_duplicate = \"sum\"`",
        ),
        (
            "",
            plain,
            vec![cells([i(1)]), cells([i(1)])],
            "row 2: duplicate row for `p_m` without labels; aggregate in the query, or write `on_duplicate = \"sum\"`",
        ),
        (
            counter,
            plain,
            vec![cells([f(-0.5)])],
            "row 1: expected a counter total of at least 0 in the column `value`, found -0.5",
        ),
        (
            counter,
            plain,
            vec![cells([f(f64::NEG_INFINITY)])],
            "row 1: expected a counter total of at least 0 in the column `value`, found -inf",
        ),
        (
            histogram,
            weighted,
            vec![cells([i(1), i(-1)])],
            "row 1: expected a whole number of at least 0 in the column `weight`, found -1",
        ),
        (
            histogram,
            weighted,
            vec![cells([i(1), f(1.5)])],
            "row 1: expected a whole number of at least 0 in the column `weight`, found 1.5",
        ),
        (
            histogram,
            weighted,
            vec![cells([i(1), f(f64::INFINITY)])],
            "row 1: expected a whole number of at least 0 in the column `weight`, found inf",
        ),
        (
            summary,
            plain,
            vec![cells([i(-1)])],
            "row 1: expected a quantile of at least 0 in the column `value`, found -1",
        ),
        (
            summary,
            "n.v AS value, n.s AS sum",
            vec![cells([i(1), i(-1)])],
            "row 1: expected a summary sum of at least 0 in the column `sum`, found -1",
        ),
        (
            summary,
            "n.v AS value, n.s AS count",
            vec![cells([i(1), f(0.5)])],
            "row 1: expected a whole number of at least 0 in the column `count`, found 0.5",
        ),
        (
            "name = \"p_info\"\ntype = \"info\"",
            "n.a AS a",
            vec![cells([s("x")]), cells([s("x")])],
            "row 2: duplicate row for `p_info` with the labels {a=\"x\"}; write `RETURN DISTINCT`",
        ),
        (
            stateset,
            "n.a AS a",
            vec![cells([s("down")])],
            "row 1: unexpected state `down` in the column `a`; add it to `expect`, or map it in the query",
        ),
        (
            stateset,
            "n.a AS a",
            vec![cells([s("up")]), cells([s("up")])],
            "row 2: duplicate row for `p_m` without labels; aggregate in the query, or return another label",
        ),
    ];
    for (header, columns, rows, expected) in cases {
        assert_eq!(fault(header, columns, &rows), expected);
    }
}

#[test]
fn max_series_may_be_reached_but_not_passed() {
    let kpi = kpi("max_series = 3", "n.a AS a, n.v AS value");
    let mut rows: Vec<_> = ["a", "b", "c"].map(|a| cells([s(a), i(1)])).into();
    assert_eq!(measure(&kpi, &rows).unwrap().series(), 3);
    let mut taken = Rows::of_snapshot(&kpi, &[]);
    assert!(
        rows.iter()
            .all(|row| taken.row(row) == ControlFlow::Continue(()))
    );
    rows.push(cells([s("d"), i(1)]));
    assert_eq!(
        taken.row(&rows[3]),
        ControlFlow::Break(()),
        "the fourth ends the run at once"
    );
    let error = taken.finish().unwrap_err();
    assert_eq!(error.reason(), "max_series");
    assert_eq!(
        error.to_string(),
        "`p_m` has more than 3 series; return fewer label values, or raise `max_series`"
    );
}

#[test]
fn expected_zeros_count_for_max_series() {
    let some = "max_series = 3\nexpect = { o = [\"x\", \"y\"] }";
    let rows = [cells([s("a"), s("x"), i(1)]), cells([s("b"), s("x"), i(1)])];
    assert_eq!(
        fault(some, "n.g AS g, n.o AS o, n.v AS value", &rows),
        "`p_m` has more than 3 series; return fewer label values, or raise `max_series`"
    );
}

#[test]
fn each_run_replaces_the_family() {
    let kpi = kpi("", "n.a AS a, n.v AS value");
    let first = measure(&kpi, &[cells([s("old"), i(1)]), cells([s("stays"), i(1)])]).unwrap();
    let second = measure(&kpi, &[cells([s("stays"), i(2)])]).unwrap();
    assert_eq!(
        written(&kpi, &first.samples),
        "p_m{a=\"old\"} 1\np_m{a=\"stays\"} 1\n"
    );
    assert_eq!(written(&kpi, &second.samples), "p_m{a=\"stays\"} 2\n");
    assert_eq!(
        written(&kpi, &measure(&kpi, &[]).unwrap().samples),
        "",
        "no row is no series"
    );
}

#[test]
fn a_number_on_error_takes_the_place_of_every_gauge() {
    let labelled = kpi(
        "on_error = -1\nexpect = { a = [\"x\"] }",
        "n.a AS a, n.v AS value",
    );
    let last = measure(&labelled, &[cells([s("y"), i(5)])])
        .unwrap()
        .samples;
    let after_rows = fallback(&labelled, Some(&last), -1.0);
    assert_eq!(
        written(&labelled, &after_rows),
        "p_m{a=\"x\"} -1\np_m{a=\"y\"} -1\n"
    );
    assert_eq!(
        written(&labelled, &fallback(&labelled, None, -1.0)),
        "p_m{a=\"x\"} -1\n"
    );
    let bare = kpi("on_error = 0.5", "n.v AS value");
    assert_eq!(written(&bare, &fallback(&bare, None, 0.5)), "p_m 0.5\n");
}

#[test]
fn counts_too_large_to_add_up_do_not_overflow() {
    let most = 1_i64 << 53;
    let rows = vec![cells([i(0), i(most)]); 4096];
    let text = text(
        "type = \"histogram\"\nbuckets = [1]",
        "n.v AS value, n.w AS weight",
        &rows,
    );
    assert!(
        text.contains(&format!("p_m_bucket{{le=\"+Inf\"}} {}", u64::MAX)),
        "{text}"
    );
}
