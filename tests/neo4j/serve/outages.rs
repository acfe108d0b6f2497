//! Bad times of one server, with another beside it that stays well: it is killed, comes back,
//! hangs, and refuses logins.

use std::thread;
use std::time::{Duration, Instant};

use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::{Neo4j, Options, shared};
use test_support::wait::{stretched, until};

const PASSWORD: &str = "correct-horse-7193";
const WRONG: &str = "wrong-battery-5521";

const GRAPH_UP: &str = "cypher_exporter_graph_up{graph=\"default\"}";
const KPIS: [&str; 4] = ["keep", "stale", "drop", "number"];

/// Exporters on a server that is about to fail.
struct Watched {
    neo4j: Neo4j,
    /// Asks it alone.
    alone: Exporter,
    /// Asks it and a server that stays well.
    both: Exporter,
}

/// One server bears all this, since each takes its time to start.
#[tokio::test]
async fn a_server_fails_in_every_way_and_comes_back() {
    let Some(well) = &shared() else { return };
    let options = Options {
        password: Some(PASSWORD.to_owned()),
        tls: true,
        ..Options::default()
    };
    let Some(neo4j) = Neo4j::start(options) else {
        return;
    };
    neo4j.write("CREATE (:Outage {name: 'a', v: 42})").await;
    let (alone, both) = (alone(&neo4j), both(&neo4j, well));
    let mut watched = Watched { neo4j, alone, both };
    watched.all_is_well();
    wrong_password(&watched.neo4j).await;
    tls_required(&watched.neo4j);
    watched.killed();
    let early = bmad(&watched.neo4j);
    watched.restarted_under(&early);
    watched.serves_at_once();
    watched.frozen();
    for exporter in [&watched.alone, &watched.both, &early] {
        is_secret(exporter, PASSWORD);
    }
}

fn alone(neo4j: &Neo4j) -> Exporter {
    let query = "MATCH (o:Outage)\nRETURN o.name AS name, o.v AS value";
    let every = |more: &str| format!("every = \"1s\"\ntimeout = \"2s\"\n{more}");
    Setup::on("outage", neo4j)
        .kpi("keep", &every(""), query)
        .kpi("stale", &every("stale_after = \"2s\""), query)
        .kpi("drop", &every("on_error = \"drop\""), query)
        .kpi("number", &every("on_error = -1"), query)
        .argument("--log=debug")
        .start()
}

fn both(neo4j: &Neo4j, well: &Neo4j) -> Exporter {
    Setup::new("both")
        .graph("graphs.ill", neo4j, "")
        .graph("graphs.well", well, "")
        .kpi(
            "one",
            "every = \"1s\"\ntimeout = \"2s\"",
            "RETURN 1 AS value",
        )
        .argument("--log=debug")
        .start()
}

/// As the README has it: nothing set but the login, in the repository.
fn bmad(neo4j: &Neo4j) -> Exporter {
    let login = [
        ("NEO4J_URI", neo4j.uri()),
        ("NEO4J_USER", neo4j.user()),
        ("NEO4J_PASSWORD", neo4j.password()),
    ];
    let setup = Setup::new("bmad").in_the_repository();
    login
        .into_iter()
        .fold(setup, |setup, (name, value)| setup.variable(name, value))
        .start()
}

/// A sample of a KPI: the pack's timing is there before any run.
fn is_value(line: &&&str) -> bool {
    !line.starts_with("bmad_query_latency_seconds")
}

fn until_all_up(exporter: &Exporter) {
    exporter.until("all KPIs are up", |metrics| {
        metrics
            .beginning("cypher_exporter_kpi_up")
            .iter()
            .all(|line| line.ends_with(" 1"))
            .then_some(())
    });
}

fn series(kpi: &str) -> String {
    format!("outage_{kpi}{{name=\"a\"}}")
}

