//! Families of every type in both formats, and label values that need escapes.
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::metric::{
    Constant, Desc, Histogram, LabelName, MetricName, MetricType, Samples, Series, Summary,
};

fn family(name: &str, labels: &[&str], points: Samples) -> Family {
    let desc = Desc {
        name: MetricName::new(name).unwrap(),
        help: "Help with \"quotes\", a \\ and\na line break.".into(),
        unit: None,
        labels: labels
            .iter()
            .map(|label| LabelName::new(label).unwrap())
            .collect(),
    };
    let parts = vec![Part {
        constant: Constant::default(),
        points: Arc::new(points),
    }];
    let metric_type = parts[0].points.metric_type();
    Family {
        desc: Arc::new(desc),
        metric_type,
        parts,
    }
}

fn with_unit(mut family: Family, unit: &str) -> Family {
    Arc::get_mut(&mut family.desc).unwrap().unit = Some(unit.into());
    family
}

fn series<T>(labels: &[&str], value: T) -> Series<T> {
    Series {
        labels: labels.iter().map(|label| Arc::from(*label)).collect(),
        value,
    }
}

fn both(families: &[Family]) -> String {
    let of = |format| {
        let (segment, end) = (
            Segment::encode(families, format),
            Segment::last(&[], format),
        );
        String::from_utf8([segment.body().as_ref(), end.body()].concat()).unwrap()
    };
    format!("{}--\n{}", of(Format::Text), of(Format::OpenMetrics))
}

