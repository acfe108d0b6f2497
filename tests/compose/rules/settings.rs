//! Rules that hold of what a service is told, by its command or by the files that it mounts: a host
//! is a service, and a path is where something is mounted.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{not_kept, unless};
use crate::files::{Service, Stack};
use crate::{ALERTMANAGER, DASHBOARDS, DATASOURCE, PROMETHEUS, repository};

/// Each of them that looks into files.
pub(super) const RULES: [fn(&Stack) -> Vec<String>; 3] = [prometheus, alertmanager, grafana];

/// A host and a port that a service is told are those of a service.
pub(super) fn addresses(stack: &Stack, service: Service) -> Vec<String> {
    let words = service
        .environment()
        .map(|(_, value)| value)
        .chain(service.texts("command"));
    words
        .filter_map(|word| word.strip_prefix("bolt://"))
        .filter_map(|address| unreachable(stack, address))
        .collect()
}

/// The fault when no service listens at `host:port`.
fn unreachable(stack: &Stack, address: &str) -> Option<String> {
    let (host, port) = address.split_once(':').unwrap_or((address, ""));
    let found = stack
        .services()
        .any(|service| service.name == host && service.listens(port));
    unless(found, || format!("{address} is no port of a service"))
}

/// The fault when a service is not given the repository's files at a path, of which the last part
/// may be `*.ending`.
fn not_mounted(stack: &Stack, service: &str, path: &str) -> Option<String> {
    let there = match path.rsplit_once("/*") {
        None => mounted(stack, service, path).is_some_and(|path| path.is_file()),
        Some((folder, ending)) => mounted(stack, service, folder).is_some_and(|folder| {
            let names = fs::read_dir(folder)
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().file_name());
            names
                .into_iter()
                .any(|name| name.to_string_lossy().ends_with(ending))
        }),
    };
    unless(there, || format!("{service}: nothing is mounted at {path}"))
}

/// What of the repository a service finds at a path.
fn mounted(stack: &Stack, service: &str, path: &str) -> Option<PathBuf> {
    stack
        .service(service)
        .in_repository(path)
        .map(|path| repository(&path))
}

/// The texts below a JSON pointer of which `*` stands for all of a list.
fn texts<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a str> {
    match path {
        [] => value.as_str().into_iter().collect(),
        ["*", rest @ ..] => value
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|value| texts(value, rest))
            .collect(),
        [key, rest @ ..] => texts(&value[*key], rest),
    }
}

fn prometheus(stack: &Stack) -> Vec<String> {
    let (service, file) = (stack.service("prometheus"), &stack.files[PROMETHEUS]);
    let settings = service.flag("--config.file").unwrap_or_default();
    let folder = settings.rsplit_once('/').map_or("", |(folder, _)| folder);
    let rules = texts(file, &["rule_files", "*"])
        .into_iter()
        .map(|rule| format!("{folder}/{rule}"));
    let alerts = texts(
        file,
        &[
            "alerting",
            "alertmanagers",
            "*",
            "static_configs",
            "*",
            "targets",
            "*",
        ],
    );
    let targets = texts(
        file,
        &["scrape_configs", "*", "static_configs", "*", "targets", "*"],
    )
    .into_iter()
    .chain(alerts);
    // It scrapes itself where it is.
    let is_itself = |target: &&str| {
        target
            .strip_prefix("localhost:")
            .is_some_and(|port| service.listens(port))
    };
    let lost = targets
        .filter(|target| !is_itself(target))
        .filter_map(|target| unreachable(stack, target));
    let lost = lost.map(|fault| format!("{PROMETHEUS}: {fault}"));
    let paths = [settings.to_owned()].into_iter().chain(rules);
    let missing = paths.filter_map(|path| not_mounted(stack, "prometheus", &path));
    missing
        .chain(not_kept(service, service.flag("--storage.tsdb.path")))
        .chain(lost)
        .collect()
}

fn alertmanager(stack: &Stack) -> Vec<String> {
    let (service, file) = (stack.service("alertmanager"), &stack.files[ALERTMANAGER]);
    let settings = service.flag("--config.file").unwrap_or_default();
    let folder = settings.rsplit_once('/').map_or("", |(folder, _)| folder);
    let templates = texts(file, &["templates", "*"])
        .into_iter()
        .map(|template| format!("{folder}/{template}"));
    let addresses = texts(
        file,
        &["receivers", "*", "slack_configs", "*", "api_url_file"],
    )
    .into_iter();
    let lost = addresses.filter(|path| !service.is_given(path));
    let lost = lost.map(|path| format!("alertmanager: is not given {path}"));
    let paths = [settings.to_owned()].into_iter().chain(templates);
    let missing = paths.filter_map(|path| not_mounted(stack, "alertmanager", &path));
    missing
        .chain(not_kept(service, service.flag("--storage.path")))
        .chain(lost)
        .collect()
}

fn grafana(stack: &Stack) -> Vec<String> {
    let urls = texts(&stack.files[DATASOURCE], &["datasources", "*", "url"]).into_iter();
    let lost = urls.filter_map(|url| unreachable(stack, url.trim_start_matches("http://")));
    let dashboards = texts(
        &stack.files[DASHBOARDS],
        &["providers", "*", "options", "path"],
    )
    .into_iter();
    let dashboards = dashboards.map(|path| format!("{path}/*.json"));
    // Where Grafana looks for its settings of this kind.
    let provisioned =
        ["datasources", "dashboards"].map(|kind| format!("/etc/grafana/provisioning/{kind}/*.yml"));
    let missing = dashboards
        .chain(provisioned)
        .filter_map(|path| not_mounted(stack, "grafana", &path));
    let kept = not_kept(stack.service("grafana"), Some("/var/lib/grafana"));
    missing
        .chain(lost.map(|fault| format!("{DATASOURCE}: {fault}")))
        .chain(kept)
        .collect()
}
