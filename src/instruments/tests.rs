//! What a scrape returns about the exporter itself, before and after runs.
use super::*;
use crate::exposition::{Format, Segment};
use crate::kpi::{self, SkipReason};
use crate::measure::{Failure, Rows, Skipped};
use crate::metric::{LabelName, MetricName};

fn kpi(id: &str) -> Arc<Kpi> {
    kpi::one(
        &format!("queries/{id}.cypher"),
        "// Help.\nRETURN 1 AS value",
    )
}

fn pack(name: &str, query_latency: Option<Timing>, export_latency: Option<Timing>) -> Pack {
    Pack {
        path: String::new(),
        name: name.into(),
        title: String::new(),
        description: None,
        rows: Vec::new(),
        alerts: Vec::new(),
        records: Vec::new(),
        query_latency,
        export_latency,
    }
}

fn timing(name: &str, label: Option<&str>) -> Timing {
    let label = label.map(|label| LabelName::new(label).unwrap());
    Timing {
        name: MetricName::new(name).unwrap(),
        help: "Timing.".into(),
        label,
        bounds: [0.5, 200.0].into(),
        place: 0..0,
    }
}

impl Instruments {
    /// All current families, sorted by name.
    fn families(&self) -> Vec<Family> {
        let tables = self.tables.iter().map(|table| table.family());
        let mut families: Vec<_> = tables.chain(self.of_this_scrape()).collect();
        families.sort_by(|a, b| a.desc.name.cmp(&b.desc.name));
        families
    }
}

fn succeeded(duration: Duration, rows: u64, series: u64) -> Outcome {
    let skipped = Skipped::default();
    let result = Counts {
        rows,
        series,
        skipped,
    };
    Outcome::Succeeded { result, duration }
}

fn failed(duration: Duration, reason: &'static str) -> Outcome {
    let message = String::new();
    Outcome::Failed {
        error: Failure { reason, message },
        duration,
        skipped: Skipped::default(),
    }
}

/// The outcome with two rows without a value.
fn with_skipped(outcome: Outcome) -> Outcome {
    let kpi = kpi("p/a");
    let mut rows = Rows::of_snapshot(&kpi, &[]);
    for _ in 0..2 {
        assert!(rows.row(&vec![cypher::Value::Null]).is_continue());
    }
    let skipped = rows.skipped();
    assert_eq!(skipped.of(SkipReason::NullValue), 2);
    outcome.map(|counts| Counts { skipped, ..*counts }, Failure::clone)
}

