//! `[graph]` and `[graphs.<name>]`: where the graphs are and who logs in.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::GraphConfig;
use super::key::Key;
use super::problem::{Place, Problem, Reason};
use super::reader::Reader;

const URI: &str = "bolt://localhost:7687";
const USER: &str = "neo4j";
const MAX_CONCURRENT: usize = 4;

/// `neo4j` schemes are taken since people have them at hand, but the driver does not route: it asks the server it is given.
const SCHEMES: [&str; 6] = [
    "bolt",
    "bolt+s",
    "bolt+ssc",
    "neo4j",
    "neo4j+s",
    "neo4j+ssc",
];

/// All graphs, in order of name; at least one.
pub(super) fn graphs(reader: &mut Reader) -> Vec<GraphConfig> {
    let (one, several) = (Key::new(&["graph"]), Key::new(&["graphs"]));
    let Some(place) = reader.place_of(&several) else {
        return vec![graph(reader, None, one)];
    };
    if reader.place_of(&one).is_some() {
        reader.problems.push(Problem {
            place: place.clone(),
            reason: Reason::Both {
                key: one.clone(),
                other: several.clone(),
            },
        });
        // Read all the same, so that its other mistakes show at once.
        graph(reader, None, one);
    }
    reader.section(&several);
    let names = reader.names("graphs");
    if names.is_empty() && reader.problems.is_empty() {
        reader.refuse(
            &several,
            place,
            "names no graph: write [graphs.<name>], or [graph] for a single one".to_owned(),
        );
    }
    names.into_iter().map(|name| named(reader, name)).collect()
}

fn named(reader: &mut Reader, name: String) -> GraphConfig {
    let key = Key::new(&["graphs", &name]);
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if let Some(place) = reader
        .place_of(&key)
        .filter(|_| name.is_empty() || !name.chars().all(legal))
    {
        // The environment has no case: `Eu` could not be told from `eu` there.
        reader.refuse(
            &key,
            place,
            "is no name for a graph: use a-z, 0-9, `_` and `-`".to_owned(),
        );
    }
    graph(reader, Some(name), key)
}

fn graph(reader: &mut Reader, name: Option<String>, section: Key) -> GraphConfig {
    reader.section(&section);
    let uris = uris(reader, &section.child("uri"));
    let (password, password_file) = password(reader, &section);
    let ca_file = ca_file(reader, &section, &uris);
    let client_cert = client_cert(reader, &section, &uris);
    GraphConfig {
        name,
        uris,
        user: reader
            .not_empty(&section.child("user"))
            .unwrap_or_else(|| USER.to_owned()),
        password,
        password_file,
        ca_file,
        client_cert,
        database: reader.not_empty(&section.child("database")),
        max_concurrent: reader
            .number(&section.child("max_concurrent"), 1..=64)
            .unwrap_or(MAX_CONCURRENT),
    }
}

fn uris(reader: &mut Reader, key: &Key) -> Vec<String> {
    let Some(found) = reader.texts(key) else {
        return vec![URI.to_owned()];
    };
    for (uri, place) in &found {
        if let Err(rule) = check_uri(uri) {
            reader.refuse(key, place.clone(), rule);
        }
    }
    found.into_iter().map(|(uri, _)| uri).collect()
}

/// Whether a graph can be at this URI.
///
/// # Errors
/// What the URI must be, as the end of a sentence that begins with where it stands. It never shows the URI.
pub fn check_uri(uri: &str) -> Result<(), String> {
    // First of all, so that no other text is ever made from a URI with a password in it.
    if uri.contains('@') {
        return Err(
            "must not hold credentials: write them as `user` and `password_file`".to_owned(),
        );
    }
    let Some((scheme, rest)) = uri.split_once("://") else {
        return Err(format!("must begin with a scheme, as in {URI}"));
    };
    if !SCHEMES.contains(&scheme) {
        return Err(format!(
            "must begin with bolt://, bolt+s:// or bolt+ssc://, as in {URI}"
        ));
    }
    let host_and_port = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match host_and_port.rsplit_once(':') {
        // The colons of `[::1]` separate no port.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    if !is_host(host) {
        return Err(format!(
            "must be a scheme, a host and a port and nothing more, as in {URI}"
        ));
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(Ok(0) | Err(_)) => Err(format!("must have a port from 1 to 65535, as in {URI}")),
    }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok()),
        None => {
            !host.is_empty()
                && host
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        }
    }
}

