//! The exporter's own metrics: how the runs and the scrapes go. Kept by the `prometheus` crate, written by our encoders.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, Result,
};

use crate::kpi::{Kpi, Pack, Timing};
use crate::metric::{Family, own};

mod gathered;

/// Why a row did not become a sample; a closed set, so each counter is there from the start.
pub const SKIP_REASONS: [&str; 2] = ["null_value", "nan_value"];

/// Why a saved state was not taken; a closed set too.
const DISCARD_REASONS: [&str; 2] = ["changed", "damaged"];

const SCRAPE_SECONDS: [f64; 11] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0];
const SCRAPE_BYTES: [f64; 6] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// All of the exporter's own metrics.
#[derive(Debug)]
pub struct Instruments {
    registry: Registry,
    /// Whether series of KPIs carry the label `graph`.
    several_graphs: bool,
    kpis: KpiMetrics,
    graph_up: GaugeVec,
    rejected_files: Gauge,
    scrape_duration: Histogram,
    scrape_size: Histogram,
    /// By pack.
    query_latencies: Vec<(Arc<str>, Clock<HistogramVec>)>,
    export_latencies: Vec<Clock<Histogram>>,
}

impl Instruments {
    /// Registers everything; each KPI and each graph is visible from the start, and down.
    ///
    /// # Errors
    /// When a timing of a pack takes a name that is taken.
    pub fn new(kpis: &[Arc<Kpi>], packs: &[Pack], graphs: &[Arc<str>]) -> Result<Self> {
        let registry = Registry::new();
        registry.register(Box::new(ProcessCollector::for_self()))?;
        let several_graphs = graphs.len() > 1;
        let mut instruments = Self {
            several_graphs,
            kpis: KpiMetrics::new(&registry, several_graphs)?,
            graph_up: gauges(&registry, "graph_up", "Whether the graph answers.", &["graph"])?,
            rejected_files: gauge(
                &registry,
                "rejected_files",
                "KPI and pack files with a mistake, which are left out.",
            )?,
            scrape_duration: histogram(
                &registry,
                "scrape_duration_seconds",
                "Time to answer a scrape.",
                &SCRAPE_SECONDS,
            )?,
            scrape_size: histogram(&registry, "scrape_size_bytes", "Size of an answer as it was sent.", &SCRAPE_BYTES)?,
            query_latencies: Vec::new(),
            export_latencies: Vec::new(),
            registry,
        };
        for pack in packs {
            instruments.take_timings(pack)?;
        }
        for graph in graphs {
            instruments.graph_up(graph, false);
            for kpi in kpis.iter().filter(|kpi| kpi.asks(graph)) {
                instruments.lane(kpi, graph);
            }
        }
        Ok(instruments)
    }

    fn take_timings(&mut self, pack: &Pack) -> Result<()> {
        if let Some(timing) = &pack.query_latency {
            let label: Vec<_> = timing.label.iter().map(|label| label.as_str()).collect();
            let vector = HistogramVec::new(timing_opts(timing), &label)?;
            self.registry.register(Box::new(vector.clone()))?;
            self.query_latencies
                .push((pack.name.clone(), Clock { histogram: vector, per_second: timing.per_second() }));
        }
        if let Some(timing) = &pack.export_latency {
            let histogram = Histogram::with_opts(timing_opts(timing))?;
            self.registry.register(Box::new(histogram.clone()))?;
            self.export_latencies.push(Clock { histogram, per_second: timing.per_second() });
        }
        Ok(())
    }

    /// The instruments of one KPI on one graph.
    pub fn lane(&self, kpi: &Kpi, graph: &str) -> LaneInstruments {
        let id = kpi.id.as_ref();
        let clock = self.query_latencies.iter().find(|(pack, _)| *pack == kpi.pack);
        let clock = clock.map(|(_, clock)| clock.of(kpi.stem()));
        let labels = if self.several_graphs { vec![id.to_owned(), graph.to_owned()] } else { vec![id.to_owned()] };
        self.kpis.limits(kpi, &labels);
        let lane = LaneInstruments::new(&self.kpis, labels, clock);
        if kpi.window().is_some() {
            DISCARD_REASONS.iter().for_each(|reason| lane.count_discarded(reason, 0));
        }
        lane
    }

