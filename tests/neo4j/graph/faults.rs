//! Servers that are away, silent, frozen or killed: every wait ends at its deadline, and a server
//! that is back is noticed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cypher::Value;
use cypher_exporter::graph::{BoltSettings, Graph, GraphError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::graph::asking::{ENDLESS, PATIENCE, graph, graph_of, question, until};
use test_support::neo4j::{Neo4j, Options, shared};
use test_support::wait::stretched;

fn at(uri: String) -> BoltSettings {
    BoltSettings {
        uris: vec![uri],
        user: "neo4j".into(),
        password: "".into(),
        tls: cypher_exporter::graph::TlsFiles::default(),
        database: None,
        max_concurrent: 4,
    }
}

/// An address that refuses connections.
pub(crate) fn nothing_listens() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("bolt://{}", listener.local_addr().unwrap())
}

/// Asks for at most half a second; the answer must not come much later, whatever the server does.
async fn quick(graph: &Graph) -> Result<(), GraphError> {
    let limit = Duration::from_millis(500);
    let before = Instant::now();
    let answer = question("RETURN 1 AS v").within(limit).rows(graph).await;
    assert!(
        before.elapsed() < limit + stretched(Duration::from_secs(2)),
        "{:?}",
        before.elapsed()
    );
    answer.map(drop)
}

