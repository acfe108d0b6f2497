//! Rules that hold of each service alone: version, limits, rights, mounts and passwords.

use super::unless;
use crate::files::Service;
use crate::repository;

/// Each of them.
pub(super) const RULES: [fn(Service) -> Vec<String>; 5] =
    [version, limits, rights, mounts, passwords];

/// Services that may write into their image, and why.
const WRITES: [(&str, &str); 1] = [(
    "neo4j",
    "its start script writes the settings into a file of the image",
)];
fn version(service: Service) -> Vec<String> {
    let image = service.of["image"].as_str().unwrap_or_default();
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let parts: Vec<_> = tag.strip_prefix('v').unwrap_or(tag).split('.').collect();
    let is_exact = parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok());
    let is_ours = service.of["build"].is_object();
    let is_right = if is_ours {
        tag == env!("CARGO_PKG_VERSION")
    } else {
        is_exact
    };
    unless(is_right, || {
        format!("the image {image} is not of one exact version, for our own that of Cargo.toml")
    })
    .into_iter()
    .collect()
}

fn limits(service: Service) -> Vec<String> {
    let memory = service.of["mem_limit"]
        .as_str()
        .and_then(|bytes| bytes.parse::<u64>().ok())
        .unwrap_or_default();
    let asks = service
        .health_check()
        .first()
        .is_some_and(|kind| kind.starts_with("CMD"));
    let open = service
        .list("ports")
        .iter()
        .filter(|port| port["host_ip"] != "127.0.0.1");
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
    let user = of["user"]
        .as_str()
        .and_then(|user| number(user.split(':').next()?));
    let is_nobody = of["build"].is_object() || user.is_some_and(|user| user > 0);
    let may_write = WRITES.iter().any(|(name, _)| *name == service.name);
    [
        unless(
            service.texts("cap_drop") == ["ALL"] && of["cap_add"].is_null(),
            || "keeps capabilities".to_owned(),
        ),
        unless(
            service.texts("security_opt") == ["no-new-privileges:true"],
            || "may gain privileges".to_owned(),
        ),
        unless(of["read_only"] == true || may_write, || {
            "may write into its image".to_owned()
        }),
        unless(is_nobody, || {
            "must run as a user by number who is not root".to_owned()
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn mounts(service: Service) -> Vec<String> {
    let of_one = |(from, _, read_only): &(&str, &str, bool)| {
        let missing = unless(repository(from).exists(), || {
            format!("mounts {from}, which is not there")
        });
        missing
            .into_iter()
            .chain(unless(*read_only, || format!("may write into {from}")))
    };
    service.mounts("bind").iter().flat_map(of_one).collect()
}

/// What is secret is named by a file of which the service is given.
fn passwords(service: Service) -> Vec<String> {
    let words = ["PASSWORD", "AUTH", "SECRET", "TOKEN", "WEBHOOK"];
    let is_secret = |name: &str| words.iter().any(|word| name.to_uppercase().contains(word));
    let named = service.environment().filter(|(name, _)| is_secret(name));
    let in_the_open = named
        .filter(|(name, _)| !name.ends_with("_FILE"))
        .map(|(name, _)| format!("{name} is no file"));
    let files = service
        .environment()
        .filter(|(_, value)| value.starts_with("/run/secrets/"));
    let missing = files
        .filter(|(_, path)| !service.is_given(path))
        .map(|(_, path)| format!("is not given {path}"));
    in_the_open.chain(missing).collect()
}