    /// Says whether a graph answers.
    pub fn graph_up(&self, graph: &str, up: bool) {
        self.graph_up.with_label_values(&[graph]).set(f64::from(u8::from(up)));
    }

    /// Says how many files are left out because of a mistake in them.
    pub fn rejected_files(&self, files: usize) {
        self.rejected_files.set(files as f64);
    }

    /// A scrape was answered: how long that took, and the size of the answer.
    pub fn scraped(&self, duration: Duration, bytes: u64) {
        self.scrape_duration.observe(duration.as_secs_f64());
        self.scrape_size.observe(bytes as f64);
        for clock in &self.export_latencies {
            clock.observe(duration);
        }
    }

    /// All of it as it is now, in order of name.
    pub fn families(&self) -> Vec<Family> {
        let mut families: Vec<_> = self.registry.gather().iter().filter_map(gathered::family).collect();
        families.push(gathered::build_info());
        families.sort_by(|a, b| a.desc.name.cmp(&b.desc.name));
        families
    }
}

/// A histogram in a unit of its own.
#[derive(Clone, Debug)]
struct Clock<H> {
    histogram: H,
    per_second: f64,
}

impl Clock<HistogramVec> {
    /// The histogram of one KPI; where the timing has no label, that of all.
    fn of(&self, stem: &str) -> Clock<Histogram> {
        let histogram = self
            .histogram
            .get_metric_with_label_values(&[stem])
            .unwrap_or_else(|_| self.histogram.with_label_values::<&str>(&[]));
        Clock { histogram, per_second: self.per_second }
    }
}

impl Clock<Histogram> {
    fn observe(&self, duration: Duration) {
        self.histogram.observe(duration.as_secs_f64() * self.per_second);
    }
}

/// The metrics that every lane has.
#[derive(Clone, Debug)]
struct KpiMetrics {
    up: GaugeVec,
    last_success: GaugeVec,
    interval: GaugeVec,
    timeout: GaugeVec,
    stale_after: GaugeVec,
    max_series: GaugeVec,
    duration: GaugeVec,
    rows: GaugeVec,
    series: GaugeVec,
    runs: IntCounterVec,
    errors: IntCounterVec,
    skipped: IntCounterVec,
    window_lag: GaugeVec,
    state_discarded: IntCounterVec,
}

impl KpiMetrics {
    fn new(registry: &Registry, several_graphs: bool) -> Result<Self> {
        let labels: &[&str] = if several_graphs { &["kpi", "graph"] } else { &["kpi"] };
        let with_reason = [labels, &["reason"]].concat();
        let gauges = |name, help| gauges(registry, name, help, labels);
        let counters = |name, help, labels: &[&str]| counters(registry, name, help, labels);
        Ok(Self {
            up: gauges("kpi_up", "Whether the last run of the KPI went well; 0 before the first.")?,
            last_success: gauges("kpi_last_success_timestamp_seconds", "When the KPI last ran well.")?,
            interval: gauges("kpi_interval_seconds", "The longest time between two runs of the KPI.")?,
            timeout: gauges("kpi_timeout_seconds", "The longest a run of the KPI may take.")?,
            stale_after: gauges("kpi_stale_after_seconds", "The age at which kept values of the KPI count as stale.")?,
            max_series: gauges("kpi_max_series", "The most label sets that one run of the KPI may bring.")?,
            duration: gauges("kpi_duration_seconds", "How long the last run of the KPI took.")?,
            rows: gauges("kpi_rows", "Rows of the last run of the KPI that went well.")?,
            series: gauges("kpi_series", "Label sets of the last run of the KPI that went well.")?,
            runs: counters("kpi_runs_total", "Finished runs of the KPI.", labels)?,
            errors: counters("kpi_errors_total", "Failed runs of the KPI by reason.", &with_reason)?,
            skipped: counters("kpi_skipped_rows_total", "Rows that became no sample, by reason.", &with_reason)?,
            window_lag: gauges(
                "kpi_window_lag_seconds",
                "How far the totals of the window KPI were behind the graph at the end of the last run.",
            )?,
            state_discarded: counters(
                "state_discarded_total",
                "Saved totals of a window KPI that were not taken, so that it counts anew, by reason.",
                &with_reason,
            )?,
        })
    }
}

