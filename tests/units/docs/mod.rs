//! The texts for people hold what they promise: links lead somewhere, commands and keys exist,
//! examples load, and nothing that can be set or asked for is left out.

mod console;
mod examples;
mod markdown;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use console::Command;
use cypher_exporter::metric::own;
use markdown::{At, Block, Page, Row};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every page of the repository; build output, secrets and saved state are not part of it.
fn pages() -> Vec<Page> {
    let mut paths = Vec::new();
    find_pages(&repository(""), &mut paths);
    paths.sort();
    assert!(paths.len() > 15, "{paths:?}");
    paths.iter().map(|path| page(path)).collect()
}

fn page(path: &str) -> Page {
    Page::read(path, &read(path))
}

fn find_pages(folder: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            let is_ours =
                !name.starts_with('.') && !["target", "secrets", "state"].contains(&&*name);
            if is_ours {
                find_pages(&entry, paths);
            }
        } else if name.ends_with(".md") {
            let path = entry.strip_prefix(repository("")).unwrap();
            paths.push(path.to_str().unwrap().to_owned());
        }
    }
}

/// Fails with every fault, not only the first.
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What is wrong with a link on a page, which may be in a folder.
fn link_fault(page: &Page, target: &str) -> Option<String> {
    if target.starts_with("https://") || target.starts_with("http://") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(&page.path).parent().unwrap();
    let file = repository("").join(folder).join(path);
    if !path.is_empty() && !file.exists() {
        return Some(format!("{target} does not exist"));
    }
    let has = |page: &Page| page.anchors.iter().any(|known| known == anchor);
    let is_there = anchor.is_empty()
        || if path.is_empty() {
            has(page)
        } else {
            has(&Page::read(
                path,
                &fs::read_to_string(file).unwrap_or_default(),
            ))
        };
    (!is_there).then(|| format!("{target} has no such heading"))
}

#[test]
fn every_link_leads_somewhere() {
    let faults = |page: &Page| {
        let faults = page.links.iter().filter_map(|link| {
            Some(format!(
                "{}:{}: {}",
                page.path,
                link.line,
                link_fault(page, &link.value)?
            ))
        });
        faults.collect::<Vec<_>>()
    };
    none(pages().iter().flat_map(faults).collect());
}

#[test]
fn a_planted_link_is_found() {
    let page = Page::read(
        "docs/a.md",
        "# Here\n[a](#here) [b](#there) [c](../README.md#try-it)",
    );
    let fault = |target| link_fault(&page, target).is_some();
    assert_eq!(
        page.links
            .iter()
            .map(|link| fault(&link.value))
            .collect::<Vec<_>>(),
        [false, true, false]
    );
    for broken in [
        "README.md",
        "../README.md#try-that",
        "images/none.png",
        "../docs",
        "/etc",
    ] {
        assert_eq!(
            fault(broken),
            !["../docs", "/etc"].contains(&broken),
            "{broken}"
        );
    }
}

/// The languages of blocks; another one would escape the checks below by a slip.
const LANGUAGES: [&str; 6] = ["console", "cypher", "promql", "text", "toml", "yaml"];

/// `generate` makes these of files that have been checked.
fn is_generated(page: &Page) -> bool {
    page.path.starts_with("docs/runbook/")
}

#[test]
fn every_example_loads() {
    let mut faults = Vec::new();
    let mut checked = BTreeMap::new();
    for page in pages().iter().filter(|page| !is_generated(page)) {
        for At {
            line,
            value: Block { language, text },
        } in &page.blocks
        {
            let fault = match &**language {
                "cypher" => examples::kpi(text),
                "toml" => examples::toml(text),
                other if LANGUAGES.contains(&other) => None,
                other => Some(format!(
                    "a block in the language `{other}`: write one of {LANGUAGES:?}"
                )),
            };
            *checked.entry(language.clone()).or_insert(0) += 1;
            faults.extend(fault.map(|fault| format!("{}:{line}: {fault}", page.path)));
        }
    }
    none(faults);
    assert!(checked["cypher"] > 8 && checked["toml"] > 2, "{checked:?}");
}

/// A command of a console block, and what the block shows of its output.
fn commands(text: &str) -> Vec<(&str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command, String::new()));
        } else if let Some((_, output)) = commands.last_mut() {
            output.push_str(&format!("{line}\n"));
        }
    }
    commands
}

