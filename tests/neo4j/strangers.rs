//! The exporter on graphs that nobody prepared for it: what `init` writes for them, and the warnings
//! about a KPI that does not fit its graph.
//!
//! The graphs have the shape of public examples, written by statements of our own.

use std::fs;
use std::process::Command;

use tempfile::TempDir;
use test_support::exporter::Setup;
use test_support::neo4j::Neo4j;

const MOVIES: &str = "\
    UNWIND range(1, 40) AS i CREATE (:Movie {title: 'Movie ' + i, released: 1980 + i, tagline: 'A line ' + i});
    UNWIND range(1, 60) AS i CREATE (:Person {name: 'Person ' + i, born: 1940 + i});
    MATCH (p:Person), (m:Movie) WHERE (p.born + m.released) % 7 = 0 CREATE (p)-[:ACTED_IN {roles: ['A']}]->(m);
    MATCH (p:Person), (m:Movie) WHERE (p.born + m.released) % 31 = 0 CREATE (p)-[:DIRECTED]->(m)";

const ORDERS: &str = "\
    CREATE CONSTRAINT order_id FOR (o:Order) REQUIRE o.orderID IS UNIQUE;
    CREATE INDEX order_date FOR (o:Order) ON (o.orderDate);
    UNWIND range(1, 300) AS i CREATE (:Order {orderID: i, orderDate: toString(datetime({epochMillis: 1700000000000 + i * 60000}).epochMillis),
        shipCountry: ['DE', 'FR', 'UK'][i % 3], freight: i * 0.5, placedAt: datetime({epochMillis: 1700000000000 + i * 60000})});
    UNWIND range(1, 50) AS i CREATE (:Product {productName: 'P' + i, discontinued: i % 5 = 0, unitsInStock: i});
    UNWIND range(1, 8) AS i CREATE (:Category {categoryName: 'C' + i});
    MATCH (o:Order), (p:Product) WHERE o.orderID % 50 = p.unitsInStock % 50 CREATE (o)-[:ORDERS {quantity: 3}]->(p);
    MATCH (p:Product), (c:Category) WHERE c.categoryName = 'C' + (p.unitsInStock % 8 + 1) CREATE (p)-[:PART_OF]->(c)";

const PAYMENTS: &str = "\
    CREATE INDEX transaction_ts FOR (t:Transaction) ON (t.ts);
    UNWIND range(1, 200) AS i CREATE (:Client {id: 'c' + i, name: 'N' + i})-[:HAS_EMAIL]->(:Email {email: 'e' + i});
    UNWIND range(1, 400) AS i CREATE (:Transaction {globalStep: i, amount: i * 1.5, fraud: i % 50 = 0, ts: timestamp() - i * 1000, latency_ms: i % 90});
    MATCH (c:Client), (t:Transaction) WHERE t.globalStep % 200 = toInteger(substring(c.id, 1)) % 200 CREATE (c)-[:PERFORMED]->(t)";

/// A graph by its name, the statements that write it, and files that a pack for it has.
const GRAPHS: [(&str, &str, &[&str]); 5] = [
    ("one node", "CREATE (:Lonely)", &["nodes.cypher"]),
    (
        "movies",
        MOVIES,
        &[
            "nodes.cypher",
            "relationships.cypher",
            "orphaned_nodes.cypher",
        ],
    ),
    (
        "orders",
        ORDERS,
        &[
            "order_by_ship_country.cypher",
            "order_created_total.cypher",
            "product_by_discontinued.cypher",
            "newest_node_age_seconds.cypher",
        ],
    ),
    (
        "payments",
        PAYMENTS,
        &[
            "transaction_by_fraud.cypher",
            "transaction_created_total.cypher",
            "transaction_latency_seconds.cypher",
        ],
    ),
    (
        "300 labels",
        "UNWIND range(1, 300) AS i CREATE (n:$('Label' + i) {state: 'x'})",
        &["nodes.cypher"],
    ),
];

struct Done {
    out: String,
    err: String,
    code: Option<i32>,
}

fn exporter(folder: &TempDir, neo4j: &Neo4j, arguments: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_cypher-exporter"))
        .args(arguments)
        .current_dir(folder.path())
        .env("NEO4J_URI", neo4j.uri())
        .env("NEO4J_USER", neo4j.user())
        .env("NEO4J_PASSWORD", neo4j.password())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code(),
    }
}

async fn write(neo4j: &Neo4j, statements: &str) {
    for statement in statements.split(';') {
        neo4j.write(statement).await;
    }
}

#[tokio::test]
async fn init_writes_a_pack_that_passes_every_check_for_each_graph() {
    let Some(neo4j) = &test_support::neo4j::alone().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let done = exporter(&folder, neo4j, &["init"]);
    assert!(
        done.out.starts_with("the graph has no nodes yet"),
        "{}",
        done.out
    );
    for (name, statements, expected) in GRAPHS {
        neo4j.clear().await;
        write(neo4j, statements).await;
        let folder = tempfile::tempdir().unwrap();
        let done = exporter(&folder, neo4j, &["init", "mine"]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.err);
        let pack = folder.path().join("queries/mine");
        for file in expected {
            assert!(pack.join(file).exists(), "{name}: no {file}\n{}", done.out);
        }
        let check = exporter(&folder, neo4j, &["check", "--connect", "--strict"]);
        assert_eq!(check.code, Some(0), "{name}: {}{}", check.out, check.err);
        let run = exporter(&folder, neo4j, &["run"]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.err);
        let again = exporter(&folder, neo4j, &["init", "mine"]);
        assert!(
            again.out.contains("0 files written"),
            "{name}: {}",
            again.out
        );
    }
}

