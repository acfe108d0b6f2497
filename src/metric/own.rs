//! The names of the exporter's own families, so that no KPI can take one of them.

/// What every name that the exporter gives itself starts with.
pub const PREFIX: &str = "cypher_exporter_";

/// The families of the exporter and of its process, as the text format shows them, in order.
pub const NAMES: &[&str] = &[
    "cypher_exporter_build_info",
    "cypher_exporter_graph_up",
    "cypher_exporter_kpi_duration_seconds",
    "cypher_exporter_kpi_errors_total",
    "cypher_exporter_kpi_interval_seconds",
    "cypher_exporter_kpi_last_success_timestamp_seconds",
    "cypher_exporter_kpi_rows",
    "cypher_exporter_kpi_runs_total",
    "cypher_exporter_kpi_series",
    "cypher_exporter_kpi_skipped_rows_total",
    "cypher_exporter_kpi_up",
    "cypher_exporter_kpi_window_lag_seconds",
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
