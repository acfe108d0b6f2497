//! What windows add up to: however a stream of events is cut, the totals are those of one window
//! and of plain Rust.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cypher::{Row, Value};
use cypher_exporter::exposition::{Format, Segment};
use cypher_exporter::kpi::{self, Defaults, Kpi, SkipReason, Source};
use cypher_exporter::measure::{MAX_ROWS_OF_WINDOW, MeasureError, Measured, Rows, Totals};
use cypher_exporter::metric::{Constant, Histogram, Part, Samples, Series};
use proptest::prelude::*;

/// A window KPI of this header, whose query returns these columns.
fn kpi(header: &str, columns: &str) -> Arc<Kpi> {
    let query = format!("MATCH (e) WHERE e.t > $since AND e.t <= $until RETURN {columns}");
    let text = format!("// Help.\n/*kpi\nmode = \"window\"\n{header}\n*/\n{query}");
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

/// One query, a counter with two labels and a histogram with one.
fn calls() -> Arc<Kpi> {
    kpi(
        "[[metric]]\nname = \"p_cost_total\"\ntype = \"counter\"\nvalue = \"cost\"\n\
         [[metric]]\nname = \"p_seconds\"\ntype = \"histogram\"\nvalue = \"seconds\"\nbuckets = [0.1, 1, 10]",
        "e.a AS a, e.b AS b, e.cost AS cost, e.seconds AS seconds, e.n AS weight",
    )
}

fn counter(more: &str) -> Arc<Kpi> {
    kpi(
        &format!("name = \"p_total\"\ntype = \"counter\"\n{more}"),
        "e.a AS a, e.v AS value",
    )
}

fn count(kpi: &Kpi, totals: &Totals, rows: &[Row]) -> Result<Measured, MeasureError> {
    let mut taken = Rows::of_window(kpi, totals);
    for row in rows {
        if taken.row(row).is_break() {
            break;
        }
    }
    taken.finish()
}

fn added(kpi: &Kpi, totals: &mut Totals, rows: &[Row]) {
    let window = count(kpi, totals, rows).unwrap_or_else(|error| panic!("{error}"));
    let after = Totals::after(&window);
    let is_first = totals.samples().is_empty();
    assert_eq!(window.changed, is_first || !is_shared(&after, totals));
    *totals = after;
}

/// Whether both are the same samples in the same memory.
fn is_shared(totals: &Totals, before: &Totals) -> bool {
    let pairs = totals.samples().iter().zip(before.samples());
    pairs
        .into_iter()
        .all(|(now, before)| Arc::ptr_eq(now, before))
}

fn text(kpi: &Kpi, totals: &Totals) -> String {
    let part = |points: &Arc<Samples>| Part {
        constant: Constant::default(),
        points: points.clone(),
    };
    let families: Vec<_> = kpi
        .metrics
        .iter()
        .zip(totals.samples())
        .map(|(metric, points)| metric.family(vec![part(points)]))
        .collect();
    let segment = Segment::encode(&families, Format::Text);
    let text = String::from_utf8(segment.body().to_vec()).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn row(a: &str, value: Value) -> Row {
    vec![Value::String(a.to_owned()), value]
}

#[test]
fn windows_add_up_and_a_window_without_rows_is_no_work() {
    let kpi = counter("");
    let mut totals = Totals::default();
    added(
        &kpi,
        &mut totals,
        &[
            row("x", Value::Integer(1)),
            row("y", Value::Float(0.5)),
            row("x", Value::Integer(1)),
        ],
    );
    assert_eq!(
        text(&kpi, &totals),
        "p_total{a=\"x\"} 2\np_total{a=\"y\"} 0.5\n"
    );
    let before = totals.clone();
    added(&kpi, &mut totals, &[]);
    assert!(is_shared(&totals, &before), "nothing is copied");
    added(
        &kpi,
        &mut totals,
        &[row("y", Value::Null), row("z", Value::Float(f64::NAN))],
    );
    assert!(
        is_shared(&totals, &before),
        "values that are left out change nothing"
    );
    added(
        &kpi,
        &mut totals,
        &[row("x", Value::Integer(0)), row("y", Value::Float(0.0))],
    );
    assert!(
        is_shared(&totals, &before),
        "nor does nothing that is added"
    );
    added(
        &kpi,
        &mut totals,
        &[row("w", Value::Integer(7)), row("y", Value::Integer(1))],
    );
    assert_eq!(
        text(&kpi, &totals),
        "p_total{a=\"w\"} 7\np_total{a=\"x\"} 2\np_total{a=\"y\"} 1.5\n"
    );
    assert_eq!(
        text(&kpi, &before),
        "p_total{a=\"x\"} 2\np_total{a=\"y\"} 0.5\n",
        "what was published stays as it is"
    );
}

#[test]
fn a_label_set_that_only_brings_zeros_is_there_with_zero() {
    let (kpi, mut totals) = (counter(""), Totals::default());
    added(
        &kpi,
        &mut totals,
        &[row("x", Value::Integer(0)), row("x", Value::Integer(0))],
    );
    assert_eq!(text(&kpi, &totals), "p_total{a=\"x\"} 0\n");
    let weighted = self::kpi(
        "name = \"p_h\"\ntype = \"histogram\"\nbuckets = [1]",
        "e.v AS value, e.n AS weight",
    );
    let mut totals = Totals::default();
    added(
        &weighted,
        &mut totals,
        &[vec![Value::Integer(1), Value::Integer(0)]],
    );
    let before = totals.clone();
    added(
        &weighted,
        &mut totals,
        &[vec![Value::Integer(1), Value::Integer(0)]],
    );
    assert!(is_shared(&totals, &before));
    assert_eq!(
        text(&weighted, &totals),
        "p_h_bucket{le=\"1.0\"} 0\np_h_bucket{le=\"+Inf\"} 0\np_h_sum 0\np_h_count 0\n"
    );
}

#[test]
fn integers_stay_exact() {
    let (kpi, mut totals) = (counter(""), Totals::default());
    added(
        &kpi,
        &mut totals,
        &[row("x", Value::Integer((1 << 53) - 2))],
    );
    added(&kpi, &mut totals, &[row("x", Value::Integer(1))]);
    assert_eq!(text(&kpi, &totals), "p_total{a=\"x\"} 9007199254740991\n");
}

#[test]
fn what_cannot_be_counted_is_reported_with_its_reason() {
    for (header, rows, fault, reason) in [
        (
            "",
            vec![row("x", Value::Integer(2)), row("x", Value::Integer(-1))],
            "row 2: expected a counter increment of at least 0 in the column `value`, found -1",
            "value",
        ),
        (
            "",
            vec![row("x", Value::String("2".to_owned()))],
            "row 1: expected a number in the column `value`, found a string; convert it with `toFloat(…)`",
            "value",
        ),
        (
            "max_series = 3",
            vec![
                row("x", Value::Integer(1)),
                row("y", Value::Integer(1)),
                row("z", Value::Integer(1)),
            ],
            "`p_total` has more than 3 series; return fewer label values, or raise `max_series`",
            "max_series",
        ),
    ] {
        let kpi = counter(header);
        let mut totals = Totals::default();
        added(
            &kpi,
            &mut totals,
            &[row("a", Value::Integer(1)), row("x", Value::Integer(1))],
        );
        let error = count(&kpi, &totals, &rows).unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.reason()),
            (fault, reason)
        );
    }
}

