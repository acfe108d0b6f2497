//! What the exporter answers over HTTP. It sees the board, never a graph: no scrape can cause or wait for a query.
//!
//! - `GET /metrics`, `GET /api/metrics/prometheus`: every metric, in the form that the client asks for
//! - `GET /`: the status page
//! - `GET /api/metrics/summary`: the same as JSON
//! - `POST /api/metrics/refresh[?kpi=…]`: runs all KPIs, or one, and waits; only with `[web] lifecycle = true`
//! - `GET /api/metrics/health`: how the exporter is, as JSON
//! - `GET /health`, `GET /-/healthy`: 200 while the process answers
//! - `GET /-/ready`: 200 once each KPI has run and a graph answers
//! - `GET /dashboard`: redirects to the dashboard that the configuration names

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::board::Board;
use crate::instruments::Instruments;

mod api;
mod ask;
mod body;
mod health;
mod page;
mod progress;
mod response;
mod routes;
mod scrape;
mod server;

pub use ask::{Answer, AskError, ask};
pub use server::serve;

/// Everything an answer is made of.
pub struct AppState {
    /// The readings.
    pub board: Arc<Board>,
    /// The exporter's own metrics.
    pub instruments: Arc<Instruments>,
    /// Asks the scheduler for runs.
    pub refresh: Refresh,
    /// What the configuration says.
    pub settings: Settings,
}

/// Runs one KPI by its id, or all, now, and waits for the results.
pub type Refresh = Arc<
    dyn Fn(Option<String>) -> BoxFuture<'static, Result<Vec<Refreshed>, UnknownKpi>> + Send + Sync,
>;

/// How one KPI's run on one graph went.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// The graph's configured name.
    pub graph: Arc<str>,
    /// How long it took.
    pub duration: Duration,
    /// Rows, when it went well.
    pub rows: u64,
    /// Series, when it went well.
    pub series: u64,
    /// Why it failed.
    pub error: Option<String>,
}

/// No KPI has this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such KPI: `{0}`; `GET /api/metrics/summary` lists them")]
pub struct UnknownKpi(pub String);

/// What the configuration says of the web side.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether POST routes may do anything.
    pub lifecycle: bool,
    /// Where `/dashboard` leads.
    pub dashboard_url: Option<String>,
    /// What clients may take up.
    pub limits: Limits,
}

/// How long and how many: no client can hold the server for ever.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections at one time; more wait unanswered in the system's queue.
    pub connections: usize,
    /// How long a request's header may take to arrive, which is also how long a connection may idle between two scrapes.
    pub header: Duration,
    /// How long a client may read nothing of an answer.
    pub stall: Duration,
    /// After this a connection gets no further request.
    pub age: Duration,
    /// How long an answer under way may go on after the end of a connection's age or of the server.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            // Longer than the usual scrape interval of a minute, so that Prometheus can keep its connection.
            header: Duration::from_secs(75),
            stall: Duration::from_secs(15),
            age: Duration::from_secs(600),
            // The process is to end within 5 s of SIGTERM.
            grace: Duration::from_secs(3),
        }
    }
}
