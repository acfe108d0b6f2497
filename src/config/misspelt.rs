//! Variables that are surely meant for the exporter, but are not spelt as its own: `CYPHER_EXPORTER_GRAPH_URI`.

use super::key::{Key, PREFIX};

/// The prefix with one underscore.
const ALMOST: &str = "CYPHER_EXPORTER_";

/// The fix for a variable that is not spelt as the exporter's own; `None` for any other variable.
pub(super) fn fix(variable: &str, known: &[Key]) -> Option<String> {
    let variable = variable.to_uppercase();
    if variable.starts_with(PREFIX) || is_service_link(&variable) {
        return None;
    }
    let rest = variable.strip_prefix(ALMOST)?;
    let (section, _) = rest.split_once('_')?;
    let is_section = |key: &Key| {
        key.segments()
            .first()
            .is_some_and(|s| s.to_uppercase() == section)
    };
    if !known.iter().any(is_section) && !["GRAPHS", "LABELS"].contains(&section) {
        return None;
    }
    let same = |key: &&Key| one_underscore(&key.variable()) == one_underscore(&variable);
    Some(match known.iter().find(same) {
        Some(key) => format!("write `{}`", key.variable()),
        None => format!(
            "write two underscores after the prefix and between the parts, as in `{PREFIX}GRAPH__URI`"
        ),
    })
}

fn one_underscore(variable: &str) -> String {
    variable.replace("__", "_")
}

/// Whether Kubernetes sets such a variable for a service, here of one named `cypher-exporter` or `cypher-exporter-…`:
/// `…_SERVICE_HOST`, `…_SERVICE_PORT`, `…_SERVICE_PORT_<NAME>`, `…_PORT`, `…_PORT_<NUMBER>_<PROTOCOL>` and what follows it.
fn is_service_link(variable: &str) -> bool {
    let has_port = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    variable.ends_with("_SERVICE_HOST")
        || variable.contains("_SERVICE_PORT")
        || variable.ends_with("_PORT")
        || variable.split("_PORT_").skip(1).any(has_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes() {
        let known = [
            Key::new(&["graph", "uri"]),
            Key::new(&["graph", "max_concurrent"]),
        ];
        let two = "write two underscores after the prefix and between the parts, as in `CYPHER_EXPORTER__GRAPH__URI`";
        for (variable, expected) in [
            (
                "CYPHER_EXPORTER_GRAPH_URI",
                Some("write `CYPHER_EXPORTER__GRAPH__URI`"),
            ),
            (
                "CYPHER_EXPORTER_GRAPH__URI",
                Some("write `CYPHER_EXPORTER__GRAPH__URI`"),
            ),
            (
                "cypher_exporter_graph_max_concurrent",
                Some("write `CYPHER_EXPORTER__GRAPH__MAX_CONCURRENT`"),
            ),
            ("CYPHER_EXPORTER_GRAPH_URL", Some(two)),
            ("CYPHER_EXPORTER_GRAPHS_EU_URI", Some(two)),
            ("CYPHER_EXPORTER_LABELS_ENV", Some(two)),
            ("CYPHER_EXPORTER__GRAPH__URL", None),
            // Kubernetes sets these for services.
            ("CYPHER_EXPORTER_SERVICE_HOST", None),
            ("CYPHER_EXPORTER_SERVICE_PORT", None),
            ("CYPHER_EXPORTER_SERVICE_PORT_HTTP", None),
            ("CYPHER_EXPORTER_PORT", None),
            ("CYPHER_EXPORTER_PORT_9687_TCP", None),
            ("CYPHER_EXPORTER_PORT_9687_TCP_ADDR", None),
            ("CYPHER_EXPORTER_GRAPH_SERVICE_HOST", None),
            ("CYPHER_EXPORTER_GRAPH_PORT_7687_TCP_PROTO", None),
            // Anyone may set these.
            ("CYPHER_EXPORTER_VERSION", None),
            ("CYPHER_EXPORTER_IMAGE_TAG", None),
            ("PATH", None),
        ] {
            assert_eq!(fix(variable, &known).as_deref(), expected, "{variable}");
        }
    }
}
