//! `serve`: everything at work until a signal ends it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::FutureExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Ended;
use super::loaded::{self, Loaded};
use crate::board::Board;
use crate::cli::Common;
use crate::http::{self, Refresh, Refreshed, Settings, Site, UnknownKpi};
use crate::instruments::Instruments;
use crate::schedule::{Outcome, Scheduler};
use crate::state::{State, StateError};

/// A supervisor's patience: after SIGTERM the process is gone within 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) async fn serve(common: &Common) -> anyhow::Result<Ended> {
    let Some(loaded) = loaded::load(common)? else { return Ok(Ended::BadInput) };
    loaded.show_problems()?;
    if !loaded.has_files()? {
        return Ok(Ended::BadInput);
    }
    if loaded.catalog.kpis.is_empty() {
        writeln!(anstream::stderr(), "error: no KPI can run: each file has a mistake")?;
        return Ok(Ended::BadInput);
    }
    // Before anything runs: who cannot be scraped need not ask the graph.
    let listen = loaded.config.web.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; `[web] listen` names another address"))?;
    let stop = stop_on_signal()?;
    let (site, scheduler) = open(&loaded).await?;
    tracing::info!(
        address = %listener.local_addr()?,
        kpis = loaded.catalog.kpis.len(),
        rejected_files = loaded.catalog.rejected_files(),
        "serving /metrics"
    );
    // Both at once: a refresh whose runs are ended need not be waited for.
    let ended = async {
        stop.cancelled().await;
        scheduler.stop(PATIENCE).await;
    };
    tokio::join!(http::serve(listener, Arc::new(site), stop.clone()), ended);
    tracing::info!("ended");
    Ok(Ended::Done)
}

async fn open(loaded: &Loaded) -> anyhow::Result<(Site, Arc<Scheduler>)> {
    let graphs = loaded.graphs();
    let names: Vec<_> = graphs.iter().map(|(name, _)| name.clone()).collect();
    let catalog = &loaded.catalog;
    let board = Arc::new(Board::new(&catalog.kpis, &names, loaded.constant()));
    let instruments = Arc::new(Instruments::new(&catalog.kpis, &catalog.packs, &names)?);
    instruments.rejected_files(catalog.rejected_files());
    let state = state(loaded)?;
    let scheduler = Arc::new(Scheduler::start(&board, &instruments, &graphs, state.as_ref()).await?);
    let settings = Settings {
        lifecycle: loaded.config.web.lifecycle,
        dashboard_url: loaded.config.web.dashboard_url.clone(),
        ..Settings::default()
    };
    let refresh = refresh(&scheduler, &board);
    Ok((Site { board, instruments, refresh, settings }, scheduler))
}

/// Where totals are kept, when the settings say so and there is a KPI that has any.
fn state(loaded: &Loaded) -> Result<Option<State>, StateError> {
    let counts = loaded.catalog.kpis.iter().any(|kpi| kpi.window().is_some());
    loaded.config.state.as_deref().filter(|_| counts).map(State::open).transpose()
}

/// What the web side may ask of the scheduler.
fn refresh(scheduler: &Arc<Scheduler>, board: &Arc<Board>) -> Refresh {
    let (scheduler, board) = (scheduler.clone(), board.clone());
    Arc::new(move |kpi: Option<String>| {
        let (scheduler, board) = (scheduler.clone(), board.clone());
        async move {
            if let Some(id) = kpi.as_ref().filter(|id| board.slot(id).is_none()) {
                return Err(UnknownKpi(id.clone()));
            }
            Ok(scheduler.refresh(kpi.as_deref()).await.into_iter().map(refreshed).collect())
        }
        .boxed()
    })
}

fn refreshed(outcome: Outcome) -> Refreshed {
    let (success, error) = match outcome.result {
        Ok(success) => (Some(success), None),
        Err(error) => (None, Some(error)),
    };
    Refreshed {
        kpi: outcome.kpi,
        graph: outcome.graph,
        duration: success.map(|success| success.duration).unwrap_or_default(),
        rows: success.map(|success| success.rows).unwrap_or_default(),
        series: success.map(|success| success.series).unwrap_or_default(),
        error,
    }
}

/// Cancelled by SIGTERM or SIGINT.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let stopped = stop.clone();
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "ending");
        stopped.cancel();
    });
    Ok(stop)
}
