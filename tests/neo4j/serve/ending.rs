//! How the program ends: by a signal within five seconds, and at once where it cannot begin.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::serve::observer::{ENDLESS, Observer};
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::{Neo4j, shared};
use test_support::wait::{stretched, until};

const WITHIN: Duration = Duration::from_secs(5);

/// A scraper that keeps its connection between two scrapes.
fn scraped_once(exporter: &Exporter) -> TcpStream {
    let mut stream = TcpStream::connect(exporter.address()).unwrap();
    stream.set_read_timeout(Some(WITHIN)).unwrap();
    write!(stream, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    until("the whole answer", || {
        let mut some = [0; 1024];
        let count = stream.read(&mut some).unwrap();
        answer.extend_from_slice(&some[..count]);
        answer.ends_with(b"ok\n").then_some(())
    });
    stream
}

async fn ends_in_good_order(neo4j: &Neo4j, pack: &'static str, signal: &str) {
    let observer = Observer::of(neo4j);
    let mut exporter = Setup::on(pack, neo4j)
        .web("lifecycle = true")
        .kpi("endless", "timeout = \"1h\"", ENDLESS)
        .kpi("endless_too", "timeout = \"1h\"", ENDLESS)
        .start();
    observer.until_running(pack, 2).await;
    let mut idle = scraped_once(&exporter);
    let mut refresh = TcpStream::connect(exporter.address()).unwrap();
    write!(
        refresh,
        "POST /api/metrics/refresh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();

    let begin = Instant::now();
    exporter.signal(signal);
    let code = exporter.exit_code();
    let took = begin.elapsed();
    println!("{signal} with queries in flight: ended after {took:?}");
    assert_eq!(code, 0, "{}", exporter.log());
    assert!(took < stretched(WITHIN), "{took:?}");
    assert!(
        exporter.log().contains(&format!("SIG{signal}")),
        "{}",
        exporter.log()
    );
    assert_eq!(
        idle.read(&mut [0; 16]).unwrap(),
        0,
        "the idle connection is closed"
    );
    // Who waited for a run is told, if the question got through before the signal.
    let mut answer = String::new();
    let _ = refresh.read_to_string(&mut answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 502 "),
        "{answer}"
    );
    let gone = Instant::now();
    observer.until_running(pack, 0).await;
    assert!(gone.elapsed() < stretched(WITHIN), "{:?}", gone.elapsed());
}

#[tokio::test]
async fn sigterm_ends_it_and_its_queries() {
    let Some(neo4j) = &shared() else { return };
    ends_in_good_order(neo4j, "sigterm", "TERM").await;
}

#[tokio::test]
async fn sigint_ends_it_and_its_queries() {
    let Some(neo4j) = &shared() else { return };
    ends_in_good_order(neo4j, "sigint", "INT").await;
}

#[test]
fn an_address_that_is_taken_is_named_with_its_key() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut exporter = Setup::new("taken")
        .file("one.cypher", "// One.\nRETURN 1 AS value\n")
        .variable("CYPHER_EXPORTER__WEB__LISTEN", &address)
        .launch();
    assert_eq!(exporter.exit_code(), 1);
    let log = exporter.log();
    for word in [&*address, "`[web] listen`", "in use"] {
        assert!(log.contains(word), "{word} is not in\n{log}");
    }
}
