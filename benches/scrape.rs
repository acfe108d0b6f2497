//! Compares a scrape of 100 000 series with its lower bounds: copying the same bytes once, and
//! sending them over a socket.
#![allow(clippy::unwrap_used, reason = "a benchmark panics on failure")]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use cypher_exporter::exposition::{Coding, Format, slices};
use cypher_exporter::http::Settings;
use test_support::serving::scraper::{GZIP, Scraper};
use test_support::serving::{Served, gauges, refresh, site};
use tokio::runtime::Runtime;

const KPIS: usize = 10;
const SERIES_EACH: usize = 10_000;

fn scrape(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let served = runtime.block_on(Served::start(site(
        gauges(KPIS, SERIES_EACH),
        Settings::default(),
        refresh(None),
    )));
    for (form, headers, coding) in [
        ("plain", "", Coding::Identity),
        ("gzip", GZIP, Coding::Gzip),
    ] {
        let bytes = readings(&served, coding);
        let mut group = criterion.benchmark_group(format!("100 000 series, {form}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let mut copy = Vec::with_capacity(bytes.len());
        group.bench_function("the same bytes copied", |bencher| {
            bencher.iter(|| {
                copy.clear();
                copy.extend_from_slice(&bytes);
                black_box(copy.last().copied())
            });
        });
        let mut sender = Scraper::connect(send_always(&bytes), "");
        group.bench_function("the same bytes sent", |bencher| {
            bencher.iter(|| sender.scrape())
        });
        let mut scraper = Scraper::connect(served.address, headers);
        group.bench_function("a scrape", |bencher| bencher.iter(|| scraper.scrape()));
    }
}

/// The body of a scrape.
fn readings(served: &Served, coding: Coding) -> Vec<u8> {
    let chunks = served.site.board.chunks();
    let segments: Vec<_> = chunks
        .iter()
        .flat_map(|chunk| chunk.segments(Format::Text))
        .map(AsRef::as_ref)
        .collect();
    slices(&segments, coding).concat()
}

/// A server that answers every request with these bytes.
fn send_always(body: &[u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = [
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(),
        body,
    ]
    .concat();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        while stream.read(&mut request).is_ok_and(|read| read > 0)
            && stream.write_all(&answer).is_ok()
        {}
    });
    address
}

criterion_group!(benches, scrape);
criterion_main!(benches);
