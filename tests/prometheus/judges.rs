//! What other programs say of our output: the linters, a strict parser, and a real Prometheus.
//! `scripts/fetch-judges` brings them.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use cypher_exporter::http::Settings;
use serde_json::Value;
use tempfile::TempDir;
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::{Neo4j, shared};
use test_support::programs::{GENERATIONS, fetched, program, run, skipped};
use test_support::server::{Server, free_address};
use test_support::serving::{
    ALL_TYPES_SAMPLES, PATIENCE, Served, all_types, gauges, refresh, site,
};

const OPENMETRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";

/// Exit code and words of `promtool check metrics`: 1 is an illegal text, 3 a bad habit.
fn promtool(generation: &str, text: &str) -> Option<(i32, String)> {
    let (code, _, words) = run(
        &program(generation, "promtool"),
        &["check", "metrics"],
        text.as_bytes(),
    )?;
    Some((code, words))
}

/// What the strict parser says: the number of samples, or why it refuses the text.
fn openmetrics_parser(text: &str) -> Option<Result<usize, String>> {
    const SCRIPT: &str = "import io, sys
from prometheus_client.openmetrics.parser import text_fd_to_metric_families as parse
text = sys.stdin.buffer.read().decode('utf-8')
print(sum(len(family.samples) for family in parse(io.StringIO(text, newline='\\n'))))";
    let (code, out, error) = run(
        &fetched("python/bin/python").display().to_string(),
        &["-c", SCRIPT],
        text.as_bytes(),
    )?;
    let samples = String::from_utf8(out).unwrap().trim().parse();
    Some(if code == 0 {
        Ok(samples.unwrap())
    } else {
        Err(error)
    })
}

/// The samples in a text.
fn samples(text: &str) -> usize {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .count()
}

