//! Tests of the scan as tables of texts.

use super::*;
use proptest::prelude::*;

fn columns(text: &str) -> Vec<String> {
    match scan(text) {
        Ok(statement) => statement
            .columns
            .into_iter()
            .map(|column| column.name)
            .collect(),
        Err(faults) => panic!("{text}\n{faults:#?}"),
    }
}

fn faults(text: &str) -> Vec<Fault> {
    scan(text).expect_err(text)
}

/// Each fault as the text of its span and its message.
fn shown(text: &str) -> Vec<(&str, String)> {
    faults(text)
        .into_iter()
        .map(|fault| (&text[fault.span], fault.message))
        .collect()
}

fn names(named: &[Named]) -> Vec<&str> {
    named.iter().map(|named| named.name.as_str()).collect()
}

#[test]
fn columns_are_named_as_the_server_names_them() {
    for (text, expected) in [
        ("RETURN 1 AS value", &["value"][..]),
        ("MATCH (n) RETURN n.a AS a, count(*)", &["a", "count(*)"]),
        (
            "RETURN 1 /* c */ + 2 /* d */, 2 // e",
            &["1 /* c */ + 2", "2"],
        ),
        ("WITH 1 AS n RETURN ( ( n ) ), (n + 1)", &["n", "(n + 1)"]),
        (
            "WITH {a: 1} AS n RETURN n {.a}, n . a, `n` AS `b``c`",
            &["n", "n . a", "b`c"],
        ),
        (
            "WITH 1 AS `a b` RETURN DISTINCT `a b` ORDER BY `a b` SKIP 1 LIMIT 2;",
            &["a b"],
        ),
        (
            r"RETURN 1 AS a\u0062c, 1\u002B1, 'x\u0027",
            &["abc", r"1\u002B1", r"'x\"],
        ),
        ("RETURN 1 AS x UNION RETURN 2 AS y", &["x"]),
        (
            "WITH 1 AS x RETURN x ORDER BY COUNT { MATCH (m) RETURN m.y }",
            &["x"],
        ),
        (
            "CALL { RETURN 1 AS inner } RETURN inner AS outer",
            &["outer"],
        ),
        (
            "RETURN COLLECT { MATCH (n) RETURN n.x } AS list, EXISTS { (a)-->() }",
            &["list", "EXISTS { (a)-->() }"],
        ),
        (
            "RETURN CASE WHEN true THEN 1 END, null",
            &["CASE WHEN true THEN 1 END", "null"],
        ),
        ("WITH 1 AS distinct RETURN distinct distinct", &["distinct"]),
        ("WITH 1 AS desc RETURN DISTINCT desc", &["desc"]),
        ("MATCH (distinct) RETURN distinct {.x}", &["distinct"]),
        (
            "WITH true AS case, true AS not RETURN case AS a, not",
            &["a", "not"],
        ),
        (
            "WITH datetime() AS t RETURN t IS :: TIMESTAMP WITH TIME ZONE AS zoned",
            &["zoned"],
        ),
        (
            "WITH true AS union RETURN NOT union, NOT union AND union AS x",
            &["NOT union", "x"],
        ),
        (
            "WITH true AS not RETURN not UNION RETURN false AS not",
            &["not"],
        ),
        ("WITH 1 AS as RETURN DISTINCT as", &["as"]),
        (
            "WITH true AS as RETURN NOT as, NOT as AND as OR as AS is",
            &["NOT as", "is"],
        ),
        ("MATCH (not) WHERE not IS where RETURN not", &["not"]),
        (
            "WITH 'abc' AS case WHERE case STARTS WITH 'a' RETURN case",
            &["case"],
        ),
        (
            "WITH 1 AS case RETURN (case), - case AS contains",
            &["case", "contains"],
        ),
        (
            "WITH 1 AS optional RETURN CASE optional WHEN 1 THEN 2 END AS x, 3",
            &["x", "3"],
        ),
        (
            "WITH 2 AS n RETURN CASE n WHEN 1, 2 THEN 'a' WHEN 3, > 4 THEN 'b' END AS size, 3",
            &["size", "3"],
        ),
        (
            "SHOW INDEXES YIELD name, state AS s WHERE s = 'x' RETURN count(name) AS value",
            &["value"],
        ),
        (
            "USE neo4j CALL db.labels() YIELD label RETURN label",
            &["label"],
        ),
        ("CYPHER 5 planner=cost RETURN 1 AS value", &["value"]),
    ] {
        assert_eq!(columns(text), expected, "{text}");
    }
}

#[test]
fn a_read_only_query_passes_whatever_its_names_are() {
    for text in [
        "MATCH (n:SET) WHERE n IS CREATE AND n.delete > 1 RETURN n.set AS merge",
        "WITH 1 AS set, 2 AS delete RETURN set + delete AS x, [create IN [set] | create] AS y",
        "WITH {set: 1, delete: {load: 2}} AS merge RETURN merge {.set, delete: 1} AS x",
        "MATCH set = (a)-[:DELETE|SET]->(create {merge: 1}) RETURN set",
        "WITH true AS set WHERE NOT set RETURN set",
        "WITH true AS on WHERE NOT on RETURN on",
        "WITH true AS union WHERE NOT union RETURN union",
        "RETURN EXISTS { match = (a)-->(b) WHERE a.set } AS x",
        "MATCH (set) USING SCAN set:create WHERE set:create RETURN set",
        "WITH 1 AS set RETURN CASE set WHEN 1 THEN set ELSE set END AS x",
        "WITH [1] AS transactions, {a: 1} AS call RETURN call {.a} IN transactions AS x",
        "WITH {load: 1} AS apoc RETURN apoc.load AS x",
        "RETURN 'LOAD CSV FROM' AS x /* SET n.x = 1 */ // DELETE n",
        "WITH 1 AS load, 2 AS csv RETURN load, csv",
        "MATCH (n) RETURN n.`SET x` AS x",
        "SHOW ROLE create PRIVILEGES AS REVOKE COMMANDS YIELD command RETURN command",
        "RETURN apoc.create.uuid() AS id",
        "CALL apoc.create.vNode(['A'], {}) YIELD node RETURN node",
        "CALL gds.pageRank.stream('g') YIELD score RETURN sum(score) AS value",
        "RETURN 1 AS ſET",
        "MATCH (x) ((a)-->(b))+ WHERE x.y + 1 > 2 RETURN x",
    ] {
        columns(text);
    }
}

#[test]
fn a_statement_that_does_more_than_read_is_rejected_with_its_place() {
    for (text, at) in [
        ("CREATE (n)", "CREATE"),
        ("MATCH (n) SET n.x = 1", "SET"),
        ("MATCH (n) WITH n AS set SET set.x = 1 RETURN set", "SET"),
        (r"MATCH (n) S\u0045T n.x = 1 RETURN n", r"S\u0045T"),
        ("MATCH (n) WHERE n.x='y'SET n.y = 1 RETURN n", "SET"),
        ("MATCH(n)DELETE(n)RETURN 1 AS x", "DELETE"),
        ("MATCH (n) WHERE n IS A SET n.x = 1 RETURN n", "SET"),
        ("MATCH (n) WHERE n:% SET n.x = 1 RETURN n", "SET"),
        (
            "MATCH (n) WHERE n.x IS :: LIST<INTEGER> SET n.x = 1 RETURN n",
            "SET",
        ),
        ("MATCH (x) ((a)-->(b))+ SET x.y = 1 RETURN x", "SET"),
        ("MATCH (not) WITH not SET not.x = 1 RETURN 1 AS x", "SET"),
        (
            "MATCH (case) WITH case ORDER BY case DESC DELETE case",
            "DELETE",
        ),
        (
            "MATCH (case) WITH case OPTIONAL MATCH (n) DELETE case",
            "DELETE",
        ),
        (
            "WITH true AS end MATCH (n) WHERE CASE WHEN end THEN end ELSE end END SET n.x = 1",
            "SET",
        ),
        ("MATCH (is) WHERE is IS is SET is.x = 1 RETURN is", "SET"),
        (
            "MATCH (n) USING INDEX seek:A(x) REMOVE n.x RETURN n",
            "REMOVE",
        ),
        (
            "MATCH (n) RETURN n.x AS x UNION MERGE (m) RETURN 1 AS x",
            "MERGE",
        ),
        (
            "MATCH (n) CALL { WITH n DETACH DELETE n } RETURN n",
            "DETACH",
        ),
        ("FOREACH (x IN [1] | CREATE ()) RETURN 1 AS x", "FOREACH"),
        ("'\n'//\u{2028}\rCREATE (n) RETURN 1 AS x", "CREATE"),
        (r"RETURN 1 AS x // \u000a CREATE (n)", "CREATE"),
        (r"RETURN 1 AS x /* \u002a\u002f CREATE (n) //*/", "CREATE"),
        (r"RETURN '\u0027 AS x CREATE (n) // '", "CREATE"),
        ("LOAD CSV FROM 'file:///x' AS row RETURN row", "LOAD"),
        (
            "MATCH (n) LOAD/**/CSV WITH HEADERS FROM n.x AS row RETURN row",
            "LOAD",
        ),
        (
            "SHOW TRANSACTIONS YIELD transactionId AS t TERMINATE TRANSACTIONS t YIELD message RETURN message",
            "TERMINATE",
        ),
        (
            "UNWIND [1] AS x CALL (x) { RETURN 1 AS y } IN 2 CONCURRENT TRANSACTIONS RETURN y",
            "IN",
        ),
        (
            "CALL{RETURN 1 AS x}IN(1+1)CONCURRENT TRANSACTIONS RETURN x",
            "IN",
        ),
        (
            "WITH 1 AS case MATCH (n) WHERE n.x = case CALL { RETURN 1 AS y } IN TRANSACTIONS RETURN n",
            "IN",
        ),
        (
            "OPTIONAL CALL`db`/**/.`clearQueryCaches`() YIELD value RETURN value",
            "`db`",
        ),
        (
            "RETURN COLLECT { CALL dbms.killConnections([]) YIELD message RETURN message } AS x",
            "dbms",
        ),
        ("CALL { FINISH } IN TRANSACTIONS RETURN 1 AS x", "IN"),
        ("CALL db . `createLabel`('x')RETURN 1 AS x", "db"),
        (
            "CALL `apoc.load.json`('x') YIELD value RETURN value",
            "`apoc.load.json`",
        ),
        (
            "RETURN apoc.cypher.runFirstColumnSingle('CREATE ()', {}) AS x",
            "apoc",
        ),
        (
            "CALL gds.pageRank.write('g', {}) YIELD nodePropertiesWritten AS x RETURN x",
            "gds",
        ),
        ("USE system GRANT ROLE a TO b", "GRANT"),
        ("STOP DATABASE neo4j", "STOP"),
        ("EXPLAIN RETURN 1 AS x", "EXPLAIN"),
        (r"CYPHER 5 \u0050ROFILE RETURN 1 AS x", r"\u0050ROFILE"),
        ("RETURN 1 AS x; RETURN 2 AS y", "RETURN"),
        ("RETURN 1 AS x;;", ";"),
        ("; RETURN 1 AS x", ";"),
        ("MATCH (n) RETURN *", "*"),
        ("CALL db.labels()", "CALL"),
        ("RETURN (1 AS x", "("),
        ("RETURN 1] AS x", "]"),
        ("RETURN 'x AS y", "'"),
        ("hello RETURN 1 AS x", "hello"),
    ] {
        assert!(
            shown(text).iter().any(|(place, _)| *place == at),
            "{text}\n{:#?}",
            shown(text)
        );
    }
}

#[test]
fn messages_contain_the_problem_and_the_fix() {
    let all = [
        "MATCH (n) SET n.x = 1 RETURN n",
        "LOAD CSV FROM 'x' AS r RETURN r",
        "CALL dbms.killConnection('x')",
        "RETURN *",
        "// C:\\users\nRETURN 1 AS x",
        "EXPLAIN RETURN 1 AS x",
        "CALL db.labels()",
        "",
        "// nothing here",
        "RETURN 1 AS x; RETURN 2 AS x",
    ];
    let shown: Vec<String> = all
        .iter()
        .flat_map(|text| faults(text))
        .map(|fault| {
            format!(
                "{}..{} {} | {}",
                fault.span.start, fault.span.end, fault.message, fault.fix
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    10..13 `SET` writes to the graph, but a KPI must be read-only | remove the SET clause
    0..4 `LOAD CSV` makes the server read a file or a URL, but a KPI must only read the graph | import the file first, then query the graph
    5..9 `dbms.killConnection` ends or blocks the work of other clients, but a KPI must be read-only | remove the call
    7..8 `RETURN *` does not name its columns | name the columns, e.g. `RETURN n.group AS group, n.count AS value`
    5..11 invalid Unicode escape `\users`: the server expects four hexadecimal digits after `\u`, even in a comment | double the backslash (`\\u`) or use a slash
    0..7 `EXPLAIN` is not allowed in a KPI: it plans the query without running it | remove the prefix
    0..4 this statement returns no columns: it has no RETURN | add YIELD and RETURN, e.g. `YIELD name RETURN count(name) AS value`
    0..0 expected a statement, found none | write a query that ends with RETURN
    15..15 expected a statement, found none | write a query that ends with RETURN
    15..21 expected one statement, found a second one | move the second statement to its own file
    ");
}

#[test]
fn all_faults_are_reported_in_order_of_place() {
    let text = "EXPLAIN MATCH (n) SET n.x = 1 DELETE n RETURN * // C:\\users";
    let places: Vec<&str> = shown(text).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["EXPLAIN", "SET", "DELETE", "*", "\\users"]);
}

#[test]
fn parameters_and_names_of_the_graph() -> Result<(), Vec<Fault>> {
    let text = "MATCH (e:Event {kind: $kind})-[r:HAS|:`OF`]->(:Outcome&!Bad) WHERE e.timestamp > $since AND e.timestamp.year > 1 \
                AND r.weight > $`a b` AND $kind = e.name WITH e, {value: 1} AS map \
                RETURN e {.group, other: 1} AS x, map.value AS y, e:Special AS z, $0 AS p";
    let statement = scan(text)?;
    assert_eq!(
        names(&statement.parameters),
        ["kind", "since", "a b", "kind", "0"]
    );
    assert_eq!(
        names(&statement.labels),
        ["Event", "Outcome", "Bad", "Special"]
    );
    assert_eq!(names(&statement.relationship_types), ["HAS", "OF"]);
    assert_eq!(
        names(&statement.properties),
        ["kind", "timestamp", "timestamp", "weight", "name", "group"]
    );
    assert_eq!(&text[statement.labels[0].span.clone()], "Event");
    assert_eq!(&text[statement.parameters[2].span.clone()], "$`a b`");
    Ok(())
}

#[test]
fn ambiguous_names_are_left_out() -> Result<(), Vec<Fault>> {
    let text = "MATCH (n:$($label)) WITH n.map AS n UNWIND [{a: 1}] AS row \
                RETURN n.value AS v, row.a AS a, datetime().year AS y, point({x: 1, y: 2}).x AS x, [n IN [1] WHERE (n:Foo) | n] AS l";
    let statement = scan(text)?;
    assert_eq!(names(&statement.labels), Vec::<&str>::new());
    assert_eq!(names(&statement.properties), Vec::<&str>::new());
    Ok(())
}

/// The scan is one pass: at this size a quadratic step would not finish, and recursion would
/// overflow the stack.
#[test]
fn deeply_nested_texts_are_scanned_in_one_pass() {
    let n = 200_000;
    for piece in [
        "(",
        "[",
        "/*",
        "CASE ",
        "EXISTS {",
        "CALL {",
        "[x IN ",
        "a.",
        "`",
        "'",
        "$ /",
        "n IS :: LIST<",
        "\\u005c",
        "\\u",
    ] {
        let _ = scan(&format!("RETURN {} AS x", piece.repeat(n)));
    }
    for (open, close) in [
        ("(", ")"),
        ("{a:", "}"),
        ("EXISTS {RETURN ", "}"),
        ("CASE WHEN ", " END"),
        ("(a:", ")"),
        ("--(", ")"),
        ("(a:!{a:", "})"),
        ("a {.a, b:", "}"),
    ] {
        let _ = scan(&format!(
            "MATCH (a) RETURN {}1{} AS x",
            open.repeat(n),
            close.repeat(n)
        ));
    }
}

fn cypher() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "MATCH ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "n",
        ":",
        "A",
        ".",
        "x",
        " SET ",
        "=",
        "1",
        ",",
        "RETURN ",
        "*",
        " AS ",
        "`",
        "``",
        "'",
        "\"",
        "\\",
        "\\u0027",
        "\\u00",
        "\\uD83D",
        "\\uDE00",
        "$",
        "/*",
        "*/",
        "//",
        "\n",
        ";",
        "CALL ",
        "CASE ",
        "WHEN ",
        " END",
        "EXISTS ",
        "COUNT ",
        " IN ",
        "TRANSACTIONS",
        "IS ",
        ":: ",
        "LIST",
        "<",
        ">",
        "NOT ",
        "DISTINCT ",
        "USING ",
        "INDEX ",
        "SHOW ",
        "YIELD ",
        "UNION ",
        "CYPHER ",
        "5",
        "EXPLAIN ",
        "é",
        "😀",
        "-",
        "->",
        "+",
        "%",
        "!",
        "|",
        "..",
        "0x",
        "1e",
        "ORDER ",
        "BY ",
        "WITH ",
        "LOAD CSV FROM ",
        "db.labels",
        "TERMINATE ",
        "\u{FEFF}",
        "\u{AD}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_spans(text: &str) -> Result<(), TestCaseError> {
    let spans: Vec<Range<usize>> = match scan(text) {
        Ok(found) => [
            found.columns,
            found.parameters,
            found.labels,
            found.relationship_types,
            found.properties,
        ]
        .into_iter()
        .flatten()
        .map(|named| named.span)
        .collect(),
        Err(faults) => {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.is_sorted_by_key(|fault| fault.span.start));
            faults.into_iter().map(|fault| fault.span).collect()
        }
    };
    for span in spans {
        prop_assert!(
            text.get(span.clone()).is_some(),
            "{span:?} is outside {text:?}"
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_scanned_to_places_inside_it(text in any::<String>()) {
        check_spans(&text)?;
    }

    #[test]
    fn any_sequence_of_cypher_tokens_is_scanned_to_places_inside_it(text in cypher()) {
        check_spans(&text)?;
    }
}

/// Each comparison as `operand operator $parameter` and the property that is compared.
fn comparisons(text: &str) -> Vec<String> {
    let shown = |comparison: Comparison| {
        let property = comparison.property.map(|property| {
            let owner = match property.owner {
                Some(Owner::Label(label)) => format!(":{label}"),
                Some(Owner::RelationshipType(name)) => format!("[:{name}]"),
                None => String::new(),
            };
            format!("{owner}.{}", property.key)
        });
        format!(
            "{} {} ${} {}",
            comparison
                .operand
                .map_or("…".to_owned(), |operand| operand.name),
            comparison.comparator.as_str(),
            comparison.parameter,
            property.unwrap_or_default()
        )
        .trim()
        .to_owned()
    };
    read(text).0.comparisons.into_iter().map(shown).collect()
}

#[test]
fn comparisons_with_parameters() {
    for (text, expected) in [
        (
            "MATCH (c:Call) WHERE c.at > $since AND c.at <= $until RETURN 1 AS value",
            &["c.at > $since :Call.at", "c.at <= $until :Call.at"][..],
        ),
        (
            "MATCH (c:Call) WHERE $since < c.at AND $until >= c.at RETURN 1 AS value",
            &["c.at > $since :Call.at", "c.at <= $until :Call.at"],
        ),
        (
            "MATCH (c:Call) WHERE $since < c.at <= $until RETURN 1 AS value",
            &["c.at > $since :Call.at", "c.at <= $until :Call.at"],
        ),
        (
            "MATCH (c:Call) WITH c.at AS t WHERE t >= $since AND (t < $until) RETURN 1 AS value",
            &["t >= $since :Call.at", "t < $until :Call.at"],
        ),
        (
            "MATCH ()-[r:USES]->(c) WITH c, r AS e WHERE ($since < e.`at x`) RETURN 1 AS value",
            &["e.`at x` > $since [:USES].at x"],
        ),
        (
            "MATCH (c:Call|Tool) WHERE c.at > datetime($since) RETURN 1 AS value",
            &["c.at > $since .at"],
        ),
        (
            "MATCH (c) WHERE datetime(c.at) > $since RETURN 1 AS value",
            &["… > $since"],
        ),
        (
            "MATCH (c) WHERE c.at > $since + 1 OR c.at + 1 > $since OR date($since) < c.at RETURN 1 AS value",
            &["… > $since"],
        ),
        ("MATCH (c {at: $since})-[*1..2]->() RETURN 1 AS value", &[]),
        (
            "WITH a AS b, b AS a WHERE a.t > $p RETURN 1 AS value",
            &["a.t > $p .t"],
        ),
    ] {
        assert_eq!(comparisons(text), expected, "{text}");
    }
}

#[test]
fn divisions_of_integers() {
    for (text, expected) in [
        ("RETURN 1 AS value", &[][..]),
        ("RETURN 7 / 2 AS value", &["7 / 2 integer"]),
        ("RETURN 7 / 2.0 AS value", &["7 / 2.0"]),
        ("MATCH (r) RETURN r.ms / 1000 AS value", &["r.ms / 1000"]),
        (
            "MATCH (a) RETURN count(a) / count(*) * 100 AS value",
            &["count(a) / count(*) integer"],
        ),
        (
            "MATCH (a) RETURN 100 * count(a) / size([1]) AS value",
            &["100 * count(a) / size([1]) integer"],
        ),
        (
            "MATCH (a) RETURN 1.0 * count(a) / count(*) AS value",
            &["1.0 * count(a) / count(*)"],
        ),
        (
            "MATCH (a) RETURN toFloat(count(a)) / 2 AS value",
            &["toFloat(count(a)) / 2"],
        ),
        (
            "MATCH (a) RETURN toFloat(count(a) / 2) AS value",
            &["count(a) / 2 integer"],
        ),
        (
            "MATCH (a) RETURN a.x AS x, (count(a) + 1) / 2 AS value",
            &["(count(a) + 1) / 2 integer"],
        ),
        (
            "MATCH (a) WITH count(a) AS n, sum(CASE WHEN a.x THEN 1 ELSE 0 END) AS m RETURN m / n AS value",
            &["m / n integer"],
        ),
        (
            "MATCH (a) WITH count(a) / 3 AS third RETURN third AS value",
            &["count(a) / 3 integer"],
        ),
        (
            "MATCH (a) WITH sum(a.x) AS n RETURN n / count(*) AS value",
            &["n / count(*)"],
        ),
        ("UNWIND [1.5] AS n RETURN n / 2 AS value", &["n / 2"]),
        (
            "MATCH (a) RETURN CASE WHEN count(a) > 0 THEN sum(a.x) / count(a) END AS value",
            &["sum(a.x) / count(a)"],
        ),
        (
            "RETURN COUNT { (a) } / COUNT { (b) } AS value",
            &["COUNT { (a) } / COUNT { (b) } integer"],
        ),
        ("RETURN 2 ^ 3 / 2 AS value", &["2 ^ 3 / 2"]),
        ("WITH a AS b, b AS a RETURN a / b AS value", &["a / b"]),
    ] {
        let found: Vec<_> = read(text)
            .0
            .divisions
            .into_iter()
            .map(|division| {
                let kind = if division.is_integer { " integer" } else { "" };
                division.expression.name + kind
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn commands_of_clients_are_named() {
    for (text, command) in [
        (":auto MATCH (n) RETURN 1 AS value", ":auto"),
        ("// H.\n:param x => 1\nRETURN $x AS value", ":param"),
    ] {
        let (_, faults) = read(text);
        let shown: Vec<_> = faults
            .iter()
            .map(|fault| &text[fault.span.clone()])
            .collect();
        assert_eq!(shown, [command]);
        assert!(faults[0].message.contains(command), "{faults:?}");
    }
}

#[test]
fn deep_expressions_are_read_without_recursion_limits() {
    for text in [
        format!(
            "RETURN {}1{} / 2 AS value",
            "(".repeat(50_000),
            ")".repeat(50_000)
        ),
        format!("RETURN {}1 / 2 AS value", "-".repeat(50_000)),
        format!("RETURN {} 1 AS value", "CASE WHEN ".repeat(50_000)),
        format!(
            "WITH 1 AS a{} RETURN a / 2 AS value",
            ", a + a AS a".repeat(5_000)
        ),
        format!(
            "WITH 1 AS a{} WHERE a.t > $p RETURN 1 AS value",
            ", a AS a".repeat(50_000)
        ),
    ] {
        read(&text);
    }
}