/// The password, from the key itself or from a file. None at all is an empty one: a server without authentication takes any.
fn password(reader: &mut Reader, section: &Key) -> (SecretString, Option<PathBuf>) {
    let (here, there) = (section.child("password"), section.child("password_file"));
    let text = reader.text(&here);
    let file = reader.path(&there);
    match (text, file) {
        (None, None) => (SecretString::default(), None),
        (Some((text, _)), None) => (text.into(), None),
        (None, Some((path, place))) => secret(reader, &there, path, place),
        (Some((text, here_place)), Some((path, there_place))) => {
            match layer(&here_place).cmp(&layer(&there_place)) {
                std::cmp::Ordering::Greater => (text.into(), None),
                std::cmp::Ordering::Less => secret(reader, &there, path, there_place),
                std::cmp::Ordering::Equal => {
                    let reason = Reason::Both {
                        key: here,
                        other: there,
                    };
                    reader.problems.push(Problem {
                        place: there_place,
                        reason,
                    });
                    (SecretString::default(), None)
                }
            }
        }
    }
}

/// Two forms of one setting: the one from the higher layer counts, as with any other setting.
fn layer(place: &Place) -> u8 {
    match place {
        Place::Variable(name) if name.starts_with("NEO4J_") => 0,
        Place::File { .. } => 1,
        Place::Variable(_) => 2,
    }
}

fn secret(
    reader: &mut Reader,
    key: &Key,
    path: PathBuf,
    place: Place,
) -> (SecretString, Option<PathBuf>) {
    match read_password(&path) {
        Ok(password) => (password, Some(path)),
        Err(rule) => {
            reader.refuse(key, place, rule);
            (SecretString::default(), None)
        }
    }
}

/// Reads a file that contains a password.
///
/// # Errors
/// What is wrong with the file, as the end of a sentence that begins with the key.
pub fn read_password(path: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| format!("cannot be read from {}: {cause}", path.display()))?;
    // Editors and `echo` end a file with a line break that is not part of the password.
    let password = text.strip_suffix('\n').map_or(text.as_str(), |text| {
        text.strip_suffix('\r').unwrap_or(text)
    });
    if password.is_empty() {
        return Err(format!(
            "names an empty file, {}: write the password into it",
            path.display()
        ));
    }
    Ok(password.into())
}

fn ca_file(reader: &mut Reader, section: &Key, uris: &[String]) -> Option<PathBuf> {
    let key = section.child("ca_file");
    let (path, place) = reader.path(&key)?;
    // Without TLS, or with `+ssc`, no certificate is verified.
    if !uris.iter().any(|uri| scheme(uri).ends_with("+s")) {
        let rule = "has no effect without a `uri` that begins with bolt+s://".to_owned();
        reader.refuse(&key, place, rule);
        return None;
    }
    Some(path)
}

fn client_cert(reader: &mut Reader, section: &Key, uris: &[String]) -> Option<(PathBuf, PathBuf)> {
    let (cert, key) = (
        section.child("client_cert_file"),
        section.child("client_key_file"),
    );
    let (other, place, missing) = match (reader.path(&cert), reader.path(&key)) {
        (Some((cert_path, place)), Some((key_path, _))) => {
            if uris.iter().any(|uri| scheme(uri).contains('+')) {
                return Some((cert_path, key_path));
            }
            let rule = "has no effect without a `uri` that begins with bolt+s://".to_owned();
            reader.refuse(&cert, place, rule);
            return None;
        }
        (None, None) => return None,
        (Some((_, place)), None) => (cert, place, "client_key_file"),
        (None, Some((_, place))) => (key, place, "client_cert_file"),
    };
    reader.refuse(&other, place, format!("needs `{missing}` too"));
    None
}

fn scheme(uri: &str) -> &str {
    uri.split_once("://").map_or("", |(scheme, _)| scheme)
}
