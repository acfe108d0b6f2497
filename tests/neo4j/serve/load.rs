//! Queries that ask too much: they end here and on the server, and the others go on.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::serve::observer::{ENDLESS, Observer};
use test_support::exporter::{Exporter, Metrics, Setup};
use test_support::neo4j::shared;
use test_support::wait::stretched;

/// Waits until the quick KPI has run twice more.
fn others_go_on(exporter: &Exporter, kpi: &str) {
    let runs = exporter.metrics().own("runs_total", kpi).unwrap();
    exporter.until("the others go on", |metrics| {
        (metrics.own("runs_total", kpi)? >= runs + 2.0).then_some(())
    });
    assert_eq!(exporter.metrics().own("up", kpi), Some(1.0));
}

#[tokio::test]
async fn a_slow_query_ends_at_its_timeout_here_and_on_the_server() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    let exporter = Setup::on("slow", neo4j)
        .kpi("endless", "every = \"1h\"\ntimeout = \"3s\"", ENDLESS)
        .each_second("quick", "RETURN 1 AS value")
        .start();
    observer.until_running("slow/endless", 1).await;
    others_go_on(&exporter, "slow/quick");
    exporter.until("it fails", |metrics| {
        (metrics.errors("slow/endless", "timeout") == 1.0).then_some(())
    });
    observer.until_running("slow/endless", 0).await;

    let took = exporter
        .metrics()
        .own("duration_seconds", "slow/endless")
        .unwrap();
    let most = 3.0 + stretched(Duration::from_secs(2)).as_secs_f64();
    assert!((2.9..most).contains(&took), "{took}");
    assert!(
        exporter.log().contains("no answer within 3s"),
        "{}",
        exporter.log()
    );
    assert_eq!(
        exporter
            .metrics()
            .value("cypher_exporter_graph_up{graph=\"default\"}"),
        Some(1.0)
    );
    others_go_on(&exporter, "slow/quick");
}

#[tokio::test]
async fn a_million_rows_are_refused_early_and_cost_no_memory() {
    let Some(neo4j) = &shared() else { return };
    let observer = Observer::of(neo4j);
    let begin = Instant::now();
    let exporter = Setup::on("million", neo4j)
        .kpi(
            "rows",
            "every = \"1h\"",
            "UNWIND range(1, 1000000) AS n\nRETURN toString(n) AS n, 1 AS value",
        )
        .each_second("quick", "RETURN 1 AS value")
        .start();
    exporter.until("it fails", |metrics| {
        (metrics.errors("million/rows", "max_series") == 1.0).then_some(())
    });
    let metrics = exporter.metrics();
    let took = metrics.own("duration_seconds", "million/rows").unwrap();
    println!(
        "a million rows: refused after {took} s, {:?} after the start",
        begin.elapsed()
    );
    // All rows would take longer than this even where nothing else runs.
    let most = stretched(Duration::from_secs(10)).as_secs_f64();
    assert!(took < most, "{took}");
    observer.until_running("million/rows", 0).await;
    assert_eq!(metrics.beginning("million_rows"), Vec::<&str>::new());
    others_go_on(&exporter, "million/quick");
    let peak = exporter.peak_memory() / 1_000_000;
    println!("a million rows: {peak} MB at most");
    assert!(peak < 100, "{peak} MB");
}

#[tokio::test]
async fn a_hundred_kpis_due_at_the_same_time_starve_no_scrape() {
    let Some(neo4j) = &shared() else { return };
    let many = |rows: u32| {
        format!("UNWIND range(1, {rows}) AS n\nRETURN toString(n) AS n, rand() AS value")
    };
    let mut setup = Setup::on("hundred", neo4j).web("lifecycle = true");
    for at in 0..100 {
        // Most are small; a few have much to sort, to encode and to compress.
        let rows = if at % 20 == 0 { 10_000 } else { 200 };
        let header = format!("every = \"1h\"\ntimeout = \"2m\"\nmax_series = {rows}");
        setup = setup.kpi(&format!("kpi_{at:02}"), &header, &many(rows));
    }
    let exporter = setup.start();
    let all_have_run = |times: f64| {
        let runs = |metrics: &Metrics| -> Vec<f64> {
            let lines = metrics.beginning("cypher_exporter_kpi_runs_total{kpi=\"hundred/");
            lines
                .iter()
                .map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
                .collect()
        };
        let mut scrapes = 0;
        // Each of these scrapes fails the test when it takes longer than a sign of life may.
        exporter.until("all have run", |metrics| {
            scrapes += 1;
            let runs = runs(metrics);
            (runs.len() == 100 && runs.iter().all(|runs| *runs >= times)).then_some(())
        });
        scrapes
    };
    // At the start all are due, and again when all are asked for, now with values to take away.
    let begin = Instant::now();
    let first = all_have_run(1.0);
    let took = begin.elapsed();
    let again = thread::scope(|scope| {
        let refresh = scope.spawn(|| exporter.post("/api/metrics/refresh").status);
        let again = all_have_run(2.0);
        assert_eq!(refresh.join().unwrap(), 200);
        again
    });
    println!(
        "a hundred KPIs at once: {first} scrapes in the {took:?} of the first pass, {again} in the second"
    );
    assert!(
        first > 5 && again > 5,
        "{first} scrapes, then {again}: the runs were too quick to be in anybody's way"
    );
}

#[tokio::test]
async fn a_query_that_breaks_its_connection_is_retried_with_pauses() {
    let Some(neo4j) = &shared() else { return };
    let line = line_that_breaks_at(neo4j.address().to_owned(), "a query of death");
    let graph = format!(
        "[graph]\nuri = \"bolt://{line}\"\npassword = \"{}\"",
        neo4j.password()
    );
    let begin = Instant::now();
    let exporter = Setup::new("death")
        .config(&graph)
        .kpi(
            "deadly",
            "every = \"1h\"",
            "RETURN size('a query of death') AS value",
        )
        .each_second("quick", "RETURN 1 AS value")
        .start();
    // The graph answers each ping, so that it comes back each time.
    let failures = |count: f64| (count >= 4.0).then_some(());
    exporter.until("it fails", |metrics| {
        failures(metrics.errors("death/deadly", "unreachable"))
    });
    assert!(
        begin.elapsed() > Duration::from_secs(2),
        "four in {:?}",
        begin.elapsed()
    );
    exporter.until("the quick one is well", |metrics| {
        (metrics.own("up", "death/quick")? == 1.0).then_some(())
    });
}

/// Where to connect instead of `target`. A connection over which these words go is closed.
fn line_that_breaks_at(target: String, words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(&target).unwrap();
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || {
                // Either side may end it.
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Both);
            });
            thread::spawn(move || forward_unless(client, server, words));
        }
    });
    address
}

fn forward_unless(mut client: TcpStream, mut server: TcpStream, words: &str) {
    let mut some = [0; 8192];
    while let Ok(count @ 1..) = client.read(&mut some) {
        let broken = String::from_utf8_lossy(&some[..count]).contains(words);
        if broken || server.write_all(&some[..count]).is_err() {
            break;
        }
    }
    // Closes both directions, since the way back has its own hold of the sockets.
    let _ = (
        client.shutdown(Shutdown::Both),
        server.shutdown(Shutdown::Both),
    );
}
