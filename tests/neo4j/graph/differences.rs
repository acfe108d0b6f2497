//! What the embedded engine does otherwise than Neo4j: the table that the contract goes by, what is
//! refused and with which words, and what is answered otherwise.

use cypher::Place;
use cypher::Value;
use cypher_exporter::graph::GraphError;

use crate::graph::alike::{answer, open_zoo};
use crate::graph::asking::{ENDLESS, graph};
use crate::graph::contract::{Differences, Instead};
use crate::graph::engine;
use test_support::neo4j;

/// Takes minutes, by single rows.
pub(crate) const LONG: &str = "WITH range(1, 30) AS bs UNWIND range(1, 900000) AS a
     WITH a, reduce(s = 0, b IN bs | s + a % b) AS s WHERE s < 0 RETURN count(*) AS v";

/// The differences in what the contract asks.
pub(crate) const EMBEDDED: &Differences = &[
    ("0.0 / 0.0", Instead::Answers(&Value::Null)),
    (
        "point({x: 1, y: 2})",
        Instead::Refuses("Cartesian points are not supported"),
    ),
    (
        "point({x: 1, y: 2, z: 3})",
        Instead::Refuses("3D points are not supported"),
    ),
    (
        "duration('-PT0.5S')",
        Instead::Refuses("cannot parse '-PT0.5S'"),
    ),
    (
        "date({year: 999999999})",
        Instead::Refuses("999999999-01-01 is not a valid date"),
    ),
    // It reads the pattern to its end before it looks at it.
    ("MATCH (n)\n  RETRN n AS v", Instead::SeesAt(2, 11)),
    // Without a pattern nothing is streamed: all rows are made first.
    (
        "UNWIND range(5000, 0, -1) AS i RETURN 10 / i AS v",
        Instead::GivesNoRow,
    ),
    // It holds at most a million rows.
    (ENDLESS, Instead::IsAsked(LONG)),
    (
        "UNWIND range(1, 1000000000000) AS v RETURN v",
        Instead::IsAsked("UNWIND range(1, 1000000) AS v RETURN v"),
    ),
];

#[test]
fn the_contract_knows_every_case_of_its_table() {
    let contract = [include_str!("contract.rs"), include_str!("asking.rs")]
        .concat()
        .replace("\\n", "\n");
    for (case, _) in EMBEDDED {
        assert!(contract.contains(case), "{case}");
    }
}

/// Without the refusal the engine would answer nothing at all where there are no rows.
const HIDDEN: &str = "in a condition or a loop: compute it in a WITH first";

