//! What must hold of the stack and Compose does not ask for. Each rule gives the faults that it finds, as sentences.

use std::fs;

use clap::Parser;
use cypher_exporter::cli::Cli;
use serde_json::Value;

use crate::files::{Service, Stack};
use crate::{ALERTMANAGER, DASHBOARDS, DATASOURCE, PROMETHEUS, is_file, mounted, repository, secrets};

/// Services that may write into their image, and why.
const WRITES: [(&str, &str); 1] = [("neo4j", "its start script writes the settings into a file of the image")];

/// Everything that is wrong.
pub(crate) fn faults(stack: &Stack) -> Vec<String> {
    let of_services = stack.services().flat_map(|service| {
        let rules: [fn(Service) -> Vec<String>; 5] = [version, limits, rights, mounts, passwords];
        let own = rules.into_iter().flat_map(move |rule| rule(service));
        own.chain(addresses(stack, service)).map(move |fault| format!("{}: {fault}", service.name))
    });
    let of_the_stack: [fn(&Stack) -> Vec<String>; 7] =
        [secret_files, profiles, network, exporter, prometheus, alertmanager, grafana];
    of_services.chain(of_the_stack.into_iter().flat_map(|rule| rule(stack))).collect()
}

/// A fault for each that does not hold.
fn unless(holds: bool, fault: impl FnOnce() -> String) -> Option<String> {
    if holds { None } else { Some(fault()) }
}

fn version(service: Service) -> Vec<String> {
    let image = service.of["image"].as_str().unwrap_or_default();
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let parts: Vec<_> = tag.strip_prefix('v').unwrap_or(tag).split('.').collect();
    let is_exact = parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok());
    let is_ours = service.of["build"].is_object();
    let is_right = if is_ours { tag == env!("CARGO_PKG_VERSION") } else { is_exact };
    unless(is_right, || format!("the image {image} is not of one exact version, for our own that of Cargo.toml"))
        .into_iter()
        .collect()
}

fn limits(service: Service) -> Vec<String> {
    let memory = service.of["mem_limit"].as_str().and_then(|bytes| bytes.parse::<u64>().ok()).unwrap_or_default();
    let asks = service.health_check().first().is_some_and(|kind| kind.starts_with("CMD"));
    let open = service.list("ports").iter().filter(|port| port["host_ip"] != "127.0.0.1");
    let open = open.map(|port| format!("port {} is open to others", port["target"]));
    let limits = [
        unless(memory > 0, || "has no limit of its memory".to_owned()),
        unless(asks, || "has no health check".to_owned()),
    ];
    limits.into_iter().flatten().chain(open).collect()
}

