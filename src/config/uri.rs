//! The URI of a graph, checked without ever being repeated: people write passwords into it.

use super::errors::Invalid;

/// The default, and the example in every fix.
pub(super) const URI: &str = "bolt://localhost:7687";

/// The `neo4j` schemes are accepted since people have them at hand, but the driver does not route: it queries the server
/// that it is given.
const SCHEMES: [&str; 6] = [
    "bolt",
    "bolt+s",
    "bolt+ssc",
    "neo4j",
    "neo4j+s",
    "neo4j+ssc",
];

/// Whether a graph can be at this URI.
///
/// # Errors
/// What is wrong with it. The text never shows the URI.
pub fn check_uri(uri: &str) -> Result<(), Invalid> {
    // First, so that no other text is ever made from a URI with a password in it.
    if uri.contains('@') {
        let fix = "remove them from the URI and set `user` and `password_file`";
        return Err(Invalid::new("it contains credentials", fix));
    }
    let scheme = format!("begin it with bolt://, bolt+s:// or bolt+ssc://, as in {URI}");
    let Some((name, rest)) = uri.split_once("://") else {
        return Err(Invalid::new("it has no scheme", scheme));
    };
    if !SCHEMES.contains(&name) {
        return Err(Invalid::new("unknown scheme", scheme));
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    for (mark, what, fix) in [
        ('#', "a fragment", "remove it"),
        (
            '?',
            "a query",
            "remove it: there is no routing, and so no routing policy",
        ),
        (
            '/',
            "a path",
            "remove it; the key `database` names the database",
        ),
    ] {
        if rest.contains(mark) {
            return Err(Invalid::new(format!("it has {what}"), fix));
        }
    }
    let (host, port) = match rest.rsplit_once(':') {
        // The colons of `[::1]` separate no port.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    if !is_host(host) {
        let fix = format!("write a scheme, a host and a port, as in {URI}");
        return Err(Invalid::new("expected the name or address of a host", fix));
    }
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(Ok(0) | Err(_)) => {
            let fix = format!("write a port from 1 to 65535, as in {URI}");
            Err(Invalid::new("invalid port", fix))
        }
    }
}

fn is_host(host: &str) -> bool {
    let is_legal = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    match host.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok()),
        None => !host.is_empty() && host.chars().all(is_legal),
    }
}
