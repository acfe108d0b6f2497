//! The real server on a free port, over a board that is filled by hand.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cypher_exporter::board::{Board, Slot, Status, TargetOutcome};
use cypher_exporter::http::{AppState, Limits, Refresh, Settings, UnknownKpi, serve};
use cypher_exporter::instruments::Instruments;
use cypher_exporter::kpi::{Defaults, Kpi, Source, load};
use cypher_exporter::measure::{Counts, Failure, Outcome, Skipped};
use cypher_exporter::metric::{Constant, Histogram, MetricType, Samples, Series, Summary};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub mod scraper;

/// No response takes this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Label values that try to break out of their quotes; the empty one counts as no label for
/// Prometheus.
pub const HOSTILE: [&str; 7] = [
    "back\\slash",
    "quo\"te",
    "new\nline",
    "é\u{1f600}",
    "",
    "nul\0",
    "\"} 1\nup{x=\"",
];

/// A KPI with one metric and the labels that its points need.
pub fn kpi(
    id: &str,
    name: &str,
    unit: Option<&str>,
    labels: &[&str],
    metric_type: MetricType,
) -> Arc<Kpi> {
    let own = match metric_type {
        MetricType::Gauge | MetricType::Counter | MetricType::Info | MetricType::StateSet => "",
        MetricType::Histogram => "buckets = [0.25, 1, 1e6]",
        MetricType::Summary => "quantiles = { \"0.5\" = \"value\", \"1\" = \"most\" }",
    };
    let most = if metric_type == MetricType::Summary {
        ", 1 AS most"
    } else {
        ""
    };
    let value = if metric_type == MetricType::Info {
        Vec::new()
    } else {
        vec![format!("1 AS value{most}")]
    };
    let columns: Vec<_> = value
        .into_iter()
        .chain(labels.iter().map(|label| format!("'a' AS {label}")))
        .collect();
    let text = format!(
        "/*kpi\nname = \"{name}\"\ntype = \"{}\"\n{}\n{own}\nmax_series = 100000\nhelp = {}\n*/\nRETURN {}",
        metric_type.as_str(),
        unit.map(|unit| format!("unit = \"{unit}\""))
            .unwrap_or_default(),
        r#""A thing with \"quotes\", a \\ and\na line break.""#,
        columns.join(", "),
    );
    let source = Source {
        path: format!("queries/{id}.cypher"),
        pack: "p".into(),
        text,
    };
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &[],
    };
    let catalog = load(&[source], &[], &defaults);
    assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
    catalog.kpis[0].clone()
}

/// A series with these labels.
pub fn series<T>(labels: &[&str], value: T) -> Series<T> {
    Series {
        labels: labels.iter().map(|label| Arc::from(*label)).collect(),
        value,
    }
}

/// KPIs of every type, each with its samples.
pub fn all_types() -> Vec<(Arc<Kpi>, Samples)> {
    let counts = |counts: &[u64], sum| Histogram {
        counts: counts.into(),
        sum,
    };
    let mut odd = HOSTILE.map(|value| series(&[value], -1.5)).to_vec();
    let long = "x".repeat(10_000);
    odd.extend([
        series(&[&long], f64::INFINITY),
        series(&["-inf"], f64::NEG_INFINITY),
        series(&["tiny"], 1e-300),
    ]);
    let gauge = kpi("p/agents", "p_agents", None, &["group"], MetricType::Gauge);
    let counter = kpi(
        "p/busy",
        "p_busy_seconds_total",
        Some("seconds"),
        &[],
        MetricType::Counter,
    );
    let odd_name = kpi("p/stored", "p_stored_total", None, &[], MetricType::Gauge);
    let histogram = kpi(
        "p/skill",
        "p_skill_seconds",
        Some("seconds"),
        &["skill"],
        MetricType::Histogram,
    );
    let signed = kpi("p/signed", "p_delta", None, &[], MetricType::Histogram);
    let summary = kpi(
        "p/size",
        "p_size_bytes",
        Some("bytes"),
        &["group"],
        MetricType::Summary,
    );
    let info = kpi(
        "p/model",
        "p_model_info",
        None,
        &["version"],
        MetricType::Info,
    );
    let states = kpi(
        "p/breaker",
        "p_breaker",
        None,
        &["id"],
        MetricType::StateSet,
    );
    let bounds = || [0.25, 1.0, 1e6].into();
    let two = vec![
        series(&["a"], counts(&[1, 2, 0, 4], Some(9.5))),
        series(&["b"], counts(&[0; 4], Some(0.0))),
    ];
    let quantiles = |sum, count| Summary {
        values: [2.0, 4.0].into(),
        sum,
        count,
    };
    let sizes = vec![
        series(&["a"], quantiles(Some(9.0), Some(3))),
        series(&["b"], quantiles(None, None)),
    ];
    vec![
        (gauge, Samples::Gauge(odd)),
        (counter, Samples::Counter(vec![series(&[], 3.0)])),
        (odd_name, Samples::Gauge(vec![series(&[], 1e300)])),
        (
            histogram,
            Samples::Histogram {
                bounds: bounds(),
                series: two,
            },
        ),
        (
            signed,
            Samples::Histogram {
                bounds: [-1.0, 1.0].into(),
                series: vec![series(&[], counts(&[1, 1, 0], None))],
            },
        ),
        (
            summary,
            Samples::Summary {
                quantiles: [0.5, 1.0].into(),
                series: sizes,
            },
        ),
        (info, Samples::Info(vec![series(&["7"], ())])),
        (
            states,
            Samples::StateSet {
                states: ["open", "closed"].map(Arc::from).into(),
                series: vec![series(&["1"], 1)],
            },
        ),
    ]
}