#[test]
fn every_command_exists() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for page in pages().iter().filter(|page| !is_generated(page)) {
        let consoles = page
            .blocks
            .iter()
            .filter(|block| block.value.language == "console");
        let shown = consoles.flat_map(|block| {
            commands(&block.value.text)
                .into_iter()
                .map(move |(line, _)| (block.line, line))
        });
        let spans = page
            .spans
            .iter()
            .filter(|span| console::is_command(&span.value));
        for (line, text) in shown.chain(spans.map(|span| (span.line, &*span.value))) {
            checked += 1;
            let found = Command::all_of(text)
                .iter()
                .flat_map(Command::faults)
                .collect::<Vec<_>>();
            faults.extend(
                found
                    .iter()
                    .map(|fault| format!("{}:{line}: `{text}`: {fault}", page.path)),
            );
        }
    }
    none(faults);
    assert!(checked > 50, "{checked}");
}

/// What needs no server runs; where a page shows its output, that is what it prints.
/// `TRYCMD=overwrite` writes it into the page.
#[test]
fn every_command_that_can_run_here_prints_what_is_shown() {
    let mut faults = Vec::new();
    let mut ran = 0;
    for page in pages() {
        for block in page
            .blocks
            .iter()
            .filter(|block| block.value.language == "console")
        {
            for (line, shown) in commands(&block.value.text) {
                let [command] = &Command::all_of(line)[..] else {
                    continue;
                };
                let Some(arguments) = command.can_run() else {
                    continue;
                };
                ran += 1;
                let shows = !shown.trim().is_empty();
                let folder = console::folder_of(&page.path, shows);
                let output = program::run(&folder, &command.environment, &arguments);
                let printed = program::printed(&output);
                if shows && printed.trim() != shown.trim() {
                    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
                        let [was, is] =
                            [&shown, &printed].map(|text| format!("$ {line}\n{}", text.trim()));
                        let text = read(&page.path).replacen(&was, &is, 1);
                        fs::write(repository(&page.path), text).unwrap();
                        continue;
                    }
                    faults.push(format!(
                        "{}:{}: `{line}` prints\n{printed}",
                        page.path, block.line
                    ));
                } else if !shows && !output.status.success() {
                    faults.push(format!(
                        "{}:{}: `{line}` fails\n{printed}",
                        page.path, block.line
                    ));
                }
            }
        }
    }
    none(faults);
    assert!(ran > 3, "{ran}");
}

/// Files that a page tells its reader to write, or that an example is called.
const OF_READERS: [&str; 3] = [
    "queries/bmad/projects.cypher",
    "queries/bmad/x.cypher",
    "queries/shop/",
];

#[test]
fn every_path_exists() {
    let tops = [
        "benches",
        "crates",
        "docs",
        "examples",
        "grafana",
        "prometheus",
        "queries",
        "scripts",
        "src",
        "tests",
    ];
    let mut faults = Vec::new();
    // What has changed is a matter of its time.
    for page in pages().iter().filter(|page| page.path != "CHANGELOG.md") {
        for At { line, value: span } in &page.spans {
            let path = span.split(' ').next().unwrap_or_default();
            let is_path = path
                .split_once('/')
                .is_some_and(|(top, _)| tops.contains(&top));
            let is_pattern = path.contains(['<', '*', '…', ':']);
            if is_path && !is_pattern && !OF_READERS.contains(&path) && !repository(path).exists() {
                faults.push(format!("{}:{line}: {path} does not exist", page.path));
            }
        }
    }
    none(faults);
}

