//! `[queries]`, `[web]`, `[state]`, `[generate]` and `[labels]`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::key::Key;
use super::reader::Reader;
use super::{QueriesConfig, WebConfig};
use crate::metric::LabelName;

const QUERIES: &str = "queries";
const EVERY: Duration = Duration::from_secs(300);
const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 9687);

/// Shorter, a query storms the graph; longer, a timer's arithmetic could overflow.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Labels that the exporter or Prometheus' histograms and summaries write themselves.
const TAKEN: [&str; 3] = ["graph", "le", "quantile"];

pub(super) fn queries(reader: &mut Reader) -> QueriesConfig {
    let section = Key::new(&["queries"]);
    reader.section(&section);
    let folder = reader.path(&section.child("path"));
    QueriesConfig {
        path: folder.map_or_else(|| reader.in_folder(QUERIES), |(path, _)| path),
        packs: packs(reader, &section.child("packs")),
        every: reader
            .parsed(&section.child("every"), interval)
            .unwrap_or(EVERY),
    }
}

fn packs(reader: &mut Reader, key: &Key) -> Option<Vec<String>> {
    let found = reader.texts(key)?;
    for (pack, place) in &found {
        if pack.is_empty() || pack.contains(['/', '\\']) {
            reader.refuse(
                key,
                place.clone(),
                "must be names of folders in `queries.path`".to_owned(),
            );
        }
    }
    Some(found.into_iter().map(|(pack, _)| pack).collect())
}

fn interval(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|_| "must be a duration, as in \"30s\" or \"5m\"")?;
    if (SHORTEST..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        Err("must be from 100ms to 366days".to_owned())
    }
}

pub(super) fn web(reader: &mut Reader) -> WebConfig {
    let section = Key::new(&["web"]);
    reader.section(&section);
    let web = WebConfig {
        listen: reader
            .parsed(&section.child("listen"), listen)
            .unwrap_or(LISTEN),
        lifecycle: reader.flag(&section.child("lifecycle")).unwrap_or(false),
        dashboard_url: reader.parsed(&section.child("dashboard_url"), web_address),
    };
    let config_file = section.child("config_file");
    if let Some(setting) = reader.take(&config_file) {
        // Serving without TLS and users although somebody asked for them would be a trap.
        let rule =
            "(TLS and users) is not available yet: leave it out, and keep strangers away from the port".to_owned();
        reader.refuse(&config_file, setting.place, rule);
    }
    web
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "must be an IP address and a port from 0 to 65535, as in \"0.0.0.0:9687\"".to_owned()
    })
}

fn web_address(text: &str) -> Result<String, String> {
    let is_web = ["http://", "https://"]
        .iter()
        .any(|scheme| text.starts_with(scheme) && text.len() > scheme.len());
    // It goes into a header, where a line break would begin another one.
    if is_web && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err("must be an address that begins with http:// or https://, without spaces".to_owned())
}

pub(super) fn state(reader: &mut Reader) -> Option<PathBuf> {
    let section = Key::new(&["state"]);
    reader.section(&section);
    reader.path(&section.child("path")).map(|(path, _)| path)
}

pub(super) fn generate(reader: &mut Reader) -> Option<String> {
    let section = Key::new(&["generate"]);
    reader.section(&section);
    reader.parsed(&section.child("base_url"), web_address)
}

pub(super) fn labels(reader: &mut Reader) -> Vec<(LabelName, String)> {
    let section = Key::new(&["labels"]);
    reader.section(&section);
    let names = reader.names("labels");
    names
        .into_iter()
        .filter_map(|name| label(reader, &section.child(&name), &name))
        .collect()
}

fn label(reader: &mut Reader, key: &Key, name: &str) -> Option<(LabelName, String)> {
    let (value, place) = reader.text(key)?;
    if TAKEN.contains(&name) {
        reader.refuse(
            key,
            place,
            "is a label that the exporter writes itself: choose another name".to_owned(),
        );
        return None;
    }
    match LabelName::new(name) {
        Ok(name) => Some((name, value)),
        Err(cause) => {
            reader.refuse(key, place, format!("is no name for a label: {cause}"));
            None
        }
    }
}
