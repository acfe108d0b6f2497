//! The exporter's own metrics about runs and scrapes. Metrics that only runs change are in tables, which are encoded once after
//! a change; metrics that each scrape changes are in the `prometheus` crate. Our encoders write both.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use prometheus::{HistogramOpts, Registry};

use crate::diagnostic::WarningReason;
use crate::exposition::{Coding, Format, Segment};
use crate::kpi::{Kpi, Pack, Timing};
use crate::measure::{Counts, Outcome};
use crate::metric::{Desc, Family, Histogram, LabelValues, MetricName, own};

mod gathered;
mod process;
mod table;

use process::Process;
use table::{EncodedFamily, Table};

/// Why a saved state was not restored; a closed set, so that each counter exists from the start.
const DISCARD_REASONS: [&str; 2] = ["changed", "damaged"];

const SCRAPE_SECONDS: [f64; 11] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0,
];
const SCRAPE_BYTES: [f64; 6] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// Why the exporter's own metrics cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum InstrumentsError {
    /// Two metrics have the same name.
    #[error("duplicate metric name `{0}` of a timing; rename it in its pack.toml")]
    Taken(MetricName),
    /// The `prometheus` crate refused a metric.
    #[error(transparent)]
    Registry(#[from] prometheus::Error),
}

type Result<T> = std::result::Result<T, InstrumentsError>;

/// All of the exporter's own metrics.
pub struct Instruments {
    /// Metrics that each scrape changes.
    registry: Registry,
    process: Process,
    scrape_duration: prometheus::Histogram,
    scrape_size: prometheus::Histogram,
    export_latencies: Vec<ExportLatency>,
    /// Metrics that only runs change; each is also one of the fields below.
    tables: Vec<Arc<dyn EncodedFamily>>,
    /// Whether series of KPIs carry the label `graph`.
    several_graphs: bool,
    kpis: Arc<KpiMetrics>,
    graph_up: Arc<Table<f64>>,
    rejected_files: Arc<Table<f64>>,
    /// By pack.
    query_latencies: Vec<(Arc<str>, QueryLatency)>,
}

impl Instruments {
    /// Registers all metrics; each KPI and each graph is visible from the start, and down.
    ///
    /// # Errors
    /// If a timing of a pack has the name of another metric.
    pub fn new(kpis: &[Arc<Kpi>], packs: &[Pack], graphs: &[Arc<str>]) -> Result<Self> {
        let (registry, mut tables, several_graphs) =
            (Registry::new(), Vec::new(), graphs.len() > 1);
        let build = [
            ("version", env!("CARGO_PKG_VERSION")),
            ("os", std::env::consts::OS),
            ("arch", std::env::consts::ARCH),
        ];
        register(
            &mut tables,
            Table::info("build_info", "Version of the exporter.", &build),
        );
        let mut instruments = Self {
            scrape_duration: histogram(
                &registry,
                "scrape_duration_seconds",
                "Duration of scrapes in seconds.",
                &SCRAPE_SECONDS,
            )?,
            scrape_size: histogram(
                &registry,
                "scrape_size_bytes",
                "Size of scrape responses as sent, in bytes.",
                &SCRAPE_BYTES,
            )?,
            export_latencies: Vec::new(),
            several_graphs,
            kpis: Arc::new(KpiMetrics::new(&mut tables, several_graphs)),
            graph_up: register(
                &mut tables,
                Table::gauges(
                    "graph_up",
                    "1 if the graph is reachable, 0 if not.",
                    &["graph"],
                ),
            ),
            rejected_files: register(
                &mut tables,
                Table::gauges(
                    "rejected_files",
                    "Number of KPI and pack files that were rejected because of a mistake.",
                    &[],
                ),
            ),
            query_latencies: Vec::new(),
            tables,
            process: Process::default(),
            registry,
        };
        for pack in packs {
            instruments.register_timings(pack)?;
        }
        instruments.rejected_files(0);
        for graph in graphs {
            instruments.graph_up(graph, false);
            for kpi in kpis.iter().filter(|kpi| kpi.asks(graph)) {
                instruments.target(kpi, graph);
            }
        }
        Ok(instruments)
    }