async fn served() -> Served {
    Served::start(site(all_types(), Settings::default(), refresh(None))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn linters_accept_the_text_format() {
    let served = served().await;
    let text = served.get("/metrics", "").await;
    for generation in GENERATIONS {
        let Some((code, words)) = promtool(generation, &text) else {
            skipped(&format!("promtool ({generation}) reads the text format"));
            continue;
        };
        // The one habit it dislikes is planted: a gauge whose name ends like a counter's.
        let complaints: Vec<_> = words
            .lines()
            .filter(|line| !line.starts_with("p_stored_total "))
            .collect();
        assert!(
            code != 1 && complaints.is_empty(),
            "{generation}: {code} {complaints:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_texts_pass_as_well() {
    let served = Served::start(site(gauges(10, 10_000), Settings::default(), refresh(None))).await;
    let text = served.get("/metrics", "").await;
    // The newer linter takes quadratic time.
    match promtool("distribution", &text) {
        Some((code, words)) => assert_eq!((code, words.as_str()), (0, "")),
        None => skipped("promtool reads 100 000 series"),
    }
    let text = served.get("/metrics", OPENMETRICS).await;
    match openmetrics_parser(&text) {
        Some(read) => assert_eq!(read, Ok(samples(&text))),
        None => skipped("the OpenMetrics parser reads 100 000 series"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_parser_accepts_openmetrics() {
    let served = served().await;
    let text = served.get("/metrics", OPENMETRICS).await;
    match openmetrics_parser(&text) {
        Some(read) => assert_eq!(read, Ok(samples(&text))),
        None => skipped("the OpenMetrics parser reads every type"),
    }
}

/// The judges themselves: what is broken must not pass, or their yes means nothing.
#[test]
fn the_judges_refuse_broken_texts() {
    let head = "# HELP x Help.\n# TYPE x gauge\n";
    for (fault, text, verdict) in [
        (
            "HELP twice",
            "# HELP x Help.\n# HELP x Help.\n# TYPE x gauge\nx 1\n".to_owned(),
            1,
        ),
        (
            "TYPE after a sample",
            "# HELP x Help.\nx 1\n# TYPE x gauge\n".to_owned(),
            1,
        ),
        ("no final newline", format!("{head}x 1"), 1),
        ("CRLF", format!("{head}x 1\r\n"), 1),
        ("a bad escape", format!("{head}x{{a=\"\\q\"}} 1\n"), 1),
        (
            "a label twice",
            format!("{head}x{{a=\"1\",a=\"2\"}} 1\n"),
            1,
        ),
        ("no HELP", "# TYPE x gauge\nx 1\n".to_owned(), 3),
        (
            "a counter without _total",
            "# HELP x Help.\n# TYPE x counter\nx 1\n".to_owned(),
            3,
        ),
    ] {
        for generation in GENERATIONS {
            match promtool(generation, &text) {
                Some((code, words)) => assert_eq!(code, verdict, "{fault}, {generation}: {words}"),
                None => skipped(&format!("promtool ({generation}) refuses {fault}")),
            }
        }
    }
    match promtool("newer", &format!("{head}x 1\nx 2\n")) {
        Some((code, words)) => assert_eq!(code, 3, "a series twice: {words}"),
        None => skipped("promtool (newer) refuses a series twice"),
    }
    let histogram = "# TYPE h histogram\n";
    for (fault, text) in [
        ("no # EOF", "# TYPE x gauge\nx 1\n".to_owned()),
        (
            "text after # EOF",
            "# TYPE x gauge\nx 1\n# EOF\nx 2\n".to_owned(),
        ),
        ("a blank line", "# TYPE x gauge\n\nx 1\n# EOF\n".to_owned()),
        (
            "a unit that the name lacks",
            "# TYPE x gauge\n# UNIT x seconds\nx 1\n# EOF\n".to_owned(),
        ),
        (
            "a counter's sample without _total",
            "# TYPE x counter\nx 1\n# EOF\n".to_owned(),
        ),
        (
            "interleaved families",
            "# TYPE x gauge\nx{a=\"1\"} 1\n# TYPE y gauge\ny 1\nx{a=\"2\"} 1\n# EOF\n".to_owned(),
        ),
        (
            "a falling histogram",
            format!("{histogram}h_bucket{{le=\"1.0\"}} 2\nh_bucket{{le=\"+Inf\"}} 1\n# EOF\n"),
        ),
        (
            "a histogram without +Inf",
            format!("{histogram}h_bucket{{le=\"1.0\"}} 2\n# EOF\n"),
        ),
        (
            "a count of its own",
            format!("{histogram}h_bucket{{le=\"+Inf\"}} 1\nh_sum 1\nh_count 2\n# EOF\n"),
        ),
        (
            "a trailing comma",
            "# TYPE x gauge\nx{a=\"1\",} 1\n# EOF\n".to_owned(),
        ),
    ] {
        match openmetrics_parser(&text) {
            Some(read) => assert!(read.is_err(), "{fault} passed"),
            None => skipped(&format!("the OpenMetrics parser refuses {fault}")),
        }
    }
}

/// A real Prometheus that scrapes one target each second; it ends with the value, panic or not.
struct Prometheus {
    server: Server,
    _home: TempDir,
}

impl Prometheus {
    fn start(generation: &str, target: &str, scrape: &str) -> Option<Self> {
        let home = TempDir::new().unwrap();
        let config = home.path().join("prometheus.yml");
        let text = format!(
            "global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: x\n{scrape}  static_configs: [{{targets: ['{target}']}}]\n"
        );
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(program(generation, "prometheus"));
        command.arg(format!("--config.file={}", config.display()));
        command
            .arg(format!(
                "--storage.tsdb.path={}",
                home.path().join("data").display()
            ))
            .arg("--log.level=error");
        Some(Self {
            server: Server::start(&mut command, &free_address())?,
            _home: home,
        })
    }

    /// Asks its API; none while it is not up.
    fn api(&self, path: &str) -> Option<Value> {
        self.server.api(&format!("/api/v1/{path}"), &[])
    }

    /// Waits until the target has been scraped.
    fn first_scrape(&self) -> Value {
        let begin = Instant::now();
        while begin.elapsed() < 2 * PATIENCE {
            if let Some(targets) = self.api("targets") {
                let target = &targets["data"]["activeTargets"][0];
                if ["up", "down"]
                    .iter()
                    .any(|health| target["health"] == *health)
                {
                    return target.clone();
                }
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("Prometheus never scraped the target");
    }

    fn query(&self, query: &str) -> Vec<Value> {
        let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let answer = self
            .api(&format!("query?query={encoded}"))
            .unwrap_or_else(|| panic!("no answer to {query}"));
        answer["data"]["result"]
            .as_array()
            .unwrap_or_else(|| panic!("{query}: {answer}"))
            .clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_scrapes_every_sample() {
    let served = served().await;
    let target = served.address.to_string();
    tokio::task::spawn_blocking(move || {
        // Each asks for OpenMetrics by itself; a 0.0.4-only scrape is forced where the
        // configuration can say so.
        let text_only = "  scrape_protocols: [PrometheusText0.0.4]\n";
        for (generation, scrape) in [("distribution", ""), ("newer", ""), ("newer", text_only)] {
            let Some(prometheus) = Prometheus::start(generation, &target, scrape) else {
                skipped(&format!("prometheus ({generation}) scrapes the exporter"));
                continue;
            };
            let scraped = prometheus.first_scrape();
            assert_eq!(
                (&scraped["health"], &scraped["lastError"]),
                (&"up".into(), &"".into()),
                "{generation}"
            );
            let value = |query: &str| {
                let result = prometheus.query(query);
                assert_eq!(result.len(), 1, "{generation}: {query}: {result:?}");
                result[0]["value"][1].as_str().unwrap().to_owned()
            };
            assert_eq!(value("up"), "1");
            // It is at the end of the answer.
            assert_eq!(value("count(process_start_time_seconds)"), "1");
            assert_eq!(
                value("count({__name__=~\"p_.*\"})"),
                ALL_TYPES_SAMPLES.to_string(),
                "{generation}"
            );
            // The same bounds whatever the version and the format.
            assert_eq!(value("p_skill_seconds_bucket{skill=\"a\",le=\"1.0\"}"), "3");
            assert_eq!(value("p_agents{group=\"-inf\"}"), "-Inf");
            assert_eq!(value("p_agents{group=\"tiny\"}"), "1e-300");
            assert_eq!(value("p_agents{group=\"\\\"} 1\\nup{x=\\\"\"}"), "-1.5");
            assert_eq!(value("p_agents{group=\"new\\nline\"}"), "-1.5");
            assert_eq!(value("p_agents{group=\"nul\\x00\"}"), "-1.5");
            assert_eq!(
                value("histogram_quantile(0.5, p_skill_seconds_bucket{skill=\"a\"})"),
                "1000000"
            );
        }
    })
    .await
    .unwrap();
}

/// Names that the first users of these metrics gave them and that promtool would not have: gauges
/// that end like other types.
const EXCUSED: [&str; 4] = [
    "active_sessions_total",
    "bmad_insight_total",
    "lazybird_active_tasks_count",
    "training_iteration_total",
];

/// LazyBird measures in milliseconds and megabytes, and says so in its names.
fn is_excused(lint: &str) -> bool {
    let named = EXCUSED
        .iter()
        .any(|name| lint.starts_with(&format!("{name} ")));
    named
        || (lint.starts_with("lazybird_")
            && lint.ends_with(" metric names should not contain abbreviated units"))
}

/// The whole program: the BMAD pack on a real graph, with nothing set but where it is.
async fn bmad(neo4j: &Neo4j) -> Exporter {
    neo4j
        .write(&std::fs::read_to_string("examples/bmad.cypher").unwrap())
        .await;
    let exporter = Setup::new("bmad")
        .in_the_repository()
        .variable("NEO4J_URI", neo4j.uri())
        .start();
    exporter.until("all KPIs have run well", |metrics| {
        metrics
            .beginning("cypher_exporter_kpi_up")
            .iter()
            .all(|line| line.ends_with(" 1"))
            .then_some(())
    });
    exporter
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_has_the_values_of_the_bmad_pack() {
    let Some(neo4j) = &shared() else { return };
    let exporter = bmad(neo4j).await;
    let text = exporter.metrics().0;
    let expected = samples_of(&text, "bmad_");
    assert!(expected.len() > 200, "{expected:?}");
    for generation in GENERATIONS {
        let Some((code, words)) = promtool(generation, &text) else {
            skipped(&format!("promtool ({generation}) reads the BMAD pack"));
            continue;
        };
        let lints = words.lines().filter(|line| !is_excused(line));
        assert!(
            code != 1 && lints.clone().next().is_none(),
            "{generation}: {:#?}",
            lints.collect::<Vec<_>>()
        );
    }
    for generation in GENERATIONS {
        let Some(prometheus) = Prometheus::start(generation, &exporter.address().to_string(), "")
        else {
            skipped(&format!("prometheus ({generation}) scrapes the BMAD pack"));
            continue;
        };
        let scraped = prometheus.first_scrape();
        assert_eq!(
            (&scraped["health"], &scraped["lastError"]),
            (&"up".into(), &"".into()),
            "{generation}"
        );
        assert_eq!(prometheus.query("up")[0]["value"][1], "1", "{generation}");
        let found = prometheus
            .query("{__name__=~\"bmad_.*\"}")
            .iter()
            .map(stored)
            .collect::<BTreeMap<_, _>>();
        assert_eq!(found, expected, "{generation}");
    }
}

/// A series as it is in a text, its labels in order, and its value.
type Samples = BTreeMap<String, f64>;

fn samples_of(text: &str, start: &str) -> Samples {
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series
            .split_once('{')
            .map_or((series, ""), |(name, rest)| (name, &rest[..rest.len() - 1]));
        // No value of this graph holds a comma.
        let labels: BTreeMap<_, _> = labels
            .split(',')
            .filter_map(|label| label.split_once('='))
            .collect();
        let labels = labels
            .into_iter()
            .map(|(name, value)| (name, value.trim_matches('"')));
        (series_of(name, labels), value.parse().unwrap())
    };
    text.lines()
        .filter(|line| line.starts_with(start))
        .map(sample)
        .collect()
}

fn stored(result: &Value) -> (String, f64) {
    let metric: BTreeMap<_, _> = result["metric"].as_object().unwrap().iter().collect();
    let own = |name: &str| !["__name__", "instance", "job"].contains(&name);
    let labels = metric
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let name = result["metric"]["__name__"].as_str().unwrap();
    (
        series_of(name, labels),
        result["value"][1].as_str().unwrap().parse().unwrap(),
    )
}

fn series_of<'a>(name: &str, labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    // An empty label is no label for Prometheus.
    let labels = labels
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"));
    format!("{name}{{{}}}", labels.collect::<Vec<_>>().join(","))
}
