//! All files together: which KPIs there are, and where two of them would write the same name.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::pack::{self, Pack};
use super::parse::{parse, stem};
use super::problem::{Gravity, Problem};
use super::{Alert, Kpi, Source};
use crate::metric::LabelName;

/// What the configuration says for all KPIs.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// The interval of a KPI that names none.
    pub every: Duration,
    /// The labels that every series carries anyway.
    pub reserved_labels: &'a [LabelName],
}

/// Everything that was loaded, and every problem.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The KPIs without errors, by id.
    pub kpis: Vec<Arc<Kpi>>,
    /// The packs, by name; a pack without `pack.toml` has its name only.
    pub packs: Vec<Pack>,
    /// All problems, by file and place.
    pub problems: Vec<Problem>,
}

impl Catalog {
    /// How many of the problems keep something from running.
    pub fn errors(&self) -> usize {
        self.grave().count()
    }

    /// How many files are left out.
    pub fn rejected_files(&self) -> usize {
        self.grave().map(|problem| problem.path.as_str()).collect::<HashSet<_>>().len()
    }

    fn grave(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.gravity == Gravity::Error)
    }
}

/// Loads all KPI files and all `pack.toml` files. A file with an error is left out, the others stay.
pub fn load(kpis: &[Source], packs: &[Source], defaults: &Defaults<'_>) -> Catalog {
    let mut catalog = Catalog::default();
    let mut taken = Taken::default();
    for source in sorted(packs) {
        let own = kpis.iter().filter(|kpi| kpi.pack == source.pack);
        let stems: Vec<_> = own.map(|kpi| stem(&kpi.path)).collect();
        let (pack, problems) = pack::read(source, &stems);
        catalog.problems.extend(problems);
        if let Some(pack) = pack {
            catalog.problems.extend(taken.by_pack(&pack, &source.path));
            catalog.packs.push(pack);
        }
    }
    for source in sorted(kpis) {
        let (kpi, problems) = parse(source, defaults);
        catalog.problems.extend(problems);
        let Some(kpi) = kpi else { continue };
        let clashes = taken.by_kpi(&kpi);
        if clashes.is_empty() {
            catalog.kpis.push(Arc::new(kpi));
        }
        catalog.problems.extend(clashes);
    }
    add_bare_packs(&mut catalog);
    catalog
}

fn sorted(sources: &[Source]) -> Vec<&Source> {
    let mut sources: Vec<_> = sources.iter().collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn add_bare_packs(catalog: &mut Catalog) {
    for kpi in &catalog.kpis {
        if !catalog.packs.iter().any(|pack| pack.name == kpi.pack) {
            catalog.packs.push(Pack::bare(&kpi.pack));
        }
    }
    catalog.packs.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Names that the exporter or Prometheus itself writes.
fn reserved(name: &str) -> bool {
    ["cypher_exporter_", "process_", "scrape_"].iter().any(|prefix| name.starts_with(prefix))
        || ["up", "ALERTS", "ALERTS_FOR_STATE", "target_info"].contains(&name)
}

/// Which sample and alert names are in use, and by which file.
#[derive(Default)]
struct Taken {
    samples: HashMap<String, String>,
    alerts: HashMap<String, String>,
}

impl Taken {
    /// Takes all names of a KPI, or none when one of them is in use.
    fn by_kpi(&mut self, kpi: &Kpi) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut samples = Vec::new();
        for metric in &kpi.metrics {
            let name = metric.desc.name.as_str();
            let fix = "give one of them another name: by its file's name or by `name` in the header";
            let problem = |message| clash(&kpi.path, &metric.place, message, fix);
            if reserved(name) {
                problems.push(problem(format!("`{name}` is a name of the exporter's own or of Prometheus")));
            }
            for sample in written(name, metric.shape.metric_type().sample_suffixes()) {
                match self.samples.get(&sample) {
                    Some(path) => problems.push(problem(format!("`{sample}` is already written by {path}"))),
                    None if samples.contains(&sample) => {
                        problems.push(problem(format!("`{sample}` is written twice by this file")))
                    }
                    None => samples.push(sample),
                }
            }
        }
        problems.extend(self.alerts_clash(&kpi.alerts, &kpi.path));
        if problems.is_empty() {
            self.samples.extend(samples.into_iter().map(|sample| (sample, kpi.path.clone())));
            self.alerts.extend(kpi.alerts.iter().map(|alert| (alert.name.clone(), kpi.path.clone())));
        }
        problems
    }

    fn by_pack(&mut self, pack: &Pack, path: &str) -> Vec<Problem> {
        let problems = self.alerts_clash(&pack.alerts, path);
        for timing in [&pack.query_latency, &pack.export_latency].into_iter().flatten() {
            let samples = written(timing.name.as_str(), &["_bucket", "_sum", "_count"]);
            self.samples.extend(samples.map(|sample| (sample, path.to_owned())));
        }
        self.alerts.extend(pack.alerts.iter().map(|alert| (alert.name.clone(), path.to_owned())));
        problems
    }

    fn alerts_clash(&self, alerts: &[Alert], path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, alert) in alerts.iter().enumerate() {
            let earlier = alerts[..at].iter().any(|other| other.name == alert.name).then(|| path.to_owned());
            if let Some(other) = self.alerts.get(&alert.name).cloned().or(earlier) {
                let message = format!("an alert `{}` stands already in {other}", alert.name);
                problems.push(clash(path, &alert.place, message, "give one of them another name"));
            }
        }
        problems
    }
}

/// The sample names of a family; a histogram's bare name too, since it names the family.
fn written<'a>(name: &'a str, suffixes: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    let bare = (!suffixes.contains(&"")).then(|| name.to_owned());
    suffixes.iter().map(move |suffix| format!("{name}{suffix}")).chain(bare)
}

fn clash(path: &str, place: &std::ops::Range<usize>, message: String, fix: &str) -> Problem {
    Problem { gravity: Gravity::Error, path: path.to_owned(), span: Some(place.clone()), message, fix: fix.to_owned() }
}

/// The KPI of one good file, for tests of the floors above.
#[cfg(test)]
pub(crate) fn one(path: &str, text: &str) -> Arc<Kpi> {
    let pack = path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    let source = Source { path: path.to_owned(), pack, text: text.to_owned() };
    let catalog = load(&[source], &[], &Defaults { every: Duration::from_secs(60), reserved_labels: &[] });
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}
