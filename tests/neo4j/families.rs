//! Every family that the five systems declare is on `/metrics`, with its type, labels and buckets
//! and a HELP text that names its unit. `families.txt` is their list.

use std::collections::BTreeSet;

use test_support::exporter::{Metrics, Setup};
use test_support::neo4j::alone;

/// A family as its system declares it; where a system leaves a choice open it is the one that
/// `queries/README.md` explains.
struct Declared {
    name: &'static str,
    metric_type: &'static str,
    labels: BTreeSet<&'static str>,
    /// The bounds of a histogram.
    buckets: Vec<f64>,
    /// What its HELP text must say.
    unit: &'static str,
}

fn declared() -> Vec<Declared> {
    let lines = include_str!("families.txt").lines();
    let family = |line: &'static str| {
        let [_pack, name, metric_type, labels, buckets, unit] =
            line.split(' ').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let buckets = listed(buckets).map(|bound| bound.parse().unwrap());
        Declared {
            name,
            metric_type,
            labels: listed(labels).collect(),
            buckets: buckets.collect(),
            unit: listed(unit).next().unwrap_or_default(),
        }
    };
    lines.map(family).collect()
}

/// A list with commas; a dash is none.
fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|part| *part != "-")
}

impl Declared {
    /// What is wrong with it, when it is not served as declared.
    fn fault(&self, metrics: &Metrics) -> Option<String> {
        self.misdescribed(metrics)
            .or_else(|| self.misshapen(metrics))
    }

    /// What is wrong with its TYPE or its HELP.
    fn misdescribed(&self, metrics: &Metrics) -> Option<String> {
        let Self {
            name,
            metric_type,
            unit,
            ..
        } = self;
        if metrics
            .beginning(&format!("# TYPE {name} {metric_type}"))
            .is_empty()
        {
            return Some(format!("no {metric_type} is called {name}"));
        }
        let start = format!("# HELP {name} ");
        let help = metrics
            .beginning(&start)
            .first()
            .and_then(|line| line.strip_prefix(&start))
            .unwrap_or_default();
        let says_its_unit = !help.is_empty() && help.to_lowercase().contains(&unit.to_lowercase());
        (!says_its_unit).then(|| format!("the HELP of {name} does not say {unit:?}: {help:?}"))
    }

    /// What is wrong with its series.
    fn misshapen(&self, metrics: &Metrics) -> Option<String> {
        let Self {
            name,
            metric_type,
            labels,
            buckets,
            ..
        } = self;
        let suffix = if *metric_type == "histogram" {
            "_bucket"
        } else {
            ""
        };
        let samples = [format!("{name}{suffix}{{"), format!("{name}{suffix} ")];
        let samples: Vec<_> = samples
            .iter()
            .flat_map(|start| metrics.beginning(start))
            .collect();
        let bounds = bounds(&samples);
        match samples.iter().find(|line| label_names(line) != *labels) {
            _ if samples.is_empty() => Some(format!("{name} has no series")),
            Some(line) => Some(format!("the labels of {name} are not {labels:?}: {line}")),
            None => (bounds != *buckets)
                .then(|| format!("the buckets of {name} are not {buckets:?}: {bounds:?}")),
        }
    }
}

/// The bounds of the first series of a histogram, but for the last one, which is infinite.
fn bounds(samples: &[&str]) -> Vec<f64> {
    let of = |line: &str| {
        line.split("le=\"")
            .nth(1)?
            .split('"')
            .next()?
            .parse::<f64>()
            .ok()
    };
    samples
        .iter()
        .map_while(|line| of(line))
        .take_while(|bound| bound.is_finite())
        .collect()
}

/// The labels of a series, but for the one that its type brings.
fn label_names(line: &str) -> BTreeSet<&str> {
    let Some((_, labels)) = line.split_once('{') else {
        return BTreeSet::new();
    };
    let labels = labels.rsplit_once('}').unwrap().0;
    // No value of the synthetic world holds a quote.
    let names = labels
        .split("\",")
        .filter_map(|label| label.split("=\"").next());
    names.filter(|name| !["le", ""].contains(name)).collect()
}

/// The world of all systems on a free port. Its log says where it listens.
fn demo() -> Setup {
    Setup::new("families")
        .in_the_repository()
        .argument("demo")
        .argument("--log")
        .argument("info")
}

/// Scrapes until all are there as declared; a window waits some seconds for events that are being
/// written.
#[expect(
    clippy::print_stderr,
    reason = "what is missing last is what a failing test shows"
)]
fn all_are_served(demo: Setup) {
    let declared = declared();
    assert_eq!(
        declared.len(),
        87,
        "14 of BMAD, 41 of LazyBird, 11 of AgentOS, 5 of Session-Buddy, 16 of AgentCore"
    );
    let mut exporter = demo.start();
    exporter.until_ready(true);
    let mut faults = Vec::new();
    exporter.until("all families", |metrics| {
        let now: Vec<_> = declared
            .iter()
            .filter_map(|family| family.fault(metrics))
            .collect();
        if now != faults {
            faults = now;
            eprintln!("{faults:#?}");
        }
        faults.is_empty().then_some(())
    });
    exporter.signal("TERM");
    assert_eq!(exporter.exit_code(), 0, "{}", exporter.log());
}

#[tokio::test]
async fn all_are_served_from_a_real_neo4j() {
    let Some(neo4j) = &alone().await else { return };
    let demo = demo()
        .variable("NEO4J_USER", neo4j.user())
        .variable("NEO4J_PASSWORD", neo4j.password());
    all_are_served(demo.argument("--graph").argument(neo4j.uri()));
}

#[cfg(feature = "embedded")]
#[test]
fn all_are_served_from_the_embedded_graph() {
    all_are_served(demo());
}