/// The texts in back-ticks in the first cells of rows: keys, without the brackets of tables.
fn first_cells<'a>(rows: impl Iterator<Item = &'a Row>) -> BTreeSet<String> {
    let spans = rows.flat_map(|row| markdown::without_spans(&row.cells[0]).1);
    spans
        .map(|span| span.trim_matches(['[', ']']).to_owned())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn every_key_of_a_kpi_file_is_explained() {
    let [files, alerts] = ["docs/kpi-files.md", "docs/alerts.md"].map(page);
    let below = |page: &Page, heading: &str| {
        first_cells(page.rows.iter().filter(|row| row.is_below(heading)))
    };
    let header = program::keys("a.cypher", "");
    assert!(header.len() > 20, "{header:?}");
    assert_eq!(below(&files, "The header"), header);
    assert_eq!(
        below(&alerts, "Panels"),
        program::keys("a.cypher", "[panel]")
    );
    assert_eq!(
        below(&alerts, "Alerts"),
        program::keys("a.cypher", "[[alert]]")
    );
    assert_eq!(below(&files, "pack.toml"), program::keys("pack.toml", ""));

    // Those of smaller tables are named in the second cell of their row.
    let row = |page: &Page, key: &str| {
        let row = page
            .rows
            .iter()
            .find(|row| first_cells([*row].into_iter()) == set(&[key]));
        row.unwrap_or_else(|| panic!("no row for {key}")).cells[1].clone()
    };
    for (page, key, table) in [
        (&files, "row", "[[row]]"),
        (&files, "record", "[[record]]"),
        (&files, "query_latency", "[query_latency]"),
        (&files, "export_latency", "[export_latency]"),
    ] {
        let explained = row(page, key);
        for name in program::keys("pack.toml", table) {
            assert!(
                explained.contains(&format!("`{name}`")),
                "{name} of {table}: {explained}"
            );
        }
    }
    for name in program::keys("a.cypher", "[panel]\n[[panel.thresholds]]") {
        assert!(row(&alerts, "thresholds").contains(&name), "{name}");
    }
    let metric: BTreeSet<_> = program::keys("a.cypher", "[[metric]]");
    assert!(metric.is_subset(&header) && metric.len() > 5, "{metric:?}");
}

#[test]
fn every_setting_is_explained() {
    let rows = page("docs/configuration.md").rows;
    let explained = first_cells(rows.iter().filter(|row| row.is_below("Keys")));
    let sections = ["graph", "queries", "web", "state", "generate"];
    let mut known: BTreeSet<_> = sections
        .iter()
        .flat_map(|section| program::settings(section))
        .collect();
    assert!(known.len() > 10, "{known:?}");
    known.insert("labels.<name>".to_owned());
    assert_eq!(explained, known);
}

#[test]
fn every_command_of_the_program_is_explained() {
    let rows = page("docs/configuration.md").rows;
    let explained = rows.iter().filter(|row| row.is_below("Command line"));
    let help = program::run(&repository(""), &[], &["--help"]);
    let help = program::printed(&help);
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands: BTreeSet<_> = commands
        .lines()
        .map_while(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .map(str::to_owned)
        .collect();
    assert_eq!(first_cells(explained.clone()), commands);

    // The flags of its row, but for those of every command.
    for row in explained {
        let command = first_cells([row].into_iter()).pop_first().unwrap();
        let help = program::printed(&program::run(&repository(""), &[], &[&command, "--help"]));
        let options = help
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("--"));
        for flag in options.map(|line| line.split([' ', ',']).next().unwrap()) {
            let is_common = ["--log", "--log-format"].contains(&flag);
            assert!(is_common || row.cells[1].contains(flag), "{command} {flag}");
        }
    }
}

#[test]
fn every_route_and_every_metric_of_the_exporter_is_explained() {
    let page = page("docs/operations.md");
    let routes = first_cells(page.rows.iter().filter(|row| row.is_below("Routes")));
    let routes: BTreeSet<_> = routes
        .iter()
        .map(|route| route.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let source = read("src/http/routes.rs");
    let (_, table) = source.split_once("match path {").unwrap();
    let table = table.split("_ => None").next().unwrap();
    let known: BTreeSet<_> = table
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert_eq!(routes, known);

    let explained = first_cells(
        page.rows
            .iter()
            .filter(|row| row.is_below("Metrics of the exporter")),
    );
    for name in own::NAMES {
        assert!(
            explained.contains(*name) || name.starts_with("process_"),
            "{name}"
        );
    }
}

/// The texts that a function gives for the variants of an enum, read from its source.
fn reasons_in(path: &str, function: &str) -> BTreeSet<String> {
    let source = read(path);
    let (_, body) = source
        .split_once(function)
        .unwrap_or_else(|| panic!("{path} lacks {function}"));
    let body = body.split("\n    }\n").next().unwrap();
    let texts = body
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    texts.map(str::to_owned).collect()
}

#[test]
fn every_reason_is_explained() {
    let page = page("docs/operations.md");
    let rows = page
        .rows
        .iter()
        .filter(|row| row.is_below("Metrics of the exporter"));
    let explained = first_cells(rows);
    let mut known = reasons_in("src/diagnostic/problem.rs", "fn as_str(");
    for path in [
        "src/graph/error.rs",
        "src/measure/mod.rs",
        "src/schedule/error.rs",
    ] {
        known.extend(reasons_in(path, "fn reason("));
    }
    assert!(known.len() > 20, "{known:?}");
    let missing: Vec<_> = known.difference(&explained).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(
        lines <= 150,
        "README.md has {lines} lines, 150 at most: move something into docs/"
    );
}

/// One compiler for contributors, CI and the image.
#[test]
fn the_toolchain_is_the_one_that_the_manifest_names() {
    let toolchain: toml::Table = read("rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    let manifest = env!("CARGO_PKG_RUST_VERSION");
    assert!(channel.starts_with(manifest), "{channel} is not {manifest}");
    assert!(
        read("Dockerfile").contains(&format!("FROM rust:{channel}-")),
        "the image has another one"
    );
}