#[test]
fn the_rows_of_a_window_have_a_limit() {
    let (kpi, totals) = (counter(""), Totals::default());
    let one = row("x", Value::Integer(1));
    let mut taken = Rows::of_window(&kpi, &totals);
    for _ in 0..MAX_ROWS_OF_WINDOW {
        assert!(taken.row(&one).is_continue());
    }
    assert!(taken.row(&one).is_break());
    assert_eq!(taken.finish().unwrap_err().reason(), "max_rows");
}

#[test]
fn the_limit_of_series_holds_for_the_totals() {
    let (kpi, mut totals) = (counter("max_series = 2"), Totals::default());
    added(&kpi, &mut totals, &[row("x", Value::Integer(1))]);
    added(&kpi, &mut totals, &[row("y", Value::Integer(1))]);
    added(
        &kpi,
        &mut totals,
        &[row("x", Value::Integer(1)), row("y", Value::Integer(1))],
    );
    assert!(count(&kpi, &totals, &[row("z", Value::Integer(1))]).is_err());
    assert_eq!(
        text(&kpi, &totals),
        "p_total{a=\"x\"} 2\np_total{a=\"y\"} 2\n"
    );
}

#[test]
fn expected_zeros_are_there_from_the_first_window_on() {
    let header = "expect = { a = [\"failed\", \"success\"] }";
    let (kpi, mut totals) = (counter(header), Totals::default());
    added(&kpi, &mut totals, &[]);
    assert_eq!(
        text(&kpi, &totals),
        "p_total{a=\"failed\"} 0\np_total{a=\"success\"} 0\n"
    );
    added(
        &kpi,
        &mut totals,
        &[
            row("failed", Value::Integer(2)),
            row("odd", Value::Integer(1)),
        ],
    );
    assert_eq!(
        text(&kpi, &totals),
        "p_total{a=\"failed\"} 2\np_total{a=\"odd\"} 1\np_total{a=\"success\"} 0\n"
    );

    let more = counter("expect = { a = [\"failed\", \"success\", \"lost\"] }");
    let restored = Totals::restored(
        &more,
        totals
            .samples()
            .iter()
            .map(|points| (**points).clone())
            .collect(),
    )
    .unwrap();
    assert!(
        text(&more, &restored).contains("p_total{a=\"lost\"} 0\n"),
        "a longer list is no new count"
    );
    assert!(text(&more, &restored).contains("p_total{a=\"failed\"} 2\n"));
}

