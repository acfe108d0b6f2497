//! The compose stack and the image, as files: what Compose and hadolint say of them, and what neither looks at. Nothing is
//! started but a Prometheus; `scripts/fetch-judges` brings the programs.
#![allow(clippy::unwrap_used, reason = "a test may end by panic")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "../serving/mod.rs"]
mod serving;

mod files;
mod healthy;
mod image;
mod rules;
mod secrets;

use files::{Files, Stack};
use rules::faults;
use serving::skipped;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Exit code and words of a program; none where it is not there.
fn run_in(folder: &Path, program: &Path, arguments: &[&str]) -> Option<(i32, String)> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Some((output.status.code().unwrap_or(-1), said.concat()))
}

#[test]
fn the_stack_is_sound() {
    match Files::of_the_repository().read() {
        Some(Ok(stack)) => assert_eq!(faults(&stack), Vec::<String>::new()),
        Some(Err(said)) => panic!("{said}"),
        None => skipped("docker compose reads docker-compose.yml"),
    }
}

const COMPOSE: &str = "docker-compose.yml";
const PROMETHEUS: &str = "prometheus/prometheus.yml";
const ALERTMANAGER: &str = "prometheus/alertmanager.yml";
const DATASOURCE: &str = "grafana/provisioning/datasources/prometheus.yml";
const DASHBOARDS: &str = "grafana/provisioning/dashboards/cypher-exporter.yml";

