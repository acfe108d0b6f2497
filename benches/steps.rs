//! One step of the exporter's work, done as often as asked: what `benches/instructions` counts the instructions of.
//!
//! `steps STEP SIZE TIMES`
#![allow(clippy::unwrap_used, reason = "a benchmark that fails has nothing better to do than to panic")]

use std::env;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::Arc;

use cypher_exporter::exposition::{Format, Segment};
use cypher_exporter::http::Settings;
use cypher_exporter::kpi::Kpi;
use cypher_exporter::measure::Snapshot;
use cypher_exporter::metric::MetricType;
use cypher_exporter::row::{Row, Value};
use serving::{Served, gauges, kpi, refresh, site};
use tokio::runtime;

#[path = "../tests/serving/mod.rs"]
mod serving;

fn main() {
    let arguments: Vec<_> = env::args().collect();
    // `cargo bench` and `cargo test` call every benchmark, this one without its arguments.
    let [_, step, size, times] = &arguments[..] else { return };
    let (size, times) = (size.parse().unwrap(), times.parse().unwrap());
    match step.as_str() {
        "measure" => measure(size, times),
        "encode" => encode(size, times),
        "compress" => compress(size, times),
        "scrape-one-kpi" => scrape(1, size, "", times),
        "scrape-one-kpi-gzip" => scrape(1, size, "Accept-Encoding: gzip\r\n", times),
        "scrape-many-kpis" => scrape(size, 1, "", times),
        "scrape-many-kpis-gzip" => scrape(size, 1, "Accept-Encoding: gzip\r\n", times),
        unknown => panic!("no such step: {unknown}"),
    }
}

/// Rows become samples; the graph answers in no order.
fn measure(rows: usize, times: usize) {
    let (kpi, rows) = (two_labels(rows), answer(rows));
    for _ in 0..times {
        let mut snapshot = Snapshot::new(&kpi);
        for row in &rows {
            assert_eq!(snapshot.row(row), ControlFlow::Continue(()));
        }
        black_box(snapshot.finish().unwrap());
    }
}

/// Samples become text.
fn encode(series: usize, times: usize) {
    let kpi = two_labels(series);
    let mut snapshot = Snapshot::new(&kpi);
    for row in &answer(series) {
        assert_eq!(snapshot.row(row), ControlFlow::Continue(()));
    }
    let families = [kpi.metrics[0].family(vec![cypher_exporter::metric::Part {
        constant: Arc::default(),
        points: snapshot.finish().unwrap().points[0].clone(),
    }])];
    for _ in 0..times {
        black_box(Segment::encode(&families, Format::Text));
    }
}

/// Text becomes blocks of gzip.
fn compress(series: usize, times: usize) {
    let site = site(gauges(1, series), Settings::default(), refresh(None));
    let reading = site.board.slots()[0].reading().unwrap();
    for _ in 0..times {
        let segment = Segment::encode(reading.families(), Format::Text);
        black_box(segment.deflated());
    }
}

/// Whole answers over one connection that stays open.
fn scrape(kpis: usize, series_each: usize, headers: &str, times: usize) {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let site = site(gauges(kpis, series_each), Settings::default(), refresh(None));
    let served = runtime.block_on(Served::start(site));
    let mut stream = TcpStream::connect(served.address).unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    let mut answer = vec![0; 1 << 20];
    for _ in 0..times {
        stream.write_all(request.as_bytes()).unwrap();
        read_whole(&mut stream, &mut answer);
    }
}

/// Reads one answer, whose length its head tells.
fn read_whole(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut first = stream.read(buffer).unwrap();
    while !buffer[..first].windows(4).any(|four| four == b"\r\n\r\n") {
        first += stream.read(&mut buffer[first..]).unwrap();
    }
    let head = buffer[..first].windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let text = std::str::from_utf8(&buffer[..head]).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut left = length.parse::<usize>().unwrap() - (first - head);
    while left > 0 {
        left -= stream.read(buffer).unwrap();
    }
}

fn two_labels(max_series: usize) -> Arc<Kpi> {
    assert!(max_series <= 100_000, "the KPIs of the tests take no more");
    kpi("p/sensor", "p_sensor", None, &["node", "sensor"], MetricType::Gauge)
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
