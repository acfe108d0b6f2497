//! The exporter's own families: no KPI can have their names, and dashboards and rules can refer to them.

use super::MetricType;

/// The prefix of the exporter's own names.
pub const PREFIX: &str = "cypher_exporter_";

/// The families of the exporter and of its process, as the text format shows them, in order.
pub const NAMES: &[&str] = &[
    "cypher_exporter_build_info",
    "cypher_exporter_graph_up",
    "cypher_exporter_kpi_duration_seconds",
    "cypher_exporter_kpi_errors_total",
    "cypher_exporter_kpi_interval_seconds",
    "cypher_exporter_kpi_last_success_timestamp_seconds",
    "cypher_exporter_kpi_max_series",
    "cypher_exporter_kpi_rows",
    "cypher_exporter_kpi_runs_total",
    "cypher_exporter_kpi_series",
    "cypher_exporter_kpi_skipped_rows_total",
    "cypher_exporter_kpi_stale_after_seconds",
    "cypher_exporter_kpi_timeout_seconds",
    "cypher_exporter_kpi_up",
    "cypher_exporter_kpi_warnings",
    "cypher_exporter_kpi_window_lag_seconds",
    "cypher_exporter_kpi_windows_halved_total",
    "cypher_exporter_rejected_files",
    "cypher_exporter_scrape_duration_seconds",
    "cypher_exporter_scrape_size_bytes",
    "cypher_exporter_state_discarded_total",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_threads",
    "process_virtual_memory_bytes",
];

/// The labels of an own family; with several graphs, those with `kpi` also have `graph`.
pub fn labels(name: &str) -> &'static [&'static str] {
    match name {
        "cypher_exporter_build_info" => &["version", "os", "arch"],
        "cypher_exporter_graph_up" => &["graph"],
        "cypher_exporter_kpi_errors_total"
        | "cypher_exporter_kpi_skipped_rows_total"
        | "cypher_exporter_kpi_warnings"
        | "cypher_exporter_state_discarded_total" => &["kpi", "reason"],
        _ if name.starts_with("cypher_exporter_kpi_") => &["kpi"],
        _ => &[],
    }
}

/// The type of an own family.
pub fn metric_type(name: &str) -> MetricType {
    match name {
        "cypher_exporter_build_info" => MetricType::Info,
        "cypher_exporter_scrape_duration_seconds" | "cypher_exporter_scrape_size_bytes" => {
            MetricType::Histogram
        }
        _ if name.ends_with("_total") => MetricType::Counter,
        _ => MetricType::Gauge,
    }
}