impl KpiMetrics {
    /// What the KPI's file allows, so that a rule can say how near it is.
    fn limits(&self, kpi: &Kpi, labels: &[String]) {
        self.interval.with_label_values(labels).set(kpi.schedule.interval().as_secs_f64());
        self.timeout.with_label_values(labels).set(kpi.timeout.as_secs_f64());
        self.stale_after.with_label_values(labels).set(kpi.stale_after.as_secs_f64());
        self.max_series.with_label_values(labels).set(kpi.max_series as f64);
    }
}

/// The instruments of one KPI on one graph; cheap to clone.
#[derive(Clone, Debug)]
pub struct LaneInstruments {
    kpis: KpiMetrics,
    labels: Vec<String>,
    up: Gauge,
    runs: IntCounter,
    query_latency: Option<Clock<Histogram>>,
}

impl LaneInstruments {
    /// What is known before the first run is visible at once; what is not (durations, the last success) is not there yet.
    fn new(kpis: &KpiMetrics, labels: Vec<String>, query_latency: Option<Clock<Histogram>>) -> Self {
        let (up, runs) = (kpis.up.with_label_values(&labels), kpis.runs.with_label_values(&labels));
        let lane = Self { kpis: kpis.clone(), labels, up, runs, query_latency };
        for reason in SKIP_REASONS {
            lane.skipped(reason, 0);
        }
        lane
    }

    /// A run went well; without a duration where there was nothing to ask.
    pub fn succeeded(&self, duration: Option<Duration>, rows: u64, series: u64) {
        self.ran(duration, true);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.kpis.last_success.with_label_values(&self.labels).set(now.as_secs_f64());
        self.kpis.rows.with_label_values(&self.labels).set(rows as f64);
        self.kpis.series.with_label_values(&self.labels).set(series as f64);
    }

    /// A run failed; without a duration where the graph was not even asked.
    pub fn failed(&self, duration: Option<Duration>, reason: &'static str) {
        self.ran(duration, false);
        self.kpis.errors.with_label_values(&self.with_reason(reason)).inc();
    }

    /// Rows became no sample.
    pub fn skipped(&self, reason: &'static str, rows: u64) {
        self.kpis.skipped.with_label_values(&self.with_reason(reason)).inc_by(rows);
    }

    /// How many seconds of the graph's time are not counted yet.
    pub fn window_lag(&self, seconds: f64) {
        self.kpis.window_lag.with_label_values(&self.labels).set(seconds);
    }

    /// A saved state was not taken.
    pub fn state_discarded(&self, reason: &'static str) {
        self.count_discarded(reason, 1);
    }

    fn count_discarded(&self, reason: &'static str, times: u64) {
        self.kpis.state_discarded.with_label_values(&self.with_reason(reason)).inc_by(times);
    }

    fn ran(&self, duration: Option<Duration>, well: bool) {
        self.up.set(f64::from(u8::from(well)));
        self.runs.inc();
        let Some(duration) = duration else { return };
        self.kpis.duration.with_label_values(&self.labels).set(duration.as_secs_f64());
        if let Some(clock) = &self.query_latency {
            clock.observe(duration);
        }
    }

    fn with_reason<'a>(&'a self, reason: &'a str) -> Vec<&'a str> {
        self.labels.iter().map(String::as_str).chain([reason]).collect()
    }
}

fn own_name(name: &str) -> String {
    format!("{}{name}", own::PREFIX)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> Result<Gauge> {
    let gauge = Gauge::new(own_name(name), help)?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<GaugeVec> {
    let gauges = GaugeVec::new(Opts::new(own_name(name), help), labels)?;
    registry.register(Box::new(gauges.clone()))?;
    Ok(gauges)
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
    let counters = IntCounterVec::new(Opts::new(own_name(name), help), labels)?;
    registry.register(Box::new(counters.clone()))?;
    Ok(counters)
}

fn histogram(registry: &Registry, name: &str, help: &str, bounds: &[f64]) -> Result<Histogram> {
    let histogram = Histogram::with_opts(HistogramOpts::new(own_name(name), help).buckets(bounds.to_vec()))?;
    registry.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}

fn timing_opts(timing: &Timing) -> HistogramOpts {
    HistogramOpts::new(timing.name.as_str(), timing.help.as_str()).buckets(timing.bounds.to_vec())
}

#[cfg(test)]
mod tests;