/// The samples as text, without those that differ from run to run.
fn samples(instruments: &Instruments) -> String {
    let segment = Segment::encode(&instruments.families(), Format::Text);
    let text = std::str::from_utf8(segment.body()).unwrap();
    let varies = [
        "#",
        "process_",
        "cypher_exporter_build",
        "cypher_exporter_scrape",
        "cypher_exporter_kpi_last",
    ];
    let stays = |line: &&str| !varies.iter().any(|start| line.starts_with(start));
    text.lines()
        .filter(stays)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn the_names_are_those_that_are_reserved() {
    let instruments = Instruments::new(&[kpi("p/a")], &[], &["default".into()]).unwrap();
    let target = instruments.target(&kpi("p/a"), "default");
    target.ran(&succeeded(Duration::from_secs(1), 1, 1));
    target.ran(&failed(Duration::from_secs(1), "timeout"));
    target.window_lag(0.0);
    target.state_discarded("changed");
    instruments.scraped(Duration::from_millis(1), 1);
    let names: Vec<_> = instruments
        .families()
        .iter()
        .map(|family| family.desc.name.to_string())
        .collect();
    assert_eq!(names, own::NAMES);
    assert!(
        names
            .iter()
            .all(|name| name.starts_with(own::PREFIX) || name.starts_with("process_"))
    );
    for family in instruments.families() {
        let name = family.desc.name.as_str();
        let mut labels: Vec<_> = family
            .desc
            .labels
            .iter()
            .map(|label| label.as_str())
            .collect();
        labels.sort_by_key(|label| own::labels(name).iter().position(|known| known == label));
        assert_eq!(
            (&labels[..], family.metric_type),
            (own::labels(name), own::metric_type(name)),
            "{name}"
        );
    }
}

#[test]
fn before_any_run() {
    let instruments = Instruments::new(&[kpi("p/a")], &[], &["default".into()]).unwrap();
    insta::assert_snapshot!(samples(&instruments), @r#"
    cypher_exporter_graph_up{graph="default"} 0
    cypher_exporter_kpi_interval_seconds{kpi="p/a"} 60
    cypher_exporter_kpi_max_series{kpi="p/a"} 10000
    cypher_exporter_kpi_runs_total{kpi="p/a"} 0
    cypher_exporter_kpi_skipped_rows_total{kpi="p/a",reason="nan_value"} 0
    cypher_exporter_kpi_skipped_rows_total{kpi="p/a",reason="null_value"} 0
    cypher_exporter_kpi_stale_after_seconds{kpi="p/a"} 900
    cypher_exporter_kpi_timeout_seconds{kpi="p/a"} 30
    cypher_exporter_kpi_up{kpi="p/a"} 0
    cypher_exporter_rejected_files 0
    "#);
}

#[test]
fn after_a_failure_and_a_success_on_two_graphs() {
    let graphs = ["one".into(), "two".into()];
    let instruments = Instruments::new(&[kpi("p/a")], &[], &graphs).unwrap();
    let (one, two) = (
        instruments.target(&kpi("p/a"), "one"),
        instruments.target(&kpi("p/a"), "two"),
    );
    one.ran(&failed(Duration::from_millis(250), "timeout"));
    one.ran(&with_skipped(succeeded(Duration::from_millis(500), 7, 3)));
    two.ran(&succeeded(Duration::from_secs(2), 1, 1));
    two.ran(&failed(Duration::from_secs(3), "unreachable"));
    instruments.graph_up("one", true);
    instruments.rejected_files(2);
    insta::assert_snapshot!(samples(&instruments), @r#"
    cypher_exporter_graph_up{graph="one"} 1
    cypher_exporter_graph_up{graph="two"} 0
    cypher_exporter_kpi_duration_seconds{graph="one",kpi="p/a"} 0.5
    cypher_exporter_kpi_duration_seconds{graph="two",kpi="p/a"} 3
    cypher_exporter_kpi_errors_total{graph="one",kpi="p/a",reason="timeout"} 1
    cypher_exporter_kpi_errors_total{graph="two",kpi="p/a",reason="unreachable"} 1
    cypher_exporter_kpi_interval_seconds{graph="one",kpi="p/a"} 60
    cypher_exporter_kpi_interval_seconds{graph="two",kpi="p/a"} 60
    cypher_exporter_kpi_max_series{graph="one",kpi="p/a"} 10000
    cypher_exporter_kpi_max_series{graph="two",kpi="p/a"} 10000
    cypher_exporter_kpi_rows{graph="one",kpi="p/a"} 7
    cypher_exporter_kpi_rows{graph="two",kpi="p/a"} 1
    cypher_exporter_kpi_runs_total{graph="one",kpi="p/a"} 2
    cypher_exporter_kpi_runs_total{graph="two",kpi="p/a"} 2
    cypher_exporter_kpi_series{graph="one",kpi="p/a"} 3
    cypher_exporter_kpi_series{graph="two",kpi="p/a"} 1
    cypher_exporter_kpi_skipped_rows_total{graph="one",kpi="p/a",reason="nan_value"} 0
    cypher_exporter_kpi_skipped_rows_total{graph="one",kpi="p/a",reason="null_value"} 2
    cypher_exporter_kpi_skipped_rows_total{graph="two",kpi="p/a",reason="nan_value"} 0
    cypher_exporter_kpi_skipped_rows_total{graph="two",kpi="p/a",reason="null_value"} 0
    cypher_exporter_kpi_stale_after_seconds{graph="one",kpi="p/a"} 900
    cypher_exporter_kpi_stale_after_seconds{graph="two",kpi="p/a"} 900
    cypher_exporter_kpi_timeout_seconds{graph="one",kpi="p/a"} 30
    cypher_exporter_kpi_timeout_seconds{graph="two",kpi="p/a"} 30
    cypher_exporter_kpi_up{graph="one",kpi="p/a"} 1
    cypher_exporter_kpi_up{graph="two",kpi="p/a"} 0
    cypher_exporter_rejected_files 2
    "#);
    let last_success = instruments
        .families()
        .into_iter()
        .find(|family| family.desc.name.as_str().contains("last_success"));
    assert_eq!(last_success.unwrap().parts[0].points.len(), 2);
}

#[test]
fn a_window_kpi_has_lag_halved_windows_and_discarded_states() {
    let window = "// Help.\n/*kpi\nname = \"p_total\"\ntype = \"counter\"\nmode = \"window\"\n*/\n\
                  MATCH (e) WHERE e.t > $since AND e.t <= $until RETURN 1 AS value";
    let kpi = kpi::one("queries/p/a.cypher", window);
    let instruments =
        Instruments::new(std::slice::from_ref(&kpi), &[], &["default".into()]).unwrap();
    let windows = || {
        let text = samples(&instruments);
        let of_windows = |line: &&str| {
            ["window", "discarded"]
                .iter()
                .any(|word| line.contains(word))
        };
        text.lines()
            .filter(of_windows)
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    insta::assert_snapshot!(windows(), @r#"
    cypher_exporter_kpi_windows_halved_total{kpi="p/a"} 0
    cypher_exporter_state_discarded_total{kpi="p/a",reason="changed"} 0
    cypher_exporter_state_discarded_total{kpi="p/a",reason="damaged"} 0
    "#);
    let target = instruments.target(&kpi, "default");
    target.state_discarded("damaged");
    target.window_lag(-1.5);
    target.halved();
    insta::assert_snapshot!(windows(), @r#"
    cypher_exporter_kpi_window_lag_seconds{kpi="p/a"} -1.5
    cypher_exporter_kpi_windows_halved_total{kpi="p/a"} 1
    cypher_exporter_state_discarded_total{kpi="p/a",reason="changed"} 0
    cypher_exporter_state_discarded_total{kpi="p/a",reason="damaged"} 1
    "#);
}

#[test]
fn packs_name_their_own_timings() {
    let packs = [
        pack(
            "p",
            Some(timing("p_query_latency_seconds", Some("query_type"))),
            None,
        ),
        pack(
            "q",
            Some(timing("q_latency_ms", None)),
            Some(timing("q_export_latency_ms", None)),
        ),
    ];
    let instruments = Instruments::new(&[], &packs, &["default".into()]).unwrap();
    instruments
        .target(&kpi("p/a"), "default")
        .ran(&succeeded(Duration::from_millis(250), 1, 1));
    instruments
        .target(&kpi("p/b"), "default")
        .ran(&failed(Duration::from_secs(250), "timeout"));
    instruments
        .target(&kpi("q/c"), "default")
        .ran(&succeeded(Duration::from_millis(250), 1, 1));
    instruments
        .target(&kpi("q/d"), "default")
        .ran(&succeeded(Duration::from_micros(250), 1, 1));
    instruments.scraped(Duration::from_millis(2), 1);
    let text: String = samples(&instruments)
        .lines()
        .filter(|line| !line.starts_with("cypher"))
        .map(|l| format!("{l}\n"))
        .collect();
    insta::assert_snapshot!(text, @r#"
    p_query_latency_seconds_bucket{query_type="a",le="0.5"} 1
    p_query_latency_seconds_bucket{query_type="a",le="200.0"} 1
    p_query_latency_seconds_bucket{query_type="a",le="+Inf"} 1
    p_query_latency_seconds_sum{query_type="a"} 0.25
    p_query_latency_seconds_count{query_type="a"} 1
    p_query_latency_seconds_bucket{query_type="b",le="0.5"} 0
    p_query_latency_seconds_bucket{query_type="b",le="200.0"} 0
    p_query_latency_seconds_bucket{query_type="b",le="+Inf"} 1
    p_query_latency_seconds_sum{query_type="b"} 250
    p_query_latency_seconds_count{query_type="b"} 1
    q_export_latency_ms_bucket{le="0.5"} 0
    q_export_latency_ms_bucket{le="200.0"} 1
    q_export_latency_ms_bucket{le="+Inf"} 1
    q_export_latency_ms_sum 2
    q_export_latency_ms_count 1
    q_latency_ms_bucket{le="0.5"} 1
    q_latency_ms_bucket{le="200.0"} 1
    q_latency_ms_bucket{le="+Inf"} 2
    q_latency_ms_sum 250.25
    q_latency_ms_count 2
    "#);
}

#[test]
fn two_packs_cannot_share_a_timing() {
    let packs = ["p", "q"].map(|name| pack(name, Some(timing("latency_seconds", None)), None));
    assert!(Instruments::new(&[], &packs, &[]).is_err());
}
