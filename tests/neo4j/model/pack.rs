//! A shipped pack as the product loads it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cypher_exporter::kpi::{self, Catalog, Defaults, Metric, Source, ValueSpec};
use cypher_exporter::queries::{self, Files};

use super::family::Family;

/// The files of a shipped pack.
pub(crate) fn files(pack: &str) -> Files {
    let files = queries::read(Path::new("queries"), Some(&[pack.to_owned()])).unwrap();
    assert_eq!(files.problems, []);
    files
}

/// All that is written in `queries/<pack>`.
pub(crate) fn catalog(pack: &str) -> Catalog {
    let files = files(pack);
    load(&files.kpis, &files.packs)
}

/// What the product makes of these files.
pub(crate) fn load(kpis: &[Source], packs: &[Source]) -> Catalog {
    kpi::load(
        kpis,
        packs,
        &Defaults {
            every: Duration::from_secs(300),
            const_labels: &[],
        },
    )
}

/// Neither an error nor a warning.
pub(crate) fn loads_without_a_problem(pack: &str) {
    let problems = catalog(pack).problems;
    let texts: Vec<_> = problems
        .iter()
        .map(|p| p.render(&fs::read_to_string(p.path().unwrap()).unwrap(), false))
        .collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
}

/// The pack has exactly these families, with their types, labels and bounds.
pub(crate) fn has_exactly(pack: &str, families: &[Family]) {
    let mut found: Vec<_> = catalog(pack)
        .kpis
        .iter()
        .flat_map(|kpi| kpi.metrics.iter().map(described))
        .collect();
    found.sort();
    let mut expected: Vec<_> = families
        .iter()
        .map(|family| {
            described_as(
                family.name,
                family.metric_type(),
                family.labels.to_vec(),
                family.bounds(),
            )
        })
        .collect();
    expected.sort();
    assert_eq!(found, expected);
}

fn described(metric: &Metric) -> String {
    let labels = metric
        .desc
        .labels
        .iter()
        .map(|label| label.as_str())
        .collect();
    let bounds = if let ValueSpec::Histogram { bounds, .. } = &metric.shape {
        bounds
    } else {
        &[][..]
    };
    described_as(
        metric.desc.name.as_str(),
        metric.shape.metric_type().as_str(),
        labels,
        bounds,
    )
}

fn described_as(name: &str, metric_type: &str, mut labels: Vec<&str>, bounds: &[f64]) -> String {
    labels.sort_unstable();
    format!("{name} {metric_type} {labels:?} {bounds:?}")
}

/// Every KPI of the pack is in exactly one row of its dashboard.
pub(crate) fn has_a_place_for_every_kpi(pack: &str) {
    let catalog = catalog(pack);
    let mut placed: Vec<_> = catalog.packs[0]
        .rows
        .iter()
        .flat_map(|row| row.kpis.clone())
        .collect();
    placed.sort();
    let stems: Vec<_> = catalog
        .kpis
        .iter()
        .map(|kpi| kpi.stem().to_owned())
        .collect();
    assert_eq!(placed, stems);
}
