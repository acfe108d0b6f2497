//! `serve`: runs and serves the KPIs until a signal ends the process.

use std::collections::BTreeMap;
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

/// The process ends within 5 s of SIGTERM, before a supervisor kills it.
const GRACE: Duration = Duration::from_secs(4);

pub(super) async fn serve(common: &Common) -> anyhow::Result<ExitStatus> {
    let Some(project) = project::load(common, GraphSource::Configured)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !project.can_run()? {
        return Ok(ExitStatus::BadInput);
    }
    // First: an exporter that cannot be scraped need not query the graph.
    let listener = listen(project.config.web.listen, "`[web] listen`").await?;
    warn_without_state(&project);
    at_work(&project, &project.graphs(), listener, &stop_on_signal()?).await?;
    Ok(ExitStatus::Done)
}

/// Listens on an address; the error names the setting to change.
pub(super) async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener
        .with_context(|| format!("cannot listen on {address}; set another address with {setting}"))
}

/// Runs the KPIs on these graphs and serves them, until `stop`.
pub(super) async fn at_work(
    project: &Project,
    graphs: &[(Arc<str>, Arc<Graph>)],
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (app, scheduler) = open(project, graphs).await?;
    tracing::info!(
        address = %listener.local_addr()?,
        kpis = project.catalog.kpis.len(),
        rejected_files = project.catalog.rejected_files(),
        "serving /metrics"
    );
    // At the same time, so that a refresh in progress is ended rather than waited for.
    let stopped = async {
        stop.cancelled().await;
        scheduler.stop(GRACE).await;
    };
    tokio::join!(http::serve(listener, Arc::new(app), stop.clone()), stopped);
    tracing::info!("stopped");
    Ok(())
}

async fn open(
    project: &Project,
    graphs: &[(Arc<str>, Arc<Graph>)],
) -> anyhow::Result<(AppState, Arc<Scheduler>)> {
    let names: Vec<_> = graphs.iter().map(|(name, _)| name.clone()).collect();
    let catalog = &project.catalog;
    let board = Arc::new(Board::new(&catalog.kpis, &names, project.constant()));
    let instruments = Arc::new(Instruments::new(&catalog.kpis, &catalog.packs, &names)?);
    instruments.rejected_files(catalog.rejected_files());
    count_warnings(catalog, &instruments, &names);
    let state = state(project)?;
    if let Some(state) = &state {
        log_orphans(state, catalog, &names);
    }
    let scheduler = Arc::new(Scheduler::start(&board, &instruments, graphs, state.as_ref()).await);
    let settings = Settings {
        lifecycle: project.config.web.lifecycle,
        dashboard_url: project.config.web.dashboard_url.clone(),
        ..Settings::default()
    };
    let refresh = refresh(&scheduler, &board);
    Ok((
        AppState {
            board,
            instruments,
            refresh,
            settings,
            problems: project.file_problems(),
        },
        scheduler,
    ))
}

/// Counts the warnings about files; those that a graph shows come later.
fn count_warnings(catalog: &Catalog, instruments: &Instruments, graphs: &[Arc<str>]) {
    for kpi in &catalog.kpis {
        let of_kpi = catalog
            .problems
            .iter()
            .filter(|problem| problem.path() == Some(&kpi.path));
        let mut counts = BTreeMap::<_, usize>::new();
        for reason in of_kpi.filter_map(|problem| problem.level.reason()) {
            *counts.entry(reason).or_default() += 1;
        }
        for graph in graphs.iter().filter(|graph| kpi.asks(graph)) {
            let instruments = instruments.target(kpi, graph);
            counts
                .iter()
                .for_each(|(reason, count)| instruments.warnings(*reason, *count));
        }
    }
}

/// The state folder, if it is configured and there is a window KPI.
fn state(project: &Project) -> Result<Option<State>, StateError> {
    let counts = project
        .catalog
        .kpis
        .iter()
        .any(|kpi| kpi.window().is_some());
    project
        .config
        .state
        .as_deref()
        .filter(|_| counts)
        .map(State::open)
        .transpose()
}

/// Logs state files that no KPI uses: after a rename of a KPI or graph its totals restart, and this says why.
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
    // The KPI of a file with a mistake uses its state again once the file is fixed.
    let comes_back = |orphan: &&Orphan| {
        orphan
            .counted_for
            .as_ref()
            .is_some_and(|(kpi, _)| catalog.rejects(kpi))
    };
    let unused: Vec<_> = orphans
        .iter()
        .filter(|orphan| !comes_back(orphan))
        .map(describe)
        .collect();
    if !unused.is_empty() {
        let files = unused.join("; ");
        tracing::warn!(
            "orphaned state files: stop the exporter, then rename or delete them: {files}"
        );
    }
}

fn describe(orphan: &Orphan) -> String {
    let path = orphan.path.display();
    let Some((kpi, graph)) = &orphan.counted_for else {
        return format!("{path}, which is unreadable");
    };
    let rename_to: Vec<_> = orphan
        .rename_to
        .iter()
        .map(|path| format!("rename it to {}", path.display()))
        .collect();
    let advice = if rename_to.is_empty() {
        "no KPI has the same definition".to_owned()
    } else {
        rename_to.join(" or ")
    };
    format!("{path} of {kpi} on the graph {graph}: {advice}")
}

/// The one request that the HTTP server can make of the scheduler.
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
fn warn_without_state(project: &Project) {
    let windows = project
        .catalog
        .kpis
        .iter()
        .filter(|kpi| kpi.window().is_some());
    let kpis = windows.count();
    if kpis > 0 && project.config.state.is_none() {
        tracing::warn!(
            kpis,
            "totals of window KPIs are kept in memory only and restart from `start` with the exporter; set `[state] path`"
        );
    }
}

/// Cancelled by SIGTERM or SIGINT. SIGHUP, which would end the process, is logged: settings and KPI files are read at start.
pub(super) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    let stopped = stop.clone();
    tokio::spawn(async move {
        let name = loop {
            tokio::select! {
                _ = terminate.recv() => break "SIGTERM",
                _ = interrupt.recv() => break "SIGINT",
                Some(()) = hangup.recv() => {
                    tracing::warn!(signal = "SIGHUP", "ignored: restart to apply changed files");
                }
            }
        };
        tracing::info!(signal = name, "stopping");
        stopped.cancel();
    });
    Ok(stop)
}
