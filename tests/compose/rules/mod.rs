//! What must hold of the stack and Compose does not ask for. Each rule gives the faults that it
//! finds, as sentences.

mod service;
mod settings;

use std::fs;

use clap::Parser;
use cypher_exporter::cli::Cli;
use serde_json::Value;

use crate::files::{Service, Stack};
use crate::{repository, secrets};

/// Everything that is wrong.
pub(crate) fn faults(stack: &Stack) -> Vec<String> {
    let of_services = stack.services().flat_map(|service| {
        let own = service::RULES
            .into_iter()
            .flat_map(move |rule| rule(service));
        own.chain(settings::addresses(stack, service))
            .map(move |fault| format!("{}: {fault}", service.name))
    });
    let own: [fn(&Stack) -> Vec<String>; 4] = [secret_files, profiles, network, exporter];
    of_services
        .chain(
            own.into_iter()
                .chain(settings::RULES)
                .flat_map(|rule| rule(stack)),
        )
        .collect()
}

/// A fault for each that does not hold.
fn unless(holds: bool, fault: impl FnOnce() -> String) -> Option<String> {
    if holds { None } else { Some(fault()) }
}

fn not_kept(service: Service, path: Option<&str>) -> Option<String> {
    let path = path.unwrap_or_default();
    unless(service.keeps(path), || {
        format!("{}: {path} is no volume of it", service.name)
    })
}

fn secret_files(stack: &Stack) -> Vec<String> {
    let made = secrets::made();
    let mut faults = Vec::new();
    for (name, secret) in stack.compose["secrets"].as_object().unwrap() {
        let file = secret["file"].as_str().unwrap_or_default();
        let is_made = made
            .iter()
            .any(|made| repository(made).to_str() == Some(file));
        faults.extend(unless(is_made, || {
            format!("{name}: scripts/make-secrets does not make {file}")
        }));
    }
    faults
}

fn profiles(stack: &Stack) -> Vec<String> {
    let is_demo = |service: &Service| service.texts("profiles") == ["demo"];
    let shows = stack
        .services()
        .any(|service| is_demo(&service) && service.texts("command").first() == Some(&"demo"));
    let hidden = stack
        .services()
        .filter(|service| !is_demo(service) && !service.texts("profiles").is_empty());
    let hidden = hidden.map(|service| format!("{}: is in no plain stack", service.name));
    unless(shows, || {
        "the profile demo has no service that runs `demo`".to_owned()
    })
    .into_iter()
    .chain(hidden)
    .collect()
}

fn network(stack: &Stack) -> Vec<String> {
    let mut all: Vec<_> = stack
        .services()
        .map(|service| service.of["networks"].to_string())
        .collect();
    all.dedup();
    unless(all.len() == 1, || {
        format!("the services are not in one network: {all:?}")
    })
    .into_iter()
    .collect()
}

/// Ours: what it is started with is what it knows, and what it reads is where it looks.
fn exporter(stack: &Stack) -> Vec<String> {
    let instruction = |name: &str| {
        stack
            .dockerfile
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
    };
    let (folder, program) = (
        instruction("WORKDIR "),
        instruction("ENTRYPOINT ").trim_matches(['[', ']', '"']),
    );
    let knows =
        |words: &[&str]| Cli::try_parse_from(["cypher-exporter"].iter().chain(words)).is_ok();
    let mut faults = Vec::new();
    for service in stack
        .services()
        .filter(|service| service.of["build"].is_object())
    {
        let mut add = |holds: bool, fault: &str| {
            faults.extend(unless(holds, || format!("{}: {fault}", service.name)))
        };
        add(
            knows(&service.texts("command")),
            "is started with a command line that the exporter does not know",
        );
        let check = service.health_check();
        let [_, asks, words @ ..] = check.as_slice() else {
            continue;
        };
        add(
            *asks == program,
            &format!("{asks} is not the program of the image"),
        );
        add(
            knows(words),
            "asks for its health with a command line that the exporter does not know",
        );
        for (from, to, _) in service.mounts("bind") {
            add(
                to == format!("{folder}/{from}"),
                &format!("{to} is not where the exporter looks for {from}"),
            );
        }
        let variable = |name| {
            service
                .environment()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        let dashboard = variable("CYPHER_EXPORTER__WEB__DASHBOARD_URL").unwrap_or_default();
        add(
            is_dashboard(stack, dashboard),
            &format!("no dashboard is at {dashboard}"),
        );
    }
    let exporter = stack.service("exporter");
    let state = exporter
        .environment()
        .find(|(name, _)| *name == "CYPHER_EXPORTER__STATE__PATH");
    faults.extend(not_kept(exporter, state.map(|(_, path)| path)));
    // It tells that the graph is away: so it must be there before the graph.
    let waits = exporter.of["depends_on"]["neo4j"]["condition"] == "service_healthy";
    faults.extend(unless(!waits, || {
        "exporter: waits for the graph, which it is to watch".to_owned()
    }));
    faults
}

/// Whether Grafana shows one of the generated dashboards to a browser at this address.
fn is_dashboard(stack: &Stack, address: &str) -> bool {
    let Some((port, uid)) = address
        .strip_prefix("http://localhost:")
        .and_then(|rest| rest.split_once("/d/"))
    else {
        return false;
    };
    let file = fs::read_to_string(repository("grafana/dashboards").join(format!("{uid}.json")))
        .unwrap_or_default();
    let has_uid =
        serde_json::from_str::<Value>(&file).is_ok_and(|dashboard| dashboard["uid"] == uid);
    has_uid
        && stack
            .service("grafana")
            .list("ports")
            .iter()
            .any(|listed| listed["published"] == port)
}