/// What the engine refuses and Neo4j does not: the statement, the column of the place, and what the
/// error says.
const REFUSED: &[(&str, Option<usize>, &str)] = &[
    (
        "RETURN apoc.text.join(['a'], ',') AS v",
        Some(8),
        "support `apoc.text.join`: write it in plain Cypher",
    ),
    (
        "CALL apoc.meta.stats() YIELD labels RETURN 1 AS v",
        Some(6),
        "support `apoc.meta.stats`: write it in plain Cypher",
    ),
    (
        "MATCH (b:Beast&Caged) RETURN count(*) AS v",
        Some(15),
        "support `A&B` for labels: write `WHERE n:A AND n:B`",
    ),
    (
        "MATCH (b:!Caged) RETURN count(*) AS v",
        Some(10),
        "support `!A` for labels: write `WHERE NOT n:A`",
    ),
    (
        "MATCH (k)-[:FEEDS]->{1,2}(b) RETURN count(*) AS v",
        Some(21),
        "support quantified paths: write a path of variable length",
    ),
    (
        "MATCH (()-[:FEEDS]->()){,2} RETURN count(*) AS v",
        Some(24),
        "support quantified paths",
    ),
    (
        "RETURN size(COLLECT { MATCH (b:Beast) RETURN b.id }) AS v",
        Some(13),
        "support `COLLECT {}`: write `CALL (n) {",
    ),
    (
        "USE neo4j RETURN 1 AS v",
        Some(1),
        "support `USE`: remove it",
    ),
    (
        "EXPLAIN USE neo4j RETURN 1 AS v",
        Some(9),
        "support `USE`: remove it",
    ),
    (
        "LOAD CSV FROM 'file:///x' AS l RETURN l AS v",
        Some(1),
        "support `LOAD CSV`: pass the rows as a parameter",
    ),
    (
        "RETURN timestamp() AS v",
        Some(8),
        "support `timestamp`: write `datetime().epochMillis`",
    ),
    (
        "RETURN datetime({epochMillis: 5}) AS v",
        Some(18),
        "write `datetime('1970-01-01T00:00:00Z') + duration(",
    ),
    (
        "RETURN datetime.fromEpochMillis(5) AS v",
        Some(8),
        "write `datetime('1970-01-01T00:00:00Z') + duration(",
    ),
    (
        "UNWIND [1, 2] AS x RETURN stDevP(x) AS v",
        Some(27),
        "support `stDevP`: write `stDev`",
    ),
    (
        "RETURN isEmpty('') AS v",
        Some(8),
        "support `isEmpty`: write `size(x) = 0`",
    ),
    (
        "RETURN isNaN(0.5) AS v",
        Some(8),
        "support `isNaN`: write `x IS NULL`",
    ),
    (
        "RETURN nullIf(1, 1) AS v",
        Some(8),
        "support `nullIf`: write `CASE WHEN",
    ),
    ("RETURN 1 < 2 < 3 AS v", Some(14), "write `a < b AND b < c`"),
    (
        "MATCH (b:Beast) WHERE 2 < b.id <= 5 RETURN count(*) AS v",
        Some(32),
        "write `a < b AND b < c`",
    ),
    ("RETURN e() AS v", Some(8), "Unknown function: e"),
    (
        "RETURN toIntegerOrNull([]) AS v",
        Some(8),
        "Unknown function: toint",
    ),
    (
        "RETURN toStringList([1]) AS v",
        Some(8),
        "Unknown function: tostr",
    ),
    (
        "RETURN toBoolean(1) AS v",
        None,
        "toBoolean() expects a boolean or a string",
    ),
    ("RETURN duration('-P1D') AS v", None, "cannot parse '-P1D'"),
    (
        "RETURN reduce(s = 0, x IN collect(1) | s + x) AS v",
        Some(27),
        HIDDEN,
    ),
    (
        "RETURN any(x IN collect(1) WHERE x > 1) AS v",
        Some(17),
        HIDDEN,
    ),
    (
        "MATCH (b) RETURN CASE WHEN count(b) = 0 THEN 0 ELSE 1 END AS v",
        Some(28),
        HIDDEN,
    ),
    (
        "MATCH (b) RETURN CASE count(b) WHEN 0 THEN 0 ELSE 1 END AS v",
        Some(23),
        HIDDEN,
    ),
    (
        "MATCH (b) RETURN 1 + CASE WHEN b:Beast THEN 1 ELSE 2 END, NOT abs(count(b)) = 0 AS v",
        Some(67),
        HIDDEN,
    ),
    (
        "MATCH (b) RETURN count(b) > 0 AND sum(b.weight) > 0 AS v",
        Some(18),
        HIDDEN,
    ),
    (
        "MATCH (b) WITH max(b.weight) IS NULL AS v RETURN v",
        Some(16),
        HIDDEN,
    ),
    (
        "SHOW TRANSACTIONS YIELD metaData RETURN 1 AS v",
        Some(1),
        "support `SHOW`: use Neo4j",
    ),
    (
        "SHOW PROCEDURES YIELD name RETURN count(*) AS v",
        Some(1),
        "support `SHOW`: use Neo4j",
    ),
    (
        "RETURN COUNT { MATCH (b:Beast) RETURN DISTINCT b.kind } AS v",
        Some(32),
        "RETURN count(DISTINCT x) AS xs }`",
    ),
    (
        "RETURN COUNT { MATCH (b:Beast) RETURN b } AS v",
        Some(32),
        "leave out its RETURN",
    ),
    (
        "RETURN EXISTS { MATCH (b:Beast) WITH b.id AS i WHERE i > 3 RETURN i } AS v",
        Some(33),
        "write `CALL (n) {",
    ),
    (
        "RETURN COUNT { MATCH (b:Caged) UNION MATCH (b:Keeper) } AS v",
        Some(32),
        "write `CALL (n) {",
    ),
    (
        "MATCH (b:Beast WHERE b.id = 3) RETURN count(*) AS v",
        Some(16),
        "write it after the pattern",
    ),
    (
        "MATCH (b)<-[f:FEEDS WHERE f.times > 3]-() RETURN count(*) AS v",
        Some(21),
        "write it after the pattern",
    ),
    (
        "MATCH (b) WHERE b:Caged|Keeper RETURN count(*) AS v",
        Some(24),
        "write `(n:A OR n:B)`",
    ),
    (
        "MATCH (b:Beast)<-[f]->(c) RETURN count(*) AS v",
        Some(16),
        "support `<-[r]->`: write `-[r]-`",
    ),
    (
        "MATCH (b:Beast)<-->(c) RETURN count(*) AS v",
        Some(16),
        "support `<-[r]->`: write `-[r]-`",
    ),
    (
        "RETURN trim(BOTH 'x' FROM 'xax') AS v",
        Some(22),
        "support `trim(… FROM …)`: write `trim(x)`",
    ),
    (
        "OPTIONAL CALL () { MATCH (n:Nobody) RETURN n } RETURN n.x AS v",
        Some(1),
        "{ OPTIONAL MATCH …",
    ),
    (
        "RETURN CASE 3 WHEN > 2 THEN 'a' ELSE 'b' END AS v",
        Some(15),
        "write `CASE WHEN x > 2 THEN …`",
    ),
    (
        "RETURN CASE 3 WHEN IS NULL THEN 'a' ELSE 'b' END AS v",
        Some(15),
        "write `CASE WHEN x > 2 THEN …`",
    ),
    (
        "RETURN CASE 3 WHEN 1, 3 THEN 'a' ELSE 'b' END AS v",
        Some(15),
        "write `CASE WHEN x > 2 THEN …`",
    ),
    (
        "RETURN round(2.5, 0, 'HALF_EVEN') AS v",
        Some(8),
        "write `round(x, 1)`, `floor(x)` or `ceil(x)`",
    ),
    (
        "RETURN split('a,b;c', [',', ';'])[1] AS v",
        Some(23),
        "write `split(replace(x, ';', ','), ',')`",
    ),
    // Its regular expressions look neither ahead nor behind.
    (
        "RETURN 'ab' =~ 'a(?=b).' AS v",
        None,
        "'a(?=b).': look-around",
    ),
    (
        "RETURN size(range(1, 2000000)) AS v",
        None,
        "write a narrower MATCH",
    ),
    (
        "MATCH (n IS Beast) RETURN count(*) AS v",
        Some(20),
        "Pattern parse error",
    ),
    // It would count days where Neo4j counts months and days, without a word.
    (
        "RETURN duration.between(date('2026-01-01'), date('2026-03-04')).days AS v",
        Some(8),
        "write `duration.inDays`",
    ),
    // It would glue lists together as text.
    (
        "RETURN size([1] || [2]) AS v",
        Some(17),
        "support `||`: write `+`",
    ),
    (
        "WITH {a: 1} AS m RETURN m {.*, c: 3}.c AS v",
        Some(27),
        "list the keys: `x {.a, .b, c: 1}`",
    ),
    (
        "MATCH (b:Beast) WITH b {.id} AS b RETURN b {.*, x: 1}.x AS v",
        Some(44),
        "list the keys",
    ),
    // It would take no notice of the order.
    (
        "UNWIND [2, 1, 1] AS x RETURN x AS y, count(*) AS v ORDER BY x LIMIT 1",
        Some(52),
        "order by the name of a column",
    ),
];

