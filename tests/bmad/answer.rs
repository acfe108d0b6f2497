//! A KPI's answer by the product's own way: the file loaded, a graph asked, the rows measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use cypher_exporter::graph::Graph;
use cypher_exporter::kpi::{self, Catalog, Defaults, Kpi};
use cypher_exporter::measure::{Measured, Skipped};
use cypher_exporter::metric::{Points, Series};
use cypher_exporter::{queries, schedule};

/// The values by their labels.
pub(crate) type Answer = BTreeMap<BTreeMap<String, String>, f64>;

/// All that is said in `queries/bmad`.
pub(crate) fn catalog() -> Catalog {
    let files = queries::read(Path::new("queries"), Some(&["bmad".to_owned()])).unwrap();
    assert_eq!(files.problems, []);
    let defaults = Defaults { every: Duration::from_secs(300), reserved_labels: &[] };
    kpi::load(&files.kpis, &files.packs, &defaults)
}

/// Runs a KPI of the pack once, with its parameters.
pub(crate) async fn answer(graph: &Graph, name: &str) -> Answer {
    let catalog = catalog();
    let kpi = catalog.kpis.iter().find(|kpi| *kpi.id == *format!("bmad/{name}")).unwrap();
    let measured = measure(graph, kpi).await;
    assert_eq!(measured.skipped, Skipped::default(), "{name}: the query leaves out what has no value");
    let [metric] = kpi.metrics.as_slice() else { panic!("{name}: one file, one family") };
    let [points] = measured.points.as_slice() else { panic!("{name}: one file, one family") };
    let (Points::Gauge(series) | Points::Counter(series)) = &**points else { panic!("{name}: no plain values") };
    let labels = |series: &Series<f64>| {
        let names = metric.desc.labels.iter().map(ToString::to_string);
        names.zip(series.labels.iter().map(ToString::to_string)).collect()
    };
    series.iter().map(|series| (labels(series), series.value)).collect()
}

async fn measure(graph: &Graph, kpi: &Kpi) -> Measured {
    let run = schedule::run(kpi, &mut graph.turn().await, &mut |_| {}).await;
    run.result.unwrap_or_else(|error| panic!("{}: {error}", kpi.id))
}
