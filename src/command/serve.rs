//! `serve`: everything at work until a signal ends it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::FutureExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::ExitStatus;
use super::project::{self, GraphSource, Project};
use crate::board::Board;
use crate::cli::Common;
use crate::graph::Graph;
use crate::http::{self, AppState, Refresh, Settings, UnknownKpi};
use crate::instruments::Instruments;
use crate::kpi::Catalog;
use crate::schedule::Scheduler;
use crate::state::{Orphan, State, StateError};

/// A supervisor's patience: after SIGTERM the process is gone within 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) async fn serve(common: &Common) -> anyhow::Result<ExitStatus> {
    let Some(loaded) = project::load(common, GraphSource::Configured)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !loaded.can_run()? {
        return Ok(ExitStatus::BadInput);
    }
    // Before anything runs: who cannot be scraped need not ask the graph.
    let listener = listen(loaded.config.web.listen, "`[web] listen`").await?;
    warn_without_state(&loaded);
    at_work(&loaded, &loaded.graphs(), listener, &stop_on_signal()?).await?;
    Ok(ExitStatus::Done)
}

/// Listens there; an error says that `setting` names another address.
pub(super) async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on {address}; {setting} names another address"))
}

/// Runs the KPIs on these graphs and serves them, until `stop`.
pub(super) async fn at_work(
    loaded: &Project,
    graphs: &[(Arc<str>, Arc<Graph>)],
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (site, scheduler) = open(loaded, graphs).await?;
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
    Ok(())
}

async fn open(
    loaded: &Project,
    graphs: &[(Arc<str>, Arc<Graph>)],
) -> anyhow::Result<(AppState, Arc<Scheduler>)> {
    let names: Vec<_> = graphs.iter().map(|(name, _)| name.clone()).collect();
    let catalog = &loaded.catalog;
    let board = Arc::new(Board::new(&catalog.kpis, &names, loaded.constant()));
    let instruments = Arc::new(Instruments::new(&catalog.kpis, &catalog.packs, &names)?);
    instruments.rejected_files(catalog.rejected_files());
    let state = state(loaded)?;
    if let Some(state) = &state {
        log_orphans(state, catalog, &names);
    }
    let scheduler = Arc::new(Scheduler::start(&board, &instruments, graphs, state.as_ref()).await);
    let settings = Settings {
        lifecycle: loaded.config.web.lifecycle,
        dashboard_url: loaded.config.web.dashboard_url.clone(),
        ..Settings::default()
    };
    let refresh = refresh(&scheduler, &board);
    Ok((
        AppState {
            board,
            instruments,
            refresh,
            settings,
            problems: loaded.file_problems(),
        },
        scheduler,
    ))
}

/// Where totals are kept, when the settings say so and there is a KPI that has any.
fn state(loaded: &Project) -> Result<Option<State>, StateError> {
    let counts = loaded.catalog.kpis.iter().any(|kpi| kpi.window().is_some());
    loaded
        .config
        .state
        .as_deref()
        .filter(|_| counts)
        .map(State::open)
        .transpose()
}

/// Names the states that would lie there for ever, since a KPI or a graph was renamed: its totals begin anew otherwise, and
/// nobody would know why.
fn log_orphans(state: &State, catalog: &Catalog, graphs: &[Arc<str>]) {
    let windows = catalog.kpis.iter().filter(|kpi| kpi.window().is_some());
    let targets = windows.flat_map(|kpi| {
        graphs
            .iter()
            .filter(|graph| kpi.asks(graph))
            .map(move |graph| (kpi, graph))
    });
    let owners: Vec<_> = targets.map(|(kpi, graph)| state.file(kpi, graph)).collect();
    let orphans = state.orphans(&owners);
    // The KPI of a file with a mistake is back as soon as that is mended.
    let comes_back = |orphan: &&Orphan| {
        orphan
            .counted_for
            .as_ref()
            .is_some_and(|(kpi, _)| catalog.rejects(kpi))
    };
    let told: Vec<_> = orphans
        .iter()
        .filter(|orphan| !comes_back(orphan))
        .map(in_words)
        .collect();
    if !told.is_empty() {
        let states = told.join("; ");
        tracing::warn!(
            "states that no KPI goes on with, end the exporter and rename them, or remove them: {states}"
        );
    }
}

fn in_words(orphan: &Orphan) -> String {
    let path = orphan.path.display();
    let Some((kpi, graph)) = &orphan.counted_for else {
        return format!("{path}, which cannot be read");
    };
    let rename_to: Vec<_> = orphan
        .rename_to
        .iter()
        .map(|path| format!("rename it to {}", path.display()))
        .collect();
    let advice = if rename_to.is_empty() {
        "no KPI counts the same".to_owned()
    } else {
        rename_to.join(" or ")
    };
    format!("{path} of {kpi} on the graph {graph}: {advice}")
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
            Ok(scheduler.refresh(kpi.as_deref()).await)
        }
        .boxed()
    })
}

/// Without a state, a restart counts again what the graph still has.
fn warn_without_state(loaded: &Project) {
    let windows = loaded
        .catalog
        .kpis
        .iter()
        .filter(|kpi| kpi.window().is_some());
    let kpis = windows.count();
    if kpis > 0 && loaded.config.state.is_none() {
        tracing::warn!(
            kpis,
            "totals of window KPIs are kept in memory only and restart from `start` with the exporter; set `[state] path`"
        );
    }
}

/// Cancelled by SIGTERM or SIGINT.
pub(super) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
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