#[tokio::test]
async fn what_the_engine_cannot_do_is_refused_clearly() {
    let engine = engine::graph();
    for (query, column, part) in REFUSED {
        let error = answer(&engine, query).await.unwrap_err();
        assert!(error.to_string().contains(part), "{query}: {error}");
        assert!(
            error.to_string().contains("embedded graph"),
            "{query}: {error}"
        );
        let GraphError::Statement { message, place } = error else {
            assert_eq!(*column, None, "{query}: {error:?}");
            continue;
        };
        assert_eq!(
            place,
            column.map(|column| Place { line: 1, column }),
            "{query}: {message}"
        );
    }
}

/// What both answer, but not alike: the statement, what Neo4j says, what the engine says.
const ANSWERED_OTHERWISE: &[(&str, &str, &str)] = &[
    // What is no number is null: a row without a value, as a KPI counts it.
    ("RETURN 1.0 / 0 AS v", "inf", "null"),
    ("RETURN sqrt(-1) AS v", "NaN", "null"),
    ("RETURN log(0) AS v", "-inf", "null"),
    // Halves are rounded away from zero.
    ("RETURN round(-2.5) AS v", "-2.0", "-3.0"),
    ("RETURN round(1.005, 2) AS v", "1.01", "1.0"),
    // A whole number and its fraction are two values where they are told apart, and equal where
    // they are compared.
    (
        "UNWIND [1, 1.0] AS x RETURN count(DISTINCT x) AS v",
        "1",
        "2",
    ),
    (
        "UNWIND [1, 1.0, 2] AS x RETURN x AS v, count(*) AS n",
        "1, 2; 2, 1",
        "1, 1; 1.0, 1; 2, 1",
    ),
    (
        "UNWIND [1, 1.0] AS x WITH DISTINCT x RETURN count(*) AS v",
        "1",
        "2",
    ),
    (
        "UNWIND [[1], [1.0]] AS x WITH DISTINCT x RETURN count(*) AS v",
        "1",
        "2",
    ),
    ("RETURN 1 AS v UNION RETURN 1.0 AS v", "1", "1; 1.0"),
    (
        "RETURN 9007199254740993 = 9007199254740992.0 AS v",
        "true",
        "false",
    ),
    (
        "UNWIND [1.0, 0.0 / 0.0] AS x RETURN count(x) AS v",
        "2",
        "1",
    ),
    // Text is read and written in another way.
    ("RETURN toInteger(1e19) AS v", "9223372036854775807", "null"),
    (
        "RETURN toInteger('9223372036854775808') AS v",
        "refused",
        "null",
    ),
    ("RETURN toFloat(' 1.5') AS v", "1.5", "null"),
    ("RETURN toFloat('1f') AS v", "1.0", "null"),
    ("RETURN toBoolean(' true ') AS v", "true", "null"),
    ("RETURN toString(1e7) AS v", "'1.0E7'", "'10000000.0'"),
    ("RETURN 'x' + 1e7 AS v", "'x1.0E7'", "'x10000000.0'"),
    (
        "RETURN toString(1e20) AS v",
        "'1.0E20'",
        "'100000000000000000000.0'",
    ),
    (
        "RETURN toString(localtime('09:08:00')) AS v",
        "'09:08:00'",
        "'09:08'",
    ),
    (
        "RETURN toString(datetime('2026-11-21T10:05:00Z')) AS v",
        "'2026-11-21T10:05:00Z'",
        "'2026-11-21T10:05Z'",
    ),
    // What does not go together is no error.
    (
        "RETURN 'at ' + date('2026-11-21') AS v",
        "refused",
        "'at 2026-11-21'",
    ),
    ("RETURN 'a' =~ 1 AS v", "refused", "false"),
    (
        "RETURN date('2026-11-21') + 1 AS v",
        "refused",
        "2026-11-22",
    ),
    ("RETURN size({a: 1}) AS v", "refused", "1"),
    ("RETURN substring('abc', -1) AS v", "refused", "'abc'"),
    ("RETURN substring(5, 1) AS v", "refused", "''"),
    ("RETURN toLower(1) AS v", "refused", "null"),
    (
        "MATCH (b:Beast) RETURN toUpper(b.id) AS v LIMIT 1",
        "refused",
        "null",
    ),
    (
        "MATCH (b:Beast) RETURN abs(b.kind) AS v LIMIT 1",
        "refused",
        "null",
    ),
    (
        "MATCH (b:Beast) RETURN sqrt(b.kind) AS v LIMIT 1",
        "refused",
        "null",
    ),
    ("MATCH (b:Beast) RETURN avg(b.kind) AS v", "refused", "null"),
    ("MATCH (b:Beast) RETURN sum(b.born) AS v", "refused", "0"),
    (
        "MATCH (b:Beast) WHERE b.id RETURN count(*) AS v",
        "refused",
        "12",
    ),
    ("RETURN 'a' + true AS v", "refused", "'atrue'"),
    (
        "MATCH (b:Beast {id: 1}) RETURN b.kind * 2 AS v",
        "refused",
        "null",
    ),
    ("MATCH (b:Beast) RETURN sum(b.kind) AS v", "refused", "0"),
    // Durations are not added up.
    (
        "UNWIND [duration('P1D'), duration('PT12H')] AS x RETURN sum(x) AS v",
        "P1DT12H",
        "0",
    ),
    (
        "UNWIND [duration('P1D'), duration('PT12H')] AS x RETURN avg(x) AS v",
        "PT18H",
        "null",
    ),
    ("RETURN duration('P1D') / 2 AS v", "PT12H", "null"),
    ("RETURN duration('PT1H') * 1.5 AS v", "PT1H30M", "null"),
    // Nor are they put in an order by their length, but month by month, day by day and second by
    // second.
    (
        "UNWIND [duration('PT25H'), duration('P1D')] AS x RETURN max(x) AS v",
        "PT25H",
        "P1D",
    ),
    (
        "UNWIND [duration('PT25H'), duration('P1D')] AS x RETURN x AS v ORDER BY x",
        "P1D; PT25H",
        "PT25H; P1D",
    ),
    (
        "RETURN date('2026-11-21') + duration('PT25H') AS v",
        "2026-11-22",
        "2026-11-21",
    ),
    // Datetimes are compared as moments, also with dates and with text.
    (
        "RETURN datetime('2026-11-21T09:00:00Z') = datetime('2026-11-21T10:00:00+01:00') AS v",
        "false",
        "true",
    ),
    (
        "RETURN datetime('2026-11-21T00:00:00Z') = date('2026-11-21') AS v",
        "false",
        "true",
    ),
    (
        "RETURN datetime('2026-11-21T00:00:00Z') < date('2026-11-22') AS v",
        "null",
        "true",
    ),
    (
        "RETURN datetime('2026-11-21T00:00:00Z') = '2026-11-21' AS v",
        "false",
        "true",
    ),
    (
        "MATCH (b:Beast) WHERE NOT b.born > '2026-01-05' RETURN count(*) AS v",
        "0",
        "4",
    ),
    (
        "MATCH (b:Beast) RETURN b.born > '2026-01-05' AS v, count(*) AS n",
        "null, 12",
        "false, 4; true, 8",
    ),
    (
        "RETURN datetime('2026-01-01T00:00Z') IN [datetime('2026-01-01T01:00+01:00')] AS v",
        "false",
        "true",
    ),
    (
        "UNWIND [datetime('2026-11-21T10:00Z'), datetime('2026-11-21T11:00+01:00')] AS x RETURN count(DISTINCT x) AS v",
        "2",
        "1",
    ),
    // So a window whose `time` is a local datetime counts what Neo4j does not.
    (
        "MATCH (b:Beast) WHERE b.born > localdatetime('2026-01-05T00:00:00') RETURN count(*) AS v",
        "0",
        "8",
    ),
    (
        "MATCH (b:Beast) WHERE b.born <= localdatetime('2026-01-05T00:00:00') RETURN count(*) AS v",
        "0",
        "4",
    ),
    // A time without a zone has that of the other one, but for its winter and summer.
    (
        "RETURN duration.inSeconds(localdatetime('2026-03-28T12:00'), datetime('2026-03-29T12:00[Europe/Berlin]')).hours AS v",
        "23",
        "24",
    ),
    // The parts of a time have one spelling, and what is no part of it is null.
    ("RETURN date('2026-11-21').dayofweek AS v", "6", "null"),
    (
        "RETURN datetime('2026-11-21T10:00:00Z').epochmillis AS v",
        "1795255200000",
        "null",
    ),
    (
        "RETURN datetime('2026-11-21T10:00:00Z').minutes AS v",
        "refused",
        "null",
    ),
    ("RETURN date('2026-11-21').hour AS v", "refused", "0"),
    (
        "RETURN date('2026-11-21').epochSeconds AS v",
        "refused",
        "1795219200",
    ),
    (
        "RETURN datetime('1969-12-31T23:59:59.5Z').epochSeconds AS v",
        "0",
        "-1",
    ),
    (
        "RETURN datetime('2026-11-21 10:00:00Z') AS v",
        "refused",
        "2026-11-21T10:00:00Z",
    ),
    (
        "RETURN date({year: 2026, day: 5}) AS v",
        "refused",
        "2026-01-05",
    ),
    // As a whole, the properties of a node have a key more.
    (
        "MATCH (k:Keeper {name: 'Bob'}) RETURN properties(k) = {name: 'Bob'} AS v",
        "true",
        "false",
    ),
    // Keys that look like the other names that some keys have in the engine are not told apart in
    // `keys`, nor when computed.
    ("UNWIND keys({id__: 1}) AS v RETURN v", "'id__'", "'id____'"),
    (
        "WITH {id: 1} AS m, 'id__' AS key RETURN m[key] AS v",
        "null",
        "1",
    ),
    // It takes what Neo4j refuses.
    (
        "UNWIND [1, 2, 3, 4] AS x RETURN x % 2 + count(*) AS v",
        "refused",
        "5",
    ),
    (
        "MATCH (b:Beast) WITH count(*) AS n MATCH (c:Caged) RETURN 1.0 * count(c) / n AS v",
        "refused",
        "0.5",
    ),
    (
        "MATCH (k:Keeper {name: 'Bob'}) WITH k.name, count(*) AS n RETURN n AS v",
        "refused",
        "1",
    ),
    ("MATCH (n:Nobody) RETURN no.such(n) AS v", "refused", ""),
];

