//! All files together: which KPIs there are, and where two of them would write the same name.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::pack::{self, Pack, RecordingRule};
use super::parse::{parse, stem};
use super::{Alert, Defaults, Kpi, Source};
use crate::diagnostic::{Level, Place, Problem};
use crate::metric::MetricType;

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
    /// Puts the problems in order of file and place.
    pub fn sort_problems(&mut self) {
        self.problems
            .sort_by(|a, b| (a.path(), a.start()).cmp(&(b.path(), b.start())));
    }

    /// How many of the problems keep something from running.
    pub fn errors(&self) -> usize {
        self.error_problems().count()
    }

    /// How many files are left out.
    pub fn rejected_files(&self) -> usize {
        self.error_problems()
            .filter_map(Problem::path)
            .collect::<HashSet<_>>()
            .len()
    }

    /// Whether the file of the KPI with this id is left out.
    pub fn rejects(&self, kpi: &str) -> bool {
        let file = format!("{kpi}.cypher");
        self.error_problems()
            .filter_map(Problem::path)
            .any(|path| Path::new(path).ends_with(&file))
    }

    fn error_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems
            .iter()
            .filter(|problem| problem.level == Level::Error)
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
        let Some(pack) = pack else { continue };
        let clashes = taken.by_pack(&pack, &source.path);
        if clashes.is_empty() {
            catalog.packs.push(pack);
        }
        catalog.problems.extend(clashes);
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
    catalog.sort_problems();
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
    ["cypher_exporter_", "process_", "scrape_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || ["up", "ALERTS", "ALERTS_FOR_STATE", "target_info"].contains(&name)
}

/// Which names are in use, and by which file.
#[derive(Default)]
struct Taken {
    /// Of families and their samples.
    names: HashMap<String, String>,
    alerts: HashMap<String, String>,
    records: HashMap<String, String>,
}

const FIX_METRIC: &str = "rename one of them: rename its file, or add `name` to its header";
const FIX: &str = "rename one of them";

impl Taken {
    /// Takes all names of a KPI, or none when one of them is in use.
    fn by_kpi(&mut self, kpi: &Kpi) -> Vec<Problem> {
        let families = kpi.metrics.iter().map(|metric| Claim {
            name: metric.desc.name.as_str(),
            metric_type: metric.shape.metric_type(),
            place: &metric.place,
        });
        self.claim(&kpi.path, families, FIX_METRIC, &kpi.alerts, &[])
    }

    /// Takes all names of a pack, or none when one of them is in use.
    fn by_pack(&mut self, pack: &Pack, path: &str) -> Vec<Problem> {
        let timings = [&pack.query_latency, &pack.export_latency]
            .into_iter()
            .flatten();
        let families = timings.map(|timing| Claim {
            name: timing.name.as_str(),
            metric_type: MetricType::Histogram,
            place: &timing.place,
        });
        self.claim(path, families, FIX, &pack.alerts, &pack.records)
    }

    fn claim<'a>(
        &mut self,
        path: &str,
        families: impl Iterator<Item = Claim<'a>>,
        fix: &str,
        alerts: &[Alert],
        records: &[RecordingRule],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut own = HashMap::new();
        for family in families {
            let clash = if reserved(family.name) {
                Some(format!(
                    "`{}` is reserved for the exporter or Prometheus",
                    family.name
                ))
            } else {
                family.clash(&self.names, &own)
            };
            problems.extend(clash.map(|message| problem(path, family.place, message, fix)));
            own.extend(family.names().map(|name| (name, family.name.to_owned())));
        }
        let alert = |alert: &Alert| (alert.name.clone(), alert.place.clone());
        let record = |rule: &RecordingRule| (rule.record.clone(), rule.place.clone());
        let alerts = once_each(
            path,
            "an alert",
            alerts.iter().map(alert),
            &self.alerts,
            &mut problems,
        );
        let records = once_each(
            path,
            "a recording rule",
            records.iter().map(record),
            &self.records,
            &mut problems,
        );
        if problems.is_empty() {
            self.names
                .extend(own.into_keys().map(|name| (name, path.to_owned())));
            self.alerts.extend(alerts);
            self.records.extend(records);
        }
        problems
    }
}

/// A family that a file defines.
struct Claim<'a> {
    name: &'a str,
    metric_type: MetricType,
    place: &'a Range<usize>,
}

impl Claim<'_> {
    /// All names that no other family may have: OpenMetrics parsers reject the whole text if two families share one.
    fn names(&self) -> impl Iterator<Item = String> {
        let family = self.metric_type.family_name(self.name);
        self.metric_type
            .reserved_suffixes()
            .iter()
            .map(move |suffix| format!("{family}{suffix}"))
    }

    /// What is wrong when one of the names is taken, by another file or by an earlier metric of this one.
    fn clash(
        &self,
        taken: &HashMap<String, String>,
        own: &HashMap<String, String>,
    ) -> Option<String> {
        let by = self
            .names()
            .find_map(|name| match (taken.get(&name), own.get(&name)) {
                (Some(path), _) => Some((name, path.clone())),
                (None, Some(earlier)) if earlier == self.name => {
                    Some((name, "this file".to_owned()))
                }
                (None, Some(earlier)) => Some((name, format!("`{earlier}` of this file"))),
                (None, None) => None,
            });
        by.map(|(name, by)| {
            if name == self.name {
                format!("`{name}` is already defined by {by}")
            } else {
                format!(
                    "`{}` needs the name `{name}`, which is already used by {by}",
                    self.name
                )
            }
        })
    }
}

/// The names that a file gives to alerts or rules, each with the file; those in use become problems.
fn once_each(
    path: &str,
    what: &str,
    names: impl Iterator<Item = (String, Range<usize>)>,
    taken: &HashMap<String, String>,
    problems: &mut Vec<Problem>,
) -> HashMap<String, String> {
    let mut own = HashMap::new();
    for (name, place) in names {
        if let Some(other) = taken.get(&name).or_else(|| own.get(&name)) {
            problems.push(problem(
                path,
                &place,
                format!("{what} `{name}` is already defined in {other}"),
                FIX,
            ));
        }
        own.insert(name, path.to_owned());
    }
    own
}

fn problem(path: &str, place: &Range<usize>, message: String, fix: &str) -> Problem {
    let place = Place::Span(path.to_owned(), place.clone());
    Problem::error(place, message, fix)
}

/// The KPI of one good file, for tests of the floors above.
#[cfg(test)]
pub(crate) fn one(path: &str, text: &str) -> Arc<Kpi> {
    let pack = path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    let source = Source {
        path: path.to_owned(),
        pack,
        text: text.to_owned(),
    };
    let catalog = load(
        &[source],
        &[],
        &Defaults {
            every: std::time::Duration::from_secs(60),
            const_labels: &[],
        },
    );
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}