    fn register_timings(&mut self, pack: &Pack) -> Result<()> {
        if let Some(timing) = &pack.query_latency {
            if self.tables.iter().any(|table| *table.name() == timing.name) {
                return Err(InstrumentsError::Taken(timing.name.clone()));
            }
            let latency = QueryLatency::new(&mut self.tables, timing);
            self.query_latencies.push((pack.name.clone(), latency));
        }
        if let Some(timing) = &pack.export_latency {
            let options = HistogramOpts::new(timing.name.as_str(), timing.help.as_str());
            let histogram =
                prometheus::Histogram::with_opts(options.buckets(timing.bounds.to_vec()))?;
            let taken = self.tables.iter().any(|table| *table.name() == timing.name);
            if taken || self.registry.register(Box::new(histogram.clone())).is_err() {
                return Err(InstrumentsError::Taken(timing.name.clone()));
            }
            self.export_latencies.push(ExportLatency {
                histogram,
                per_second: timing.per_second(),
            });
        }
        Ok(())
    }

    /// The instruments of one KPI on one graph.
    pub fn target(&self, kpi: &Kpi, graph: &str) -> TargetInstruments {
        let latency = self
            .query_latencies
            .iter()
            .find(|(pack, _)| *pack == kpi.pack);
        let latency = latency.map(|(_, latency)| latency.of(kpi.stem()));
        let graph = self.several_graphs.then(|| Arc::from(graph));
        let labels = graph.into_iter().chain([kpi.id.clone()]).collect();
        TargetInstruments::new(&self.kpis, labels, kpi, latency)
    }

    /// Sets whether a graph is up.
    pub fn graph_up(&self, graph: &str, up: bool) {
        self.graph_up
            .set(&[graph.into()].into(), f64::from(u8::from(up)));
    }

    /// Sets the number of rejected files.
    pub fn rejected_files(&self, files: usize) {
        self.rejected_files
            .set(&LabelValues::default(), files as f64);
    }

    /// Records a scrape: its duration and the size of the response.
    pub fn scraped(&self, duration: Duration, bytes: u64) {
        self.scrape_duration.observe(duration.as_secs_f64());
        self.scrape_size.observe(bytes as f64);
        for latency in &self.export_latencies {
            latency
                .histogram
                .observe(duration.as_secs_f64() * latency.per_second);
        }
    }

    /// The metrics that only runs change, as bytes.
    pub fn segments(&self, format: Format) -> Vec<Arc<Segment>> {
        self.tables
            .iter()
            .map(|table| table.segment(format))
            .collect()
    }

    /// Whether the bytes in this format exist already, so that a scrape costs nothing.
    pub fn is_ready(&self, format: Format, coding: Coding) -> bool {
        self.tables.iter().all(|table| {
            table
                .ready(format)
                .is_some_and(|segment| segment.is_ready(coding))
        })
    }

    /// The metrics that each scrape changes.
    pub fn of_this_scrape(&self) -> Vec<Family> {
        let own = self.registry.gather();
        own.iter()
            .filter_map(gathered::family)
            .chain(self.process.families())
            .collect()
    }
}

/// Adds a table to those that a scrape returns.
fn register<T: Clone + PartialEq + Send + Sync + 'static>(
    tables: &mut Vec<Arc<dyn EncodedFamily>>,
    table: Table<T>,
) -> Arc<Table<T>> {
    let table = Arc::new(table);
    tables.push(table.clone());
    table
}

/// The scrape duration under a name and unit of a pack.
struct ExportLatency {
    histogram: prometheus::Histogram,
    per_second: f64,
}

/// The query duration under a name and unit of a pack: one histogram, or one for each KPI.
#[derive(Clone)]
struct QueryLatency {
    table: Arc<Table<Histogram>>,
    bounds: Arc<[f64]>,
    per_second: f64,
    by_kpi: bool,
}

impl QueryLatency {
    fn new(tables: &mut Vec<Arc<dyn EncodedFamily>>, timing: &Timing) -> Self {
        let desc = Desc {
            name: timing.name.clone(),
            help: timing.help.clone(),
            unit: table::unit(timing.name.as_str()),
            labels: timing.label.iter().cloned().collect(),
        };
        Self {
            table: register(tables, Table::histograms(desc, &timing.bounds)),
            bounds: timing.bounds.clone(),
            per_second: timing.per_second(),
            by_kpi: timing.label.is_some(),
        }
    }