/// How many samples [`all_types`] makes.
pub const ALL_TYPES_SAMPLES: usize = 10 + 1 + 1 + 12 + 3 + 6 + 1 + 2;

/// KPIs of one gauge each, with so many series.
pub fn gauges(kpis: usize, series_each: usize) -> Vec<(Arc<Kpi>, Samples)> {
    let points = |kpi: usize| {
        (0..series_each)
            .map(|at| series(&[&format!("{kpi}-{at}")], at as f64 * 1.2345))
            .collect::<Vec<_>>()
    };
    let of = |at| {
        kpi(
            &format!("p/many{at:03}"),
            &format!("p_many{at:03}"),
            None,
            &["sensor"],
            MetricType::Gauge,
        )
    };
    (0..kpis)
        .map(|at| (of(at), Samples::Gauge(points(at))))
        .collect()
}

/// State whose KPIs have all succeeded.
pub fn site(kpis: Vec<(Arc<Kpi>, Samples)>, settings: Settings, refresh: Refresh) -> AppState {
    let graphs = [Arc::from("default")];
    let (kpis, points): (Vec<_>, Vec<_>) = kpis.into_iter().unzip();
    let board = Board::new(&kpis, &graphs, Constant::default());
    for (kpi, points) in kpis.iter().zip(points) {
        succeed(board.slot(&kpi.id).unwrap(), points);
    }
    board.graph("default").unwrap().set_up();
    let instruments = Instruments::new(&kpis, &[], &graphs).unwrap();
    AppState {
        board: Arc::new(board),
        instruments: Arc::new(instruments),
        refresh,
        settings,
        problems: Vec::new(),
    }
}

/// Publishes the samples of a successful run.
pub fn succeed(slot: &Slot, points: Samples) {
    let now = Some(SystemTime::now());
    let series = points.len() as u64;
    slot.publish(0, Some(vec![Arc::new(points)]));
    slot.targets()[0].set_status(Status {
        last_run: now,
        last_success: now,
        next_run: now,
        series,
        ..Status::default()
    });
}

/// A refresh that knows one KPI, `p/agents`, and has this outcome.
pub fn refresh(error: Option<&'static str>) -> Refresh {
    Arc::new(move |kpi| {
        Box::pin(async move {
            let id = kpi.unwrap_or("p/agents".into());
            if id != "p/agents" {
                return Err(UnknownKpi(id));
            }
            let (kpi, graph) = (id.into(), "default".into());
            let outcome = outcome(error);
            Ok(vec![TargetOutcome {
                kpi,
                graph,
                outcome,
            }])
        })
    })
}

/// An outcome of 2 rows and 1 series, or of this error.
pub fn outcome(error: Option<&str>) -> Outcome {
    let (duration, skipped) = (PATIENCE, Skipped::default());
    match error {
        None => Outcome::Succeeded {
            result: Counts {
                rows: 2,
                series: 1,
                skipped,
            },
            duration,
        },
        Some(message) => Outcome::Failed {
            error: Failure {
                reason: "server",
                message: message.to_owned(),
            },
            duration,
            skipped,
        },
    }
}

/// Short limits, so that tests see their ends.
pub fn brisk() -> Limits {
    let moment = Duration::from_millis(300);
    Limits {
        connections: 1,
        header: moment,
        stall: moment,
        age: 2 * PATIENCE,
        grace: moment,
    }
}

/// A running server; it ends with the value.
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves.
    pub site: Arc<AppState>,
    /// Stops it.
    pub stop: CancellationToken,
    /// Ends when it has stopped.
    pub ended: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Served {
    /// Starts it on a free port.
    pub async fn start(site: AppState) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, site, stop) = (
            listener.local_addr().unwrap(),
            Arc::new(site),
            CancellationToken::new(),
        );
        let ended = tokio::spawn(serve(listener, site.clone(), stop.clone()));
        Self {
            address,
            site,
            stop,
            ended,
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A new connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends one request on a connection of its own and reads until its end: head and body.
    pub async fn request(&self, method: &str, path: &str, headers: &str) -> (String, Vec<u8>) {
        let mut stream = self.connect().await;
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        read_response(&mut stream).await
    }

    /// The body of a GET as text.
    pub async fn get(&self, path: &str, headers: &str) -> String {
        String::from_utf8(self.request("GET", path, headers).await.1).unwrap()
    }
}

/// Reads until the server closes.
pub async fn read_response(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut all = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut all))
        .await
        .expect("the server never ends its response")
        .unwrap();
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a response with a head");
    let body = all.split_off(end + 4);
    (String::from_utf8(all).unwrap(), body)
}
