//! A real Prometheus and a real Alertmanager with the shipped settings, on free ports, ended with
//! the value.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::quick::{self, Motion};
use test_support::programs::program;
use test_support::server::{Server, free_address};

/// A file or folder of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn shipped(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of a folder of the repository, in order.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(repository(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Both of them, and their settings.
#[derive(Debug)]
pub(crate) struct Servers {
    prometheus: Server,
    alertmanager: Server,
    _home: TempDir,
}

impl Servers {
    /// None where they are missing.
    pub(crate) fn start(motion: Motion, exporter: &str, receiver: &str) -> Option<Self> {
        let home = tempfile::Builder::new().prefix("stack-").tempdir().unwrap();
        let (prometheus, alertmanager) = (free_address(), free_address());
        settle(
            motion,
            home.path(),
            exporter,
            &prometheus,
            &alertmanager,
            receiver,
        );
        let quiet = "--log.level=warn";
        let of_prometheus = [
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=prometheus",
            quiet,
        ];
        let of_alertmanager = [
            "--config.file=alertmanager.yml",
            "--storage.path=alertmanager",
            "--cluster.listen-address=",
            quiet,
        ];
        let start = |name: &str, address: &str, arguments: &[&str]| {
            Server::start(
                Command::new(program("newer", name))
                    .current_dir(home.path())
                    .args(arguments),
                address,
            )
        };
        Some(Self {
            prometheus: start("prometheus", &prometheus, &of_prometheus)?,
            alertmanager: start("prometheus-alertmanager", &alertmanager, &of_alertmanager)?,
            _home: home,
        })
    }

    /// What a query gives now; nothing while Prometheus is not up.
    pub(crate) fn query(&self, query: &str) -> Vec<Value> {
        let answer = self
            .prometheus
            .api("/api/v1/query", &[format!("query={query}")]);
        answer
            .and_then(|answer| answer["data"]["result"].as_array().cloned())
            .unwrap_or_default()
    }

    /// The alerting rules as Prometheus has read them, and how they do.
    pub(crate) fn rules(&self) -> Vec<Value> {
        let answer = self
            .prometheus
            .api("/api/v1/rules", &[])
            .unwrap_or_default();
        let groups = answer["data"]["groups"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        groups
            .iter()
            .flat_map(|group| group["rules"].as_array().unwrap())
            .cloned()
            .collect()
    }

    /// The alerts that Alertmanager has; those that it holds back are `suppressed`.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        self.alertmanager
            .api("/api/v2/alerts", &[])
            .and_then(|alerts| alerts.as_array().cloned())
            .unwrap_or_default()
    }
}

/// The files of the repository's folder `prometheus`, with the addresses of here.
fn settle(
    motion: Motion,
    home: &Path,
    exporter: &str,
    prometheus: &str,
    alertmanager: &str,
    receiver: &str,
) {
    let write = |name: &str, text: &str| fs::write(home.join(name), text).unwrap();
    ["rules", "templates"]
        .iter()
        .for_each(|folder| fs::create_dir(home.join(folder)).unwrap());
    for file in files("prometheus/rules") {
        let name = file.file_name().unwrap().to_str().unwrap();
        write(
            &format!("rules/{name}"),
            &quick::rules(motion, &fs::read_to_string(&file).unwrap()),
        );
    }
    for file in files("prometheus/templates") {
        fs::copy(
            &file,
            home.join("templates").join(file.file_name().unwrap()),
        )
        .unwrap();
    }
    let hosts = [
        ("exporter:9687", exporter.to_owned()),
        ("localhost:9090", prometheus.to_owned()),
        ("alertmanager:9093", alertmanager.to_owned()),
    ];
    write(
        "prometheus.yml",
        &quick::prometheus(motion, &shipped("prometheus/prometheus.yml"), &hosts),
    );
    // Beside the chat, whose messages are for people, a program hears what fires.
    let webhook = format!(
        "\n    webhook_configs:\n      - url: http://{receiver}/alerts\n        send_resolved: true\n\ntemplates:\n"
    );
    let places = [
        (
            "/run/secrets/chat_webhook_url",
            "chat_webhook_url".to_owned(),
        ),
        ("\n\ntemplates:\n", webhook),
    ];
    write(
        "alertmanager.yml",
        &quick::alertmanager(motion, &shipped("prometheus/alertmanager.yml"), &places),
    );
    write("chat_webhook_url", &format!("http://{receiver}/chat"));
}
