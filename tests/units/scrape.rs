//! The real server and real clients: what a scraper, a browser and a broken client get.
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cypher_exporter::board::Status;
use cypher_exporter::diagnostic::{Level, WarningReason};
use cypher_exporter::http::{FileProblem, Limits, Refresh, Settings};
use cypher_exporter::metric::Samples;
use serde_json::Value;
use test_support::serving::{
    HOSTILE, PATIENCE, Served, all_types, brisk, gauges, outcome, read_response, refresh, series,
    site,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

const OPENMETRICS: &str = "Accept: application/openmetrics-text;version=1.0.0\r\n";

async fn usual() -> Served {
    let settings = Settings {
        lifecycle: true,
        dashboard_url: Some("http://g/d/p".into()),
        limits: Limits::default(),
    };
    Served::start(site(all_types(), settings, refresh(None))).await
}

async fn with_limits(limits: Limits) -> Served {
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    Served::start(site(gauges(1, 1), settings, refresh(None))).await
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

/// The lines that do not change between two scrapes.
fn kpi_lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("p_")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn routes() {
    let served = usual().await;
    let (text, json) = ("text/plain; charset=utf-8", "application/json");
    let scrape = "text/plain; version=0.0.4; charset=utf-8";
    for (method, path, expected, content_type) in [
        ("GET", "/metrics", 200, scrape),
        ("GET", "/metrics?name[]=x", 200, scrape),
        ("GET", "/api/metrics/prometheus", 200, scrape),
        ("GET", "/", 200, "text/html; charset=utf-8"),
        ("GET", "/api/metrics/summary", 200, json),
        ("GET", "/api/metrics/health", 200, json),
        ("GET", "/health", 200, text),
        ("GET", "/-/healthy", 200, text),
        ("GET", "/-/ready", 200, text),
        ("GET", "/dashboard", 302, text),
        ("POST", "/api/metrics/refresh", 200, json),
        ("POST", "/api/metrics/refresh?kpi=p%2Fagents", 200, json),
        ("POST", "/api/metrics/refresh?kpi=p/agents", 200, json),
        ("POST", "/api/metrics/refresh?kpi=other", 404, json),
        ("GET", "/metrics/", 404, text),
        ("GET", "/favicon.ico", 404, text),
        ("POST", "/metrics", 405, text),
        ("OPTIONS", "/", 405, text),
        ("GET", "/api/metrics/refresh", 405, text),
    ] {
        let (head, body) = served.request(method, path, "").await;
        assert_eq!(
            (status(&head), header(&head, "content-type")),
            (expected, Some(content_type)),
            "{method} {path}"
        );
        assert_eq!(
            header(&head, "content-length"),
            Some(body.len().to_string().as_str()),
            "{method} {path}"
        );
        let allow = match (expected, path) {
            (405, "/api/metrics/refresh") => Some("POST"),
            (405, _) => Some("GET, HEAD"),
            _ => None,
        };
        assert_eq!(header(&head, "allow"), allow, "{method} {path}");
    }
    assert_eq!(
        header(&served.request("GET", "/dashboard", "").await.0, "location"),
        Some("http://g/d/p")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn head_has_the_headers_of_get_and_no_body() {
    let served = usual().await;
    for path in [
        "/",
        "/api/metrics/health",
        "/-/ready",
        "/dashboard",
        "/nowhere",
    ] {
        let ((get, body), (head, none)) = (
            served.request("GET", path, "").await,
            served.request("HEAD", path, "").await,
        );
        let undated = |head: &str| {
            head.lines()
                .filter(|line| !line.starts_with("date"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!(undated(&get), undated(&head), "{path}");
        assert!(none.is_empty() && !body.is_empty(), "{path}");
    }
    // The answer to a scrape counts scrapes, so that its length varies a little.
    let (head, none) = served.request("HEAD", "/metrics", "").await;
    assert!(
        header(&head, "content-length")
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 10_000
            && none.is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_a_scrape() {
    let served = usual().await;
    let text = served.get("/metrics", "").await;
    let openmetrics = served.get("/metrics", OPENMETRICS).await;
    assert_eq!(kpi_lines(&text), kpi_lines(&openmetrics));
    assert_eq!(
        kpi_lines(&text).len(),
        test_support::serving::ALL_TYPES_SAMPLES
    );
    assert!(openmetrics.ends_with("\n# EOF\n") && !text.contains("# EOF"));
    assert!(text.contains("cypher_exporter_scrape_size_bytes_count"));
    let (head, _) = served
        .request(
            "GET",
            "/metrics",
            &format!("{OPENMETRICS}Accept-Encoding: gzip\r\n"),
        )
        .await;
    assert_eq!(
        header(&head, "content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert_eq!(header(&head, "content-encoding"), Some("gzip"));
    assert_eq!(header(&head, "vary"), Some("Accept, Accept-Encoding"));
    let (head, _) = served
        .request(
            "GET",
            "/metrics",
            "Accept: text/plain\r\nAccept: image/png\r\nAccept-Encoding: gzip;q=0\r\n",
        )
        .await;
    assert_eq!(
        (header(&head, "content-encoding"), status(&head)),
        (None, 200)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_reading_replaces_the_old_one_whole() {
    let served = usual().await;
    let slot = served.site.board.slot("p/agents").unwrap();
    test_support::serving::succeed(slot, Samples::Gauge(vec![series(&["new"], 7.0)]));
    let text = served.get("/metrics", "").await;
    let agents: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("p_agents{"))
        .collect();
    assert_eq!(agents, ["p_agents{group=\"new\"} 7"]);
    slot.publish(0, None);
    assert!(!served.get("/metrics", "").await.contains("p_agents"));
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_names_its_reason() {
    let served = usual().await;
    let board = &served.site.board;
    let target = &board.slots()[0].targets()[0];
    target.set_status(Status::default());
    assert_eq!(
        served.get("/-/ready", "").await,
        "not ready: 1 of 8 KPIs have not run yet\n"
    );
    assert_eq!(served.get("/-/healthy", "").await, "ok\n");
    target.set_status(Status {
        last_run: Some(SystemTime::now()),
        ..Status::default()
    });
    assert_eq!(served.get("/-/ready", "").await, "ready\n");
    board.graphs()[0].set_down("refused".into());
    // A graph that becomes unreachable later is not a reason to stop the scrapes.
    assert_eq!(served.get("/-/ready", "").await, "ready\n");
    let health: Value = serde_json::from_str(&served.get("/api/metrics/health", "").await).unwrap();
    assert_eq!(health["status"], "unhealthy");
    assert_eq!(health["graphs"][0]["error"], "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_of_files_degrade_the_health() {
    let (error, warning) = (Level::Error, Level::Warning(WarningReason::WindowBounds));
    for (level, path, kpi) in [
        (error, "queries/p/broken.cypher", Value::Null),
        (warning, "queries/p/agents.cypher", "p/agents".into()),
    ] {
        let mut state = site(all_types(), Settings::default(), refresh(None));
        state.problems.push(FileProblem {
            level,
            path: Some(path.into()),
            message: "expected `<` before `$until`".into(),
            report: "<the report>".into(),
        });
        let served = Served::start(state).await;
        for (route, status) in [("health", "status"), ("summary", "health_status")] {
            let text = served.get(&format!("/api/metrics/{route}"), "").await;
            let json: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(json[status], "degraded");
            let problem = &json["problems"][0];
            assert_eq!((&problem["file"], &problem["kpi"]), (&path.into(), &kpi));
            assert_eq!(problem["report"], "<the report>");
        }
        assert!(served.get("/", "").await.contains("&#60;the report&#62;"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_summary() {
    let served = usual().await;
    let board = &served.site.board;
    let json = async |path| serde_json::from_str::<Value>(&served.get(path, "").await).unwrap();
    let health = json("/api/metrics/health").await;
    assert_eq!(
        (&health["status"], &health["exporter_ready"]),
        (&"healthy".into(), &true.into())
    );
    assert_eq!(health["scheduler_running"], true);
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    for slot in board.slots() {
        slot.targets()[0].set_status(Status {
            last_run: Some(at),
            last_success: Some(at),
            ..Status::default()
        });
    }
    let failed = Status {
        last_run: Some(at),
        outcome: Some(outcome(Some("<no answer>"))),
        ..Status::default()
    };
    board.slot("p/agents").unwrap().targets()[0].set_status(failed.clone());
    let summary = json("/api/metrics/summary").await;
    assert_eq!(summary["last_update"], "2023-11-14T22:13:20Z");
    assert_eq!(summary["update_interval_seconds"], 300.0);
    assert_eq!(summary["health_status"], "degraded");
    let agents = &summary["kpis"][0];
    assert_eq!(
        (&agents["id"], &agents["graphs"][0]["error"]),
        (&"p/agents".into(), &"<no answer>".into())
    );
    let values = agents["metrics"][0]["series"].as_array().unwrap();
    let labels: Vec<_> = values
        .iter()
        .map(|one| one["labels"]["group"].as_str().unwrap())
        .take(HOSTILE.len())
        .collect();
    assert_eq!(labels, HOSTILE);
    assert_eq!(values[HOSTILE.len()]["value"], "+Inf");
    assert_eq!(
        json("/api/metrics/health").await["scheduler_running"],
        false
    );
    for slot in board.slots() {
        slot.targets()[0].set_status(failed.clone());
    }
    assert_eq!(json("/api/metrics/health").await["status"], "unhealthy");
    board.slots()[0].targets()[0].set_status(Status::default());
    assert_eq!(json("/api/metrics/health").await["status"], "unknown");
    let page = served.get("/", "").await;
    assert!(
        page.contains("p/agents")
            && page.contains("&#60;no answer&#62;")
            && !page.contains("<no answer>")
    );
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "nothing is loaded from elsewhere"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_is_off_by_default_and_honest_about_failures() {
    let off = Served::start(site(all_types(), Settings::default(), refresh(None))).await;
    assert_eq!(
        status(&off.request("POST", "/api/metrics/refresh", "").await.0),
        403
    );
    assert_eq!(status(&off.request("GET", "/dashboard", "").await.0), 404);
    let settings = Settings {
        lifecycle: true,
        ..Settings::default()
    };
    let failing = Served::start(site(
        all_types(),
        settings,
        refresh(Some("no answer within 30s")),
    ))
    .await;
    let (head, body) = failing
        .request("POST", "/api/metrics/refresh", "Content-Length: 0\r\n")
        .await;
    let report: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status(&head), &report["status"]), (502, &"error".into()));
    assert_eq!(report["kpis"][0]["error"], "no answer within 30s");
    assert_eq!(report["kpis"][0]["rows"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_and_slow_clients_are_closed() {
    let served = with_limits(brisk()).await;
    let mut silent = served.connect().await;
    let end = timeout(PATIENCE, silent.read(&mut [0; 64]))
        .await
        .expect("a silent client stays forever")
        .unwrap();
    assert_eq!(end, 0);
    // One byte at a time is no way to keep a place either.
    let (mut slow_reader, mut slow_writer) = served.connect().await.into_split();
    let drip = tokio::spawn(async move {
        for byte in b"GET / HTTP/1.1\r\nX: "
            .iter()
            .chain(std::iter::repeat(&b'x'))
        {
            if slow_writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, slow_reader.read_to_end(&mut answer))
        .await
        .expect("a slow client stays forever");
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    drip.abort();
    assert_eq!(served.get("/-/healthy", "").await, "ok\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_reader_is_let_go() {
    let settings = Settings {
        limits: brisk(),
        ..Settings::default()
    };
    let served = Served::start(site(gauges(4, 100_000), settings, refresh(None))).await;
    let mut stalled = served.connect().await;
    stalled
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    // It holds the only place: the next client is served when it has been let go.
    assert_eq!(
        timeout(PATIENCE, served.get("/-/healthy", ""))
            .await
            .expect("the stalled client holds its place"),
        "ok\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_wait() {
    let served = with_limits(Limits {
        header: PATIENCE,
        ..brisk()
    })
    .await;
    let mut first = served.connect().await;
    first
        .write_all(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    assert_ne!(first.read(&mut [0; 1024]).await.unwrap(), 0);
    let mut second = served.connect().await;
    second
        .write_all(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut byte = [0; 1];
    assert!(
        timeout(Duration::from_millis(200), second.peek(&mut byte))
            .await
            .is_err(),
        "served beyond the limit"
    );
    drop(first);
    assert_eq!(status(&read_response(&mut second).await.0), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aged_connection_ends_after_its_answer() {
    let served = with_limits(Limits {
        header: PATIENCE,
        age: Duration::from_millis(100),
        ..brisk()
    })
    .await;
    let mut kept = served.connect().await;
    kept.write_all(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(status(&read_response(&mut kept).await.0), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_head_is_refused() {
    let served = with_limits(Limits::default()).await;
    let (head, _) = served
        .request("GET", "/", &format!("X: {}\r\n", "x".repeat(20_000)))
        .await;
    assert_eq!(status(&head), 431);
}

/// A refresh that says when it begins and waits to be let go.
fn held() -> (Refresh, mpsc::Receiver<()>, Arc<Notify>) {
    let ((began, begins), go) = (mpsc::channel(1), Arc::new(Notify::new()));
    let waits = go.clone();
    let refresh: Refresh = Arc::new(move |_| {
        let (began, waits) = (began.clone(), waits.clone());
        Box::pin(async move {
            began.send(()).await.unwrap();
            waits.notified().await;
            Ok(Vec::new())
        })
    });
    (refresh, begins, go)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_response_under_way_but_not_forever() {
    for finishes in [true, false] {
        let (refresh, mut begins, go) = held();
        let limits = Limits {
            grace: if finishes {
                PATIENCE
            } else {
                Duration::from_millis(200)
            },
            ..Limits::default()
        };
        let settings = Settings {
            lifecycle: true,
            limits,
            ..Settings::default()
        };
        let mut served = Served::start(site(Vec::new(), settings, refresh)).await;
        let mut idle = served.connect().await;
        let mut stream = served.connect().await;
        stream
            .write_all(b"POST /api/metrics/refresh HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        timeout(PATIENCE, begins.recv()).await.unwrap().unwrap();
        served.stop.cancel();
        // An idle connection ends at once, and no new connection is accepted.
        assert_eq!(
            timeout(PATIENCE, idle.read(&mut [0; 1]))
                .await
                .unwrap()
                .unwrap(),
            0
        );
        if finishes {
            go.notify_one();
            assert_eq!(status(&read_response(&mut stream).await.0), 200);
        }
        timeout(PATIENCE, &mut served.ended)
            .await
            .expect("the server does not end")
            .unwrap();
        assert!(
            tokio::net::TcpStream::connect(served.address)
                .await
                .is_err()
        );
    }
}
