//! `[graph]` and `[graphs.<name>]`: where the graphs are, and the user and password for each.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::GraphConfig;
use super::errors::{Caret, Invalid};
use super::key::Key;
use super::layers::NEO4J_AUTH;
use super::origin::Origin;
use super::reader::Reader;
use super::uri::{URI, check_uri};

const USER: &str = "neo4j";
const MAX_CONCURRENT: usize = 4;

/// All graphs, in order of name; at least one.
pub(super) fn graphs(reader: &mut Reader) -> Vec<GraphConfig> {
    let (one, several) = (Key::new(&["graph"]), Key::new(&["graphs"]));
    let Some(origin) = reader.origin_of(&several) else {
        return vec![graph(reader, None, one)];
    };
    if reader.origin_of(&one).is_some() {
        both(reader, origin.clone(), &one, &several);
        // Read all the same, so that its other mistakes are shown at the same time.
        graph(reader, None, one);
    }
    reader.section(&several);
    let names = reader.names("graphs");
    if names.is_empty() && !reader.has_mistakes() {
        let fix = "add a section `[graphs.<name>]`, or write `[graph]` for a single graph";
        reader.mistake(origin, Caret::Key, "`graphs` is empty", fix);
    }
    names.into_iter().map(|name| named(reader, name)).collect()
}

fn both(reader: &mut Reader, origin: Origin, key: &Key, other: &Key) {
    let message = format!("`{key}` and `{other}` are both set");
    reader.mistake(origin, Caret::Key, message, "remove one of them");
}

fn named(reader: &mut Reader, name: String) -> GraphConfig {
    let key = Key::new(&["graphs", &name]);
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if let Some(origin) = reader
        .origin_of(&key)
        .filter(|_| name.is_empty() || !name.chars().all(legal))
    {
        // The environment has no case: `Eu` and `eu` are the same there.
        let fix = "use a-z, 0-9, `_` and `-`";
        reader.refuse_key(&key, origin, Invalid::new("unexpected character", fix));
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
            .integer(&section.child("max_concurrent"), 1..=64)
            .unwrap_or(MAX_CONCURRENT),
    }
}

fn uris(reader: &mut Reader, key: &Key) -> Vec<String> {
    let Some(found) = reader.strings(key) else {
        return vec![URI.to_owned()];
    };
    for (uri, origin) in &found {
        if let Err(invalid) = check_uri(uri) {
            reader.refuse(key, origin.clone(), invalid);
        }
    }
    found.into_iter().map(|(uri, _)| uri).collect()
}

/// The password, from the key itself or from a file, and that file. The default is empty: a server without authentication
/// accepts any.
fn password(reader: &mut Reader, section: &Key) -> (SecretString, Option<PathBuf>) {
    let (text_key, file_key) = (section.child("password"), section.child("password_file"));
    let text = reader.string(&text_key);
    let file = reader.path(&file_key);
    match (text, file) {
        (None, None) => (SecretString::default(), None),
        (Some((text, _)), None) => (text.into(), None),
        (None, Some((path, origin))) => from_file(reader, &file_key, path, origin),
        (Some((text, text_origin)), Some((path, file_origin))) => {
            match layer(&text_origin).cmp(&layer(&file_origin)) {
                Ordering::Greater => (text.into(), None),
                Ordering::Less => from_file(reader, &file_key, path, file_origin),
                Ordering::Equal => {
                    both(reader, file_origin, &text_key, &file_key);
                    (SecretString::default(), None)
                }
            }
        }
    }
}

/// Two forms of one setting: that of the higher layer wins, as with any other setting.
fn layer(origin: &Origin) -> u8 {
    match origin {
        Origin::Variable(name) if name == NEO4J_AUTH => 0,
        Origin::Variable(name) if name.starts_with("NEO4J_") => 1,
        Origin::File(_) => 2,
        Origin::Variable(_) => 3,
    }
}

fn from_file(
    reader: &mut Reader,
    key: &Key,
    path: PathBuf,
    origin: Origin,
) -> (SecretString, Option<PathBuf>) {
    match read(&path) {
        Ok(password) => (password, Some(path)),
        Err(invalid) => {
            reader.refuse(key, origin, invalid);
            (SecretString::default(), None)
        }
    }
}

/// Reads a file that contains a password.
///
/// # Errors
/// What is wrong with the file, and the fix.
pub fn read_password(path: &Path) -> Result<SecretString, String> {
    read(path).map_err(|Invalid { reason, fix }| format!("{reason}; {fix}"))
}

fn read(path: &Path) -> Result<SecretString, Invalid> {
    let text = std::fs::read_to_string(path).map_err(|cause| {
        let reason = format!("cannot read {}: {cause}", path.display());
        Invalid::new(reason, "check that the file exists and can be read")
    })?;
    // Editors and `echo` end a file with a line end that is not part of the password.
    let password = text.strip_suffix('\n').map_or(text.as_str(), |text| {
        text.strip_suffix('\r').unwrap_or(text)
    });
    if password.is_empty() {
        let reason = format!("the file {} is empty", path.display());
        return Err(Invalid::new(reason, "write the password into it"));
    }
    Ok(password.into())
}

fn ca_file(reader: &mut Reader, section: &Key, uris: &[String]) -> Option<PathBuf> {
    let key = section.child("ca_file");
    let (path, origin) = reader.path(&key)?;
    // Without TLS, or with `+ssc`, no certificate is verified.
    if !uris.iter().any(|uri| scheme(uri).ends_with("+s")) {
        without_tls(reader, &key, origin);
        return None;
    }
    Some(path)
}

fn client_cert(reader: &mut Reader, section: &Key, uris: &[String]) -> Option<(PathBuf, PathBuf)> {
    let cert = section.child("client_cert_file");
    let key = section.child("client_key_file");
    match (reader.path(&cert), reader.path(&key)) {
        (None, None) => None,
        (Some((_, origin)), None) => alone(reader, origin, &cert, &key),
        (None, Some((_, origin))) => alone(reader, origin, &key, &cert),
        (Some((cert_path, origin)), Some((key_path, _))) => {
            if uris.iter().any(|uri| scheme(uri).contains('+')) {
                return Some((cert_path, key_path));
            }
            without_tls(reader, &cert, origin);
            None
        }
    }
}

fn without_tls(reader: &mut Reader, key: &Key, origin: Origin) {
    let message = format!("`{key}` has no effect without TLS");
    let fix = "begin the `uri` with bolt+s://, or remove the key";
    reader.mistake(origin, Caret::Key, message, fix);
}

fn alone<T>(reader: &mut Reader, origin: Origin, key: &Key, missing: &Key) -> Option<T> {
    let message = format!("`{key}` is set without `{missing}`");
    reader.mistake(origin, Caret::Key, message, "set both or none");
    None
}

fn scheme(uri: &str) -> &str {
    uri.split_once("://").map_or("", |(scheme, _)| scheme)
}
