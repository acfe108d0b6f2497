//! The exporter's own dashboard and alerts: what a pack has, without a KPI.

use std::time::Duration;

use super::alerts::AlertRule;
use super::dashboard::{self, Drawn, Page, Row, Source, Step, Variables};
use super::{File, Shared};
use crate::kpi::promql::{Promql, Variables as Grafanas};
use crate::kpi::{Defaults, Pack, PanelKind, load};

/// The name of its files, which no pack may have.
pub(super) const NAME: &str = "cypher-exporter";

const PACK: &str = include_str!("exporter.toml");

/// Its alerts, in the form of a pack; none when its own text were wrong, which a test rules out.
pub(super) fn pack() -> Option<Pack> {
    let source = crate::kpi::Source { path: "exporter.toml".to_owned(), pack: NAME.to_owned(), text: PACK.to_owned() };
    let defaults = Defaults { every: Duration::from_secs(300), reserved_labels: &[] };
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
        title: "KPIs with a good last run",
        description: "The share of the KPIs whose last run went well.",
        kind: PanelKind::Stat,
        unit: "percentunit",
        queries: &[("avg(cypher_exporter_kpi_up)", "KPIs with a good last run")],
        steps: &[(0.0, "red"), (0.9, "yellow"), (1.0, "green")],
        ..LINES
    },
    Panel {
        title: "Failing KPIs",
        description: "KPIs whose last run failed; their last good values stay until they are stale.",
        kind: PanelKind::Stat,
        queries: &[("count(cypher_exporter_kpi_up == 0) or vector(0)", "Failing KPIs")],
        steps: &[(0.0, "green"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Graphs",
        description: "Whether each graph answers.",
        kind: PanelKind::Stat,
        queries: &[("cypher_exporter_graph_up", "{{graph}}")],
        steps: &[(0.0, "red"), (1.0, "green")],
        mappings: UP,
        ..LINES
    },
    Panel {
        title: "Files left out",
        description: "KPI and pack files with a mistake. `cypher-exporter check` shows what is wrong.",
        kind: PanelKind::Stat,
        queries: &[("cypher_exporter_rejected_files", "Files left out")],
        steps: &[(0.0, "green"), (1.0, "yellow")],
        ..LINES
    },
    Panel {
        title: "Last run of each KPI",
        description: "Whether the last run went well.",
        kind: PanelKind::StateTimeline,
        queries: &[("cypher_exporter_kpi_up", "{{kpi}}")],
        steps: &[(0.0, "red"), (1.0, "green")],
        mappings: &[(0.0, "failed", "red"), (1.0, "went well", "green")],
        ..LINES
    },
];

const KPIS: &[Panel] = &[
    Panel {
        title: "Age of the last good answer",
        description: "At the age that its file allows, a KPI's values are dropped.",
        unit: "s",
        queries: &[("time() - cypher_exporter_kpi_last_success_timestamp_seconds", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Failed runs by reason",
        description: "How many runs failed within the time of one point.",
        queries: &[(
            "sum by (kpi, reason) (increase(cypher_exporter_kpi_errors_total[$__rate_interval]))",
            "{{kpi}}: {{reason}}",
        )],
        ..LINES
    },
    Panel {
        title: "Duration of the last run",
        description: "Time from the question to the last row.",
        unit: "s",
        queries: &[("cypher_exporter_kpi_duration_seconds", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Duration by timeout",
        description: "At 100 % a run fails.",
        unit: "percentunit",
        queries: &[("cypher_exporter_kpi_duration_seconds / cypher_exporter_kpi_timeout_seconds", "{{kpi}}")],
        steps: &[(0.0, "green"), (0.8, "yellow"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Series",
        description: "Label sets of the last good run.",
        queries: &[("cypher_exporter_kpi_series", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Series by limit",
        description: "At 100 % a run fails.",
        unit: "percentunit",
        queries: &[("cypher_exporter_kpi_series / cypher_exporter_kpi_max_series", "{{kpi}}")],
        steps: &[(0.0, "green"), (0.8, "yellow"), (1.0, "red")],
        ..LINES
    },
    Panel {
        title: "Rows left out by reason",
        description: "Rows whose value was NULL or NaN.",
        queries: &[(
            "sum by (kpi, reason) (increase(cypher_exporter_kpi_skipped_rows_total[$__rate_interval])) > 0",
            "{{kpi}}: {{reason}}",
        )],
        ..LINES
    },
    Panel {
        title: "Window KPIs behind the graph",
        description: "How much of the graph's time is not counted yet; negative where its clock is behind the count.",
        unit: "s",
        queries: &[("cypher_exporter_kpi_window_lag_seconds", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Windows tried again in half",
        description: "They were too much at once, or had a row that cannot be counted. Only the shortest one is a failed run.",
        queries: &[("sum by (kpi) (increase(cypher_exporter_kpi_windows_halved_total[$__rate_interval]))", "{{kpi}}")],
        ..LINES
    },
    Panel {
        title: "Runs",
        description: "Finished runs of all KPIs, by second.",
        unit: "ops",
        queries: &[("sum(rate(cypher_exporter_kpi_runs_total[$__rate_interval]))", "runs")],
        ..LINES
    },
    Panel {
        title: "Totals that began anew",
        description: "Saved totals of window KPIs that were not taken: the file was damaged, or the KPI had changed.",
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
        title: "Time to answer a scrape",
        description: "From memory, whatever the graph does.",
        kind: PanelKind::Heatmap,
        unit: "s",
        queries: &[(
            "sum by (le) (increase(cypher_exporter_scrape_duration_seconds_bucket[$__rate_interval]))",
            "{{le}}",
        )],
        ..LINES
    },
    Panel {
        title: "Time to answer a scrape: p50, p95, p99",
        description: "From memory, whatever the graph does.",
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
        title: "Size of an answer",
        description: "As it was sent, so mostly compressed.",
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
        description: "Cores in use.",
        queries: &[("rate(process_cpu_seconds_total{job=~\"$job\"}[$__rate_interval])", "{{instance}}")],
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
        description: "Connections included.",
        queries: &[("process_open_fds", "{{instance}}"), ("process_max_fds", "{{instance}}: the most")],
        ..LINES
    },
    Panel {
        title: "Versions",
        description: "Which exporters there are.",
        kind: PanelKind::Table,
        queries: &[("cypher_exporter_build_info", "")],
        ..LINES
    },
];

const ROWS: [(&str, &[Panel]); 4] =
    [("Health", HEALTH), ("KPIs", KPIS), ("Scrapes", SCRAPES), ("The process", PROCESS)];

/// The dashboard of the exporter.
pub(super) fn dashboard(shared: &Shared<'_>, pack: &Pack, alerts: &[AlertRule<'_>]) -> File {
    let variables = Variables::of_own();
    let source = Source { shared, variables: &variables };
    let row = |(title, panels): (&str, &[Panel])| Row {
        title: Some(title.to_owned()),
        panels: panels.iter().map(|panel| drawn(&source, panel, alerts)).collect(),
    };
    let description = pack.description.clone().unwrap_or_default();
    let page = Page {
        name: NAME,
        title: &pack.title,
        description: &description,
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
        queries: promqls.iter().map(|(promql, legend)| source.query(promql, *legend)).collect(),
        mappings: panel
            .mappings
            .iter()
            .map(|(value, text, color)| (*value, (*text).to_owned(), (*color).to_owned()))
            .collect(),
        link: None,
    }
}
