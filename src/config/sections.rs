//! `[queries]`, `[web]`, `[state]`, `[generate]` and `[labels]`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::errors::{Caret, Invalid};
use super::key::Key;
use super::reader::Reader;
use super::{QueriesConfig, WebConfig};
use crate::metric::LabelName;

const QUERIES: &str = "queries";
const EVERY: Duration = Duration::from_secs(300);
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 9687);

/// A shorter interval floods the graph with queries; a longer one could overflow a timer's arithmetic.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Labels that the exporter or Prometheus' histograms and summaries set themselves.
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
    let found = reader.strings(key)?;
    for (pack, origin) in &found {
        if pack.is_empty() || pack.contains(['/', '\\']) {
            let fix = "write the name of a folder in `queries.path`, without its path";
            let invalid = Invalid::new("expected the name of a pack", fix);
            reader.refuse(key, origin.clone(), invalid);
        }
    }
    Some(found.into_iter().map(|(pack, _)| pack).collect())
}

fn interval(text: &str) -> Result<Duration, Invalid> {
    let fix = "write a number and a unit, as in \"30s\" or \"5m\"";
    let duration =
        humantime::parse_duration(text).map_err(|_| Invalid::new("expected a duration", fix))?;
    if (SHORTEST..=LONGEST).contains(&duration) {
        Ok(duration)
    } else {
        let fix = "write a duration from \"100ms\" to \"366days\"";
        Err(Invalid::new("it is out of range", fix))
    }
}

pub(super) fn web(reader: &mut Reader) -> WebConfig {
    let section = Key::new(&["web"]);
    reader.section(&section);
    let web = WebConfig {
        listen: reader
            .parsed(&section.child("listen"), listen)
            .unwrap_or(LISTEN),
        lifecycle: reader.boolean(&section.child("lifecycle")).unwrap_or(false),
        dashboard_url: reader.parsed(&section.child("dashboard_url"), web_address),
    };
    let config_file = section.child("config_file");
    if let Some(setting) = reader.take_unlisted(&config_file) {
        // Serving without TLS and users although they are configured would be a trap.
        let fix = "remove the key, and restrict access to the port in the network";
        let message = "`web.config_file` is not supported: there is no TLS and there are no users";
        reader.mistake(setting.origin, Caret::Key, message, fix);
    }
    web
}

/// An IP address and a port; the host may also be empty for all addresses, or `localhost`.
fn listen(text: &str) -> Result<SocketAddr, Invalid> {
    let address = match text.rsplit_once(':') {
        Some(("", port)) => format!("{}:{port}", Ipv4Addr::UNSPECIFIED),
        Some(("localhost", port)) => format!("{}:{port}", Ipv4Addr::LOCALHOST),
        Some(_) | None => text.to_owned(),
    };
    address.parse().map_err(|_| {
        let fix =
            "write it as in \"0.0.0.0:9687\", \":9687\", \"localhost:9687\" or \"[::1]:9687\"";
        Invalid::new("expected an IP address and a port", fix)
    })
}

fn web_address(text: &str) -> Result<String, Invalid> {
    let is_web = ["http://", "https://"]
        .iter()
        .any(|scheme| text.starts_with(scheme) && text.len() > scheme.len());
    // It goes into a header, where a line break would begin another header.
    if is_web && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    let fix = "write a URL that begins with http:// or https://, without spaces";
    Err(Invalid::new("expected a URL", fix))
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
    let (value, origin) = reader.string(key)?;
    if TAKEN.contains(&name) {
        let reason = "the exporter sets this label itself";
        let invalid = Invalid::new(reason, "choose another name");
        reader.refuse_key(key, origin, invalid);
        return None;
    }
    match LabelName::new(name) {
        Ok(name) => Some((name, value)),
        Err(cause) => {
            let invalid = Invalid::new(cause.to_string(), "rename the label");
            reader.refuse_key(key, origin, invalid);
            None
        }
    }
}
