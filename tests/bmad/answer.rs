//! A KPI's answer by the product's own way: the file loaded, a real graph asked, the rows measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use cypher_exporter::graph::{Bolt, BoltSettings, Graph, Request};
use cypher_exporter::kpi::{self, Catalog, Defaults, Kpi, Source};
use cypher_exporter::measure::{Measured, Skipped, Snapshot};
use cypher_exporter::metric::{Points, Series};

use crate::support::neo4j::Neo4j;

/// The values by their labels.
pub(crate) type Answer = BTreeMap<BTreeMap<String, String>, f64>;

/// All that is said in `queries/bmad`.
pub(crate) fn catalog() -> Catalog {
    let paths = fs::read_dir("queries/bmad").unwrap().map(|entry| entry.unwrap().path());
    let (kpis, packs): (Vec<_>, Vec<_>) = paths.partition(|path| path.extension().is_some_and(|end| end == "cypher"));
    let sources = |paths: Vec<_>| paths.iter().map(source).collect::<Vec<_>>();
    let defaults = Defaults { every: Duration::from_secs(300), reserved_labels: &[] };
    kpi::load(&sources(kpis), &sources(packs), &defaults)
}

fn source(path: impl AsRef<Path>) -> Source {
    let path = path.as_ref();
    Source { path: path.to_str().unwrap().to_owned(), pack: "bmad".to_owned(), text: fs::read_to_string(path).unwrap() }
}

/// Runs a KPI of the pack once, with its parameters.
pub(crate) async fn answer(neo4j: &Neo4j, name: &str) -> Answer {
    let catalog = catalog();
    let kpi = catalog.kpis.iter().find(|kpi| *kpi.id == *format!("bmad/{name}")).unwrap();
    let measured = measure(neo4j, kpi).await;
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

async fn measure(neo4j: &Neo4j, kpi: &Kpi) -> Measured {
    let graph = Graph::Bolt(Bolt::new(BoltSettings {
        uris: vec![neo4j.uri().to_owned()],
        user: neo4j.user().to_owned(),
        password: neo4j.password().into(),
        database: None,
        max_concurrent: 1,
    }));
    let mut snapshot = Snapshot::new(kpi);
    for parameters in &kpi.parameters {
        let request = Request {
            kpi: &kpi.id,
            query: &kpi.query,
            columns: &kpi.columns,
            parameters,
            database: kpi.database.as_deref(),
            timeout: kpi.timeout,
        };
        let asked = graph.rows(&request, &mut |row| snapshot.row(&row)).await;
        asked.unwrap_or_else(|error| panic!("{}: {error}", kpi.id));
    }
    snapshot.finish().unwrap_or_else(|error| panic!("{}: {error}", kpi.id))
}
