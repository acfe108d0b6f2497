//! A real Prometheus and a real Alertmanager with the shipped settings, on free ports, ended with the value.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::quick;
use crate::serving::{program, run};
use crate::support::exporter::Guard;

/// The system picks a port; between here and a server's start nobody else is likely to be given it.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn local(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// A file or folder of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn shipped(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of a folder of the repository, in order.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(repository(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A running program.
#[derive(Debug)]
struct Server {
    child: Child,
    // Dropped after the child has been waited for.
    _guard: Guard,
    address: String,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            print!("--- {}:\n{}", self.log.display(), fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

impl Server {
    fn start(name: &str, home: &Path, port: u16, arguments: &[&str]) -> Option<Self> {
        let (log, address) = (home.join(format!("{name}.log")), local(port));
        let mut command = Command::new(program("newer", name));
        command.current_dir(home).arg(format!("--web.listen-address={address}")).args(arguments);
        let child = command.stdout(Stdio::null()).stderr(File::create(&log).unwrap()).spawn().ok()?;
        Some(Self { _guard: Guard::of(child.id()), child, address, log })
    }

    /// Asks its API; none while it is not up.
    fn api(&self, path: &str) -> Option<Value> {
        let url = format!("http://{}{path}", self.address);
        let (code, body, _) = run("curl", &["-sS", "-g", "--max-time", "5", &url], b"")?;
        if code == 0 { serde_json::from_slice(&body).ok() } else { None }
    }
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
    pub(crate) fn start(exporter: &str, receiver: &str) -> Option<Self> {
        let home = tempfile::Builder::new().prefix("stack-").tempdir().unwrap();
        let (prometheus, alertmanager) = (free_port(), free_port());
        settle(home.path(), exporter, prometheus, alertmanager, receiver);
        let quiet = "--log.level=warn";
        let of_prometheus = ["--config.file=prometheus.yml", "--storage.tsdb.path=prometheus", quiet];
        let of_alertmanager =
            ["--config.file=alertmanager.yml", "--storage.path=alertmanager", "--cluster.listen-address=", quiet];
        Some(Self {
            prometheus: Server::start("prometheus", home.path(), prometheus, &of_prometheus)?,
            alertmanager: Server::start("prometheus-alertmanager", home.path(), alertmanager, &of_alertmanager)?,
            _home: home,
        })
    }

    /// What a query gives now; nothing while Prometheus is not up.
    pub(crate) fn query(&self, query: &str) -> Vec<Value> {
        let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let answer = self.prometheus.api(&format!("/api/v1/query?query={encoded}"));
        answer.and_then(|answer| answer["data"]["result"].as_array().cloned()).unwrap_or_default()
    }

    /// The alerting rules as Prometheus has read them, and how they do.
    pub(crate) fn rules(&self) -> Vec<Value> {
        let answer = self.prometheus.api("/api/v1/rules").unwrap_or_default();
        let groups = answer["data"]["groups"].as_array().cloned().unwrap_or_default();
        groups.iter().flat_map(|group| group["rules"].as_array().unwrap()).cloned().collect()
    }

    /// The alerts that Alertmanager has; those that it holds back are `suppressed`.
    pub(crate) fn alerts(&self) -> Vec<Value> {
        self.alertmanager.api("/api/v2/alerts").and_then(|alerts| alerts.as_array().cloned()).unwrap_or_default()
    }
}

/// The files of the repository's folder `prometheus`, with the addresses of here.
fn settle(home: &Path, exporter: &str, prometheus: u16, alertmanager: u16, receiver: &str) {
    let write = |name: &str, text: &str| fs::write(home.join(name), text).unwrap();
    ["rules", "templates"].iter().for_each(|folder| fs::create_dir(home.join(folder)).unwrap());
    for file in files("prometheus/rules") {
        let name = file.file_name().unwrap().to_str().unwrap();
        write(&format!("rules/{name}"), &quick::rules(&fs::read_to_string(&file).unwrap()));
    }
    for file in files("prometheus/templates") {
        fs::copy(&file, home.join("templates").join(file.file_name().unwrap())).unwrap();
    }
    let hosts = [
        ("exporter:9687", exporter.to_owned()),
        ("localhost:9090", local(prometheus)),
        ("alertmanager:9093", local(alertmanager)),
    ];
    write("prometheus.yml", &quick::prometheus(&shipped("prometheus/prometheus.yml"), &hosts));
    // Beside the chat, whose messages are for people, a program hears what fires.
    let webhook = format!(
        "\n    webhook_configs:\n      - url: http://{receiver}/alerts\n        send_resolved: true\n\ntemplates:\n"
    );
    let places = [("/run/secrets/chat_webhook_url", "chat_webhook_url".to_owned()), ("\n\ntemplates:\n", webhook)];
    write("alertmanager.yml", &quick::alertmanager(&shipped("prometheus/alertmanager.yml"), &places));
    write("chat_webhook_url", &format!("http://{receiver}/chat"));
}