impl Watched {
    fn all_is_well(&self) {
        for kpi in KPIS {
            self.alone.until_value(&series(kpi), 42.0);
            assert_eq!(
                self.alone.metrics().own("up", &format!("outage/{kpi}")),
                Some(1.0)
            );
        }
        self.alone.until_value(GRAPH_UP, 1.0);
        self.alone.until_ready(true);
        for graph in ["ill", "well"] {
            self.both
                .until_value(&format!("both_one{{graph=\"{graph}\"}}"), 1.0);
        }
    }

    fn killed(&mut self) {
        self.neo4j.kill();
        self.is_away("unreachable");
        // What is kept stays, what may not grow old goes.
        self.alone.until_gone(&series("stale"));
        self.alone.until_gone(&series("drop"));
        self.alone.until_value(&series("number"), -1.0);
        assert_eq!(self.alone.metrics().value(&series("keep")), Some(42.0));
        let health = self.alone.get("/api/metrics/health").body;
        assert!(
            health.contains("\"unhealthy\"") && health.contains("cannot reach the graph"),
            "{health}"
        );
        assert_eq!(self.alone.get("/-/ready").status, 200);
    }

    /// Back, with an exporter that began while it was away, on the repository's own KPIs.
    fn restarted_under(&mut self, early: &Exporter) {
        early.until_ready(false);
        assert!(
            !early
                .metrics()
                .beginning("bmad_")
                .iter()
                .any(|line| is_value(&line))
        );
        let restart = || {
            self.neo4j.restart();
            Instant::now()
        };
        let (answered, noticed, first, all) = thread::scope(|scope| {
            let answered = scope.spawn(restart);
            early.until_value(GRAPH_UP, 1.0);
            let noticed = Instant::now();
            early.until("a value", |metrics| {
                metrics.beginning("bmad_").iter().find(is_value).map(drop)
            });
            let first = Instant::now();
            until_all_up(early);
            (answered.join().unwrap(), noticed, first, Instant::now())
        });
        let after = |moment: Instant| moment.saturating_duration_since(answered);
        println!(
            "Neo4j answers; noticed after {:?}, a value {:?}, all {:?}",
            after(noticed),
            after(first),
            after(all)
        );
        assert!(
            after(noticed) < stretched(Duration::from_secs(3)),
            "{:?}",
            after(noticed)
        );
        // Most of it is the time that a fresh server takes to plan its first queries.
        assert!(
            after(all) < stretched(Duration::from_secs(15)),
            "{:?}",
            after(all)
        );
        early.until_ready(true);
        each_kpi_of_the_pack_has_its_query_latency(early);
        self.is_back();
    }

    /// On a server that has planned the queries before.
    fn serves_at_once(&self) {
        let begin = Instant::now();
        let exporter = bmad(&self.neo4j);
        until_all_up(&exporter);
        println!(
            "on a warm server: all values {:?} after the start of the process",
            begin.elapsed()
        );
        assert!(
            begin.elapsed() < stretched(Duration::from_secs(5)),
            "{:?}",
            begin.elapsed()
        );
    }

    fn frozen(&self) {
        let begin = Instant::now();
        self.neo4j.freeze();
        self.is_away("");
        println!("frozen: down after {:?}", begin.elapsed());
        self.neo4j.thaw();
        self.is_back();
    }

    fn is_away(&self, reason: &str) {
        self.alone.until_value(GRAPH_UP, 0.0);
        for kpi in KPIS.map(|kpi| format!("outage/{kpi}")) {
            self.alone.until("its KPIs are down", |metrics| {
                (metrics.own("up", &kpi)? == 0.0).then_some(())
            });
            if !reason.is_empty() {
                let failed = |errors: f64| (errors >= 1.0).then_some(());
                self.alone.until("the failure is counted", |metrics| {
                    failed(metrics.errors(&kpi, reason))
                });
            }
        }
        // The other graph does not care, and one graph is enough to be ready.
        self.both
            .until_value("cypher_exporter_graph_up{graph=\"ill\"}", 0.0);
        let runs = "cypher_exporter_kpi_runs_total{graph=\"well\",kpi=\"both/one\"}";
        let before = self.both.metrics().value(runs).unwrap();
        self.both.until("the other graph goes on", |metrics| {
            (metrics.value(runs)? >= before + 2.0).then_some(())
        });
        assert_eq!(
            self.both
                .metrics()
                .value("cypher_exporter_kpi_up{graph=\"well\",kpi=\"both/one\"}"),
            Some(1.0)
        );
        self.both.until_ready(true);
    }

