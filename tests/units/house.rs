//! Holds the house in order: who may use whom, and who alone may name a driver, a server, a clock
//! or the environment.
//!
//! The tables are the rules; [`source`] finds the paths in a file, whether written out, grouped or
//! behind `super`.

mod circles;
mod source;

use std::fs;
use std::path::Path;

use source::Source;

/// Each part of the house: its floor, and the parts that it may use besides itself.
const HOUSE: &[(&str, u8, &[&str])] = &[
    ("metric", 0, &[]),
    ("diagnostic", 0, &[]),
    ("kpi", 1, &["diagnostic", "metric"]),
    ("measure", 2, &["diagnostic", "kpi", "metric"]),
    ("exposition", 2, &["metric"]),
    ("generate", 2, &["diagnostic", "kpi", "metric"]),
    ("cases", 2, &["diagnostic", "kpi"]),
    ("lint", 2, &["diagnostic", "kpi", "metric"]),
    ("starter", 2, &["kpi", "metric"]),
    ("graph", 3, &["kpi"]),
    ("config", 3, &["diagnostic", "kpi", "metric"]),
    ("queries", 3, &["cases", "diagnostic", "kpi"]),
    (
        "board",
        4,
        &["diagnostic", "exposition", "kpi", "measure", "metric"],
    ),
    ("inspect", 4, &["diagnostic", "graph", "kpi"]),
    ("state", 4, &["kpi", "measure", "metric"]),
    (
        "instruments",
        4,
        &["diagnostic", "exposition", "kpi", "measure", "metric"],
    ),
    ("supervisor", 5, &["board"]),
    (
        "schedule",
        6,
        &[
            "board",
            "diagnostic",
            "graph",
            "inspect",
            "instruments",
            "kpi",
            "measure",
            "metric",
            "state",
            "supervisor",
        ],
    ),
    (
        "http",
        7,
        &[
            "board",
            "diagnostic",
            "exposition",
            "instruments",
            "kpi",
            "metric",
            "supervisor",
        ],
    ),
    ("cli", 8, &[]),
    ("command", 8, EVERYTHING),
    ("main", 8, EVERYTHING),
    ("lib", 8, &[]),
];

const EVERYTHING: &[&str] = &["*"];

/// What only some may name: the start of a path, the files that may, and why no other.
const KEPT: &[(&str, &[&str], &str)] = &[
    (
        "neo4rs",
        &["src/graph/bolt"],
        "the driver can be replaced in one place",
    ),
    (
        "kglite",
        &["crates/embedded"],
        "the engine can be replaced in one place, and the program is built without it",
    ),
    (
        "hyper",
        &["src/http"],
        "nothing but the server knows HTTP/1",
    ),
    (
        "hyper_util",
        &["src/http"],
        "nothing but the server knows HTTP/1",
    ),
    (
        "tokio_cron_scheduler",
        &["src/schedule"],
        "its traps have their guards there",
    ),
    ("std::env", &["src/config"], "a setting has one way in"),
];

/// What looks like a kept path but is only a constant of the compiler.
const CONSTANT: &str = "std::env::consts";

/// What floors 0 to 2 never name: they do no I/O, know no async, read no clock and write no log. A
/// time that is handed to them is a value like any other, so `SystemTime` itself is not among
/// these.
const NOT_BELOW_FLOOR_3: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime::now",
    "SystemTime::now",
    "chrono::Local",
    "chrono::Utc::now",
    "Utc::now",
    "log",
    "tokio",
    "tokio_util",
    "tracing",
];

/// Every broken rule in these files, each as a path, the text after it.
fn violations(files: &[(String, String)]) -> Vec<String> {
    files
        .iter()
        .flat_map(|(path, text)| broken_rules(path, text))
        .collect()
}

fn broken_rules(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if !text.starts_with("//! ") {
        broken.push(format!(
            "{path}: does not open with a `//!` sentence that says what it is for"
        ));
    }
    let source = Source::new(path, text);
    let Some((_, floor, allowed)) = HOUSE.iter().find(|(part, ..)| *part == source.part) else {
        broken.push(format!(
            "{path}: `{}` has no row in the table of the house",
            source.part
        ));
        return broken;
    };
    for used in source.parts_used(|name| HOUSE.iter().any(|(part, ..)| *part == name)) {
        if used != source.part && *allowed != EVERYTHING && !allowed.contains(&used.as_str()) {
            broken.push(format!("{path}: `{}` may not use `{used}`", source.part));
        }
    }
    for (name, home, reason) in KEPT {
        if source.names_besides(name, CONSTANT) && !home.iter().any(|home| path.starts_with(home)) {
            broken.push(format!(
                "{path}: names `{name}`, which only {} may: {reason}",
                home.join(", ")
            ));
        }
    }
    for name in NOT_BELOW_FLOOR_3
        .iter()
        .filter(|name| *floor < 3 && source.names(name))
    {
        broken.push(format!(
            "{path}: names `{name}`, but floor {floor} does no I/O and knows no async, clock or log"
        ));
    }
    broken
}