#[test]
fn without_labels_there_is_one_series_and_it_begins_with_zero() {
    let total = kpi("name = \"p_total\"\ntype = \"counter\"", "e.v AS value");
    let seconds = kpi(
        "name = \"p_h\"\ntype = \"histogram\"\nbuckets = [1]",
        "e.v AS value",
    );
    for (kpi, zero, one) in [
        (&total, "p_total 0\n", "p_total 1\n"),
        (
            &seconds,
            "p_h_bucket{le=\"1.0\"} 0\np_h_bucket{le=\"+Inf\"} 0\np_h_sum 0\np_h_count 0\n",
            "p_h_bucket{le=\"1.0\"} 1\np_h_bucket{le=\"+Inf\"} 1\np_h_sum 1\np_h_count 1\n",
        ),
    ] {
        let mut totals = Totals::default();
        added(kpi, &mut totals, &[]);
        assert_eq!(text(kpi, &totals), zero);
        let before = totals.clone();
        added(kpi, &mut totals, &[]);
        assert!(is_shared(&totals, &before));
        added(kpi, &mut totals, &[vec![Value::Integer(1)]]);
        assert_eq!(text(kpi, &totals), one);
    }
}

#[test]
fn a_value_below_0_is_left_out_where_no_bound_is_below_0() {
    for (bounds, lines) in [
        (
            "[0, 1]",
            &[
                "bucket{a=\"x\",le=\"0.0\"} 0",
                "bucket{a=\"x\",le=\"1.0\"} 1",
                "bucket{a=\"x\",le=\"+Inf\"} 2",
                "sum{a=\"x\"} 3.5",
                "count{a=\"x\"} 2",
            ][..],
        ),
        (
            "[-1, 1]",
            &[
                "bucket{a=\"x\",le=\"-1.0\"} 1",
                "bucket{a=\"x\",le=\"1.0\"} 2",
                "bucket{a=\"x\",le=\"+Inf\"} 3",
            ],
        ),
    ] {
        let kpi = kpi(
            &format!("name = \"p_h\"\ntype = \"histogram\"\nbuckets = {bounds}"),
            "e.a AS a, e.v AS value",
        );
        let mut totals = Totals::default();
        for value in [0.5, -2.0, 3.0] {
            added(&kpi, &mut totals, &[row("x", Value::Float(value))]);
        }
        assert_eq!(
            text(&kpi, &totals),
            lines
                .iter()
                .map(|line| format!("p_h_{line}\n"))
                .collect::<String>()
        );
    }
}

