//! What Grafana asks for the committed dashboards: their queries with its variables filled in, and
//! the ranges it would use.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

/// Grafana's distance of samples where neither a query nor the data source names one, and that of
/// `prometheus.yml`.
const USUAL_STEP: Duration = Duration::from_secs(15);
/// A panel is about so many points wide.
const POINTS: u32 = 1000;

/// How a query is asked.
pub(crate) enum Form {
    /// Of this moment.
    Instant,
    /// Of the time that the dashboard shows, a value each step.
    Range { span: Duration, step: Duration },
    /// The values of a label, of the series that match.
    Values { label: String },
}

/// A query with where it stands.
pub(crate) struct Asked {
    /// The dashboard and the title of the panel, or what else asks.
    pub(crate) place: String,
    /// The place, and which of its queries it is.
    pub(crate) at: String,
    /// Without variables.
    pub(crate) query: String,
    /// How it is asked.
    pub(crate) form: Form,
}

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All queries of all dashboards: those of panels, annotations and variables.
pub(crate) fn dashboards() -> Vec<Asked> {
    let mut paths: Vec<_> = fs::read_dir(repository("grafana/dashboards"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(
        paths.len() > 5,
        "a dashboard of each pack and that of the exporter: {paths:?}"
    );
    let dashboard = |path: &PathBuf| {
        let json: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        Dashboard {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            json,
        }
    };
    paths
        .iter()
        .map(dashboard)
        .flat_map(|dashboard| dashboard.asked())
        .collect()
}

/// The names that the recording rules make: a rule that records nothing would leave its panels and
/// alerts empty.
pub(crate) fn recorded() -> Vec<Asked> {
    let mut recorded = Vec::new();
    for entry in fs::read_dir(repository("prometheus/rules")).unwrap() {
        for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let Some(name) = line.trim_start().strip_prefix("- record: ") else {
                continue;
            };
            let place = format!("recording rule {name}");
            recorded.push(Asked {
                at: place.clone(),
                place,
                query: name.to_owned(),
                form: Form::Instant,
            });
        }
    }
    assert!(recorded.len() > 5);
    recorded
}

struct Dashboard {
    name: String,
    json: Value,
}

impl Dashboard {
    fn asked(&self) -> Vec<Asked> {
        let list = |of: &str| self.json[of]["list"].as_array().unwrap();
        let variables = list("templating")
            .iter()
            .filter_map(|variable| self.variable(variable));
        let annotations = list("annotations")
            .iter()
            .filter(|annotation| annotation["target"]["expr"].is_string());
        let annotations = annotations.map(|annotation| {
            let name = format!("annotation {}", annotation["name"].as_str().unwrap());
            self.target(&name, &annotation["target"])
        });
        let panels = self.json["panels"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|panel| panel["type"] != "row");
        let targets = panels.flat_map(|panel| {
            let title = panel["title"].as_str().unwrap();
            panel["targets"]
                .as_array()
                .unwrap()
                .iter()
                .map(move |target| self.target(title, target))
        });
        variables.chain(annotations).chain(targets).collect()
    }

    fn place(&self, title: &str) -> String {
        format!("{}: {title}", self.name)
    }

    /// A variable offers the values of a label.
    fn variable(&self, variable: &Value) -> Option<Asked> {
        let query = variable["query"]["query"].as_str()?;
        let inside = query
            .strip_prefix("label_values(")
            .and_then(|rest| rest.strip_suffix(')'));
        let (series, label) = inside
            .and_then(|inside| inside.rsplit_once(", "))
            .expect(query);
        let place = self.place(&format!("variable {}", variable["name"].as_str().unwrap()));
        let form = Form::Values {
            label: label.to_owned(),
        };
        Some(Asked {
            at: place.clone(),
            place,
            query: self.without_variables(series, USUAL_STEP, USUAL_STEP),
            form,
        })
    }

    fn target(&self, title: &str, target: &Value) -> Asked {
        let least = target["interval"].as_str().filter(|step| !step.is_empty());
        let least = least.map_or(USUAL_STEP, |step| humantime::parse_duration(step).unwrap());
        let step = least.max(self.span() / POINTS);
        let form = if target["instant"] == true {
            Form::Instant
        } else {
            Form::Range {
                span: self.span(),
                step,
            }
        };
        let place = self.place(title);
        let at = format!("{place} {}", target["refId"].as_str().unwrap());
        let query = self.without_variables(target["expr"].as_str().unwrap(), step, least);
        Asked {
            place,
            at,
            query,
            form,
        }
    }

    /// The time that the dashboard shows when it is opened.
    fn span(&self) -> Duration {
        let from = self.json["time"]["from"].as_str().unwrap();
        humantime::parse_duration(from.strip_prefix("now-").unwrap()).unwrap()
    }

    /// Grafana's own variables as it computes them, and those of the dashboard with all values
    /// chosen.
    fn without_variables(&self, query: &str, step: Duration, least: Duration) -> String {
        let written = |duration: Duration| format!("{}ms", duration.as_millis());
        let mut query = query.to_owned();
        for (name, value) in [
            ("__rate_interval", (step + least).max(least * 4)),
            ("__interval", step),
            ("__range", self.span()),
        ] {
            query = query.replace(&format!("${name}"), &written(value));
        }
        for variable in self.json["templating"]["list"].as_array().unwrap() {
            let Some(all) = variable["allValue"].as_str() else {
                continue;
            };
            query = query.replace(
                &format!("\"${}\"", variable["name"].as_str().unwrap()),
                &format!("\"{all}\""),
            );
        }
        assert!(!query.contains('$'), "{}: {query}", self.name);
        query
    }
}