#[tokio::test]
async fn what_the_engine_answers_otherwise_is_known() {
    let engine = engine::graph();
    open_zoo(&engine).await;
    for (query, _, expected) in ANSWERED_OTHERWISE {
        let found = answer(&engine, query).await;
        assert_eq!(
            found.map(|rows| rows.join("; ")),
            Ok((*expected).to_owned()),
            "{query}"
        );
    }
    let Some(server) = &neo4j::alone().await else {
        return;
    };
    let neo4j = graph(server);
    open_zoo(&neo4j).await;
    for (query, expected, _) in ANSWERED_OTHERWISE {
        let found = answer(&neo4j, query).await;
        assert_eq!(
            found.map_or_else(|_| "refused".to_owned(), |rows| rows.join("; ")),
            *expected,
            "{query}"
        );
    }
}

/// A loop inside one expression does not notice that its caller stopped waiting: the engine checks
/// for that between rows. Others do not wait for it, and its own KPI is not asked again, since each
/// run would leave one more behind.
#[tokio::test]
async fn a_long_expression_delays_no_other_query() {
    let engine = engine::graph();
    let long = "WITH range(1, 1200) AS r RETURN reduce(s = 0, a IN r | s + reduce(t = 0, b IN r | t + a * b)) AS v";
    let limit = std::time::Duration::from_millis(500);
    let asked = crate::graph::asking::question(long).named("zoo/long");
    assert_eq!(
        asked.clone().within(limit).rows(&engine).await,
        Err(GraphError::Timeout(limit))
    );
    assert_eq!(
        answer(&engine, "RETURN 7 AS v").await,
        Ok(vec!["7".to_owned()])
    );
    let again = asked.rows(&engine).await.unwrap_err().to_string();
    assert!(
        again.contains("an earlier run of this query has not ended"),
        "{again}"
    );
    assert!(again.contains("embedded graph"), "{again}");
}

#[tokio::test]
async fn a_kpi_is_asked_again_once_its_long_expression_is_through() {
    let engine = engine::graph();
    let long = "WITH range(1, 100) AS r RETURN reduce(s = 0, a IN r | s + reduce(t = 0, b IN r | t + a * b)) AS v";
    let limit = std::time::Duration::from_micros(1);
    let asked = crate::graph::asking::question(long);
    asked.clone().within(limit).rows(&engine).await.unwrap_err();
    let again = async || asked.rows(&engine).await;
    crate::graph::asking::until("the engine is free", again, Result::is_ok)
        .await
        .unwrap();
}
