//! Programs that read a compressed answer: each gets the whole of it. Some stop without a word
//! after the first of several gzip members, and all of them have their own idea of what a member
//! may be made of.

use std::path::PathBuf;

use cypher_exporter::http::Settings;
use test_support::programs::{fetched, run, skipped};
use test_support::serving::{Served, gauges, refresh, site};

/// Large readings that are compressed on their own, and small ones that share a stretch.
const LARGE: (usize, usize) = (20, 1_000);
const SMALL: (usize, usize) = (100, 3);

/// A program, its arguments before the address, and whether CI must have it: the others are too big
/// for a test alone.
const CLIENTS: [(&str, &[&str], bool); 6] = [
    ("curl", &["-sS", "--fail", "--compressed"], true),
    ("wget", &["-q", "-O", "-", "--compression=gzip"], true),
    (
        PYTHON,
        &[
            "-c",
            "import sys, httpx; print(httpx.get(sys.argv[1], trust_env=False).text, end='')",
        ],
        true,
    ),
    (
        PYTHON,
        &[
            "-c",
            "import sys, requests; print(requests.get(sys.argv[1]).text, end='')",
        ],
        true,
    ),
    (
        "node",
        &[
            "-e",
            "fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t))",
        ],
        false,
    ),
    (
        "chromium",
        &["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"],
        false,
    ),
];

/// The one that `scripts/fetch-judges` brings.
const PYTHON: &str = "python/bin/python";

fn program(name: &str) -> PathBuf {
    if name == PYTHON {
        fetched(name)
    } else {
        name.into()
    }
}

/// The samples of the KPIs. A browser shows the text as a page of its own.
fn samples(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.starts_with("p_many"))
        .collect()
}

/// How many bytes all scrapes so far were, as they were sent.
fn sent(text: &str) -> f64 {
    let sum = |line: &str| {
        line.strip_prefix("cypher_exporter_scrape_size_bytes_sum ")
            .map(|sum| sum.parse().unwrap())
    };
    text.lines().find_map(sum).unwrap()
}

async fn each_reads_all(kpis: usize, series_each: usize) {
    let served = Served::start(site(
        gauges(kpis, series_each),
        Settings::default(),
        refresh(None),
    ))
    .await;
    let url = served.url("/metrics");
    for (name, arguments, required) in CLIENTS {
        let plain = served.get("/metrics", "").await;
        let (program, url) = (program(name).display().to_string(), url.clone());
        let read = move || run(&program, &[arguments, &[&url]].concat(), b"");
        match tokio::task::spawn_blocking(read).await.unwrap() {
            Some((code, text, error)) => {
                assert_eq!(code, 0, "{name} {arguments:?}: {error}");
                let text = String::from_utf8(text).unwrap();
                assert_eq!(samples(&text), samples(&plain), "{name} {arguments:?}");
                assert!(
                    text.contains("\nprocess_start_time_seconds "),
                    "{name}: the end of the answer is missing"
                );
                let size =
                    sent(&served.get("/metrics", "").await) - sent(&plain) - plain.len() as f64;
                assert!(
                    size < plain.len() as f64 / 2.0,
                    "{name} was sent {size} bytes of {}",
                    plain.len()
                );
            }
            None if required => skipped(&format!("{name} {arguments:?} reads a compressed answer")),
            None => println!("\n*** SKIPPED: there is no {name}\n"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_readings_are_read_whole() {
    each_reads_all(LARGE.0, LARGE.1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_readings_are_read_whole() {
    each_reads_all(SMALL.0, SMALL.1).await;
}