#[test]
fn an_infinite_value_is_left_out_since_totals_would_stay_infinite() {
    let histogram = kpi(
        "name = \"p_h\"\ntype = \"histogram\"\nbuckets = [1]",
        "e.a AS a, e.v AS value",
    );
    for (kpi, expected) in [
        (counter(""), "p_total{a=\"x\"} 2\n"),
        (
            histogram,
            "p_h_bucket{a=\"x\",le=\"1.0\"} 0\np_h_bucket{a=\"x\",le=\"+Inf\"} 1\np_h_sum{a=\"x\"} 2\np_h_count{a=\"x\"} 1\n",
        ),
    ] {
        let rows = [2.0, f64::INFINITY].map(|value| row("x", Value::Float(value)));
        let measured = count(&kpi, &Totals::default(), &rows).unwrap();
        assert_eq!(
            measured.skipped.reasons().collect::<Vec<_>>(),
            [(SkipReason::InfiniteValue, 1)]
        );
        assert_eq!(text(&kpi, &Totals::after(&measured)), expected);
    }
}

#[test]
fn totals_that_are_not_of_this_kpi_are_not_taken() {
    let series = |labels: &[&str], value: f64| Series {
        labels: labels.iter().map(|l| Arc::from(*l)).collect(),
        value,
    };
    let counted = |series| vec![Samples::Counter(series)];
    let buckets = |bounds: &[f64], counts: &[u64], sum| Samples::Histogram {
        bounds: bounds.into(),
        series: vec![Series {
            labels: [Arc::from("x")].into(),
            value: Histogram {
                counts: counts.into(),
                sum,
            },
        }],
    };
    let plain = counter("");
    let histogram = kpi(
        "name = \"p_h\"\ntype = \"histogram\"\nbuckets = [1, 2]",
        "e.a AS a, e.v AS value",
    );
    for (kpi, points, fault) in [
        (&plain, vec![], "unexpected number of metrics"),
        (
            &plain,
            counted(vec![series(&[], 1.0)]),
            "unexpected number of labels",
        ),
        (
            &plain,
            counted(vec![series(&["b"], 1.0), series(&["a"], 1.0)]),
            "label sets are not sorted",
        ),
        (
            &plain,
            counted(vec![series(&["a"], 1.0), series(&["a"], 1.0)]),
            "label sets are not sorted",
        ),
        (
            &plain,
            counted(vec![series(&["a"], -1.0)]),
            "negative total",
        ),
        (
            &plain,
            counted(vec![series(&["a"], f64::NAN)]),
            "negative total",
        ),
        (
            &plain,
            vec![buckets(&[1.0, 2.0], &[0, 0, 0], None)],
            "unexpected metric type",
        ),
        (
            &histogram,
            vec![buckets(&[1.0, 3.0], &[0, 0, 0], None)],
            "unexpected metric type",
        ),
        (
            &histogram,
            vec![buckets(&[1.0, 2.0], &[0, 0], None)],
            "unexpected number of buckets",
        ),
        (
            &histogram,
            vec![buckets(&[1.0, 2.0], &[0, 0, 0], Some(-1.0))],
            "negative sum",
        ),
    ] {
        assert_eq!(
            Totals::restored(kpi, points.clone()).unwrap_err(),
            fault,
            "{points:?}"
        );
    }
    assert!(
        Totals::restored(
            &histogram,
            vec![buckets(&[1.0, 2.0], &[1, 0, 0], Some(0.5))]
        )
        .is_ok()
    );
}

/// What the graph holds.
#[derive(Clone, Debug)]
struct Event {
    at: i64,
    a: Option<u8>,
    b: u8,
    cost: Option<f64>,
    seconds: f64,
    weight: u64,
}

