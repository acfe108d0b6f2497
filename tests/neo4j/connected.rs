//! `check --connect` and `run`, as a user types them, on a real Neo4j.

use std::fs;
use std::process::Command;

use tempfile::TempDir;
use test_support::neo4j::Neo4j;

/// The output and the exit code.
struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

/// A folder with these KPI files in the pack `p`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("queries/p")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("queries/p").join(name), text).unwrap();
    }
    folder
}

/// Runs the program there, with the graph's address in its environment.
fn exporter(folder: &TempDir, neo4j: &Neo4j, arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"))
        .args(arguments)
        .current_dir(folder.path())
        .env("NEO4J_URI", neo4j.uri())
        .env("NEO4J_USER", neo4j.user())
        .env("NEO4J_PASSWORD", neo4j.password())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code(),
    }
}

/// Durations differ from run to run.
fn without_times(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).collect::<Vec<_>>();
    let is_time = |at: usize| {
        words
            .get(at + 1)
            .is_some_and(|unit| ["ms\n", "ms: "].contains(unit))
    };
    let shown = words
        .iter()
        .enumerate()
        .map(|(at, word)| if is_time(at) { "[..] " } else { word });
    shown.collect()
}

#[tokio::test]
async fn a_syntax_error_is_shown_in_the_file() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    let folder = folder(&[
        (
            "function.cypher",
            "// Calls what is not there.\n/*kpi\nevery = \"1m\"\n*/\nMATCH (n)\nRETURN nope(n.x) AS value\n",
        ),
        (
            "variable.cypher",
            "// é\nMATCH (n) RETURN count(m) AS value\n",
        ),
        (
            "first.cypher",
            "/*kpi help = \"On the first line.\" */ MATCH (n) RETURN count(m) AS value",
        ),
    ]);
    let said = exporter(&folder, neo4j, &["check", "--connect"]);
    insta::assert_snapshot!(said.err, @r#"
    error: the graph rejects the query: Variable `m` not defined
     --> queries/p/first.cypher:1:61
      |
    1 | /*kpi help = "On the first line." */ MATCH (n) RETURN count(m) AS value
      |                                                             ^
      |
      = help: fix the query; to try it, paste the whole file into Neo4j Browser or cypher-shell

    error: the graph rejects the query: Unknown function 'nope'
     --> queries/p/function.cypher:6:8
      |
    6 | RETURN nope(n.x) AS value
      |        ^^^^
      |
      = help: fix the query; to try it, paste the whole file into Neo4j Browser or cypher-shell

    error: the graph rejects the query: Variable `m` not defined
     --> queries/p/variable.cypher:2:24
      |
    2 | MATCH (n) RETURN count(m) AS value
      |                        ^
      |
      = help: fix the query; to try it, paste the whole file into Neo4j Browser or cypher-shell
    "#);
    assert_eq!(
        said.out,
        "3 KPIs, 3 metrics, 1 pack: 3 errors, 0 warnings\n"
    );
    assert_eq!(said.code, Some(64));
}

#[tokio::test]
async fn names_that_the_graph_lacks_are_warnings() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    neo4j
        .write("CREATE (:CheckAgent {check_name: 'a'})-[:CHECK_CALLS]->(:CheckAgent)")
        .await;
    let text = "// Agents.\nMATCH (a:ChekAgent)-[:CHECK_CALL]->(:CheckAgent)\nWHERE a.check_nmae = 'x' AND a.zzzzzzzzzz = 1\nRETURN count(a) AS value\n";
    let folder = folder(&[("agents.cypher", text)]);
    let said = exporter(&folder, neo4j, &["check", "--connect"]);
    insta::assert_snapshot!(said.err, @"
    warning: the graph has no label `ChekAgent`
     --> queries/p/agents.cypher:2:10
      |
    2 | MATCH (a:ChekAgent)-[:CHECK_CALL]->(:CheckAgent)
      |          ^^^^^^^^^
      |
      = help: did you mean `CheckAgent`?

    warning: the graph has no relationship type `CHECK_CALL`
     --> queries/p/agents.cypher:2:23
      |
    2 | MATCH (a:ChekAgent)-[:CHECK_CALL]->(:CheckAgent)
      |                       ^^^^^^^^^^
      |
      = help: did you mean `CHECK_CALLS`?

    warning: the graph has no property `check_nmae`
     --> queries/p/agents.cypher:3:9
      |
    3 | WHERE a.check_nmae = 'x' AND a.zzzzzzzzzz = 1
      |         ^^^^^^^^^^
      |
      = help: did you mean `check_name`?

    warning: the graph has no property `zzzzzzzzzz`
     --> queries/p/agents.cypher:3:32
      |
    3 | WHERE a.check_nmae = 'x' AND a.zzzzzzzzzz = 1
      |                                ^^^^^^^^^^
      |
      = help: fix the name, or ignore this if the graph will have it later
    ");
    assert_eq!(said.out, "1 KPI, 1 metric, 1 pack: 0 errors, 4 warnings\n");
    assert_eq!(said.code, Some(0), "a warning is no failure");
}

