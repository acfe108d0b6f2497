//! The exporter's own dashboard and alerts, in the form of a pack without KPIs.

use std::time::Duration;

use super::alerts::AlertRule;
use super::dashboard::{self, Drawn, Page, Row, Source, Step, Variables};
use super::{File, Shared};
use crate::kpi::{Defaults, Pack, PanelKind, load};
use promql::{Promql, Variables as Grafanas};

/// The name of its files, which no pack may have.
pub(super) const NAME: &str = "cypher-exporter";

const PACK: &str = include_str!("exporter.toml");

/// Its alerts, in the form of a pack; none when its own text were wrong, which a test rules out.
pub(super) fn pack() -> Option<Pack> {
    let source = crate::kpi::Source {
        path: "exporter.toml".to_owned(),
        pack: NAME.to_owned(),
        text: PACK.to_owned(),
    };
    let defaults = Defaults {
        every: Duration::from_secs(300),
        const_labels: &[],
    };
    load(&[], &[source], &defaults).packs.into_iter().next()
}

/// A panel: its queries, each with a legend.
struct Panel {
    title: &'static str,
    description: &'static str,
    kind: PanelKind,
    unit: &'static str,
    queries: &'static [(&'static str, &'static str)],
    steps: &'static [(f64, &'static str)],
    mappings: &'static [(f64, &'static str, &'static str)],
}

/// A panel of lines, of which most are.
const LINES: Panel = Panel {
    title: "",
    description: "",
    kind: PanelKind::TimeSeries,
    unit: "short",
    queries: &[],
    steps: &[],
    mappings: &[],
};

const UP: &[(f64, &str, &str)] = &[(0.0, "down", "red"), (1.0, "up", "green")];