impl Event {
    fn row(&self) -> Row {
        let a = self
            .a
            .map_or(Value::Null, |a| Value::String(format!("a{a}")));
        let cost = self.cost.map_or(Value::Null, Value::Float);
        let weight = Value::Integer(i64::try_from(self.weight).unwrap());
        vec![
            a,
            Value::String(format!("b{}", self.b)),
            cost,
            Value::Float(self.seconds),
            weight,
        ]
    }
}

fn event() -> impl Strategy<Value = Event> {
    let cost = prop_oneof![3 => (0..1000_i32).prop_map(|n| Some(f64::from(n) * 0.1)), 1 => Just(None), 1 => Just(Some(f64::NAN))];
    let seconds = prop_oneof![
        (0..200_i32).prop_map(|n| f64::from(n) * 0.1),
        Just(f64::NAN),
        Just(0.1),
        Just(10.0)
    ];
    (
        0..100_i64,
        proptest::option::of(0..3_u8),
        0..3_u8,
        cost,
        seconds,
        0..4_u64,
    )
        .prop_map(|(at, a, b, cost, seconds, weight)| Event {
            at,
            a,
            b,
            cost,
            seconds,
            weight,
        })
}

/// Values by the labels `a` and `b`.
type ByLabels<T> = BTreeMap<(String, String), T>;

/// The totals by plain Rust: costs, and the buckets and the sum of seconds.
fn oracle(events: &[Event]) -> (ByLabels<f64>, ByLabels<([u64; 4], f64)>) {
    let (mut costs, mut seconds) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        let labels = (
            event.a.map_or("unknown".to_owned(), |a| format!("a{a}")),
            format!("b{}", event.b),
        );
        if let Some(cost) = event.cost.filter(|cost| !cost.is_nan()) {
            *costs.entry(labels.clone()).or_insert(0.0) += cost;
        }
        if !event.seconds.is_nan() {
            let (counts, sum) = seconds.entry(labels).or_insert(([0; 4], 0.0));
            let bucket = [0.1, 1.0, 10.0]
                .iter()
                .filter(|bound| event.seconds > **bound)
                .count();
            counts[bucket] += event.weight;
            *sum += event.seconds * event.weight as f64;
        }
    }
    (costs, seconds)
}

fn as_the_oracle_says(totals: &Totals, events: &[Event]) {
    let [costs, seconds] = totals.samples() else {
        panic!("two metrics")
    };
    let Samples::Counter(costs) = &**costs else {
        panic!("a counter")
    };
    let Samples::Histogram {
        series: seconds, ..
    } = &**seconds
    else {
        panic!("a histogram")
    };
    let key = |labels: &[Arc<str>]| (labels[0].to_string(), labels[1].to_string());
    let costs: BTreeMap<_, _> = costs
        .iter()
        .map(|series| (key(&series.labels), series.value))
        .collect();
    let seconds = seconds.iter().map(|series| {
        let counts: [u64; 4] = (*series.value.counts).try_into().unwrap();
        (key(&series.labels), (counts, series.value.sum.unwrap()))
    });
    assert_eq!((costs, seconds.collect()), oracle(events));
}

/// The windows that some ends make of the time from -1 to 100, which every event lies in.
fn windows(mut ends: Vec<i64>) -> Vec<(i64, i64)> {
    ends.push(100);
    ends.sort_unstable();
    std::iter::once(-1)
        .chain(ends.iter().copied())
        .zip(ends.iter().copied())
        .collect()
}

