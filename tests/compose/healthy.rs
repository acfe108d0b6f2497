//! The commands of the stack on the real Prometheus: started as Compose starts it, with its mounts
//! as links, and asked for its health as Compose asks it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::files::{Files, Service, Stack};
use crate::{repository, run_in};
use test_support::programs::{fetched, program, skipped};
use test_support::server::{Server, free_address};
use test_support::wait::until;

/// A program of a service; it ends with the value, panic or not.
struct Running {
    server: Server,
    _root: TempDir,
}

/// A folder with the service's mounts where the container has them: files of the repository, and
/// empty volumes.
fn root_of(service: Service) -> TempDir {
    let root = TempDir::new().unwrap();
    let inside = |path: &str| root.path().join(path.trim_start_matches('/'));
    for (from, to, _) in service.mounts("bind") {
        std::fs::create_dir_all(inside(to).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(repository(from), inside(to)).unwrap();
    }
    for (_, to, _) in service.mounts("volume") {
        std::fs::create_dir_all(inside(to)).unwrap();
    }
    root
}

/// The words of a command, their paths below the folder.
fn below(root: &Path, words: &[&str]) -> Vec<String> {
    words
        .iter()
        .map(|word| word.replacen("=/", &format!("={}/", root.display()), 1))
        .collect()
}

impl Running {
    fn start(program: &str, service: Service) -> Option<Self> {
        let root = root_of(service);
        let mut command = Command::new(program);
        command
            .args(below(root.path(), &service.texts("command")))
            .arg("--log.level=error");
        Some(Self {
            server: Server::start(&mut command, &free_address())?,
            _root: root,
        })
    }
}

/// How the health check of a service ends for whoever listens at this address.
fn asked(service: Service, folder: &str, address: &str) -> Option<(i32, String)> {
    let check = service.health_check();
    let own = service.list("ports")[0]["target"].to_string();
    let ["CMD", asks, words @ ..] = check.as_slice() else {
        panic!("{check:?}")
    };
    let name = asks.rsplit('/').next().unwrap();
    let program = if folder.is_empty() {
        name.into()
    } else {
        fetched(folder).join(name)
    };
    let words: Vec<_> = words
        .iter()
        .map(|word| word.replace(&format!("127.0.0.1:{own}"), address))
        .collect();
    run_in(
        &repository(""),
        &program,
        &words.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

fn stack(what: &str) -> Option<Stack> {
    let read = Files::of_the_repository().read();
    if read.is_none() {
        skipped(what);
    }
    read.map(Result::unwrap)
}

#[test]
fn prometheus_starts_as_composed_and_reports_that_it_is_ready() {
    let what = "prometheus starts as docker-compose.yml says";
    let Some(stack) = stack(what) else { return };
    let service = stack.service("prometheus");
    let Some(running) = Running::start(&program("newer", "prometheus"), service) else {
        return skipped(what);
    };
    let is_ready = || asked(service, "newer", running.server.address()).unwrap().0 == 0;
    until("prometheus is ready", || is_ready().then_some(()));
    let answer = running.server.api("/api/v1/rules", &[]).unwrap();
    let files: Vec<_> = std::fs::read_dir(repository("prometheus/rules"))
        .unwrap()
        .collect();
    let groups = answer["data"]["groups"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let loaded: std::collections::BTreeSet<_> = groups
        .iter()
        .map(|group| group["file"].to_string())
        .collect();
    assert_eq!(loaded.len(), files.len(), "{loaded:?}");
}

/// What asks must also say no.
#[test]
fn who_does_not_answer_is_not_healthy() {
    let Some(stack) = stack("docker compose reads the health checks") else {
        return;
    };
    let address = free_address();
    for (service, folder) in [
        ("prometheus", "newer"),
        ("alertmanager", "newer"),
        ("neo4j", ""),
        ("grafana", ""),
    ] {
        match asked(stack.service(service), folder, &address) {
            Some((code, said)) => assert!(code == 1 || code == 4, "{service}: {code} {said}"),
            None => skipped(&format!("the health check of {service}")),
        }
    }
}
