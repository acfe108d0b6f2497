//! Servers that are away, silent, frozen or killed: every wait ends at its deadline, and a server that is back is noticed.

use std::time::{Duration, Instant};

use cypher_exporter::graph::{BoltSettings, Graph, GraphError};
use cypher_exporter::row::Value;
use tokio::net::TcpListener;

use crate::asking::{ENDLESS, graph, graph_of, question, until};
use crate::support::neo4j::{Neo4j, Options};

fn at(uri: String) -> BoltSettings {
    BoltSettings { uris: vec![uri], user: "neo4j".into(), password: "".into(), database: None, max_concurrent: 4 }
}

/// An address that refuses connections.
pub(crate) fn nobody_listens() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("bolt://{}", listener.local_addr().unwrap())
}

/// Asks for at most half a second; the answer must not come much later, whatever the server does.
async fn quick(graph: &Graph) -> Result<(), GraphError> {
    let limit = Duration::from_millis(500);
    let before = Instant::now();
    let answer = question("RETURN 1 AS v").within(limit).rows(graph).await;
    assert!(before.elapsed() < limit + Duration::from_secs(2), "{:?}", before.elapsed());
    answer.map(drop)
}

async fn is_back(graph: &Graph) {
    until("the server is back", async || question("RETURN 1 AS v").rows(graph).await, Result::is_ok).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_and_then_left_alone_for_a_moment() {
    let uri = nobody_listens();
    let graph = graph_of(at(uri.clone()));
    let error = quick(&graph).await.unwrap_err();
    assert!(
        matches!(&error, GraphError::Unreachable { uri: at, cause } if *at == uri && cause.contains("refused")),
        "{error}"
    );
    assert!(error.graph_is_away());

    // Somebody listens there now, but we do not knock again within a second.
    let listener = TcpListener::bind(uri.trim_start_matches("bolt://")).await.unwrap();
    assert_eq!(quick(&graph).await.unwrap_err(), error);
    let knock = async || {
        quick(&graph).await.unwrap_err();
        accepted(&listener).await
    };
    until("we knock again", knock, |knocked| *knocked).await;
}

/// Whether a connection waits to be accepted; it is closed.
async fn accepted(listener: &TcpListener) -> bool {
    tokio::time::timeout(Duration::from_millis(1), listener.accept()).await.is_ok()
}

#[tokio::test]
async fn a_handshake_that_is_never_answered_ends_at_the_deadline() {
    for scheme in ["bolt", "bolt+s"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = graph_of(at(format!("{scheme}://{}", listener.local_addr().unwrap())));
        // The system takes the connection; nobody ever reads from it.
        let error = quick(&graph).await.unwrap_err();
        assert!(
            matches!(&error, GraphError::Unreachable { cause, .. } if cause.contains("did not answer")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn something_that_is_no_neo4j_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph = graph_of(at(format!("bolt://{}", listener.local_addr().unwrap())));
    let web_server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    };
    let (error, ()) = tokio::join!(quick(&graph), web_server);
    let error = error.unwrap_err();
    assert!(matches!(&error, GraphError::Unreachable { cause, .. } if cause.contains("HTTP port")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_freezes_dies_and_comes_back() {
    let Some(mut neo4j) = Neo4j::start(Options::default()) else { return };
    let graph = graph(&neo4j);
    is_back(&graph).await;

    neo4j.freeze();
    for _ in 0..3 {
        let error = quick(&graph).await.unwrap_err();
        assert!(matches!(error, GraphError::Timeout(_) | GraphError::Unreachable { .. }), "{error}");
    }
    neo4j.thaw();
    is_back(&graph).await;

    // Killed amid a query, which then fails at once and not at its deadline.
    let asked = question(ENDLESS);
    let running = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.kpi = 'test' RETURN count(*) AS v";
    let both = question(running).named("observer");
    let kill = async {
        let two = [[Value::Integer(1)]];
        until("the query runs", async || both.rows(&graph).await.unwrap(), |rows| *rows == two).await;
        tokio::task::block_in_place(|| neo4j.kill());
    };
    let (end, ()) = tokio::join!(asked.rows(&graph), kill);
    let error = end.unwrap_err();
    assert!(matches!(error, GraphError::Unreachable { .. }), "{error:?}");
    assert!(matches!(quick(&graph).await, Err(GraphError::Unreachable { .. })));

    tokio::task::block_in_place(|| neo4j.restart());
    is_back(&graph).await;
}
