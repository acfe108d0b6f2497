//! A KPI's answer by the product's own way: the file loaded, a graph asked, the rows measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cypher::UnixMillis;
use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{self, Catalog, Defaults, Kpi};
use cypher_exporter::measure::{Measured, Skipped, Totals};
use cypher_exporter::metric::{Samples, Series};
use cypher_exporter::queries::Files;
use cypher_exporter::schedule::Run;
use cypher_exporter::{queries, schedule};

/// The values by their labels.
pub(crate) type Answer = BTreeMap<BTreeMap<String, String>, f64>;

/// All that is written in `queries/bmad`.
pub(crate) fn catalog() -> Catalog {
    load(&files())
}

fn files() -> Files {
    let files = queries::read(Path::new("queries"), Some(&["bmad".to_owned()])).unwrap();
    assert_eq!(files.problems, []);
    files
}

fn load(files: &Files) -> Catalog {
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &[],
    };
    kpi::load(&files.kpis, &files.packs, &defaults)
}

/// A KPI of the pack.
pub(crate) fn kpi(name: &str) -> Arc<Kpi> {
    named(catalog(), name)
}

/// A KPI of the pack in whose text `from` became `to`.
pub(crate) fn changed(name: &str, from: &str, to: &str) -> Arc<Kpi> {
    let mut files = files();
    for source in &mut files.kpis {
        if source.path.ends_with(&format!("/{name}.cypher")) {
            assert!(source.text.contains(from), "{name} does not say {from}");
            source.text = source.text.replace(from, to);
        }
    }
    named(load(&files), name)
}

fn named(catalog: Catalog, name: &str) -> Arc<Kpi> {
    catalog
        .kpis
        .into_iter()
        .find(|kpi| *kpi.id == *format!("bmad/{name}"))
        .unwrap()
}

/// The moment that the times of a world count from.
pub(crate) fn now() -> UnixMillis {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(i64::try_from(since_1970.as_millis()).unwrap())
}

/// Runs a KPI of the pack once, with its parameters.
pub(crate) async fn answer(graph: &Graph, name: &str) -> Answer {
    let kpi = kpi(name);
    let run = schedule::run(&kpi, &mut graph.acquire().await, &mut |_| {}).await;
    shown(&kpi, run)
}

/// Adds the events after `since`, up to `until`, to what a window KPI has counted.
pub(crate) async fn count(
    graph: &Graph,
    kpi: &Kpi,
    totals: &mut Totals,
    since: UnixMillis,
    until: UnixMillis,
) -> Answer {
    shown(
        kpi,
        schedule::window(
            kpi,
            &mut graph.acquire().await,
            totals,
            since,
            until,
            &mut |_| {},
        )
        .await,
    )
}

fn shown(kpi: &Kpi, run: Run) -> Answer {
    let name = &kpi.id;
    let measured: Measured = run
        .into_result()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        measured.skipped,
        Skipped::default(),
        "{name}: the query leaves out what has no value"
    );
    let [metric] = kpi.metrics.as_slice() else {
        panic!("{name}: one file, one family")
    };
    let [points] = measured.samples.as_slice() else {
        panic!("{name}: one file, one family")
    };
    let (Samples::Gauge(series) | Samples::Counter(series)) = &**points else {
        panic!("{name}: no plain values")
    };
    let labels = |series: &Series<f64>| {
        let names = metric.desc.labels.iter().map(ToString::to_string);
        names
            .zip(series.labels.iter().map(ToString::to_string))
            .collect()
    };
    series
        .iter()
        .map(|series| (labels(series), series.value))
        .collect()
}