    fn is_back(&self) {
        let begin = Instant::now();
        self.alone.until_value(GRAPH_UP, 1.0);
        for kpi in KPIS {
            self.alone.until_value(&series(kpi), 42.0);
            let up = |metrics: &test_support::exporter::Metrics| {
                metrics.own("up", &format!("outage/{kpi}"))
            };
            self.alone.until("its KPIs are up", |metrics| {
                (up(metrics)? == 1.0).then_some(())
            });
        }
        self.alone.until_ready(true);
        self.both
            .until_value("cypher_exporter_graph_up{graph=\"ill\"}", 1.0);
        println!("back: all well after {:?}", begin.elapsed());
    }
}

/// Ten KPIs that run each second must not use up the three tries after which the account is locked
/// for everyone.
async fn wrong_password(neo4j: &Neo4j) {
    let graph = format!(
        "[graph]\nuri = \"{}\"\nuser = \"{}\"\npassword = \"{WRONG}\"",
        neo4j.uri(),
        neo4j.user()
    );
    let setup = Setup::new("wrong").config(&graph).argument("--log=debug");
    let kpis: Vec<String> = (0..10).map(|n| format!("k{n}")).collect();
    let exporter = kpis
        .iter()
        .fold(setup, |setup, kpi| {
            setup.each_second(kpi, "RETURN 1 AS value")
        })
        .start();
    for kpi in &kpis {
        let counted = |errors: f64| (errors >= 4.0).then_some(());
        exporter.until("its login is refused", |metrics| {
            counted(metrics.errors(&format!("wrong/{kpi}"), "authentication"))
        });
    }
    let reason = exporter.until_ready(false);
    assert!(reason.contains("check user and password"), "{reason}");
    // A fresh login of someone else.
    neo4j.write("RETURN 1").await;
    is_secret(&exporter, WRONG);
}

fn tls_required(neo4j: &Neo4j) {
    let graph = format!(
        "[graph]\nuri = \"bolt://{}\"\npassword = \"{PASSWORD}\"",
        neo4j.address()
    );
    let exporter = Setup::new("plain")
        .config(&graph)
        .each_second("one", "RETURN 1 AS value")
        .start();
    until("the reason names the fix", || {
        exporter
            .get("/-/ready")
            .body
            .contains("bolt+s://")
            .then_some(())
    });
    assert_eq!(exporter.metrics().value(GRAPH_UP), Some(0.0));
}

fn each_kpi_of_the_pack_has_its_query_latency(exporter: &Exporter) {
    let metrics = exporter.metrics();
    let kpis = metrics
        .beginning("cypher_exporter_kpi_up{kpi=\"bmad/")
        .len();
    assert_eq!(
        metrics.beginning("bmad_query_latency_seconds_count").len(),
        kpis
    );
    for line in metrics.beginning("bmad_query_latency_seconds_count") {
        // How quickly an absent graph was noticed is no latency of a query.
        assert!(line.ends_with(" 1"), "{line}");
    }
}

fn is_secret(exporter: &Exporter, secret: &str) {
    let pages = [
        "/metrics",
        "/",
        "/api/metrics/summary",
        "/api/metrics/health",
        "/-/ready",
    ];
    let texts = pages
        .map(|path| (path, exporter.get(path).body))
        .into_iter()
        .chain([("the log", exporter.log())]);
    for (place, text) in texts {
        assert!(
            !text.contains(secret),
            "{place} tells the password:\n{text}"
        );
    }
}
