//! The default build has exactly the crates of a list, and none of the embedded engine.

use std::collections::BTreeSet;
use std::process::Command;

/// How to write the list again after an intended change.
const UPDATE: &str = "cargo tree --locked -p cypher-exporter -e normal,build --target x86_64-unknown-linux-gnu --prefix none --format '{p}' \
                    | cut -d ' ' -f 1 | LC_ALL=C sort -u > tests/units/dependencies.txt";

/// The names of the crates that the program is built of.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.args([
        "tree",
        "--locked",
        "-p",
        "cypher-exporter",
        "-e",
        "normal,build",
        "--target",
        "x86_64-unknown-linux-gnu",
    ]);
    tree.args(["--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = tree.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let name = |line: &str| line.split(' ').next().map(str::to_owned);
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(name)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn the_default_build_has_the_listed_crates_and_no_other() {
    let listed: BTreeSet<_> = include_str!("dependencies.txt")
        .lines()
        .map(str::to_owned)
        .collect();
    let found = crates(&[]);
    let (more, fewer) = (
        found.difference(&listed).collect::<Vec<_>>(),
        listed.difference(&found).collect::<Vec<_>>(),
    );
    assert!(
        more.is_empty() && fewer.is_empty(),
        "new: {more:?}, gone: {fewer:?}; if that is intended: {UPDATE}"
    );
    assert!(!found.contains("kglite"));
}

/// Only where the feature is built its crates are sure to be on the machine.
#[cfg(feature = "embedded")]
#[test]
fn the_feature_adds_the_engine_and_takes_nothing_away() {
    let (default, embedded) = (crates(&[]), crates(&["--features", "embedded"]));
    assert!(embedded.contains("kglite"));
    assert!(default.is_subset(&embedded));
}