    /// The histogram of one KPI.
    fn of(&self, stem: &str) -> TargetLatency {
        TargetLatency {
            labels: self.by_kpi.then(|| Arc::from(stem)).into_iter().collect(),
            latency: self.clone(),
        }
    }
}

#[derive(Clone)]
struct TargetLatency {
    latency: QueryLatency,
    labels: LabelValues,
}

impl TargetLatency {
    fn observe(&self, duration: Duration) {
        let QueryLatency {
            table,
            bounds,
            per_second,
            ..
        } = &self.latency;
        table.observe(&self.labels, bounds, duration.as_secs_f64() * per_second);
    }
}

/// The metrics that every target has.
struct KpiMetrics {
    up: Arc<Table<f64>>,
    last_success: Arc<Table<f64>>,
    interval: Arc<Table<f64>>,
    timeout: Arc<Table<f64>>,
    stale_after: Arc<Table<f64>>,
    max_series: Arc<Table<f64>>,
    duration: Arc<Table<f64>>,
    rows: Arc<Table<f64>>,
    series: Arc<Table<f64>>,
    runs: Arc<Table<f64>>,
    errors: Arc<Table<f64>>,
    skipped: Arc<Table<f64>>,
    warnings: Arc<Table<f64>>,
    window_lag: Arc<Table<f64>>,
    windows_halved: Arc<Table<f64>>,
    state_discarded: Arc<Table<f64>>,
}

impl KpiMetrics {
    fn new(tables: &mut Vec<Arc<dyn EncodedFamily>>, several_graphs: bool) -> Self {
        let labels: &[&str] = if several_graphs {
            &["graph", "kpi"]
        } else {
            &["kpi"]
        };
        let with_reason = [labels, &["reason"]].concat();
        let help = "Number of warnings about the KPI, by reason.";
        let warnings = register(tables, Table::gauges("kpi_warnings", help, &with_reason));
        let tables = RefCell::new(tables);
        let gauges =
            |name, help| register(&mut tables.borrow_mut(), Table::gauges(name, help, labels));
        let counters = |name, help, labels: &[&str]| {
            register(
                &mut tables.borrow_mut(),
                Table::counters(name, help, labels),
            )
        };
        Self {
            up: gauges(
                "kpi_up",
                "1 if the last run of the KPI succeeded, 0 if not or before the first run.",
            ),
            last_success: gauges(
                "kpi_last_success_timestamp_seconds",
                "Unix time of the last successful run of the KPI, in seconds.",
            ),
            interval: gauges(
                "kpi_interval_seconds",
                "Longest time between two runs of the KPI in seconds.",
            ),
            timeout: gauges(
                "kpi_timeout_seconds",
                "Timeout of a run of the KPI in seconds.",
            ),
            stale_after: gauges(
                "kpi_stale_after_seconds",
                "Age in seconds at which the kept values of the KPI are stale.",
            ),
            max_series: gauges(
                "kpi_max_series",
                "Maximum number of series in a run of the KPI.",
            ),
            duration: gauges(
                "kpi_duration_seconds",
                "Duration of the last run of the KPI in seconds.",
            ),
            rows: gauges(
                "kpi_rows",
                "Number of rows in the last successful run of the KPI.",
            ),
            series: gauges(
                "kpi_series",
                "Number of series in the last successful run of the KPI.",
            ),
            runs: counters(
                "kpi_runs_total",
                "Number of finished runs of the KPI.",
                labels,
            ),
            errors: counters(
                "kpi_errors_total",
                "Number of failed runs of the KPI, by reason.",
                &with_reason,
            ),
            skipped: counters(
                "kpi_skipped_rows_total",
                "Number of rows with a skipped value, by reason.",
                &with_reason,
            ),
            warnings,
            window_lag: gauges(
                "kpi_window_lag_seconds",
                "Time in seconds by which the totals of the window KPI were behind the graph at the end of the last run.",
            ),
            windows_halved: counters(
                "kpi_windows_halved_total",
                "Number of windows of the KPI that failed and were retried at half length.",
                labels,
            ),
            state_discarded: counters(
                "state_discarded_total",
                "Number of saved states of the window KPI that were discarded, by reason; its totals restarted.",
                &with_reason,
            ),
        }
    }

