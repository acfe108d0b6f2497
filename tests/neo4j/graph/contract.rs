//! The promises that every kind of graph keeps. Where a kind cannot do as Neo4j does, its table
//! says what it does instead.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cypher::Place;
use cypher::{Change, Literal, Row, UnixMillis, Value};
use cypher_exporter::graph::{Graph, GraphError};
use cypher_exporter::kpi::{BEGINNING, TimeForm};

use crate::graph::asking::{ENDLESS, PATIENCE, question};
use test_support::wait::stretched;

/// What a kind of graph does instead of what Neo4j does.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "embedded"),
    expect(dead_code, reason = "only the embedded graph differs")
)]
pub(crate) enum Instead {
    /// It answers this.
    Answers(&'static Value),
    /// It refuses with an error that says this.
    Refuses(&'static str),
    /// It sees the mistake at this line and column.
    SeesAt(usize, usize),
    /// It gives no row before the error.
    GivesNoRow,
    /// It can be asked this.
    IsAsked(&'static str),
}

/// The differences of a kind of graph, by expression or query; in all else it does as Neo4j does.
pub(crate) type Differences = [(&'static str, Instead)];

/// What a kind of graph is asked in the place of a query.
fn asked<'q>(differences: &Differences, query: &'q str) -> &'q str {
    match instead(differences, query) {
        Some(Instead::IsAsked(query)) => query,
        _ => query,
    }
}

/// What Neo4j does.
pub(crate) const NONE: &Differences = &[];

fn instead(differences: &Differences, case: &str) -> Option<Instead> {
    differences
        .iter()
        .find(|(named, _)| *named == case)
        .map(|(_, instead)| *instead)
}

async fn value(graph: &Graph, expression: &str) -> Result<Value, GraphError> {
    let mut rows = question(format!("RETURN {expression} AS v"))
        .rows(graph)
        .await?;
    assert_eq!(rows.len(), 1, "{expression}");
    Ok(rows.remove(0).remove(0))
}

/// Asks for one value.
async fn gives(
    graph: &Graph,
    differences: &Differences,
    expression: &str,
    right: impl Fn(&Value) -> bool,
) {
    let found = value(graph, expression).await;
    match (instead(differences, expression), found) {
        (None, Ok(found)) => assert!(right(&found), "{expression} is {found:?}"),
        (Some(Instead::Answers(expected)), Ok(found)) => {
            assert_eq!(found, *expected, "{expression}")
        }
        (Some(Instead::Refuses(part)), Err(error)) => {
            assert!(error.to_string().contains(part), "{expression}: {error}")
        }
        (instead, found) => panic!("{expression}: {found:?}, {instead:?}"),
    }
}

async fn still_answers(graph: &Graph) {
    assert_eq!(value(graph, "7").await, Ok(Value::Integer(7)));
}

pub(crate) async fn values_arrive_as_they_are(graph: &Graph, differences: &Differences) {
    for (expression, expected) in [
        ("null", Value::Null),
        ("true", Value::Boolean(true)),
        ("1 > 2", Value::Boolean(false)),
        ("0", Value::Integer(0)),
        ("9007199254740993", Value::Integer(9_007_199_254_740_993)),
        ("-9223372036854775808", Value::Integer(i64::MIN)),
        ("0.1", Value::Float(0.1)),
        ("1e308 * 10", Value::Float(f64::INFINITY)),
        ("-1e308 * 10", Value::Float(f64::NEG_INFINITY)),
        ("''", Value::String(String::new())),
        ("'a \\'b\\'\\n🦀'", Value::String("a 'b'\n🦀".into())),
        ("[1, 2]", Value::Composite("list")),
        ("{a: 1}", Value::Composite("map")),
        ("point({x: 1, y: 2})", Value::Composite("point")),
        ("point({x: 1, y: 2, z: 3})", Value::Composite("point")),
    ] {
        gives(graph, differences, expression, |found| *found == expected).await;
    }
    let is_float = |value: &Value, holds: fn(f64) -> bool| matches!(value, Value::Float(number) if holds(*number));
    gives(graph, differences, "0.0 / 0.0", |value| {
        is_float(value, f64::is_nan)
    })
    .await;
    gives(graph, differences, "-0.0", |value| {
        is_float(value, f64::is_sign_negative)
    })
    .await;
}

pub(crate) async fn times_arrive_as_iso_8601(graph: &Graph, differences: &Differences) {
    for (expression, expected) in [
        ("date('2026-11-21')", "2026-11-21"),
        ("localtime('09:08:07.006')", "09:08:07.006"),
        ("time('09:08:07Z')", "09:08:07Z"),
        ("time('09:08:07+02:00')", "09:08:07+02:00"),
        (
            "localdatetime('2026-11-21T09:08:07.006')",
            "2026-11-21T09:08:07.006",
        ),
        ("datetime('2026-11-21T09:08:07Z')", "2026-11-21T09:08:07Z"),
        (
            "datetime('2026-11-21T09:08:07.5-03:30')",
            "2026-11-21T09:08:07.500-03:30",
        ),
        (
            "datetime('2026-07-21T09:08:07[Europe/Berlin]')",
            "2026-07-21T09:08:07+02:00[Europe/Berlin]",
        ),
        // The hour that the clocks of Berlin show twice.
        (
            "datetime('2026-10-25T02:30:00[Europe/Berlin]')",
            "2026-10-25T02:30:00[Europe/Berlin]",
        ),
        ("duration('P1Y2M3DT4H5M6.7S')", "P1Y2M3DT4H5M6.7S"),
        ("duration('-PT0.5S')", "PT-0.5S"),
        ("duration('PT0S')", "PT0S"),
    ] {
        gives(graph, differences, expression, |found| {
            *found == Value::Temporal(expected.into())
        })
        .await;
    }
    let far = "date({year: 999999999})";
    match (
        instead(differences, far),
        value(graph, far).await.unwrap_err(),
    ) {
        (None, error) => assert_eq!(
            error,
            GraphError::Decode("column `v`: the year is out of range".into())
        ),
        (Some(Instead::Refuses(part)), error) => {
            assert!(error.to_string().contains(part), "{error}")
        }
        (instead, error) => panic!("{error}, {instead:?}"),
    }
    still_answers(graph).await;
}

pub(crate) async fn columns_come_in_the_order_asked_for(graph: &Graph, _: &Differences) {
    let rows = question("UNWIND [1, 2] AS i RETURN i AS a, 10 * i AS b, 'x' AS c, i AS `d e`")
        .columns(["d e", "b", "a"]);
    let expected =
        [1, 2].map(|i| vec![Value::Integer(i), Value::Integer(10 * i), Value::Integer(i)]);
    assert_eq!(rows.rows(graph).await.unwrap(), expected);
}

pub(crate) async fn a_column_that_is_not_there_is_named(graph: &Graph, _: &Differences) {
    let error = question("RETURN 1 AS a")
        .columns(["a", "b"])
        .rows(graph)
        .await
        .unwrap_err();
    assert_eq!(error, GraphError::MissingColumn("b".into()));
    still_answers(graph).await;
}

pub(crate) async fn a_result_without_rows_is_an_answer(graph: &Graph, _: &Differences) {
    assert!(
        question("UNWIND [] AS v RETURN v")
            .rows(graph)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn parameters_of_every_kind_arrive(graph: &Graph, _: &Differences) {
    let inner = Literal::Map(BTreeMap::from([("deep".into(), Literal::Boolean(true))]));
    let mut asked = question(
        "RETURN [$boolean, $integer, $float, $string, $list, $map] = [true, -42, 2.5, 'a \\'b\\'', [1, 'two', []], {inner: {deep: true}}] AS v",
    );
    asked.parameters = BTreeMap::from([
        ("boolean".into(), Literal::Boolean(true)),
        ("integer".into(), Literal::Integer(-42)),
        ("float".into(), Literal::Float(2.5)),
        ("string".into(), Literal::String("a 'b'".into())),
        (
            "list".into(),
            Literal::List(vec![
                Literal::Integer(1),
                Literal::String("two".into()),
                Literal::List(vec![]),
            ]),
        ),
        (
            "map".into(),
            Literal::Map(BTreeMap::from([("inner".into(), inner)])),
        ),
    ]);
    assert_eq!(asked.rows(graph).await.unwrap(), [[Value::Boolean(true)]]);
}

pub(crate) async fn moments_arrive_as_datetimes(graph: &Graph, _: &Differences) {
    let mut asked = question(
        "RETURN $zoned = datetime('2026-11-21T09:08:07.006Z') AND $local = localdatetime('1969-12-31T23:59:59.999') AS v",
    );
    asked.parameters = BTreeMap::from([
        (
            "zoned".into(),
            Literal::DateTime(UnixMillis(1_795_252_087_006)),
        ),
        ("local".into(), Literal::LocalDateTime(UnixMillis(-1))),
    ]);
    assert_eq!(asked.rows(graph).await.unwrap(), [[Value::Boolean(true)]]);
}

pub(crate) async fn the_beginning_is_before_everything_in_every_form(
    graph: &Graph,
    _: &Differences,
) {
    let forms = [
        ("datetime", TimeForm::DateTime),
        ("localdatetime", TimeForm::LocalDateTime),
        ("ms", TimeForm::EpochMillis),
        ("s", TimeForm::EpochSeconds),
        ("iso", TimeForm::Iso),
    ];
    let mut asked = question(
        "RETURN $datetime < datetime('1970-01-01T00:00:00Z') AND $localdatetime < localdatetime('1970-01-01T00:00:00')
            AND $ms < 0 AND $s < 0 AND $iso < '1970' AND datetime($iso) = $datetime AS v",
    );
    asked.parameters = forms
        .map(|(name, form)| (name.to_owned(), form.literal(BEGINNING)))
        .into();
    assert_eq!(asked.rows(graph).await.unwrap(), [[Value::Boolean(true)]]);
}

pub(crate) async fn the_clock_is_in_milliseconds(graph: &Graph, _: &Differences) {
    let ours = || {
        i64::try_from(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_millis(),
        )
        .unwrap()
    };
    let before = ours();
    let clock = graph.acquire().await.clock(PATIENCE).await.unwrap();
    let shown = clock.now;
    // The id with it is that of the database, not of the moment.
    assert_eq!(
        graph
            .acquire()
            .await
            .clock(PATIENCE)
            .await
            .unwrap()
            .database,
        clock.database
    );
    // The server runs on this machine, or on one whose clock is not far off.
    assert!(
        (before - 60_000..=ours() + 60_000).contains(&shown.0),
        "{shown:?}"
    );
}

pub(crate) async fn a_syntax_error_says_where(graph: &Graph, differences: &Differences) {
    for (query, line, column) in [
        ("RETURN x AS v", 1, 8),
        ("MATCH (n)\n  RETRN n AS v", 2, 3),
        // Columns are counted in characters, also after one that is two units of UTF-16.
        ("RETURN '🦀', x AS v", 1, 13),
    ] {
        let error = question(query).rows(graph).await.unwrap_err();
        let GraphError::Statement { message, place } = error else {
            panic!("{query}: {error:?}")
        };
        let (line, column) = match instead(differences, query) {
            Some(Instead::SeesAt(line, column)) => (line, column),
            _ => (line, column),
        };
        assert_eq!(place, Some(Place { line, column }), "{query}: {message}");
        assert!(
            !message.contains('\n') && !message.contains("offset"),
            "{message}"
        );
    }
    still_answers(graph).await;
}

pub(crate) async fn other_faults_in_the_text_are_reported(graph: &Graph, _: &Differences) {
    for (query, part) in [
        ("RETURN $nope AS v", "nope"),
        ("RETURN no.such(1) AS v", "no.such"),
        ("RETURN 1 AS v, 2 AS v", "same name"),
    ] {
        let error = question(query).rows(graph).await.unwrap_err();
        assert!(
            matches!(&error, GraphError::Statement { message, .. } if message.contains(part)),
            "{error:?}"
        );
    }
    still_answers(graph).await;
}

pub(crate) async fn an_error_after_some_rows_follows_them(
    graph: &Graph,
    differences: &Differences,
) {
    let query = "UNWIND range(5000, 0, -1) AS i RETURN 10 / i AS v";
    let (rows, end) = question(query).rows_and_end(graph).await;
    let error = end.unwrap_err();
    assert!(
        matches!(&error, GraphError::Server { code, .. } if code.ends_with("ArithmeticError")),
        "{error:?}"
    );
    match instead(differences, query) {
        Some(Instead::GivesNoRow) => assert_eq!(rows.len(), 0),
        _ => assert!(rows.len() >= 1000, "{} rows", rows.len()),
    }
    still_answers(graph).await;
}

pub(crate) async fn writes_are_refused(graph: &Graph, _: &Differences) {
    for query in [
        "CREATE (n:Contract) RETURN 1 AS v",
        "MATCH (n:Contract) SET n.a = 1 RETURN 1 AS v",
    ] {
        let error = question(query).rows(graph).await.unwrap_err();
        assert!(matches!(error, GraphError::Writes(_)), "{error:?}");
    }
    let left = question("MATCH (n:Contract) RETURN count(n) AS v")
        .rows(graph)
        .await
        .unwrap();
    assert_eq!(left, [[Value::Integer(0)]]);
}

pub(crate) async fn changes_are_made_all_or_none(graph: &Graph, _: &Differences) {
    let change = |statement: &'static str, n: i64| Change {
        statement: statement.into(),
        parameters: BTreeMap::from([("n".into(), Literal::Integer(n))]),
    };
    let create = "CREATE (c:Change) SET c = {n: $n}";
    let held = async || {
        question("MATCH (c:Change) RETURN c.n AS v ORDER BY v")
            .rows(graph)
            .await
            .unwrap()
    };
    let empty = change("MATCH (c:Change) WHERE c.n >= $n DETACH DELETE c", 0);
    graph
        .write(&[change(create, 1), change(create, 2)], PATIENCE)
        .await
        .unwrap();
    assert_eq!(held().await, [[Value::Integer(1)], [Value::Integer(2)]]);

    let failing = [
        empty.clone(),
        change(create, 3),
        change("CREATE (c:Change) SET c = {n: 1 / $n}", 0),
    ];
    let error = graph.write(&failing, PATIENCE).await.unwrap_err();
    assert_eq!(error.reason(), "server", "{error}");
    assert_eq!(held().await, [[Value::Integer(1)], [Value::Integer(2)]]);

    graph.write(&[empty], PATIENCE).await.unwrap();
    assert!(held().await.is_empty());
}

pub(crate) async fn an_unknown_database_is_reported(graph: &Graph, _: &Differences) {
    let mut asked = question("RETURN 1 AS v");
    asked.database = Some("nowhere".into());
    let error = asked.rows(graph).await.unwrap_err();
    assert!(
        matches!(&error, GraphError::Database(message) if message.contains("nowhere")),
        "{error:?}"
    );
    still_answers(graph).await;
}

pub(crate) async fn a_sink_that_breaks_ends_the_query(graph: &Graph, differences: &Differences) {
    let mut taken = 0;
    let enough = |_: &Row| {
        taken += 1;
        if taken == 10 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    // Would take hours to the end.
    let query = "UNWIND range(1, 1000000000000) AS v RETURN v";
    question(asked(differences, query))
        .ask(graph, enough)
        .await
        .unwrap();
    assert_eq!(taken, 10);
    still_answers(graph).await;
}

pub(crate) async fn a_deadline_holds(graph: &Graph, differences: &Differences) {
    still_answers(graph).await;
    let limit = Duration::from_millis(500);
    let before = Instant::now();
    let error = question(asked(differences, ENDLESS))
        .within(limit)
        .rows(graph)
        .await
        .unwrap_err();
    let took = before.elapsed();
    assert_eq!(error, GraphError::Timeout(limit));
    // The query itself would take hours.
    assert!(
        (limit..limit + stretched(Duration::from_secs(2))).contains(&took),
        "{took:?}"
    );
    still_answers(graph).await;
}

pub(crate) async fn a_dropped_query_harms_no_other(graph: &Graph, differences: &Differences) {
    for milliseconds in [1, 10, 100] {
        let question = question(asked(differences, ENDLESS));
        let dropped =
            tokio::time::timeout(Duration::from_millis(milliseconds), question.rows(graph)).await;
        assert!(dropped.is_err());
        still_answers(graph).await;
    }
}

pub(crate) async fn many_queries_run_at_the_same_time(graph: &Graph, _: &Differences) {
    let ask = async |i: i64| {
        let rows = question(format!("UNWIND range(1, 2000) AS x RETURN x + {i} AS v"))
            .rows(graph)
            .await
            .unwrap();
        assert_eq!(rows.len(), 2000);
        assert_eq!(rows[1999], [Value::Integer(2000 + i)]);
    };
    futures_util::future::join_all((0..20).map(ask)).await;
}
