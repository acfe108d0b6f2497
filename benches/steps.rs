//! Runs one step of the exporter repeatedly; `benches/instructions` counts its instructions.
//!
//! `steps STEP SIZE TIMES`
#![allow(clippy::unwrap_used, reason = "a benchmark panics on failure")]

use std::env;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use cypher::{Row, Value};
use cypher_exporter::exposition::{Format, Segment};
use cypher_exporter::http::Settings;
use cypher_exporter::kpi::Kpi;
use cypher_exporter::measure::Rows;
use cypher_exporter::metric::{Constant, MetricType, Part, Samples};
use test_support::serving::scraper::{GZIP, Scraper};
use test_support::serving::{Served, gauges, kpi, refresh, site};
use tokio::runtime;

fn main() {
    let arguments: Vec<_> = env::args().collect();
    // `cargo bench` and `cargo test` run every benchmark without arguments.
    let [_, step, size, times] = &arguments[..] else {
        return;
    };
    let (size, times) = (size.parse().unwrap(), times.parse().unwrap());
    match step.as_str() {
        "measure" => measure(size, times, false),
        "measure-again" => measure(size, times, true),
        "encode" => encode(size, times),
        "compress" => compress(size, times),
        "scrape-one-kpi" => scrape(1, size, "", times),
        "scrape-one-kpi-gzip" => scrape(1, size, GZIP, times),
        "scrape-many-kpis" => scrape(size, 1, "", times),
        "scrape-many-kpis-gzip" => scrape(size, 1, GZIP, times),
        unknown => panic!("no such step: {unknown}"),
    }
}

/// Rows to samples, with new labels or those of the previous run; the rows are in shuffled order.
fn measure(rows: usize, times: usize, again: bool) {
    let (kpi, rows) = (two_labels(rows), answer(rows));
    let mut last = Vec::new();
    for _ in 0..times {
        let points = measured(&kpi, &rows, &last);
        last = if again { points } else { Vec::new() };
    }
}

fn measured(kpi: &Kpi, rows: &[Row], last: &[Arc<Samples>]) -> Vec<Arc<Samples>> {
    let mut taken = Rows::of_snapshot(kpi, last);
    for row in rows {
        assert_eq!(taken.row(row), ControlFlow::Continue(()));
    }
    taken.finish().unwrap().samples
}

/// Samples to text.
fn encode(series: usize, times: usize) {
    let kpi = two_labels(series);
    let points = measured(&kpi, &answer(series), &[]).swap_remove(0);
    let families = [kpi.metrics[0].family(vec![Part {
        constant: Constant::default(),
        points,
    }])];
    for _ in 0..times {
        black_box(Segment::encode(&families, Format::Text));
    }
}

/// Text to gzip blocks.
fn compress(series: usize, times: usize) {
    let site = site(gauges(1, series), Settings::default(), refresh(None));
    let reading = site.board.slots()[0].reading().unwrap();
    for _ in 0..times {
        let segment = Segment::encode(reading.families(), Format::Text);
        black_box(segment.deflated());
    }
}

/// Complete responses over one persistent connection.
fn scrape(kpis: usize, series_each: usize, headers: &str, times: usize) {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let site = site(
        gauges(kpis, series_each),
        Settings::default(),
        refresh(None),
    );
    let served = runtime.block_on(Served::start(site));
    let mut scraper = Scraper::connect(served.address, headers);
    for _ in 0..times {
        scraper.scrape();
    }
}

fn two_labels(max_series: usize) -> Arc<Kpi> {
    assert!(
        max_series <= 100_000,
        "the KPIs of the tests have this limit"
    );
    kpi(
        "p/sensor",
        "p_sensor",
        None,
        &["node", "sensor"],
        MetricType::Gauge,
    )
}

fn answer(rows: usize) -> Vec<Row> {
    let row = |at: usize| {
        vec![
            Value::Float(at as f64 * 1.2345),
            Value::String(format!("node-{:04}", at * 7919 % rows / 100)),
            Value::String(format!("sensor-{:02}", at * 7919 % rows % 100)),
        ]
    };
    (0..rows).map(row).collect()
}