    /// Sets the limits of the KPI, so that a rule can compare with them.
    fn limits(&self, kpi: &Kpi, labels: &LabelValues) {
        self.interval
            .set(labels, kpi.schedule.interval().as_secs_f64());
        self.timeout.set(labels, kpi.timeout.as_secs_f64());
        self.stale_after.set(labels, kpi.stale_after.as_secs_f64());
        self.max_series.set(labels, kpi.max_series as f64);
    }
}

/// The instruments of one KPI on one graph; cheap to clone.
#[derive(Clone)]
pub struct TargetInstruments {
    kpis: Arc<KpiMetrics>,
    labels: LabelValues,
    query_latency: Option<TargetLatency>,
}

impl TargetInstruments {
    /// What is known before the first run is visible immediately; durations and the last success are not.
    fn new(
        kpis: &Arc<KpiMetrics>,
        labels: LabelValues,
        kpi: &Kpi,
        query_latency: Option<TargetLatency>,
    ) -> Self {
        kpis.limits(kpi, &labels);
        kpis.up.create(&labels);
        kpis.runs.create(&labels);
        let target = Self {
            kpis: kpis.clone(),
            labels,
            query_latency,
        };
        for reason in kpi.skip_reasons() {
            target
                .kpis
                .skipped
                .create(&target.with_reason(reason.as_str()));
        }
        if kpi.window().is_some() {
            target.kpis.windows_halved.create(&target.labels);
            DISCARD_REASONS.iter().for_each(|reason| {
                target
                    .kpis
                    .state_discarded
                    .create(&target.with_reason(reason))
            });
        }
        target
    }

    /// Records a finished run.
    pub fn ran(&self, outcome: &Outcome) {
        let succeeded = outcome.error().is_none();
        self.kpis
            .up
            .set(&self.labels, f64::from(u8::from(succeeded)));
        self.kpis.runs.add(&self.labels, 1);
        for (reason, rows) in outcome.skipped().reasons() {
            let labels = self.with_reason(reason.as_str());
            self.kpis.skipped.add(&labels, rows);
        }
        match outcome.result() {
            Ok(counts) => self.succeeded(counts),
            Err(failure) => self.kpis.errors.add(&self.with_reason(failure.reason), 1),
        }
        if let Some(duration) = outcome.duration() {
            self.took(duration);
        }
    }

    fn succeeded(&self, counts: &Counts) {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        self.kpis.last_success.set(&self.labels, now.as_secs_f64());
        self.kpis.rows.set(&self.labels, counts.rows as f64);
        self.kpis.series.set(&self.labels, counts.series as f64);
    }

    fn took(&self, duration: Duration) {
        self.kpis.duration.set(&self.labels, duration.as_secs_f64());
        if let Some(latency) = &self.query_latency {
            latency.observe(duration);
        }
    }

    /// Sets how many seconds the cursor is behind.
    pub fn window_lag(&self, seconds: f64) {
        self.kpis.window_lag.set(&self.labels, seconds);
    }

    /// Sets how many warnings there are about the KPI for one reason.
    pub fn warnings(&self, reason: WarningReason, warnings: usize) {
        let labels = self.with_reason(reason.as_str());
        self.kpis.warnings.set(&labels, warnings as f64);
    }

    /// Counts a window that is retried at half length.
    pub fn halved(&self) {
        self.kpis.windows_halved.add(&self.labels, 1);
    }

    /// Counts a saved state that was not restored.
    pub fn state_discarded(&self, reason: &'static str) {
        self.kpis.state_discarded.add(&self.with_reason(reason), 1);
    }

    fn with_reason(&self, reason: &str) -> LabelValues {
        self.labels.iter().cloned().chain([reason.into()]).collect()
    }
}

fn histogram(
    registry: &Registry,
    name: &str,
    help: &str,
    bounds: &[f64],
) -> Result<prometheus::Histogram> {
    let options =
        HistogramOpts::new(format!("{}{name}", own::PREFIX), help).buckets(bounds.to_vec());
    let histogram = prometheus::Histogram::with_opts(options)?;
    registry.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}

#[cfg(test)]
mod tests;
