//! Measures rows to bytes at 100 000 series, compared with a loop that only formats the numbers.
#![allow(clippy::unwrap_used, reason = "a benchmark panics on failure")]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use cypher::{Row, Value};
use cypher_exporter::exposition::{Format, Segment};
use cypher_exporter::measure::Rows;
use cypher_exporter::metric::{Constant, MetricType, Part, Samples};
use flate2::{Compress, Compression, FlushCompress};
use test_support::serving::kpi;

const SERIES: usize = 100_000;

fn encode(criterion: &mut Criterion) {
    let kpi = kpi(
        "p/sensor",
        "p_sensor",
        None,
        &["node", "sensor"],
        MetricType::Gauge,
    );
    let rows = answer();
    let measured = |last: &[Arc<Samples>]| {
        let mut taken = Rows::of_snapshot(&kpi, last);
        assert!(
            rows.iter()
                .all(|row| taken.row(row) == ControlFlow::Continue(()))
        );
        taken.finish().unwrap().samples
    };
    let points = measured(&[]);
    let families = [kpi.metrics[0].family(vec![Part {
        constant: Constant::default(),
        points: points[0].clone(),
    }])];

    let mut group = criterion.benchmark_group("100 000 series");
    group.throughput(Throughput::Elements(SERIES as u64));
    let mut numbers = Vec::new();
    group.bench_function("only the numbers formatted", |bencher| {
        bencher.iter(|| {
            numbers.clear();
            for at in 0..SERIES {
                numbers.extend_from_slice(
                    zmij::Buffer::new()
                        .format_finite(black_box(value(at)))
                        .as_bytes(),
                );
                numbers.push(b'\n');
            }
            black_box(numbers.len())
        });
    });
    group.bench_function("a reading encoded", |bencher| {
        bencher.iter(|| Segment::encode(&families, Format::Text))
    });
    group.bench_function("a reading encoded and compressed", |bencher| {
        bencher.iter(|| Segment::encode(&families, Format::Text).deflated().clone());
    });
    let text = Segment::encode(&families, Format::Text);
    for level in [1, 2, 3, 6] {
        let size = compressed(text.body(), level).len();
        let name = format!(
            "compressed at level {level}: {size} bytes of {}",
            text.body().len()
        );
        group.bench_function(name, |bencher| {
            bencher.iter(|| compressed(text.body(), level))
        });
    }
    group.bench_function("rows measured, labels new", |bencher| {
        bencher.iter(|| measured(&[]))
    });
    group.bench_function("rows measured, labels as before", |bencher| {
        bencher.iter(|| measured(&points))
    });
}

fn compressed(plain: &[u8], level: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(plain.len());
    Compress::new(Compression::new(level), false)
        .compress_vec(plain, &mut out, FlushCompress::Sync)
        .unwrap();
    out
}

fn value(at: usize) -> f64 {
    at as f64 * 1.2345
}

/// In shuffled order.
fn answer() -> Vec<Row> {
    let row = |at: usize| {
        let series = at * 7919 % SERIES;
        let label = |text: String| Value::String(text);
        vec![
            Value::Float(value(at)),
            label(format!("node-{:04}", series / 100)),
            label(format!("sensor-{:02}", series % 100)),
        ]
    };
    (0..SERIES).map(row).collect()
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = encode
}
criterion_main!(benches);
