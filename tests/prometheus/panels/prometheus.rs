//! A real Prometheus with the committed settings and rules, which asks the exporter under test.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, os};

use serde_json::Value;
use tempfile::TempDir;

use crate::panels::grafana::{Asked, Form};
use test_support::programs::program;
use test_support::server::{Server, free_address};
use test_support::wait::until;

/// It ends with the value, panic or not.
pub(crate) struct Prometheus {
    server: Server,
    _home: TempDir,
}

impl Prometheus {
    /// The newer one, with the settings and rules as they are committed but for the addresses.
    /// `None` where there is none.
    pub(crate) fn start(exporter: SocketAddr) -> Option<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("prometheus");
        let home = TempDir::new().unwrap();
        let address = free_address();
        let mut settings = fs::read_to_string(repository.join("prometheus.yml")).unwrap();
        for (host, here) in [
            ("exporter:9687", &exporter.to_string()),
            ("localhost:9090", &address),
        ] {
            assert!(settings.contains(host), "{host} is not in prometheus.yml");
            settings = settings.replace(host, here);
        }
        let config = home.path().join("prometheus.yml");
        fs::write(&config, settings).unwrap();
        os::unix::fs::symlink(repository.join("rules"), home.path().join("rules")).unwrap();
        let mut command = Command::new(program("newer", "prometheus"));
        command.arg(format!("--config.file={}", config.display()));
        // There is no Alertmanager here, which it would tell of every alert.
        command
            .arg(format!(
                "--storage.tsdb.path={}",
                home.path().join("data").display()
            ))
            .arg("--log.level=error");
        let prometheus = Self {
            server: Server::start(&mut command, &address)?,
            _home: home,
        };
        until("Prometheus answers", || prometheus.api("rules", &[]));
        Some(prometheus)
    }

    /// Whether there is at least one value that is a number.
    pub(crate) fn has(&self, asked: &Asked) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let query = format!("query={}", asked.query);
        let data = match &asked.form {
            Form::Instant => self.api("query", &[query]),
            Form::Range { span, step } => {
                let moment =
                    |name: &str, at: std::time::Duration| format!("{name}={}", at.as_secs_f64());
                self.api(
                    "query_range",
                    &[
                        query,
                        moment("start", now - *span),
                        moment("end", now),
                        moment("step", *step),
                    ],
                )
            }
            Form::Values { label } => self.api(
                &format!("label/{label}/values"),
                &[format!("match[]={}", asked.query)],
            ),
        };
        // It may not be up yet.
        let Some(data) = data else { return false };
        match asked.form {
            Form::Instant | Form::Range { .. } => {
                data["result"].as_array().unwrap().iter().any(has_a_number)
            }
            Form::Values { .. } => !data.as_array().unwrap().is_empty(),
        }
    }

    /// What rules could not be evaluated.
    pub(crate) fn faults_of_rules(&self) -> Vec<String> {
        let groups = self.api("rules", &[]).unwrap();
        let rules = groups["groups"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|group| group["rules"].as_array().unwrap());
        let rules: Vec<_> = rules.collect();
        assert!(rules.len() > 50, "{}", rules.len());
        rules
            .iter()
            .filter(|rule| rule["health"] != "ok")
            .map(|rule| rule.to_string())
            .collect()
    }

    /// What the API answers; none while it is not up. A question that it does not take is a
    /// failure.
    fn api(&self, path: &str, parameters: &[String]) -> Option<Value> {
        let answer = self.server.api(&format!("/api/v1/{path}"), parameters)?;
        assert_eq!(answer["status"], "success", "{parameters:?}: {answer}");
        Some(answer["data"].clone())
    }
}

/// Of an instant or of a range: a series of which something can be drawn.
fn has_a_number(series: &Value) -> bool {
    let is_number = |sample: &Value| sample[1].as_str().is_some_and(|value| value != "NaN");
    is_number(&series["value"])
        || series["values"]
            .as_array()
            .is_some_and(|values| values.iter().any(is_number))
}
