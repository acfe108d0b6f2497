//! The compose stack and the image, as files: what Compose and hadolint say of them, and what
//! neither looks at. Nothing is started but a Prometheus; `scripts/fetch-judges` brings the
//! programs.
#![allow(clippy::unwrap_used, reason = "a test may end by panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

mod files;
mod healthy;
mod image;
mod planted;
mod rules;
mod secrets;

use files::Files;
use planted::PLANTED;
use rules::faults;
use test_support::programs::skipped;

const COMPOSE: &str = "docker-compose.yml";
const PROMETHEUS: &str = "prometheus/prometheus.yml";
const ALERTMANAGER: &str = "prometheus/alertmanager.yml";
const DATASOURCE: &str = "grafana/provisioning/datasources/prometheus.yml";
const DASHBOARDS: &str = "grafana/provisioning/dashboards/cypher-exporter.yml";

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Exit code and words of a program; none where it is not there.
fn run_in(folder: &Path, program: &Path, arguments: &[&str]) -> Option<(i32, String)> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
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

/// The rules themselves: each must see what it is there for.
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
        assert!(
            said.iter().any(|fault| fault.contains(told)),
            "{file}: `{to}`: {said:#?}"
        );
    }
}