#[tokio::test]
async fn parameters_options_and_windows_are_explained_too() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    let window = "// W.\n/*kpi\nname = \"w_total\"\ntype = \"counter\"\nmode = \"window\"\n*/\nMATCH (n) WHERE n.t > $since AND n.t <= $until RETURN count(n) AS value";
    let folder = folder(&[
        (
            "parameters.cypher",
            "// P.\n/*kpi params = { a = 1 } */\nUNWIND range(1, $a) AS x RETURN count(x) AS value;\n",
        ),
        (
            "options.cypher",
            "// O.\nCYPHER runtime=slotted\nRETURN 1 AS value\n",
        ),
        ("window.cypher", window),
        ("mark.cypher", "\u{feff}// M.\r\nRETURN 1 AS value\r\n"),
    ]);
    let said = exporter(&folder, neo4j, &["check", "--connect"]);
    assert!(!said.err.contains("error"), "{}", said.err);
    assert_eq!(said.code, Some(0));
    let said = exporter(&folder, neo4j, &["run", "parameters", "options", "mark"]);
    assert_eq!((said.err.as_str(), said.code), ("", Some(0)));
}

#[tokio::test]
async fn run_counts_what_a_window_kpi_would_have_counted_by_now() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    neo4j
        .write(
            "UNWIND [1, 60, 3600, 1000000] AS ago CREATE (:Run {t: datetime() - duration({minutes: ago}), kind: 'old'});\n\
             CREATE (:Run {t: datetime() + duration('PT1H'), kind: 'to come'})",
        )
        .await;
    let window = "// W.\n/*kpi\nname = \"w_total\"\ntype = \"counter\"\nmode = \"window\"\nstart = \"now\"\n*/\n\
                  MATCH (e:Run) WHERE e.t > $since AND e.t <= $until RETURN e.kind AS kind, 1 AS value";
    let folder = folder(&[("window.cypher", window)]);
    let said = exporter(&folder, neo4j, &["run", "window", "--rows", "1"]);
    insta::assert_snapshot!(without_times(&said.out), @r#"
    p/window: 4 rows, 1 series, [..] ms
      kind   value
      "old"  1
      … 3 more
    # HELP w_total W.
    # TYPE w_total counter
    w_total{kind="old"} 4
    "#);
    assert_eq!((said.err.as_str(), said.code), ("", Some(0)));
    let all: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(!all.iter().any(|name| name == "state"), "{all:?}");
}

#[tokio::test]
async fn run_shows_rows_series_and_time() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    let folder = folder(&[
        (
            "people.cypher",
            "// People by name.\n/*kpi on_duplicate = \"sum\" */\nUNWIND [['Ada', 1], ['Bo', 2.5], [null, 3], ['Cy', null], ['Ada', 4]] AS row\nRETURN row[0] AS name, row[1] AS value\n",
        ),
        ("one.cypher", "// One.\nRETURN 1 AS value\n"),
        (
            "none.cypher",
            "// None.\nUNWIND [] AS x RETURN x AS value\n",
        ),
    ]);
    let said = exporter(
        &folder,
        neo4j,
        &[
            "run",
            "people",
            "p/one",
            "queries/p/none.cypher",
            "./queries/p/one.cypher",
            "--rows",
            "3",
        ],
    );
    insta::assert_snapshot!(without_times(&said.out), @r#"
    p/people: 5 rows, 3 series, [..] ms
      name   value
      "Ada"  1
      "Bo"   2.5
      NULL   3
      … 2 more
      1 row skipped: the value was NULL
    # HELP p_people People by name.
    # TYPE p_people gauge
    p_people{name="Ada"} 5
    p_people{name="Bo"} 2.5
    p_people{name="unknown"} 3

    p/one: 1 row, 1 series, [..] ms
      value
      1
    # HELP p_one One.
    # TYPE p_one gauge
    p_one 1

    p/none: 0 rows, 0 series, [..] ms
    "#);
    assert_eq!((said.err.as_str(), said.code), ("", Some(0)));
    let said = exporter(&folder, neo4j, &["run"]);
    assert_eq!(
        said.out
            .lines()
            .filter(|line| line.starts_with("p/"))
            .count(),
        3,
        "all when none is named"
    );
    assert_eq!(said.code, Some(0));
}

#[tokio::test]
async fn a_run_that_fails_says_where_and_leaves_the_others() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    let folder = folder(&[
        (
            "a_syntax.cypher",
            "// Wrong.\nMATCH (n)\nRETURN count(m) AS value\n",
        ),
        ("b_zero.cypher", "// Divides.\nRETURN 1 / 0 AS value\n"),
        ("c_text.cypher", "// Text.\nRETURN 'x' AS value\n"),
        ("d_good.cypher", "// Good.\nRETURN 1 AS value\n"),
    ]);
    let said = exporter(&folder, neo4j, &["run"]);
    insta::assert_snapshot!(without_times(&said.err), @"
    warning: both sides are integers, so the server drops the fraction
     --> queries/p/b_zero.cypher:2:8
      |
    2 | RETURN 1 / 0 AS value
      |        ^^^^^
      |
      = help: write `1.0 * 1 / 0`

    p/a_syntax: failed after [..] ms: queries/p/a_syntax.cypher:3:14: Variable `m` not defined
    p/b_zero: failed after [..] ms: / by zero; write `CASE WHEN n > 0 THEN 1.0 * x / n END`, and aggregate in a `WITH` before it: a row with NULL is skipped (Neo.ClientError.Statement.ArithmeticError)
    p/c_text: failed after [..] ms: row 1: expected a number in the column `value`, found a string; convert it with `toFloat(…)`
    ");
    assert!(
        said.out.starts_with("p/d_good: 1 row, 1 series, "),
        "{}",
        said.out
    );
    assert_eq!(said.code, Some(1));
}
