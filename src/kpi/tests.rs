//! Files in, KPIs or problems out.

use std::time::Duration;

use super::*;
use crate::metric::LabelName;
use cypher::Literal;

mod any;
mod bad;
mod good;
mod together;

fn source(path: &str, text: &str) -> Source {
    let pack = path.rsplit('/').nth(1).unwrap_or_default().to_owned();
    Source {
        path: path.to_owned(),
        pack,
        text: text.to_owned(),
    }
}

/// Loads files; those called `pack.toml` are taken for such.
fn load_all(files: &[(&str, &str)], reserved: &[&str]) -> Catalog {
    let const_labels: Vec<_> = reserved
        .iter()
        .map(|label| LabelName::new(label).unwrap())
        .collect();
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &const_labels,
    };
    let (packs, kpis) = files
        .iter()
        .map(|(path, text)| source(path, text))
        .partition::<Vec<_>, _>(|file| file.path.ends_with(".toml"));
    load(&kpis, &packs, &defaults)
}

/// A file with this header, over a query that returns `a` and `value`.
fn with_header(header: &str) -> String {
    format!(
        "// Number of things.\n/*kpi\n{header}\n*/\nMATCH (n:N) RETURN n.a AS a, count(n) AS value\n"
    )
}
