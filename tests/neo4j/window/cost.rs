//! What a run costs that finds nothing new: one question, and nothing on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use crate::window::events::{by_kind, counter, until_lines};
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::shared;

/// Stands between the exporter and the server, and counts the queries that are sent.
struct Listener {
    address: String,
    queries: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl Listener {
    fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let queries = Arc::new(Mutex::new(BTreeMap::new()));
        let (server, counted) = (server.to_owned(), queries.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let upstream = TcpStream::connect(&server).unwrap();
                let (from_server, to_client) =
                    (upstream.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || pass(from_server, to_client, |_| {}));
                let counted = counted.clone();
                thread::spawn(move || pass(client, upstream, |bytes| count(bytes, &counted)));
            }
        });
        Self { address, queries }
    }

    fn counted(&self) -> BTreeMap<&'static str, usize> {
        self.queries.lock().unwrap().clone()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, look: impl Fn(&[u8])) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        look(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// What the exporter asks of a server, by words that nothing else has in it. A query is far shorter
/// than what is read at once.
fn count(bytes: &[u8], counted: &Mutex<BTreeMap<&'static str, usize>>) {
    for word in ["epochMillis AS now", "RETURN 1", "rare_total"] {
        let found = bytes
            .windows(word.len())
            .filter(|window| *window == word.as_bytes())
            .count();
        *counted.lock().unwrap().entry(word).or_default() += found;
    }
}

/// By name what each file of the state is, as long as it is not written.
fn written(folder: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let files = fs::read_dir(folder.join("state"))
        .unwrap()
        .map(|entry| entry.unwrap());
    let described = files.map(|file| {
        let meta = file.metadata().unwrap();
        (
            file.file_name().into_string().unwrap(),
            (meta.ino(), meta.mtime(), meta.mtime_nsec()),
        )
    });
    described.collect()
}

fn runs(exporter: &Exporter) -> f64 {
    exporter.metrics().own("runs_total", "rare/kinds").unwrap()
}

#[tokio::test]
async fn a_run_with_nothing_new_is_one_query_and_writes_nothing() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Rare {timestamp: datetime(), kind: 'k'})")
        .await;
    let listener = Listener::before(neo4j.address());
    let login = format!(
        "user = \"{}\"\npassword = \"{}\"",
        neo4j.user(),
        neo4j.password()
    );
    let exporter = Setup::new("rare")
        .config(&format!(
            "[graph]\nuri = \"bolt://{}\"\n{login}\n[state]\npath = \"state\"",
            listener.address
        ))
        .kpi("kinds", &counter("rare_total"), &by_kind("Rare"))
        .kpi("again", &counter("again_total"), &by_kind("Rare"))
        // One row each time, of value 0.
        .kpi(
            "bare",
            &counter("bare_total"),
            &by_kind("Bare").replace(
                "e.kind AS kind, coalesce(e.outcome, 'unknown') AS outcome, ",
                "",
            ),
        )
        .start();
    until_lines(
        &exporter,
        "rare/kinds",
        "rare_total",
        &["rare_total{kind=\"k\",outcome=\"unknown\"} 1".to_owned()],
    );

    exporter.until_value("bare_total", 0.0);
    let (before, runs_before, files) = (
        listener.counted(),
        runs(&exporter),
        written(exporter.folder()),
    );
    let begin = Instant::now();
    exporter.until("forty runs", |metrics| {
        (metrics.own("runs_total", "rare/kinds")? >= runs_before + 40.0).then_some(())
    });
    let (after, runs_after) = (listener.counted(), runs(&exporter));
    assert_eq!(
        before["epochMillis AS now"], 1,
        "the clock is asked once for all KPIs"
    );
    let asked = |word| after[word] - before[word];
    let ran = runs_after - runs_before;
    println!(
        "{ran} runs: {} windows, {} looks at the clock, {} pings",
        asked("rare_total"),
        asked("epochMillis AS now"),
        asked("RETURN 1")
    );
    assert!(
        (asked("rare_total") as f64 - ran).abs() <= 1.0,
        "a run is one question"
    );
    assert!(
        asked("epochMillis AS now") as u64 <= 1 + begin.elapsed().as_secs() / 30,
        "the clock is asked every half minute at most"
    );
    assert_eq!(asked("RETURN 1"), 0);
    assert_eq!(written(exporter.folder()), files, "nothing was written");
    assert_eq!(files.len(), 3, "a state of each KPI: {files:?}");

    // Where something was counted, it is.
    neo4j
        .write("CREATE (:Rare {timestamp: datetime(), kind: 'k'})")
        .await;
    until_lines(
        &exporter,
        "rare/kinds",
        "rare_total",
        &["rare_total{kind=\"k\",outcome=\"unknown\"} 2".to_owned()],
    );
    assert_ne!(written(exporter.folder()), files);
}