proptest! {
    #[test]
    fn however_the_stream_is_cut(mut events in prop::collection::vec(event(), 0..80), ends in prop::collection::vec(0..100_i64, 0..12)) {
        let kpi = calls();
        events.sort_by_key(|event| event.at);
        let of = |since: i64, until: i64| -> Vec<Row> {
            events.iter().filter(|event| since < event.at && event.at <= until).map(Event::row).collect()
        };
        let (mut whole, mut cut) = (Totals::default(), Totals::default());
        added(&kpi, &mut whole, &of(-1, 100));
        for (since, until) in windows(ends) {
            added(&kpi, &mut cut, &of(since, until));
        }
        prop_assert_eq!(&cut, &whole);
        as_the_oracle_says(&cut, &events);
    }

    #[test]
    fn a_window_that_fails_leaves_no_trace(
        before in prop::collection::vec(event(), 0..30),
        failing in prop::collection::vec(event(), 0..30),
        place in any::<prop::sample::Index>(),
        weight in any::<bool>(),
    ) {
        let kpi = calls();
        let mut totals = Totals::default();
        added(&kpi, &mut totals, &before.iter().map(Event::row).collect::<Vec<_>>());
        let kept = totals.clone();

        let mut rows: Vec<_> = failing.iter().map(Event::row).collect();
        let mut bad = Event { at: 0, a: None, b: 0, cost: Some(1.0), seconds: 1.0, weight: 1 }.row();
        bad[if weight { 4 } else { 2 }] = Value::Float(-0.5);
        rows.insert(place.index(rows.len() + 1), bad);
        prop_assert!(count(&kpi, &totals, &rows).is_err());
        prop_assert_eq!(&totals, &kept);
        as_the_oracle_says(&totals, &before);

        // The same window without the mistake goes on from there.
        added(&kpi, &mut totals, &failing.iter().map(Event::row).collect::<Vec<_>>());
        let all: Vec<_> = before.into_iter().chain(failing).collect();
        as_the_oracle_says(&totals, &all);
    }
}

#[test]
fn a_histogram_that_would_lose_an_observation_fails_the_window() {
    let weighted = self::kpi(
        "name = \"p_seconds\"\ntype = \"histogram\"\nbuckets = [1]",
        "e.v AS value, e.n AS weight",
    );
    for (value, weight, expected) in [
        (Value::Float(0.0), 1_i64 << 53, Some("beyond 2^53")),
        (Value::Float(0.0), 1, None),
        (
            Value::Float(1e308),
            2,
            Some("beyond the range of a float64"),
        ),
    ] {
        let mut totals = Totals::default();
        added(
            &weighted,
            &mut totals,
            &[vec![Value::Float(0.5), Value::Integer(1)]],
        );
        let row = vec![value, Value::Integer(weight)];
        let text = count(&weighted, &totals, &[row])
            .err()
            .map(|error| error.to_string());
        match expected {
            None => assert_eq!(text, None),
            Some(expected) => assert!(text.is_some_and(|text| text.contains(expected))),
        }
    }
}

#[test]
fn a_total_that_would_lose_an_addition_fails_the_window() {
    let (integer, float) = (|n| Value::Integer(n), |n| Value::Float(n));
    let largest = 1 << 53;
    for (rows, expected) in [
        (vec![integer(largest - 10), integer(10)], None),
        (
            vec![integer(largest), integer(1)],
            Some("row 2: 9007199254740992 as the total of the column `value` would be beyond 2^53"),
        ),
        // 2^53 + 1 is 2^53 for a float64.
        (
            vec![integer(largest - 1), integer(1), integer(2)],
            Some("row 3: 9007199254740994 as the total of the column `value` would be beyond 2^53"),
        ),
        (vec![float(1e308), float(1.0)], None),
        (
            vec![float(1e308), float(1e308)],
            Some(
                "row 2: inf as the total of the column `value` would be beyond the range of a float64",
            ),
        ),
    ] {
        let kpi = counter("");
        let rows: Vec<_> = rows.into_iter().map(|value| row("x", value)).collect();
        let outcome = count(&kpi, &Totals::default(), &rows);
        let text = outcome.as_ref().err().map(ToString::to_string);
        match expected {
            None => assert_eq!(text, None),
            Some(expected) => {
                assert!(
                    text.as_ref().is_some_and(|text| text.starts_with(expected)),
                    "{text:?}"
                );
                assert_eq!(outcome.unwrap_err().reason(), "total");
            }
        }
    }
}