async fn is_back(graph: &Graph) {
    until(
        "the server is back",
        async || question("RETURN 1 AS v").rows(graph).await,
        Result::is_ok,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn an_unreachable_server_is_named_and_not_tried_again_for_a_moment() {
    let uri = nothing_listens();
    let graph = graph_of(at(uri.clone()));
    let error = quick(&graph).await.unwrap_err();
    assert!(
        matches!(&error, GraphError::Unreachable { uri: at, cause } if *at == uri && cause.contains("refused")),
        "{error}"
    );
    assert!(error.graph_is_away());

    // Something listens there now, but it is not tried again within a second.
    let failed = Instant::now();
    let listener = TcpListener::bind(uri.trim_start_matches("bolt://"))
        .await
        .unwrap();
    let again = quick(&graph).await.unwrap_err();
    if failed.elapsed() < Duration::from_secs(1) {
        assert_eq!(again, error);
    }
    let knock = async || {
        quick(&graph).await.unwrap_err();
        accepted(&listener).await
    };
    until("it is tried again", knock, |knocked| *knocked).await;
}

/// Whether a connection waits to be accepted; it is closed.
async fn accepted(listener: &TcpListener) -> bool {
    tokio::time::timeout(Duration::from_millis(1), listener.accept())
        .await
        .is_ok()
}

#[tokio::test]
async fn a_handshake_that_is_never_answered_ends_at_the_deadline() {
    for scheme in ["bolt", "bolt+s"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = graph_of(at(format!("{scheme}://{}", listener.local_addr().unwrap())));
        // The system takes the connection; nothing ever reads from it.
        let error = quick(&graph).await.unwrap_err();
        assert!(
            matches!(&error, GraphError::Unreachable { cause, .. } if cause.contains("no response")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_neo4j_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph = graph_of(at(format!("bolt://{}", listener.local_addr().unwrap())));
    let web_server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
    };
    let (error, ()) = tokio::join!(quick(&graph), web_server);
    let error = error.unwrap_err();
    assert!(
        matches!(&error, GraphError::Unreachable { cause, .. } if cause.contains("HTTP port")),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_freezes_dies_and_comes_back() {
    let Some(mut neo4j) = Neo4j::start(Options::default()) else {
        return;
    };
    let graph = graph(&neo4j);
    is_back(&graph).await;

    neo4j.freeze();
    for _ in 0..3 {
        let error = quick(&graph).await.unwrap_err();
        assert!(
            matches!(
                error,
                GraphError::Timeout(_) | GraphError::Unreachable { .. }
            ),
            "{error}"
        );
    }
    neo4j.thaw();
    is_back(&graph).await;

    // Killed amid a query, which then fails at once and not at its deadline.
    let asked = question(ENDLESS);
    let running =
        "SHOW TRANSACTIONS YIELD metaData WHERE metaData.kpi = 'test' RETURN count(*) AS v";
    let both = question(running).named("observer");
    let kill = async {
        let two = [[Value::Integer(1)]];
        until(
            "the query runs",
            async || both.rows(&graph).await.unwrap(),
            |rows| *rows == two,
        )
        .await;
        tokio::task::block_in_place(|| neo4j.kill());
    };
    let (end, ()) = tokio::join!(asked.rows(&graph), kill);
    let error = end.unwrap_err();
    assert!(matches!(error, GraphError::Unreachable { .. }), "{error:?}");
    assert!(matches!(
        quick(&graph).await,
        Err(GraphError::Unreachable { .. })
    ));

    tokio::task::block_in_place(|| neo4j.restart());
    is_back(&graph).await;
}

/// Stands before a server: it counts the trivial questions, and what passes through it can be lost.
pub(crate) struct Between {
    pub(crate) uri: String,
    trivial: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    /// How connections end that were made before: a value that is sent is the end of them.
    ends: watch::Sender<Loss>,
}

#[derive(Clone, Copy, Debug)]
enum Loss {
    /// Both sides hear of it, as when the server ends.
    Cut,
    /// Nobody hears of it, as when a translator of addresses forgets.
    Silent,
}

impl Between {
    pub(crate) async fn before(neo4j: &Neo4j) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("bolt://{}", listener.local_addr().unwrap());
        let (ends, _) = watch::channel(Loss::Cut);
        let between = Self {
            uri,
            trivial: Arc::default(),
            connections: Arc::default(),
            ends,
        };
        let connections = between.connections.clone();
        let (server, trivial, ends) = (
            neo4j.address().to_owned(),
            between.trivial.clone(),
            between.ends.clone(),
        );
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(pass(client, server, trivial.clone(), ends.subscribe()));
            }
        });
        between
    }

    /// Waits for the second connection: the first is the driver's.
    pub(crate) async fn sentinel_is_connected(&self) {
        until(
            "the sentinel is connected",
            async || self.connections.load(Ordering::Relaxed),
            |made| *made == 2,
        )
        .await;
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        self.ends.send_replace(Loss::Cut);
    }

    fn graph(&self, neo4j: &Neo4j) -> Graph {
        graph_of(BoltSettings {
            uris: vec![self.uri.clone()],
            ..neo4j.settings()
        })
    }
}

/// Both ways, until it is lost.
async fn pass(
    client: TcpStream,
    server: TcpStream,
    trivial: Arc<AtomicUsize>,
    mut ends: watch::Receiver<Loss>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(count @ 1..) = from_client.read(&mut buffer).await {
            let found = buffer[..count]
                .windows(TRIVIAL.len())
                .filter(|window| *window == TRIVIAL)
                .count();
            trivial.fetch_add(found, Ordering::Relaxed);
            to_server.write_all(&buffer[..count]).await.unwrap();
        }
    };
    tokio::select! {
        () = there => return,
        _ = tokio::io::copy(&mut from_server, &mut to_client) => return,
        _ = ends.changed() => {}
    }
    if matches!(*ends.borrow(), Loss::Silent) {
        // Both stay open.
        std::future::pending::<()>().await;
    }
}

const TRIVIAL: &[u8] = b"RETURN 1";

/// Until a connection is no longer one that has just answered. It is this time itself that the
/// tests are about.
async fn it_was_idle() {
    tokio::time::sleep(Duration::from_millis(2100)).await;
}

#[tokio::test]
async fn a_question_as_small_as_the_proof_that_an_idle_connection_works_is_that_proof() {
    let Some(neo4j) = &shared() else { return };
    let between = Between::before(neo4j).await;
    let graph = between.graph(neo4j);
    let trivial = || between.trivial.load(Ordering::Relaxed);
    graph.acquire().await.clock(PATIENCE).await.unwrap();
    assert_eq!(trivial(), 1, "a new connection is asked what costs nothing");
    it_was_idle().await;
    graph.acquire().await.clock(PATIENCE).await.unwrap();
    assert_eq!(trivial(), 1, "the clock was the proof");
    it_was_idle().await;
    question("UNWIND [1, 2, 3] AS v RETURN v")
        .rows(&graph)
        .await
        .unwrap();
    assert_eq!(trivial(), 2, "a query may be long");
}

#[tokio::test]
async fn the_end_of_an_idle_connection_is_noticed_without_a_query() {
    let Some(neo4j) = &shared() else { return };
    let between = Between::before(neo4j).await;
    let graph = between.graph(neo4j);
    graph.ping(PATIENCE).await.unwrap();
    between.sentinel_is_connected().await;
    let lost = tokio::time::timeout(PATIENCE, graph.lost());
    let (lost, ()) = tokio::join!(lost, async { between.cut() });
    lost.unwrap();
}

#[tokio::test]
async fn a_connection_that_was_lost_while_idle_shows_in_no_query() {
    let Some(neo4j) = &shared() else { return };
    let lost = async |loss| {
        let between = Between::before(neo4j).await;
        let (asked, told) = (between.graph(neo4j), between.graph(neo4j));
        let ask = question("RETURN 2 AS v").within(Duration::from_secs(8));
        ask.rows(&asked).await.unwrap();
        ask.rows(&told).await.unwrap();
        it_was_idle().await;
        between.ends.send_replace(loss);
        let told = async { told.acquire().await.clock(Duration::from_secs(8)).await };
        let (rows, clock) = tokio::join!(ask.rows(&asked), told);
        rows.unwrap_or_else(|error| panic!("{loss:?}: {error}"));
        clock.unwrap_or_else(|error| panic!("{loss:?}: {error}"));
    };
    tokio::join!(lost(Loss::Cut), lost(Loss::Silent));
}