#[test]
fn gauges_and_counters() {
    let gauge = family(
        "agents",
        &["group", "role"],
        Samples::Gauge(vec![series(&["a", "x\"y"], 1.0), series(&["b", ""], 0.5)]),
    );
    let counter = with_unit(
        family(
            "busy_seconds_total",
            &[],
            Samples::Counter(vec![series(&[], 3.0)]),
        ),
        "seconds",
    );
    // A gauge whose name ends like a counter's: both formats keep the name.
    let odd = family("stored_total", &[], Samples::Gauge(vec![series(&[], -1.0)]));
    insta::assert_snapshot!(both(&[gauge, counter, odd]), @r#"
    # HELP agents Help with "quotes", a \\ and\na line break.
    # TYPE agents gauge
    agents{group="a",role="x\"y"} 1
    agents{group="b",role=""} 0.5
    # HELP busy_seconds_total Help with "quotes", a \\ and\na line break.
    # TYPE busy_seconds_total counter
    busy_seconds_total 3
    # HELP stored_total Help with "quotes", a \\ and\na line break.
    # TYPE stored_total gauge
    stored_total -1
    --
    # HELP agents Help with \"quotes\", a \\ and\na line break.
    # TYPE agents gauge
    agents{group="a",role="x\"y"} 1
    agents{group="b",role=""} 0.5
    # HELP busy_seconds Help with \"quotes\", a \\ and\na line break.
    # TYPE busy_seconds counter
    # UNIT busy_seconds seconds
    busy_seconds_total 3
    # HELP stored_total Help with \"quotes\", a \\ and\na line break.
    # TYPE stored_total gauge
    stored_total -1
    # EOF
    "#);
}

#[test]
fn histograms() {
    let counts = |counts: &[u64], sum| Histogram {
        counts: counts.into(),
        sum,
    };
    let points = Samples::Histogram {
        bounds: [0.25, 1.0, 1e6].into(),
        series: vec![
            series(&["a"], counts(&[1, 2, 0, 4], Some(9.5))),
            series(&["b"], counts(&[0, 0, 0, 0], Some(0.0))),
        ],
    };
    let signed = Samples::Histogram {
        bounds: [-1.0, 1.0].into(),
        series: vec![series(&[], counts(&[1, 1, 0], None))],
    };
    let families = [
        with_unit(family("skill_seconds", &["skill"], points), "seconds"),
        family("delta", &[], signed),
    ];
    insta::assert_snapshot!(both(&families), @r#"
    # HELP skill_seconds Help with "quotes", a \\ and\na line break.
    # TYPE skill_seconds histogram
    skill_seconds_bucket{skill="a",le="0.25"} 1
    skill_seconds_bucket{skill="a",le="1.0"} 3
    skill_seconds_bucket{skill="a",le="1e+06"} 3
    skill_seconds_bucket{skill="a",le="+Inf"} 7
    skill_seconds_sum{skill="a"} 9.5
    skill_seconds_count{skill="a"} 7
    skill_seconds_bucket{skill="b",le="0.25"} 0
    skill_seconds_bucket{skill="b",le="1.0"} 0
    skill_seconds_bucket{skill="b",le="1e+06"} 0
    skill_seconds_bucket{skill="b",le="+Inf"} 0
    skill_seconds_sum{skill="b"} 0
    skill_seconds_count{skill="b"} 0
    # HELP delta Help with "quotes", a \\ and\na line break.
    # TYPE delta histogram
    delta_bucket{le="-1.0"} 1
    delta_bucket{le="1.0"} 2
    delta_bucket{le="+Inf"} 2
    --
    # HELP skill_seconds Help with \"quotes\", a \\ and\na line break.
    # TYPE skill_seconds histogram
    # UNIT skill_seconds seconds
    skill_seconds_bucket{skill="a",le="0.25"} 1
    skill_seconds_bucket{skill="a",le="1.0"} 3
    skill_seconds_bucket{skill="a",le="1e+06"} 3
    skill_seconds_bucket{skill="a",le="+Inf"} 7
    skill_seconds_sum{skill="a"} 9.5
    skill_seconds_count{skill="a"} 7
    skill_seconds_bucket{skill="b",le="0.25"} 0
    skill_seconds_bucket{skill="b",le="1.0"} 0
    skill_seconds_bucket{skill="b",le="1e+06"} 0
    skill_seconds_bucket{skill="b",le="+Inf"} 0
    skill_seconds_sum{skill="b"} 0
    skill_seconds_count{skill="b"} 0
    # HELP delta Help with \"quotes\", a \\ and\na line break.
    # TYPE delta histogram
    delta_bucket{le="-1.0"} 1
    delta_bucket{le="1.0"} 2
    delta_bucket{le="+Inf"} 2
    # EOF
    "#);
}

#[test]
fn summaries() {
    let quantiles = |values: &[f64], sum, count| Summary {
        values: values.into(),
        sum,
        count,
    };
    let points = Samples::Summary {
        quantiles: [0.5, 1.0].into(),
        series: vec![
            series(&["a"], quantiles(&[2.0, f64::NAN], Some(7.5), Some(3))),
            series(&["b"], quantiles(&[2.0, 4.0], None, None)),
        ],
    };
    insta::assert_snapshot!(both(&[family("size", &["group"], points)]), @r#"
    # HELP size Help with "quotes", a \\ and\na line break.
    # TYPE size summary
    size{group="a",quantile="0.5"} 2
    size{group="a",quantile="1.0"} NaN
    size_sum{group="a"} 7.5
    size_count{group="a"} 3
    size{group="b",quantile="0.5"} 2
    size{group="b",quantile="1.0"} 4
    --
    # HELP size Help with \"quotes\", a \\ and\na line break.
    # TYPE size summary
    size{group="a",quantile="0.5"} 2
    size{group="a",quantile="1.0"} NaN
    size_sum{group="a"} 7.5
    size_count{group="a"} 3
    size{group="b",quantile="0.5"} 2
    size{group="b",quantile="1.0"} 4
    # EOF
    "#);
}

#[test]
fn facts_and_states() {
    let info = family(
        "model_info",
        &["version"],
        Samples::Info(vec![series(&["7"], ())]),
    );
    let states = ["open", "closed"].map(Arc::from).into();
    let stateset = family(
        "breaker",
        &["id"],
        Samples::StateSet {
            states,
            series: vec![series(&["1"], 1)],
        },
    );
    // A parser rejects a text in which such a family has a unit.
    insta::assert_snapshot!(both(&[with_unit(info, "model"), with_unit(stateset, "breaker")]), @r#"
    # HELP model_info Help with "quotes", a \\ and\na line break.
    # TYPE model_info gauge
    model_info{version="7"} 1
    # HELP breaker Help with "quotes", a \\ and\na line break.
    # TYPE breaker gauge
    breaker{id="1",breaker="open"} 0
    breaker{id="1",breaker="closed"} 1
    --
    # HELP model Help with \"quotes\", a \\ and\na line break.
    # TYPE model info
    model_info{version="7"} 1
    # HELP breaker Help with \"quotes\", a \\ and\na line break.
    # TYPE breaker stateset
    breaker{id="1",breaker="open"} 0
    breaker{id="1",breaker="closed"} 1
    # EOF
    "#);
}

#[test]
fn constant_labels_come_first_and_empty_families_not_at_all() {
    let mut up = family(
        "agents",
        &["group"],
        Samples::Gauge(vec![series(&["g"], 1.0)]),
    );
    let constant = |graph: &str| [(LabelName::new("graph").unwrap(), graph.into())].into();
    up.parts[0].constant = constant("a");
    up.parts.push(Part {
        constant: constant("b"),
        points: Arc::new(Samples::Gauge(vec![series(&["h"], 2.0)])),
    });
    up.parts.push(Part {
        constant: constant("c"),
        points: Arc::new(Samples::Gauge(vec![])),
    });
    let mut silent = family("silence", &[], Samples::Gauge(vec![]));
    assert_eq!(both(std::slice::from_ref(&silent)), "--\n# EOF\n");
    silent.parts.clear();
    insta::assert_snapshot!(both(&[up, silent]), @r#"
    # HELP agents Help with "quotes", a \\ and\na line break.
    # TYPE agents gauge
    agents{graph="a",group="g"} 1
    agents{graph="b",group="h"} 2
    --
    # HELP agents Help with \"quotes\", a \\ and\na line break.
    # TYPE agents gauge
    agents{graph="a",group="g"} 1
    agents{graph="b",group="h"} 2
    # EOF
    "#);
}

#[test]
fn each_type_has_one_word_in_each_format() {
    for (metric_type, text, openmetrics) in [
        (MetricType::Gauge, "gauge", "gauge"),
        (MetricType::Counter, "counter", "counter"),
        (MetricType::Histogram, "histogram", "histogram"),
        (MetricType::Summary, "summary", "summary"),
        (MetricType::Info, "gauge", "info"),
        (MetricType::StateSet, "gauge", "stateset"),
    ] {
        let mut family = family("x", &[], Samples::Gauge(vec![]));
        family.metric_type = metric_type;
        let (mut as_text, mut as_openmetrics) = (Vec::new(), Vec::new());
        text::describe(&family, &mut as_text);
        openmetrics::describe(&family, &mut as_openmetrics);
        assert!(as_text.ends_with(format!("# TYPE x {text}\n").as_bytes()));
        assert!(as_openmetrics.ends_with(format!("# TYPE x {openmetrics}\n").as_bytes()));
    }
}

/// Parses the label values of one line; panics on a malformed line.
fn label_values(line: &str) -> Vec<String> {
    let (mut rest, mut values) = (line.split_once('{').unwrap().1, Vec::new());
    loop {
        let (_, from_value) = rest.split_once("=\"").unwrap();
        let (mut value, mut chars) = (String::new(), from_value.char_indices());
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    plain @ ('\\' | '"') => plain,
                    other => panic!("illegal escape \\{other}"),
                }),
                (_, plain) => value.push(plain),
            }
        };
        values.push(value);
        rest = &from_value[end + 1..];
        if rest == "} 1" {
            return values;
        }
        rest = rest.strip_prefix(',').unwrap();
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"[\\"\n\r,={} #a-c]{0,12}"#,
        any::<String>(),
        Just(String::new()),
        Just("\"} 1\nup{x=\"".to_owned()),
        Just("\\".repeat(10_000)),
        Just("é\u{1f600}\u{0}".repeat(2_000)),
    ]
}

proptest! {
    #[test]
    fn label_values_survive(one in hostile(), two in hostile(), constant in hostile()) {
        let mut family = family("x", &["one", "two"], Samples::Gauge(vec![series(&[&one, &two], 1.0)]));
        family.parts[0].constant = [(LabelName::new("constant").unwrap(), constant.as_str().into())].into();
        for format in [Format::Text, Format::OpenMetrics] {
            let segment = Segment::encode(std::slice::from_ref(&family), format);
            let text = std::str::from_utf8(segment.body()).unwrap();
            let samples: Vec<_> = text.strip_suffix('\n').unwrap().split('\n').filter(|line| !line.starts_with('#')).collect();
            prop_assert_eq!(samples.len(), 1);
            prop_assert_eq!(label_values(samples[0]), [constant.clone(), one.clone(), two.clone()]);
        }
    }
}
