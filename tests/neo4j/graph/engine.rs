//! What the embedded graph promises beyond the contract.

use std::process::Command;
use std::time::{Duration, Instant};

use cypher::Place;
use cypher::{Change, Literal, Parameters, Value};
use cypher_exporter::graph::{Embedded, Graph, GraphError};

use crate::graph::asking::{PATIENCE, question};
use crate::graph::differences::LONG;
use test_support::wait::stretched;

pub(crate) fn graph() -> Graph {
    Graph::Embedded(Embedded::new())
}

fn change(statement: &'static str) -> Change {
    Change {
        statement: statement.into(),
        parameters: Parameters::new(),
    }
}

/// A graph that was made by these statements.
pub(crate) async fn made<const N: usize>(statements: [&'static str; N]) -> Graph {
    let graph = graph();
    graph
        .write(&statements.map(change), PATIENCE)
        .await
        .unwrap();
    graph
}

/// The column `v`, in the order in which it came.
pub(crate) async fn values(graph: &Graph, query: &str) -> Result<Vec<Value>, GraphError> {
    Ok(question(query)
        .rows(graph)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[tokio::test]
async fn a_plain_match_is_streamed() {
    let graph = made(["UNWIND range(3000, 0, -1) AS i CREATE (:Row {i: i})"]).await;
    let (rows, end) = question("MATCH (n:Row) RETURN 6000 / n.i AS v")
        .rows_and_end(&graph)
        .await;
    assert_eq!(end.unwrap_err().reason(), "server");
    // The last one divides by zero; those before were handed over long ago.
    assert!(rows.len() >= 1000, "{}", rows.len());
    assert_eq!(rows[0], [Value::Integer(2)]);
}

#[tokio::test]
async fn what_would_fill_the_memory_is_refused() {
    let graph = made(["UNWIND range(1, 1001) AS i CREATE (:Row {i: i})"]).await;
    for query in [
        "MATCH (a:Row), (b:Row) RETURN a.i + b.i AS v",
        "UNWIND range(1, 1000001) AS v RETURN v",
        "MATCH (a:Row), (b:Row) RETURN max(a.i + b.i) AS v",
    ] {
        let error = values(&graph, query).await.unwrap_err();
        assert_eq!(error.reason(), "server", "{query}");
        let shown = error.to_string();
        assert!(
            shown.contains("embedded") && shown.contains("write a narrower MATCH"),
            "{query}: {shown}"
        );
        assert!(!shown.contains("max_work_units"), "{query}: {shown}");
    }
    let million = "MATCH (a:Row), (b:Row) WHERE a.i <= 1000 AND b.i <= 1000 RETURN count(*) AS v";
    assert_eq!(
        values(&graph, million).await,
        Ok(vec![Value::Integer(1_000_000)])
    );
}

#[tokio::test]
async fn keys_that_the_engine_has_for_itself_are_the_users_own() {
    let graph = made([
        "CREATE (:Task {id: 7, name: 'a', title: 't', type: 'x', label: 'l', end: 1}), (:Task {id: 7}), (:Task)",
        "CREATE (:Task {id: 8, due: 'late'})",
        "MATCH (t:Task {id: 8}) SET t.id = 9, t += {name: 'b'}",
    ])
    .await;
    for (query, expected) in [
        (
            "MATCH (t:Task {id: 7}) RETURN count(t) AS v",
            vec![Value::Integer(2)],
        ),
        (
            "MATCH (t:Task) WHERE t.id IS NULL RETURN count(t) AS v",
            vec![Value::Integer(1)],
        ),
        ("MATCH (t:Task {id: 9}) RETURN t.name AS v", vec![text("b")]),
        (
            "MATCH (t:Task {name: 'a'}) RETURN t.title + t.type + t.label + t.end AS v",
            vec![text("txl1")],
        ),
        (
            "MATCH (t:Task {id: 9}) RETURN coalesce(t.title, t.type, t.label, 'none') AS v",
            vec![text("none")],
        ),
        (
            "MATCH (t:Task {due: 'late'}) WITH t {.id, .name} AS m RETURN m.name + m.id AS v",
            vec![text("b9")],
        ),
        (
            "MATCH (t:Task) WHERE 'id__' = 'id__' RETURN DISTINCT 'id__' AS v",
            vec![text("id__")],
        ),
        ("MATCH (t:Task {nothing: 1}) RETURN t.name AS v", vec![]),
    ] {
        assert_eq!(values(&graph, query).await.unwrap(), expected, "{query}");
    }
}

#[tokio::test]
async fn parameters_that_are_maps_keep_their_keys() {
    let graph = graph();
    let row = |id: i64| Literal::Map([("id".to_owned(), Literal::Integer(id))].into());
    let parameters = Parameters::from([("rows".to_owned(), Literal::List(vec![row(1), row(2)]))]);
    let statement = "UNWIND $rows AS row CREATE (n:Task) SET n = row".into();
    graph
        .write(
            &[Change {
                statement,
                parameters,
            }],
            PATIENCE,
        )
        .await
        .unwrap();
    let ids = values(&graph, "MATCH (n:Task) RETURN n.id AS v ORDER BY v")
        .await
        .unwrap();
    assert_eq!(ids, [Value::Integer(1), Value::Integer(2)]);
}

#[tokio::test]
async fn the_names_in_the_graph_are_listed() {
    let graph =
        made(["CREATE (:Agent:Person {name: 'a'})-[:KNOWS {since: 1}]->(:Robot {kind: 'x'})"])
            .await;
    for (query, expected) in [
        (
            "CALL db.labels() YIELD label RETURN label AS v ORDER BY v",
            vec!["Agent", "Person", "Robot"],
        ),
        (
            "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS v",
            vec!["KNOWS"],
        ),
        (
            "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS v ORDER BY v",
            vec!["kind", "name", "since"],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().map(text).collect();
        assert_eq!(values(&graph, query).await.unwrap(), expected, "{query}");
    }
}

#[tokio::test]
async fn explain_reports_mistakes_and_runs_nothing() {
    let graph = graph();
    let file = "// Help.\n/*kpi\nevery = \"1m\"\n*/\nMATCH (n:Agent) RETURN count(n) AS v";
    assert_eq!(
        values(&graph, &format!("EXPLAIN\n{file}")).await,
        Ok(vec![])
    );
    let wrong = format!("EXPLAIN\n{}", file.replace("count(n)", "count(m)"));
    let GraphError::Statement { place, .. } = values(&graph, &wrong).await.unwrap_err() else {
        panic!()
    };
    assert_eq!(
        place,
        Some(Place {
            line: 6,
            column: 30
        })
    );
}

#[tokio::test]
async fn the_default_database_may_be_named() {
    let mut asked = question("RETURN 1 AS v");
    asked.database = Some("neo4j".into());
    assert_eq!(
        asked.rows(&graph()).await,
        Ok(vec![vec![Value::Integer(1)]])
    );
}

#[tokio::test]
async fn columns_without_an_alias_are_named_as_neo4j_names_them() {
    let graph = made(["CREATE (:A {name: 'x', w: 1})"]).await;
    let asked = question("MATCH (a:A) RETURN a.name, percentileCont( a.w, 0.5 ) , count( * )");
    let asked = asked.columns(["count( * )", "a.name", "percentileCont( a.w, 0.5 )"]);
    assert_eq!(
        asked.rows(&graph).await,
        Ok(vec![vec![Value::Integer(1), text("x"), Value::Float(1.0)]])
    );
}

#[tokio::test]
async fn many_change_at_once() {
    let graph = graph();
    let change = change("MERGE (c:Counter) SET c.n = coalesce(c.n, 0) + 1");
    let changes = [change];
    let all = (0..20).map(|_| graph.write(&changes, PATIENCE));
    assert!(
        futures_util::future::join_all(all)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(
        values(&graph, "MATCH (c:Counter) RETURN c.n AS v").await,
        Ok(vec![Value::Integer(20)])
    );
}

#[tokio::test]
async fn a_change_that_takes_too_long_is_not_made() {
    let graph = graph();
    let limit = Duration::from_millis(300);
    let slow = [
        change("CREATE (:Slow)"),
        change("UNWIND range(1, 3000000) AS i CREATE (:Slow {i: i})"),
    ];
    let before = Instant::now();
    assert_eq!(
        graph.write(&slow, limit).await,
        Err(GraphError::Timeout(limit))
    );
    assert!(
        before.elapsed() < limit + stretched(Duration::from_secs(2)),
        "{:?}",
        before.elapsed()
    );
    graph
        .write(&[change("CREATE (:Quick)")], PATIENCE)
        .await
        .unwrap();
    let left = "MATCH (n) RETURN head(labels(n)) AS v";
    assert_eq!(values(&graph, left).await, Ok(vec![text("Quick")]));
}

#[tokio::test]
async fn no_text_is_too_deep() {
    let graph = graph();
    for depth in [50, 1_000, 30_000] {
        let nested = |open: &str, close: &str| {
            format!("RETURN {}1{} AS v", open.repeat(depth), close.repeat(depth))
        };
        for query in [
            nested("(", ")"),
            nested("[", "]"),
            nested("-", ""),
            nested("NOT 1 = ", ""),
            nested("abs(", ")"),
        ] {
            // Answered or refused: a stack that overflows would end this program.
            match values(&graph, &query).await {
                Ok(rows) => assert_eq!(rows.len(), 1),
                Err(error) => assert!(["statement", "server"].contains(&error.reason()), "{error}"),
            }
        }
    }
    assert_eq!(
        values(&graph, "RETURN 7 AS v").await,
        Ok(vec![Value::Integer(7)])
    );
}

/// Set in the program that shows what the engine prints.
const ALONE: &str = "CYPHER_EXPORTER_TEST_PRINTS";

/// The engine would print a warning for each of these. What it prints goes past the capture of a
/// test's output, and another test's output may come between: so the test runs itself again, alone.
#[tokio::test]
async fn nothing_is_printed() {
    if std::env::var_os(ALONE).is_some() {
        let graph = made(["CREATE (:Known {id: 1}), (:Known {id: 1})"]).await;
        for query in [
            "MATCH (n:Unknown) RETURN count(n) AS v",
            "MATCH (n:Known {id: 1}) WHERE n.nothing = 1 RETURN n.id AS v",
        ] {
            values(&graph, query).await.unwrap();
        }
        return;
    }
    let (_, module) = module_path!().split_once("::").unwrap();
    let test = format!("{module}::nothing_is_printed");
    let mut alone = Command::new(std::env::current_exe().unwrap());
    alone
        .args(["--exact", &test, "--nocapture"])
        .env(ALONE, "1");
    let output = alone.output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && out.contains("1 passed"),
        "{out}{err}"
    );
    assert!(
        !out.contains("warning:") && !err.contains("warning:"),
        "{out}{err}"
    );
}

#[tokio::test]
async fn a_query_that_was_given_up_leaves_the_graph_to_others() {
    let graph = graph();
    for kpi in 0..8 {
        let limit = Duration::from_millis(20);
        assert_eq!(
            question(LONG)
                .named(format!("zoo/{kpi}"))
                .within(limit)
                .rows(&graph)
                .await,
            Err(GraphError::Timeout(limit))
        );
    }
    graph.ping(PATIENCE).await.unwrap();
    graph
        .write(&[change("CREATE (:After)")], PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        values(&graph, "MATCH (n:After) RETURN count(n) AS v").await,
        Ok(vec![Value::Integer(1)])
    );
}