#[tokio::test]
async fn init_keeps_what_its_owner_has_edited_and_adds_what_is_new() {
    let Some(neo4j) = &test_support::neo4j::alone().await else {
        return;
    };
    write(neo4j, MOVIES).await;
    let folder = tempfile::tempdir().unwrap();
    exporter(&folder, neo4j, &["init", "mine"]);
    let nodes = folder.path().join("queries/mine/nodes.cypher");
    fs::write(&nodes, "// Mine.\nRETURN 1 AS value\n").unwrap();
    write(neo4j, PAYMENTS).await;
    let again = exporter(&folder, neo4j, &["init", "mine"]);
    assert!(
        again
            .out
            .contains("new   queries/mine/transaction_created_total.cypher"),
        "{}",
        again.out
    );
    assert!(
        again.out.contains("kept  queries/mine/nodes.cypher"),
        "{}",
        again.out
    );
    assert_eq!(
        fs::read_to_string(nodes).unwrap(),
        "// Mine.\nRETURN 1 AS value\n"
    );
}

/// A window over `t.at`, with one line of the header.
fn window(header: &str) -> String {
    format!(
        "// Tickets.\n/*kpi\ntype = \"counter\"\nmode = \"window\"\nname = \"p_tickets_total\"\n{header}\n*/\n\
         MATCH (t:Ticket) WHERE t.at > $since AND t.at <= $until RETURN count(t) AS value\n"
    )
}

#[tokio::test]
async fn a_time_of_another_type_is_a_warning_with_the_fix() {
    let Some(neo4j) = &test_support::neo4j::alone().await else {
        return;
    };
    for (header, values, expected) in [
        ("", "datetime()", None),
        ("", "timestamp()", Some("write time = \"epoch_ms\"")),
        (
            "",
            "datetime().epochSeconds",
            Some("write time = \"epoch_s\""),
        ),
        (
            "",
            "localdatetime()",
            Some("write time = \"localdatetime\""),
        ),
        (
            "time = \"epoch_ms\"",
            "datetime().epochSeconds",
            Some("write time = \"epoch_s\""),
        ),
        (
            "",
            "'2026-11-01T10:00:00.000Z'",
            Some("write time = \"iso\""),
        ),
        ("time = \"iso\"", "'2026-11-01T10:00:00.000Z'", None),
        (
            "time = \"iso\"",
            "['2026-11-01T10:00:00-05:00', '2026-11-01T10:00:00+00:00', '2026-11-01T10:00:00+02:00'][i % 3]",
            Some("write datetime(t.at) > $since"),
        ),
        (
            "time = \"iso\"",
            "['2026-11-01T10:00:00Z', '2026-11-01T10:00:00.123Z'][i % 2]",
            Some("write datetime(t.at) > $since"),
        ),
        (
            "time = \"iso\"",
            "'2026-11-01'",
            Some("write datetime(t.at) > $since"),
        ),
        (
            "",
            "CASE WHEN i = 1 THEN 'x' ELSE datetime() END",
            Some("compare a property that has the time of the event in one type"),
        ),
    ] {
        neo4j.clear().await;
        neo4j
            .write(&format!(
                "UNWIND range(1, 9) AS i CREATE (t:Ticket) SET t.at = {values}"
            ))
            .await;
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("queries/p")).unwrap();
        fs::write(
            folder.path().join("queries/p/tickets.cypher"),
            window(header),
        )
        .unwrap();
        let check = exporter(&folder, neo4j, &["check", "--connect"]);
        match expected {
            Some(fix) => assert!(check.err.contains(fix), "{header} {values}: {}", check.err),
            None => assert_eq!(check.err, "", "{header} {values}"),
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_the_graph_is_a_metric_until_it_does() {
    let Some(neo4j) = &test_support::neo4j::alone().await else {
        return;
    };
    neo4j.write("CREATE (:Order {at: timestamp()})").await;
    let exporter = Setup::on("p", neo4j)
        .each_second("typo", "MATCH (o:Ordr) RETURN count(o) AS value")
        .each_second("good", "MATCH (o:Order) RETURN count(o) AS value")
        .kpi(
            "window",
            "type = \"counter\"\nmode = \"window\"\nname = \"p_orders_total\"\nevery = \"1s\"",
            "MATCH (o:Order) WHERE o.at > $since AND o.at <= $until RETURN count(o) AS value",
        )
        .start();
    let warnings = |kpi: &str, reason: &str| {
        format!("cypher_exporter_kpi_warnings{{kpi=\"p/{kpi}\",reason=\"{reason}\"}}")
    };
    exporter.until_value(&warnings("typo", "unknown_name"), 1.0);
    exporter.until_value(&warnings("window", "window_type"), 1.0);
    assert_eq!(
        exporter
            .metrics()
            .beginning(&warnings("good", "unknown_name")),
        [""; 0]
    );
    let health = exporter.get("/api/metrics/health").body;
    assert!(health.contains("the graph has no label `Ordr`"), "{health}");
    assert!(exporter.get("/").body.contains("did you mean `Order`?"));
    let log = exporter.log();
    let times = log.matches("the graph has no label `Ordr`").count();
    assert_eq!(times, 1, "{log}");
}
