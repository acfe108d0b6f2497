//! Alerts of every kind, and the series found for them.

use super::*;
use crate::generate::tests::vocabulary;
use promql::Variables;

/// The series that fire and those that do not, one line each.
fn found(text: &str, hold: u64) -> String {
    let promql = Promql::read(text, Variables::Refused).unwrap();
    let hold = Duration::from_secs(hold);
    let found = match find(&promql, hold, &vocabulary()) {
        Ok(found) => found,
        Err(missing) => return format!("{missing:?}"),
    };
    let shown = |series: &[Series]| {
        let told = series
            .iter()
            .filter(|series| series.shape != Shape::Ramp(0.0));
        let bare = |series: &Series| {
            let own = series
                .labels
                .iter()
                .filter(|(label, _)| !["job", "instance"].contains(&label.as_str()));
            let labels = own
                .map(|(label, value)| (label.clone(), value.clone()))
                .collect();
            format!(
                "{} {}",
                written(&series.name, &labels),
                series.values(found.end, found.every)
            )
        };
        told.map(bare).collect::<Vec<_>>().join("; ")
    };
    format!(
        "fires: {}\n  silent: {}",
        shown(&found.fires),
        shown(&found.silent)
    )
}

#[test]
fn every_kind_of_alert_finds_its_series() {
    let told: String = [
        ("p_gauge > 5", 0),
        ("p_gauge >= 5", 0),
        ("p_gauge < 0.6", 300),
        ("p_gauge{a!=\"test\"} < 0.5", 0),
        ("p_gauge > 90 and p_gauge <= 100", 300),
        ("(count(p_gauge) or vector(0)) < 10", 600),
        ("sum(rate(p_calls_total{status=\"error\"}[15m])) / (sum(rate(p_calls_total[15m])) > 0) > 0.05", 300),
        ("(sum(rate(p_calls_total{status=\"success\"}[15m])) or vector(0)) / (sum(rate(p_calls_total[15m])) > 0) < 0.5", 300),
        ("sum by (agent) (rate(p_calls_total{agent=~\".*-fail\"}[5m])) > 0.1", 300),
        ("sum(p_calls_total) - sum(p_calls_total offset 5m) > 5", 120),
        ("sum(increase(p_calls_total[5m])) > 20", 300),
        ("histogram_quantile(0.95, sum by (le, agent) (rate(p_took_seconds_bucket[15m]))) > 0.5", 600),
        ("histogram_quantile(0.95, sum by (le, agent) (rate(p_took_seconds_bucket[15m]))) > 7", 600),
        ("1 - p:quality > 0.2", 600),
        ("(avg_over_time(p:quality[7d]) - p:quality) / avg_over_time(p:quality[7d]) > 0.05", 3600),
        ("p:quality > avg_over_time(p:quality[1d]) + 2 * stddev_over_time(p:quality[1d])", 600),
        ("time() - p_begun_timestamp_seconds > 3600", 1800),
        ("time() - cypher_exporter_kpi_last_success_timestamp_seconds{kpi=~\"p/.*\"} > 300 or cypher_exporter_kpi_up{kpi=~\"p/.*\"} == 0", 300),
        ("absent(p_plain)", 300),
        ("p_gauge == 0 and ignoring (agent, a, status) increase(p_calls_total[1d]) > 0", 3600),
        ("p_gauge / on (a) group_left () p_gauge > 2", 0),
        ("p_gauge unless p_plain", 0),
        ("predict_linear(p_gauge[1h], 3600) > 5", 0),
        ("p_plain > 1 and p_plain < 0", 0),
        ("p_plain >= 0 or p_plain < 0", 0),
        ("up{job=\"postgres\"} == 0", 60),
        ("p_gauge < -5", 0),
        ("p_gauge offset 1y > 5", 0),
        ("time() - p_begun_timestamp_seconds > 60 and on () p_plain > 1e9", 0),
    ]
    .into_iter()
    .map(|(text, hold)| format!("{text}\n  {}\n", found(text, hold)))
    .collect();
    insta::assert_snapshot!(told, @r#"
    p_gauge > 5
      fires: p_gauge{a="example"} 6+0x10
      silent: p_gauge{a="example"} 5+0x10
    p_gauge >= 5
      fires: p_gauge{a="example"} 5+0x10
      silent: p_gauge{a="example"} 4+0x10
    p_gauge < 0.6
      fires: p_gauge{a="example"} 0.594+0x15
      silent: p_gauge{a="example"} 0.6+0x15
    p_gauge{a!="test"} < 0.5
      fires: p_gauge{a="example"} 0.495+0x10
      silent: p_gauge{a="example"} 0.5+0x10
    p_gauge > 90 and p_gauge <= 100
      fires: p_gauge{a="example"} 91+0x15
      silent: p_gauge{a="example"} 90+0x15
    (count(p_gauge) or vector(0)) < 10
      fires: p_gauge{a="example"} 10+0x20
      silent: p_gauge{a="example-1"} 10+0x20; p_gauge{a="example-2"} 10+0x20; p_gauge{a="example-3"} 10+0x20; p_gauge{a="example-4"} 10+0x20; p_gauge{a="example-5"} 10+0x20; p_gauge{a="example-6"} 10+0x20; p_gauge{a="example-7"} 10+0x20; p_gauge{a="example-8"} 10+0x20; p_gauge{a="example-9"} 10+0x20; p_gauge{a="example-10"} 10+0x20; p_gauge{a="example-11"} 10+0x20
    sum(rate(p_calls_total{status="error"}[15m])) / (sum(rate(p_calls_total[15m])) > 0) > 0.05
      fires: p_calls_total{agent="example",status="error"} 0+1x30; p_calls_total{agent="example",status="success"} 0+1x30
      silent: p_calls_total{agent="example",status="success"} 0+1x30
    (sum(rate(p_calls_total{status="success"}[15m])) or vector(0)) / (sum(rate(p_calls_total[15m])) > 0) < 0.5
      fires: p_calls_total{agent="example",status="error"} 0+1x30
      silent: p_calls_total{agent="example",status="success"} 0+1x30; p_calls_total{agent="example",status="error"} 0+1x30
    sum by (agent) (rate(p_calls_total{agent=~".*-fail"}[5m])) > 0.1
      fires: p_calls_total{agent="example-fail",status="success"} 0+12x20
      silent: p_calls_total{agent="example-fail",status="success"} 0+1x20
    sum(p_calls_total) - sum(p_calls_total offset 5m) > 5
      fires: p_calls_total{agent="example",status="success"} 0+600x15
      silent: p_calls_total{agent="example",status="success"} 0+1x15
    sum(increase(p_calls_total[5m])) > 20
      fires: p_calls_total{agent="example",status="success"} 0+8x20
      silent: p_calls_total{agent="example",status="success"} 0+1x20
    histogram_quantile(0.95, sum by (le, agent) (rate(p_took_seconds_bucket[15m]))) > 0.5
      fires: p_took_seconds_bucket{agent="example",le="5.0"} 0+10x35; p_took_seconds_bucket{agent="example",le="+Inf"} 0+10x35
      silent: p_took_seconds_bucket{agent="example",le="0.5"} 0+10x35; p_took_seconds_bucket{agent="example",le="1.0"} 0+10x35; p_took_seconds_bucket{agent="example",le="5.0"} 0+10x35; p_took_seconds_bucket{agent="example",le="+Inf"} 0+10x35
    histogram_quantile(0.95, sum by (le, agent) (rate(p_took_seconds_bucket[15m]))) > 7
      Firing
    1 - p:quality > 0.2
      fires: p:quality 0.2+0x20
      silent: p:quality 1+0x20
    (avg_over_time(p:quality[7d]) - p:quality) / avg_over_time(p:quality[7d]) > 0.05
      fires: p:quality 1+0x2016 0.5+0x13
      silent: p:quality 0.05+0x2030
    p:quality > avg_over_time(p:quality[1d]) + 2 * stddev_over_time(p:quality[1d])
      fires: p:quality 1+0x288 2+0x3
      silent: p:quality 2+0x292
    time() - p_begun_timestamp_seconds > 3600
      fires: p_begun_timestamp_seconds{job_id="example"} 0+0x110
      silent: p_begun_timestamp_seconds{job_id="example"} 0+60x110
    time() - cypher_exporter_kpi_last_success_timestamp_seconds{kpi=~"p/.*"} > 300 or cypher_exporter_kpi_up{kpi=~"p/.*"} == 0
      fires: cypher_exporter_kpi_last_success_timestamp_seconds{kpi="p/example"} 0+0x20; cypher_exporter_kpi_up{kpi="p/example"} 0+0x20
      silent: cypher_exporter_kpi_last_success_timestamp_seconds{kpi="p/example"} 0+60x20; cypher_exporter_kpi_up{kpi="p/example"} 1+0x20
    absent(p_plain)
      fires: p_plain _x16
      silent: p_plain 0+0x15
    p_gauge == 0 and ignoring (agent, a, status) increase(p_calls_total[1d]) > 0
      fires: p_gauge{a="example"} 0+0x302; p_calls_total{agent="example",status="success"} 0+5x302
      silent: p_gauge{a="example"} 1+0x302; p_calls_total{agent="example",status="success"} 0+5x302
    p_gauge / on (a) group_left () p_gauge > 2
      Firing
    p_gauge unless p_plain
      Silent
    predict_linear(p_gauge[1h], 3600) > 5
      Unsupported
    p_plain > 1 and p_plain < 0
      Firing
    p_plain >= 0 or p_plain < 0
      Silent
    up{job="postgres"} == 0
      fires: up 0+0x10
      silent: up 1+0x10
    p_gauge < -5
      fires: p_gauge{a="example"} -6+0x10
      silent: p_gauge{a="example"} -5+0x10
    p_gauge offset 1y > 5
      Unsupported
    time() - p_begun_timestamp_seconds > 60 and on () p_plain > 1e9
      fires: p_begun_timestamp_seconds{job_id="example"} 0+0x10; p_plain 1000000001+0x10
      silent: p_begun_timestamp_seconds{job_id="example"} 0+60x10; p_plain 1000000001+0x10
    "#);
}