const HEALTH: &[Panel] = &[
    Panel {
        title: "KPIs with a successful last run",
        description: "Share of the KPIs whose last run succeeded.",
        kind: PanelKind::Stat,
        unit: "percentunit",
        queries: &[(
            "avg(cypher_exporter_kpi_up)",
            "KPIs with a successful last run",
        )],
        steps: &[(0.0, "red"), (0.9, "yellow"), (1.0, "green")],
        ..LINES
    },
    Panel {
        title: "Failing KPIs",
        description: "KPIs whose last run failed. Their last good values are kept until they are stale.",
        kind: PanelKind::Stat,
        queries: &[(
            "count(cypher_exporter_kpi_up == 0) or vector(0)",
            "Failing KPIs",
        )],
        steps: &[(0.0, "green"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Graphs",
        description: "Whether each graph is reachable.",
        kind: PanelKind::Stat,
        queries: &[("cypher_exporter_graph_up", "{{graph}}")],
        steps: &[(0.0, "red"), (1.0, "green")],
        mappings: UP,
        ..LINES
    },
    Panel {
        title: "Rejected files",
        description: "KPI and pack files with errors. `cypher-exporter check` shows each error and how to fix it.",
        kind: PanelKind::Stat,
        queries: &[("cypher_exporter_rejected_files", "Rejected files")],
        steps: &[(0.0, "green"), (1.0, "yellow")],
        ..LINES
    },
    Panel {
        title: "Last run of each KPI",
        description: "Whether the last run of each KPI succeeded.",
        kind: PanelKind::StateTimeline,
        queries: &[("cypher_exporter_kpi_up", "{{kpi}}")],
        steps: &[(0.0, "red"), (1.0, "green")],
        mappings: &[(0.0, "failed", "red"), (1.0, "succeeded", "green")],
        ..LINES
    },
];

const KPIS: &[Panel] = &[
    Panel {
        title: "Time since the last successful run",
        description: "The values of a KPI are dropped when this exceeds its `stale_after`.",
        unit: "s",
        queries: &[(
            "time() - cypher_exporter_kpi_last_success_timestamp_seconds",
            "{{kpi}}",
        )],
        ..LINES
    },
    Panel {
        title: "Failed runs by reason",
        description: "Failed runs in the interval of each point.",
        queries: &[(
            "sum by (kpi, reason) (increase(cypher_exporter_kpi_errors_total[$__rate_interval]))",
            "{{kpi}}: {{reason}}",
        )],
        ..LINES
    },
    Panel {
        title: "Duration of the last run",
        description: "Time from sending the query to receiving the last row.",
        unit: "s",
        queries: &[("cypher_exporter_kpi_duration_seconds", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Duration relative to the timeout",
        description: "A run fails at 100 %.",
        unit: "percentunit",
        queries: &[(
            "cypher_exporter_kpi_duration_seconds / cypher_exporter_kpi_timeout_seconds",
            "{{kpi}}",
        )],
        steps: &[(0.0, "green"), (0.8, "yellow"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Series",
        description: "Label sets of the last successful run.",
        queries: &[("cypher_exporter_kpi_series", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Series relative to the limit",
        description: "A run fails at 100 %.",
        unit: "percentunit",
        queries: &[(
            "cypher_exporter_kpi_series / cypher_exporter_kpi_max_series",
            "{{kpi}}",
        )],
        steps: &[(0.0, "green"), (0.8, "yellow"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Skipped rows by reason",
        description: "Rows with a value that is not a valid sample, such as NULL or NaN.",
        queries: &[(
            "sum by (kpi, reason) (increase(cypher_exporter_kpi_skipped_rows_total[$__rate_interval])) > 0",
            "{{kpi}}: {{reason}}",
        )],
        ..LINES
    },
    Panel {
        title: "Window lag",
        description: "Distance between the cursor of a window KPI and the graph's clock. Negative when the clock is behind the cursor.",
        unit: "s",
        queries: &[("cypher_exporter_kpi_window_lag_seconds", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Windows retried at half length",
        description: "Windows that were too large for one query, or had a row that cannot be counted. The run fails only when the shortest window fails.",
        queries: &[(
            "sum by (kpi) (increase(cypher_exporter_kpi_windows_halved_total[$__rate_interval]))",
            "{{kpi}}",
        )],
        ..LINES
    },
    Panel {
        title: "Runs",
        description: "Finished runs of all KPIs per second.",
        unit: "ops",
        queries: &[(
            "sum(rate(cypher_exporter_kpi_runs_total[$__rate_interval]))",
            "runs",
        )],
        ..LINES
    },
    Panel {
        title: "Discarded totals",
        description: "Saved totals of window KPIs that were not restored because the state file was damaged or the KPI had changed.",
        queries: &[(
            "sum by (kpi, reason) (increase(cypher_exporter_state_discarded_total[$__range])) > 0",
            "{{kpi}}: {{reason}}",
        )],
        kind: PanelKind::Table,
        ..LINES
    },
];

const SCRAPES: &[Panel] = &[
    Panel {
        title: "Scrape duration",
        description: "Time to serve a scrape. Scrapes are served from memory and never query the graph.",
        kind: PanelKind::Heatmap,
        unit: "s",
        queries: &[(
            "sum by (le) (increase(cypher_exporter_scrape_duration_seconds_bucket[$__rate_interval]))",
            "{{le}}",
        )],
        ..LINES
    },
    Panel {
        title: "Scrape duration: p50, p95, p99",
        description: "Time to serve a scrape. Scrapes are served from memory and never query the graph.",
        unit: "s",
        queries: &[
            (
                "histogram_quantile(0.5, sum by (le) (rate(cypher_exporter_scrape_duration_seconds_bucket[$__rate_interval])))",
                "p50",
            ),
            (
                "histogram_quantile(0.95, sum by (le) (rate(cypher_exporter_scrape_duration_seconds_bucket[$__rate_interval])))",
                "p95",
            ),
            (
                "histogram_quantile(0.99, sum by (le) (rate(cypher_exporter_scrape_duration_seconds_bucket[$__rate_interval])))",
                "p99",
            ),
        ],
        ..LINES
    },
    Panel {
        title: "Response size",
        description: "Mean size of a scrape response as sent, usually compressed.",
        unit: "bytes",
        queries: &[(
            "sum(rate(cypher_exporter_scrape_size_bytes_sum[$__rate_interval])) / sum(rate(cypher_exporter_scrape_size_bytes_count[$__rate_interval]))",
            "mean",
        )],
        ..LINES
    },
];

const PROCESS: &[Panel] = &[
    Panel {
        title: "CPU",
        description: "CPU cores in use.",
        queries: &[(
            "rate(process_cpu_seconds_total{job=~\"$job\"}[$__rate_interval])",
            "{{instance}}",
        )],
        ..LINES
    },
    Panel {
        title: "Memory",
        description: "Resident memory.",
        unit: "bytes",
        queries: &[("process_resident_memory_bytes", "{{instance}}")],
        ..LINES
    },
    Panel {
        title: "Open files",
        description: "Open file descriptors, including connections, and their limit.",
        queries: &[
            ("process_open_fds", "{{instance}}"),
            ("process_max_fds", "{{instance}}: limit"),
        ],
        ..LINES
    },
    Panel {
        title: "Versions",
        description: "Versions of the running exporters.",
        kind: PanelKind::Table,
        queries: &[("cypher_exporter_build_info", "")],
        ..LINES
    },
];

const ROWS: [(&str, &[Panel]); 4] = [
    ("Health", HEALTH),
    ("KPIs", KPIS),
    ("Scrapes", SCRAPES),
    ("Process", PROCESS),
];

/// The dashboard of the exporter.
pub(super) fn dashboard(shared: &Shared<'_>, pack: &Pack, alerts: &[AlertRule<'_>]) -> File {
    let variables = Variables::of_own();
    let source = Source {
        shared,
        variables: &variables,
    };
    let row = |(title, panels): (&str, &[Panel])| Row {
        title: Some(title.to_owned()),
        panels: panels
            .iter()
            .map(|panel| drawn(&source, panel, alerts))
            .collect(),
    };
    let description = pack.description.clone().unwrap_or_default();
    let page = Page {
        name: NAME,
        title: &pack.title,
        description: &description,
        notice: shared.made_of(pack),
        kpis: ".+".to_owned(),
        interval: Duration::from_secs(60),
    };
    dashboard::whole(&page, &variables, ROWS.into_iter().map(row).collect())
}

fn drawn(source: &Source<'_, '_>, panel: &Panel, alerts: &[AlertRule<'_>]) -> Drawn {
    let promqls: Vec<_> = panel
        .queries
        .iter()
        .filter_map(|(expr, legend)| Some((Promql::read(expr, Grafanas::Allowed).ok()?, *legend)))
        .collect();
    let step = |(at, (from, color)): (usize, &(f64, &str))| Step {
        from: (at > 0).then_some(*from),
        color: (*color).to_owned(),
    };
    let said: Vec<_> = panel.steps.iter().enumerate().map(step).collect();
    let steps = match promqls.first() {
        Some((first, _)) if said.is_empty() => dashboard::steps_of(alerts, &first.text),
        Some(_) | None => said,
    };
    Drawn {
        title: panel.title.to_owned(),
        description: panel.description.to_owned(),
        kind: panel.kind,
        unit: panel.unit.to_owned(),
        steps,
        queries: promqls
            .iter()
            .map(|(promql, legend)| source.query(promql, *legend))
            .collect(),
        mappings: panel
            .mappings
            .iter()
            .map(|(value, text, color)| (*value, (*text).to_owned(), (*color).to_owned()))
            .collect(),
        link: None,
    }
}
