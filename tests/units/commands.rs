//! Whole-program cases as text: the command, its output and its exit code. None needs a graph.
//!
//! `TRYCMD=overwrite cargo test --test units commands` writes the present output into the files of
//! `tests/cmd`.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use cypher_exporter::kpi::{self, Defaults};
use cypher_exporter::metric::LabelName;
use cypher_exporter::queries;

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn check(folder: &Path, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
        .arg("check")
        .current_dir(folder)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn what_is_shipped_loads_without_a_word() {
    let files = queries::read(&repository().join("queries"), None).unwrap();
    let reserved: Vec<_> = ["env", "graph"]
        .map(|label| LabelName::new(label).unwrap())
        .into();
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &reserved,
    };
    let catalog = kpi::load(&files.kpis, &files.packs, &defaults);
    assert_eq!((files.problems, catalog.problems), (vec![], vec![]));
    assert!(catalog.kpis.len() > 10, "the pack is there");
    assert_eq!(catalog.kpis.len(), files.kpis.len());
}

#[test]
fn the_repository_checks_out() {
    let output = check(repository(), &[]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told.lines().find(|line| line.starts_with("warning")), None);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(" packs: 0 errors, "), "{said}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn colours_are_for_those_who_see_them() {
    let coloured = |environment: &[(&str, &str)]| {
        let output = check(&repository().join("tests/cmd/mistakes.in"), environment);
        assert_eq!(output.status.code(), Some(64));
        (output.stdout.contains(&0x1b), output.stderr.contains(&0x1b))
    };
    assert_eq!(coloured(&[]), (false, false), "not on a terminal");
    assert_eq!(
        coloured(&[("CLICOLOR_FORCE", "1")]),
        (false, true),
        "asked for"
    );
    assert_eq!(
        coloured(&[("NO_COLOR", "1")]),
        (false, false),
        "asked not to"
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"));
    let output = command
        .arg("check")
        .current_dir(repository())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(
        output.status.code(),
        Some(141),
        "as of a program that SIGPIPE has ended"
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_query() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("p")).unwrap();
    std::fs::write(
        folder.path().join("p/a.cypher"),
        "\u{feff}// Help.\r\nRETURN 1 AS value\r\n",
    )
    .unwrap();
    let files = queries::read(folder.path(), None).unwrap();
    assert_eq!(files.kpis[0].text, "// Help.\r\nRETURN 1 AS value\r\n");
}

#[test]
fn a_file_that_is_not_text_is_a_problem_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("queries/p")).unwrap();
    std::fs::write(
        folder.path().join("queries/p/a.cypher"),
        b"// \xff\nRETURN 1 AS value",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("queries/p/b.cypher"),
        "// Help.\nRETURN 1 AS value",
    )
    .unwrap();
    let output = check(folder.path(), &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("queries/p/a.cypher") && said.contains("save the file as UTF-8"),
        "{said}"
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1 KPI, 1 metric, 1 pack: 1 error, 0 warnings\n"
    );
    assert_eq!(output.status.code(), Some(64));
}

fn test(folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"));
    let command = command.arg("test").current_dir(folder);
    command.env("NO_COLOR", "1").output().unwrap()
}

#[cfg(feature = "embedded")]
#[test]
fn the_tests_of_the_shipped_packs_pass() {
    let output = test(repository());
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.contains(" passed, 0 failed\n"), "{out}");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(feature = "embedded")]
#[test]
fn a_failed_test_is_shown_with_its_place_and_difference() {
    let output = test(&repository().join("tests/cmd/tested.in"));
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    p/agents
      FAIL  agents have their values
            queries/p/agents.test.cypher:1
            samples differ (- expected, + found):
              p_agents{name="A"} 1
            - p_agents{name="B"} 3
            + p_agents{name="B"} 2
            - p_agents{name="C"} 4
            + p_agents{name="D"} 2
      ok    two rows for one agent are an error
      FAIL  they are not a timeout
            queries/p/agents.test.cypher:17
            expected a failure with the reason `timeout`, found `duplicate`: row 2: duplicate row for `p_agents` with the labels {name="A"}; aggregate in the query, or write `on_duplicate = "sum"`
      FAIL  a statement may be wrong
            queries/p/agents.test.cypher:23
            the statement of the case failed: Undefined variable 'x' (embedded graph)
    4 tests: 1 passed, 3 failed
    "#);
}

#[cfg(not(feature = "embedded"))]
#[test]
fn without_the_embedded_graph_test_names_the_alternatives() {
    let output = test(&repository().join("tests/cmd/tested.in"));
    assert_eq!(output.status.code(), Some(64));
    insta::assert_snapshot!(
        String::from_utf8_lossy(&output.stderr),
        @"error: this build does not contain the embedded graph: build it with `--features embedded`, or use `--graph URI` with an empty Neo4j"
    );
}