/// The rules themselves: each must see what it is there for. A file, what is changed in it, and what is said then.
const PLANTED: &[(&str, &str, &str, &str)] = &[
    // What Compose sees itself.
    (COMPOSE, "mem_limit: 1g", "memory_limit: 1g", "memory_limit"),
    (COMPOSE, "condition: service_started", "condition: service_up", "depends_on"),
    (COMPOSE, "secrets: [neo4j_auth]", "secrets: [neo4j_aut]", "undefined secret neo4j_aut"),
    (COMPOSE, "interval: 10s", "interval: often", "interval"),
    (COMPOSE, "name: cypher-exporter\n", "version: \"3\"\nname: cypher-exporter\n", "`version` is obsolete"),
    // What it lets pass.
    (
        COMPOSE,
        "prom/prometheus:v3.5.3",
        "prom/prometheus:latest",
        "prometheus: the image prom/prometheus:latest is not",
    ),
    (COMPOSE, "neo4j:5.26.25", "neo4j:5", "neo4j: the image neo4j:5 is not"),
    (COMPOSE, "cypher-exporter:0.1.0", "cypher-exporter:0.0.9", "exporter: the image cypher-exporter:0.0.9 is not"),
    (COMPOSE, "mem_limit: 128m", "cpus: 1", "alertmanager: has no limit of its memory"),
    (COMPOSE, "test: [CMD, wget, -q,", "test: [NONE, wget, -q,", "grafana: has no health check"),
    (COMPOSE, "${BIND_ADDRESS:-127.0.0.1}:3000", "3000", "grafana: port 3000 is open to others"),
    (COMPOSE, "${BIND_ADDRESS:-127.0.0.1}:9090", "0.0.0.0:9090", "prometheus: port 9090 is open to others"),
    (COMPOSE, "NEO4J_AUTH_FILE: /run/secrets/neo4j_auth", "NEO4J_AUTH: neo4j/hunter22", "neo4j: NEO4J_AUTH is no file"),
    (COMPOSE, "NEO4J_USER: neo4j", "NEO4J_PASSWORD: hunter22", "exporter: NEO4J_PASSWORD is no file"),
    (
        COMPOSE,
        "SECURITY_SECRET_KEY__FILE: /run/secrets/grafana_secret_key",
        "SECURITY_SECRET_KEY: x",
        "SECRET_KEY is no file",
    ),
    (
        COMPOSE,
        "secrets: [neo4j_password]",
        "secrets: [neo4j_auth]",
        "exporter: is not given /run/secrets/neo4j_password",
    ),
    (COMPOSE, "secrets: [chat_webhook_url]", "secrets: []", "alertmanager: is not given /run/secrets/chat_webhook_url"),
    (
        COMPOSE,
        "file: secrets/grafana_password",
        "file: grafana_password",
        "grafana_password: scripts/make-secrets does not",
    ),
    (COMPOSE, "cap_drop: [ALL]", "cap_drop: [NET_RAW]", "exporter: keeps capabilities"),
    (COMPOSE, "no-new-privileges:true", "seccomp:unconfined", "neo4j: may gain privileges"),
    (COMPOSE, "read_only: true", "read_only: false", "exporter: may write into its image"),
    (COMPOSE, "user: \"7474:7474\"", "user: neo4j", "neo4j: must run as a user by number"),
    (COMPOSE, "user: \"65534:65534\"", "user: \"0:0\"", "prometheus: must run as a user by number"),
    (COMPOSE, "./queries:", "./querys:", "exporter: mounts querys, which is not there"),
    (COMPOSE, "config.toml:ro", "config.toml", "exporter: may write into config.toml"),
    (
        COMPOSE,
        "queries:/etc/cypher-exporter/",
        "queries:/etc/exporter/",
        "exporter: /etc/exporter/queries is not where",
    ),
    (COMPOSE, "PATH: /var/lib/cypher-exporter", "PATH: /state", "exporter: /state is no volume"),
    (COMPOSE, "path=/prometheus", "path=/data", "prometheus: /data is no volume"),
    (COMPOSE, "file=/etc/prometheus/", "file=/etc/", "prometheus: nothing is mounted at /etc/prometheus.yml"),
    (COMPOSE, "bolt://neo4j:7687", "bolt://neo4j:7688", "exporter: neo4j:7688 is no port of a service"),
    (COMPOSE, "\"bolt://neo4j:7687\"]", "\"bolt://graph:7687\"]", "demo: graph:7687 is no port of a service"),
    (COMPOSE, "command: [demo, --graph", "command: [demo, --uri", "demo: is started with a command line that the"),
    (
        COMPOSE,
        "cypher-exporter, health]",
        "cypher-exporter, healthy]",
        "exporter: asks for its health with a command line",
    ),
    (
        COMPOSE,
        "test: [CMD, /usr/local/bin/",
        "test: [CMD, /usr/bin/",
        "exporter: /usr/bin/cypher-exporter is not the program",
    ),
    (COMPOSE, "d/cypher-exporter", "d/exporter", "exporter: no dashboard is at http://localhost:3000/d/exporter"),
    (
        COMPOSE,
        "neo4j: { condition: service_started }",
        "neo4j: { condition: service_healthy }",
        "exporter: waits for the graph",
    ),
    (COMPOSE, "profiles: [demo]", "profiles: [show]", "the profile demo has no service"),
    (COMPOSE, "mem_limit: 128m", "mem_limit: 128m\n    networks: [default]", "are not in one network"),
    (
        COMPOSE,
        "dashboards:/var/lib/grafana/dashboards",
        "dashboards:/dashboards",
        "grafana: nothing is mounted at /var/lib/gra",
    ),
    (
        COMPOSE,
        "./prometheus:/etc/alertmanager",
        "./docs:/etc/alertmanager",
        "nothing is mounted at /etc/alertmanager/alertm",
    ),
    (
        PROMETHEUS,
        "exporter:9687",
        "cypher-exporter:9687",
        "prometheus.yml: cypher-exporter:9687 is no port of a service",
    ),
    (PROMETHEUS, "alertmanager:9093", "alertmanager:9095", "prometheus.yml: alertmanager:9095 is no port of a service"),
    (PROMETHEUS, "localhost:9090", "localhost:9091", "prometheus.yml: localhost:9091 is no port of a service"),
    (PROMETHEUS, "rules/*.yml", "alerts/*.yml", "prometheus: nothing is mounted at /etc/prometheus/alerts/*.yml"),
    (ALERTMANAGER, "templates/*.tmpl", "words/*.tmpl", "alertmanager: nothing is mounted at /etc/alertmanager/words"),
    (ALERTMANAGER, "secrets/chat_webhook_url", "secrets/chat", "alertmanager: is not given /run/secrets/chat"),
    (DATASOURCE, "http://prometheus:9090", "http://localhost:9090", "localhost:9090 is no port of a service"),
    (DASHBOARDS, "/var/lib/grafana/dashboards", "/dashboards", "grafana: nothing is mounted at /dashboards"),
];

#[test]
fn a_planted_fault_is_noticed() {
    let good = Files::of_the_repository();
    for (file, from, to, told) in PLANTED {
        let said = match good.with(file, from, to).read() {
            Some(Ok(stack)) => faults(&stack),
            Some(Err(said)) => vec![said],
            None => {
                skipped(&format!("docker compose notices `{to}`"));
                continue;
            }
        };
        assert!(said.iter().any(|fault| fault.contains(told)), "{file}: `{to}`: {said:#?}");
    }
}

/// The folder of what a service mounts from the repository, for a path in its container.
fn mounted(stack: &Stack, service: &str, path: &str) -> Option<PathBuf> {
    stack.service(service).in_repository(path).map(|path| repository(&path))
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}