/// All of `src`, by path from the repository's root.
fn house() -> Vec<(String, String)> {
    let mut files = Vec::new();
    read(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        Path::new("src"),
        &mut files,
    );
    files.sort();
    files
}

fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root.join(folder)).expect("the folder of a source file can be read") {
        let entry = entry.expect("an entry of a readable folder can be read");
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            read(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(entry.path()).expect("a source file is text");
            files.push((path.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

#[test]
fn no_rule_is_broken() {
    let files = house();
    assert!(
        files.iter().any(|(path, _)| path == "src/lib.rs"),
        "the source was not found"
    );
    let broken = violations(&files);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The source folders of the workspace, each a crate of its own, and the crates of the workspace
/// that it may name.
const CRATES: &[(&str, &[&str])] = &[
    (
        "src",
        &["cypher", "embedded", "promql", "template", "world"],
    ),
    ("crates/cypher/src", &[]),
    ("crates/embedded/src", &["cypher"]),
    ("crates/promql/src", &[]),
    ("crates/template/src", &[]),
    ("crates/test-support/src", &["cypher_exporter"]),
    ("crates/world/src", &["cypher"]),
];

/// The crates that do no I/O, know no async, read no clock and write no log, as floors 0 to 2.
const PURE: &[&str] = &[
    "crates/cypher/src",
    "crates/promql/src",
    "crates/template/src",
    "crates/world/src",
];

fn files_of(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    read(&root, Path::new(""), &mut files);
    files.sort();
    files
}

#[test]
fn no_file_is_in_a_circle() {
    let found: Vec<_> = CRATES
        .iter()
        .flat_map(|(folder, _)| circles::circles(&files_of(folder)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    for (files, expected) in [
        (
            vec![
                file("a/b.rs", "use super::c::X;"),
                file("a/c.rs", "use super::b::Y;"),
            ],
            "in a these use each other: b, c",
        ),
        (
            vec![
                file("a/mod.rs", "mod b; mod c; pub use c::X;"),
                file("a/b.rs", "use super::X;"),
                file("a/c.rs", "use crate::a::b;"),
            ],
            "in a these use each other: b, c",
        ),
        (
            vec![
                file("a/mod.rs", ""),
                file("a/b.rs", "use crate::d::E;"),
                file("d.rs", "fn f() { crate::a::b::g() }"),
            ],
            "in the source folder these use each other: a, d",
        ),
        (
            vec![
                file("a/mod.rs", "mod b; pub use b::X;"),
                file("a/b.rs", "use super::Y;"),
            ],
            "",
        ),
        (
            vec![
                file("a/b.rs", "use super::c::X;"),
                file("a/c.rs", "use super::d::Y;"),
                file("a/d.rs", ""),
            ],
            "",
        ),
    ] {
        assert_eq!(circles::circles(&files).join("\n"), expected, "{files:?}");
    }
}

#[test]
fn crates_know_only_the_crates_below() {
    for (folder, allowed) in CRATES {
        for (path, text) in files_of(folder) {
            assert!(
                text.starts_with("//! "),
                "{folder}/{path} does not open with a `//!` sentence"
            );
            let source = Source::new(&path, &text);
            for other in [
                "cypher",
                "cypher_exporter",
                "embedded",
                "promql",
                "template",
                "test_support",
                "world",
            ] {
                let is_own = *folder == "src" || *folder == format!("crates/{other}/src");
                assert!(
                    is_own || allowed.contains(&other) || !source.names(other),
                    "{folder}/{path} names `{other}`"
                );
            }
            for name in NOT_BELOW_FLOOR_3.iter().filter(|_| PURE.contains(folder)) {
                assert!(
                    !source.names(name),
                    "{folder}/{path} names `{name}`, but this crate is pure"
                );
            }
        }
    }
}

#[test]
fn arrows_point_down() {
    for (part, floor, allowed) in HOUSE {
        for used in allowed.iter().filter(|used| **used != "*") {
            let (_, below, _) = HOUSE.iter().find(|(name, ..)| name == used).expect(used);
            assert!(
                below < floor,
                "{part} on floor {floor} may not use {used} on floor {below}"
            );
        }
    }
}

#[test]
fn a_broken_rule_is_found() {
    let http_knows_graph = "src/http/server.rs: `http` may not use `graph`";
    let reads_file = "src/kpi/pack.rs: names `std::fs`, but floor 1 does no I/O and knows no async, clock or log";
    let names_driver = "src/board.rs: names `neo4rs`, which only src/graph/bolt may: the driver can be replaced in one place";
    for (path, code, expected) in [
        (
            "src/http/server.rs",
            "use crate::graph::Graph;",
            http_knows_graph,
        ),
        (
            "src/http/server.rs",
            "use crate::{board::Board, graph};",
            http_knows_graph,
        ),
        (
            "src/http/server.rs",
            "use crate::{\n    metric::{Family, Series},\n    graph::{self, Graph},\n};",
            http_knows_graph,
        ),
        (
            "src/http/server.rs",
            "fn f() { crate::graph::ping() }",
            http_knows_graph,
        ),
        (
            "src/http/server.rs",
            "use super::super::graph::Graph;",
            http_knows_graph,
        ),
        (
            "src/http/server.rs",
            "pub(crate) use crate :: graph;",
            http_knows_graph,
        ),
        (
            "src/board.rs",
            "use super::graph::Graph;",
            "src/board.rs: `board` may not use `graph`",
        ),
        (
            "src/metric/name.rs",
            "use crate::kpi::Kpi;",
            "src/metric/name.rs: `metric` may not use `kpi`",
        ),
        ("src/kpi/pack.rs", "use std::fs;", reads_file),
        (
            "src/kpi/pack.rs",
            "use std::{fs::File, sync::Arc};",
            reads_file,
        ),
        (
            "src/kpi/pack.rs",
            "fn f() { let c = '\"'; std::fs::read(\"x\") }",
            reads_file,
        ),
        ("src/board.rs", "use neo4rs::Graph;", names_driver),
        ("src/board.rs", "use neo4rs;", names_driver),
        ("src/board.rs", "use neo4rs as driver;", names_driver),
        (
            "src/board.rs",
            "fn f(graph: &neo4rs::Graph) {}",
            names_driver,
        ),
        (
            "src/graph/mod.rs",
            "#[hyper_util::x] fn f() {}",
            "src/graph/mod.rs: names `hyper_util`, which only src/http may: nothing but the server knows HTTP/1",
        ),
        (
            "src/command/serve.rs",
            "fn f() { std::env::var(\"X\") }",
            "src/command/serve.rs: names `std::env`, which only src/config may: a setting has one way in",
        ),
        (
            "src/measure/snapshot.rs",
            "#[cfg(test)] mod tests { #[tokio::test] async fn f() {} }",
            "src/measure/snapshot.rs: names `tokio`, but floor 2 does no I/O and knows no async, clock or log",
        ),
        (
            "src/kpi/cron.rs",
            "use std::time::SystemTime; fn f() { SystemTime::now() }",
            "src/kpi/cron.rs: names `SystemTime::now`, but floor 1 does no I/O and knows no async, clock or log",
        ),
        (
            "src/things.rs",
            "",
            "src/things.rs: `things` has no row in the table of the house",
        ),
    ] {
        assert_eq!(
            broken_rules(path, &format!("//! A file.\n{code}")),
            [expected],
            "{code}"
        );
    }
    let bare = broken_rules("src/metric/own.rs", "use std::fmt;\n//! Late.\n");
    assert_eq!(
        bare,
        ["src/metric/own.rs: does not open with a `//!` sentence that says what it is for"]
    );
}

#[test]
fn what_is_allowed_is_not_found() {
    for (path, code) in [
        (
            "src/http/server.rs",
            "// use crate::graph::Graph;\nuse crate::board::Board;",
        ),
        (
            "src/http/server.rs",
            "/* use /* nested */ crate::graph::Graph; */",
        ),
        (
            "src/http/server.rs",
            "const TEXT: &str = \"crate::graph\"; const RAW: &str = r#\"\" crate::graph \"#;",
        ),
        (
            "src/http/server.rs",
            "use crate::http::routes; use super::routes; use hyper::body::Body;",
        ),
        (
            "src/http/server.rs",
            "fn f<'a>(graph: &'a str) { graph::ok() }",
        ),
        (
            "src/graph/bolt/slot.rs",
            "use neo4rs::Graph; use super::super::GraphError;",
        ),
        (
            "src/graph/mod.rs",
            "mod tests { use super::*; use super::super::kpi::Kpi; }",
        ),
        (
            "src/kpi/mod.rs",
            "use std::time::{Duration, SystemTime}; fn now(time: SystemTime) {}",
        ),
        (
            "src/instruments.rs",
            "const OS: &str = std::env::consts::OS;",
        ),
        (
            "src/command/serve.rs",
            "use crate::{graph::Graph, http, schedule}; const NAME: &str = env!(\"CARGO_PKG_NAME\");",
        ),
        (
            "src/metric/name.rs",
            "use crate::metric::Family; fn f() { log(1.0); }",
        ),
    ] {
        assert_eq!(
            broken_rules(path, &format!("//! A file.\n{code}")),
            Vec::<String>::new(),
            "{code}"
        );
    }
}
