//! The HTTP server. It reads the board and never sees a graph, so no scrape can cause a query or
//! wait for one.
//!
//! - `GET /metrics`, `GET /api/metrics/prometheus`: every metric, in the format that the client
//!   accepts
//! - `GET /`: the status page
//! - `GET /api/metrics/summary`: the same as JSON
//! - `POST /api/metrics/refresh[?kpi=…]`: runs all KPIs or one and waits for the results; only with
//!   `[web] lifecycle = true`
//! - `GET /api/metrics/health`: health of the exporter, as JSON
//! - `GET /health`, `GET /-/healthy`: 200 while the process responds
//! - `GET /-/ready`: 200 once each KPI has run and a graph answers
//! - `GET /dashboard`: redirects to the dashboard that the configuration names

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::board::{Board, TargetOutcome};
use crate::diagnostic::{Level, Problem};
use crate::instruments::Instruments;

mod api;
mod body;
pub mod client;
mod health;
mod page;
mod progress;
mod response;
mod routes;
mod scrape;
mod server;
mod time;

pub use api::metric as family_as_json;
pub use server::serve;

/// Everything that responses are made from.
pub struct AppState {
    /// The readings.
    pub board: Arc<Board>,
    /// The exporter's own metrics.
    pub instruments: Arc<Instruments>,
    /// Makes the scheduler run KPIs.
    pub refresh: Refresh,
    /// The settings of the HTTP server.
    pub settings: Settings,
    /// What is wrong with the files.
    pub problems: Vec<FileProblem>,
}

/// A problem of a file, or of the settings.
#[derive(Clone, Debug)]
pub struct FileProblem {
    /// Whether the file is rejected, or only probably wrong.
    pub level: Level,
    /// The file, if the problem is in one.
    pub path: Option<String>,
    /// What is wrong, in one line.
    pub message: String,
    /// The whole report, as `check` prints it.
    pub report: String,
}

impl FileProblem {
    /// A problem of a file with this text.
    pub fn new(problem: &Problem, text: &str) -> Self {
        Self {
            level: problem.level,
            path: problem.path().map(str::to_owned),
            message: problem.message.clone(),
            report: problem.render(text, false),
        }
    }
}

impl AppState {
    /// Whether there is any problem, of a file or of a KPI on a graph.
    fn has_problems(&self) -> bool {
        let mut warnings = self.board.targets().flat_map(|target| target.warnings());
        !self.problems.is_empty() || warnings.any(|warning| !warning.level.is_hint())
    }

    /// What is wrong with the files, and what the graphs show to be wrong with their KPIs.
    fn all_problems(&self) -> Vec<FileProblem> {
        let mut problems = self.problems.clone();
        for slot in self.board.slots() {
            for target in slot.targets() {
                let warnings = target.warnings();
                let report = |warning| FileProblem::new(warning, &slot.kpi.query);
                problems.extend(warnings.iter().map(report));
            }
        }
        problems
    }
}

/// Runs one KPI by its id, or all, now, and waits for the results.
pub type Refresh = Arc<
    dyn Fn(Option<String>) -> BoxFuture<'static, Result<Vec<TargetOutcome>, UnknownKpi>>
        + Send
        + Sync,
>;

/// There is no KPI with this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such KPI: `{0}`; `GET /api/metrics/summary` lists them")]
pub struct UnknownKpi(pub String);

/// The settings of the HTTP server.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether POST routes are allowed.
    pub lifecycle: bool,
    /// Where `/dashboard` redirects to.
    pub dashboard_url: Option<String>,
    /// Limits per client and connection.
    pub limits: Limits,
}

/// Limits that keep a client from occupying the server permanently.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The maximum number of concurrent connections; further ones wait in the backlog of the
    /// system.
    pub connections: usize,
    /// How long the header of a request may take, which is also how long a connection may be idle
    /// between two scrapes.
    pub header: Duration,
    /// How long a client may stop reading a response.
    pub stall: Duration,
    /// The maximum age of a connection: after it, no further request is accepted.
    pub age: Duration,
    /// How long a response in progress may continue after the maximum age or after a shutdown has
    /// begun.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            // Longer than the usual scrape interval of a minute, so that Prometheus can keep its
            // connection.
            header: Duration::from_secs(75),
            stall: Duration::from_secs(15),
            age: Duration::from_secs(600),
            // The process must end within 5 s of SIGTERM.
            grace: Duration::from_secs(3),
        }
    }
}
