//! The program as the pages show it: what it accepts, and what it prints.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in a folder, without the settings of whoever runs the tests.
pub(crate) fn run(folder: &Path, environment: &[(String, String)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"));
    let foreign = std::env::vars_os().map(|(name, _)| name);
    for name in foreign.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("NEO4J_") || name.starts_with("CYPHER_EXPORTER_")
    }) {
        command.env_remove(name);
    }
    command
        .envs(environment.iter().cloned())
        .env("NO_COLOR", "1");
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What it printed, errors first, as a terminal shows it.
pub(crate) fn printed(output: &Output) -> String {
    let [err, out] = [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text));
    format!("{err}{out}")
}

/// Why the program does not accept a command line; it only prints its help.
pub(crate) fn refusal(arguments: &[&str]) -> Option<String> {
    let output = run(Path::new("."), &[], &[arguments, &["--help"]].concat());
    let first = || {
        printed(&output)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    (!output.status.success()).then(first)
}

/// No key of any table is spelled similarly.
const UNKNOWN: &str = "zzzzzzzzzzzz";

/// The keys of a table in a KPI file, which `header` opens, or in a `pack.toml`: those that the
/// error for an unknown one lists.
pub(crate) fn keys(file: &str, table: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("queries/p");
    fs::create_dir_all(&pack).unwrap();
    let toml = format!("{table}\n{UNKNOWN} = 1\n");
    let text = if file.ends_with(".cypher") {
        format!("// A.\n/*kpi\n{toml}*/\nRETURN 1 AS value\n")
    } else {
        toml
    };
    fs::write(pack.join(file), text).unwrap();
    listed(&printed(&run(folder.path(), &[], &["check"])))
}

/// The keys of a section of the settings, with the section.
pub(crate) fn settings(section: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("config.toml"),
        format!("[{section}]\n{UNKNOWN} = 1\n"),
    )
    .unwrap();
    listed(&printed(&run(folder.path(), &[], &["check"])))
        .into_iter()
        .filter(|key| key.starts_with(&format!("{section}.")))
        .collect()
}

/// The words in back-ticks after the unknown key.
fn listed(printed: &str) -> BTreeSet<String> {
    let (_, after) = printed
        .split_once(UNKNOWN)
        .unwrap_or_else(|| panic!("no error: {printed}"));
    let help = |line: &&str| line.contains("help:") || line.contains("section");
    let line = after
        .lines()
        .find(help)
        .unwrap_or_else(|| panic!("no list: {printed}"));
    // The first text in back-ticks may be the rest of the unknown key.
    let (_, spans) = super::markdown::without_spans(line.trim_start_matches('`'));
    spans.into_iter().collect()
}
