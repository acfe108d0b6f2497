//! The Dockerfile: what hadolint says of it, and what it does not look at. No image is built here.

use std::fs;
use std::io::Write;
use std::path::{Component, Path};
use std::process::{Command, Stdio};

use crate::repository;
use test_support::programs::{fetched, skipped};

/// What the linter says of a text; nothing when it is content.
fn hadolint(text: &str) -> Option<String> {
    let mut command = Command::new(fetched("python/bin/hadolint"));
    let mut child = command
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    Some(said)
}

/// What is wrong that the linter does not know of.
fn faults(text: &str) -> Vec<String> {
    let instructions = |name: &'static str| {
        text.lines()
            .filter_map(move |line| line.strip_prefix(name)?.strip_prefix(' '))
    };
    let mut faults = Vec::new();
    let compiler = format!("rust:{}.", env!("CARGO_PKG_RUST_VERSION"));
    let bases: Vec<_> = instructions("FROM")
        .map(|base| base.split(' ').next().unwrap())
        .collect();
    if !bases[0]
        .strip_prefix(&compiler)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        faults.push(format!(
            "{} is not one exact version of {compiler}x, which Cargo.toml names",
            bases[0]
        ));
    }
    if bases.last() != Some(&"scratch") {
        faults.push("the image holds more than it needs".to_owned());
    }
    let user = instructions("USER")
        .next_back()
        .and_then(|user| user.split(':').next()?.parse::<u32>().ok());
    if user.is_none_or(|user| user == 0) {
        faults.push(
            "it must run as a user by number who is not root: Kubernetes tells no other from root"
                .to_owned(),
        );
    }
    if !text.contains(r#"CMD ["/usr/local/bin/cypher-exporter", "health"]"#) {
        faults.push("it does not ask itself for its health".to_owned());
    }
    let sources = text
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from="));
    for path in sources.flat_map(|line| {
        line.split(' ')
            .skip(1)
            .collect::<Vec<_>>()
            .split_last()
            .unwrap()
            .1
            .to_vec()
    }) {
        if !repository(path).exists() || !is_sent(path) {
            faults.push(format!(
                "{path} is not there, or .dockerignore keeps it back"
            ));
        }
    }
    faults
}

/// Whether a file or folder goes to whoever builds the image.
fn is_sent(path: &str) -> bool {
    let Some(Component::Normal(first)) = Path::new(path).components().next() else {
        return false;
    };
    let text = fs::read_to_string(repository(".dockerignore")).unwrap();
    text.lines()
        .any(|line| line.strip_prefix('!').is_some_and(|sent| first == sent))
}

fn dockerfile() -> String {
    fs::read_to_string(repository("Dockerfile")).unwrap()
}

#[test]
fn the_dockerfile_is_sound() {
    let text = dockerfile();
    assert_eq!(faults(&text), Vec::<String>::new());
    match hadolint(&text) {
        Some(said) => assert_eq!(said, ""),
        None => skipped("hadolint reads the Dockerfile"),
    }
}

/// What the layer of the dependencies hands to cargo is a package that it can read: no target is
/// named that is not there.
#[test]
fn the_dependencies_need_no_other_file() {
    let text = dockerfile().replace("\\\n", " ");
    let build = "cargo build --locked --release --bin cypher-exporter";
    let layer = text
        .lines()
        .find_map(|line| line.strip_prefix("RUN ")?.strip_suffix(build))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copied = text
        .lines()
        .take_while(|line| !line.ends_with(build))
        .filter_map(|line| line.strip_prefix("COPY "));
    for file in copied.flat_map(|files| files.split(' ').filter(|file| file.contains("Cargo."))) {
        let to = folder.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(repository(file), to).unwrap();
    }
    let read = format!("{layer} cargo metadata --locked --offline --no-deps --format-version 1");
    let output = Command::new("sh")
        .args(["-ec", &read])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_planted_fault_is_noticed() {
    for (from, to, told) in [
        ("rust:1.95.0-slim-bookworm", "rust:latest", "DL3007"),
        ("rust:1.95.0-slim-bookworm", "rust", "DL3006"),
        ("WORKDIR /build", "WORKDIR build", "DL3000"),
        ("RUN sed", "RUN apt-get install gcc && sed", "DL3008"),
        (
            "ENTRYPOINT [\"/usr/local/bin/cypher-exporter\"]",
            "ENTRYPOINT cypher-exporter",
            "DL3025",
        ),
        ("USER 65532:65532", "USER root", "DL3002"),
        (
            "rust:1.95.0-slim-bookworm",
            "rust:1.80.0-slim-bookworm",
            "which Cargo.toml names",
        ),
        (
            "rust:1.95.0-slim-bookworm",
            "rust:1.95-slim",
            "which Cargo.toml names",
        ),
        ("FROM scratch", "FROM debian:12.1", "more than it needs"),
        ("USER 65532:65532", "USER nobody", "by number"),
        ("\"health\"]", "\"--version\"]", "does not ask itself"),
        ("COPY queries image", "COPY docs image", "docs is not there"),
    ] {
        let good = dockerfile();
        let bad = good.replacen(from, to, 1);
        assert_ne!(good, bad, "the Dockerfile has no `{from}`");
        if faults(&bad).concat().contains(told) {
            continue;
        }
        match hadolint(&bad) {
            Some(said) => assert!(said.contains(told), "{to}: {said}"),
            None => skipped(&format!("hadolint notices `{to}`")),
        }
    }
}