fn rights(service: Service) -> Vec<String> {
    let of = service.of;
    let number = |part: &str| part.parse::<u32>().ok();
    // Our own image says it itself.
    let user = of["user"].as_str().and_then(|user| number(user.split(':').next()?));
    let is_nobody = of["build"].is_object() || user.is_some_and(|user| user > 0);
    let may_write = WRITES.iter().any(|(name, _)| *name == service.name);
    [
        unless(service.texts("cap_drop") == ["ALL"] && of["cap_add"].is_null(), || "keeps capabilities".to_owned()),
        unless(service.texts("security_opt") == ["no-new-privileges:true"], || "may gain privileges".to_owned()),
        unless(of["read_only"] == true || may_write, || "may write into its image".to_owned()),
        unless(is_nobody, || "must run as a user by number who is not root".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn mounts(service: Service) -> Vec<String> {
    let of_one = |(from, _, read_only): &(&str, &str, bool)| {
        let missing = unless(repository(from).exists(), || format!("mounts {from}, which is not there"));
        missing.into_iter().chain(unless(*read_only, || format!("may write into {from}")))
    };
    service.mounts("bind").iter().flat_map(of_one).collect()
}

/// What is secret is named by a file of which the service is given.
fn passwords(service: Service) -> Vec<String> {
    let words = ["PASSWORD", "AUTH", "SECRET", "TOKEN", "WEBHOOK"];
    let is_secret = |name: &str| words.iter().any(|word| name.to_uppercase().contains(word));
    let named = service.environment().filter(|(name, _)| is_secret(name));
    let in_the_open = named.filter(|(name, _)| !name.ends_with("_FILE")).map(|(name, _)| format!("{name} is no file"));
    let files = service.environment().filter(|(_, value)| value.starts_with("/run/secrets/"));
    let missing = files.filter(|(_, path)| !service.is_given(path)).map(|(_, path)| format!("is not given {path}"));
    in_the_open.chain(missing).collect()
}

/// A host and a port that a service is told are those of a service.
fn addresses(stack: &Stack, service: Service) -> Vec<String> {
    let words = service.environment().map(|(_, value)| value).chain(service.texts("command"));
    words.filter_map(|word| word.strip_prefix("bolt://")).filter_map(|address| unreachable(stack, address)).collect()
}

/// The fault when no service listens at `host:port`.
fn unreachable(stack: &Stack, address: &str) -> Option<String> {
    let (host, port) = address.split_once(':').unwrap_or((address, ""));
    let found = stack.services().any(|service| service.name == host && service.listens(port));
    unless(found, || format!("{address} is no port of a service"))
}

/// The fault when a service is not given the repository's files at a path, of which the last part may be `*.ending`.
fn not_mounted(stack: &Stack, service: &str, path: &str) -> Option<String> {
    let there = match path.rsplit_once("/*") {
        None => mounted(stack, service, path).is_some_and(|path| is_file(&path)),
        Some((folder, ending)) => mounted(stack, service, folder).is_some_and(|folder| {
            let names = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name());
            names.into_iter().any(|name| name.to_string_lossy().ends_with(ending))
        }),
    };
    unless(there, || format!("{service}: nothing is mounted at {path}"))
}

fn not_kept(service: Service, path: Option<&str>) -> Option<String> {
    let path = path.unwrap_or_default();
    unless(service.keeps(path), || format!("{}: {path} is no volume of it", service.name))
}

/// The texts below a JSON pointer of which `*` stands for all of a list.
fn texts<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a str> {
    match path {
        [] => value.as_str().into_iter().collect(),
        ["*", rest @ ..] => value.as_array().into_iter().flatten().flat_map(|value| texts(value, rest)).collect(),
        [key, rest @ ..] => texts(&value[*key], rest),
    }
}

fn secret_files(stack: &Stack) -> Vec<String> {
    let made = secrets::made();
    let mut faults = Vec::new();
    for (name, secret) in stack.compose["secrets"].as_object().unwrap() {
        let file = secret["file"].as_str().unwrap_or_default();
        let is_made = made.iter().any(|made| repository(made).to_str() == Some(file));
        faults.extend(unless(is_made, || format!("{name}: scripts/make-secrets does not make {file}")));
    }
    faults
}

fn profiles(stack: &Stack) -> Vec<String> {
    let is_demo = |service: &Service| service.texts("profiles") == ["demo"];
    let shows = stack.services().any(|service| is_demo(&service) && service.texts("command").first() == Some(&"demo"));
    let hidden = stack.services().filter(|service| !is_demo(service) && !service.texts("profiles").is_empty());
    let hidden = hidden.map(|service| format!("{}: is in no plain stack", service.name));
    unless(shows, || "the profile demo has no service that runs `demo`".to_owned()).into_iter().chain(hidden).collect()
}

fn network(stack: &Stack) -> Vec<String> {
    let mut all: Vec<_> = stack.services().map(|service| service.of["networks"].to_string()).collect();
    all.dedup();
    unless(all.len() == 1, || format!("the services are not in one network: {all:?}")).into_iter().collect()
}

/// Ours: what it is started with is what it knows, and what it reads is where it looks.
fn exporter(stack: &Stack) -> Vec<String> {
    let instruction = |name: &str| stack.dockerfile.lines().rev().find_map(|line| line.strip_prefix(name)).unwrap();
    let (folder, program) = (instruction("WORKDIR "), instruction("ENTRYPOINT ").trim_matches(['[', ']', '"']));
    let knows = |words: &[&str]| Cli::try_parse_from(["cypher-exporter"].iter().chain(words)).is_ok();
    let mut faults = Vec::new();
    for service in stack.services().filter(|service| service.of["build"].is_object()) {
        let mut add = |holds: bool, fault: &str| faults.extend(unless(holds, || format!("{}: {fault}", service.name)));
        add(knows(&service.texts("command")), "is started with a command line that the exporter does not know");
        let check = service.health_check();
        let [_, asks, words @ ..] = check.as_slice() else { continue };
        add(*asks == program, &format!("{asks} is not the program of the image"));
        add(knows(words), "asks for its health with a command line that the exporter does not know");
        for (from, to, _) in service.mounts("bind") {
            add(to == format!("{folder}/{from}"), &format!("{to} is not where the exporter looks for {from}"));
        }
        let variable = |name| service.environment().find(|(known, _)| *known == name).map(|(_, value)| value);
        let dashboard = variable("CYPHER_EXPORTER__WEB__DASHBOARD_URL").unwrap_or_default();
        add(is_dashboard(stack, dashboard), &format!("no dashboard is at {dashboard}"));
    }
    let exporter = stack.service("exporter");
    let state = exporter.environment().find(|(name, _)| *name == "CYPHER_EXPORTER__STATE__PATH");
    faults.extend(not_kept(exporter, state.map(|(_, path)| path)));
    // It tells that the graph is away: so it must be there before the graph.
    let waits = exporter.of["depends_on"]["neo4j"]["condition"] == "service_healthy";
    faults.extend(unless(!waits, || "exporter: waits for the graph, which it is to watch".to_owned()));
    faults
}

/// Whether Grafana shows one of the generated dashboards to a browser at this address.
fn is_dashboard(stack: &Stack, address: &str) -> bool {
    let Some((port, uid)) = address.strip_prefix("http://localhost:").and_then(|rest| rest.split_once("/d/")) else {
        return false;
    };
    let file = fs::read_to_string(repository("grafana/dashboards").join(format!("{uid}.json"))).unwrap_or_default();
    let has_uid = serde_json::from_str::<Value>(&file).is_ok_and(|dashboard| dashboard["uid"] == uid);
    has_uid && stack.service("grafana").list("ports").iter().any(|listed| listed["published"] == port)
}

fn prometheus(stack: &Stack) -> Vec<String> {
    let (service, file) = (stack.service("prometheus"), &stack.files[PROMETHEUS]);
    let settings = service.flag("--config.file").unwrap_or_default();
    let folder = settings.rsplit_once('/').map_or("", |(folder, _)| folder);
    let rules = texts(file, &["rule_files", "*"]).into_iter().map(|rule| format!("{folder}/{rule}"));
    let alerts = texts(file, &["alerting", "alertmanagers", "*", "static_configs", "*", "targets", "*"]);
    let targets =
        texts(file, &["scrape_configs", "*", "static_configs", "*", "targets", "*"]).into_iter().chain(alerts);
    // It scrapes itself where it is.
    let is_itself = |target: &&str| target.strip_prefix("localhost:").is_some_and(|port| service.listens(port));
    let lost = targets.filter(|target| !is_itself(target)).filter_map(|target| unreachable(stack, target));
    let lost = lost.map(|fault| format!("{PROMETHEUS}: {fault}"));
    let paths = [settings.to_owned()].into_iter().chain(rules);
    let missing = paths.filter_map(|path| not_mounted(stack, "prometheus", &path));
    missing.chain(not_kept(service, service.flag("--storage.tsdb.path"))).chain(lost).collect()
}

fn alertmanager(stack: &Stack) -> Vec<String> {
    let (service, file) = (stack.service("alertmanager"), &stack.files[ALERTMANAGER]);
    let settings = service.flag("--config.file").unwrap_or_default();
    let folder = settings.rsplit_once('/').map_or("", |(folder, _)| folder);
    let templates = texts(file, &["templates", "*"]).into_iter().map(|template| format!("{folder}/{template}"));
    let addresses = texts(file, &["receivers", "*", "slack_configs", "*", "api_url_file"]).into_iter();
    let lost = addresses.filter(|path| !service.is_given(path));
    let lost = lost.map(|path| format!("alertmanager: is not given {path}"));
    let paths = [settings.to_owned()].into_iter().chain(templates);
    let missing = paths.filter_map(|path| not_mounted(stack, "alertmanager", &path));
    missing.chain(not_kept(service, service.flag("--storage.path"))).chain(lost).collect()
}

fn grafana(stack: &Stack) -> Vec<String> {
    let urls = texts(&stack.files[DATASOURCE], &["datasources", "*", "url"]).into_iter();
    let lost = urls.filter_map(|url| unreachable(stack, url.trim_start_matches("http://")));
    let dashboards = texts(&stack.files[DASHBOARDS], &["providers", "*", "options", "path"]).into_iter();
    let dashboards = dashboards.map(|path| format!("{path}/*.json"));
    // Where Grafana looks for its settings of this kind.
    let provisioned = ["datasources", "dashboards"].map(|kind| format!("/etc/grafana/provisioning/{kind}/*.yml"));
    let missing = dashboards.chain(provisioned).filter_map(|path| not_mounted(stack, "grafana", &path));
    let kept = not_kept(stack.service("grafana"), Some("/var/lib/grafana"));
    missing.chain(lost.map(|fault| format!("{DATASOURCE}: {fault}"))).chain(kept).collect()
}
