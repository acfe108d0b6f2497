//! When a KPI runs, how a run goes, and what a failure does. A failing KPI affects no other.

mod clock;
mod error;
mod inspector;
mod run;
mod runner;
mod timer;
mod trigger;
mod warnings;
mod watch;
mod window_runner;
mod window_sizer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::{Board, TargetOutcome};
use crate::graph::Graph;
use crate::instruments::{Instruments, TargetInstruments};
use crate::measure::{Failure, Outcome};
use crate::state::State;
use crate::supervisor::supervised;

use inspector::{Inspected, Inspector};
use runner::{Request, Runner};
use timer::{Timer, WallClock};
use trigger::Trigger;
use watch::GraphWatch;
use window_runner::WindowRunner;

pub use error::RunError;
pub use run::{Run, run, run_after, window};

/// All runners of a process.
pub struct Scheduler {
    targets: Vec<TargetHandle>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Sends requests to the runner of one KPI on one graph.
struct TargetHandle {
    kpi: Arc<str>,
    graph: Arc<str>,
    requests: mpsc::UnboundedSender<Request>,
}

impl Scheduler {
    /// Starts a runner for each KPI on each of its graphs; each runs immediately. The totals of window KPIs are restored from
    /// `state` and published before this returns; without a state they start from `start`.
    pub async fn start(
        board: &Arc<Board>,
        instruments: &Arc<Instruments>,
        graphs: &[(Arc<str>, Arc<Graph>)],
        state: Option<&State>,
    ) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let mut scheduler = Self {
            targets: Vec::new(),
            tasks,
            stop,
        };
        let wall = Arc::new(WallClock::default());
        let mut trigger = Trigger::new(board.targets().count());
        for (name, graph) in graphs {
            let watch = Arc::new(GraphWatch::new(
                name.clone(),
                graph.clone(),
                board.clone(),
                instruments.clone(),
            ));
            let (task, stop) = (watch.clone(), scheduler.stop.clone());
            scheduler.tasks.spawn(supervised(task, board.clone(), stop));
            let mut inspected = Vec::new();
            for (slot, target) in targets_of(board, name) {
                let kpi = &board.slots()[slot].kpi;
                let instruments = instruments.target(kpi, name);
                inspected.push(Inspected::new(slot, target, instruments.clone()));
                let file = state.map(|state| state.file(kpi, name));
                let window = WindowRunner::open(kpi, name, file, &instruments).await;
                let place = (slot, target);
                let kpi = &board.slots()[slot].kpi;
                let wake = trigger.wake(&kpi.schedule).await;
                let timer = Timer::new(&kpi.id, &kpi.schedule, &wall, wake);
                scheduler.spawn_runner(board, place, &watch, instruments, window, timer);
            }
            let inspector = Inspector::new(watch, board.clone(), inspected);
            let stop = scheduler.stop.clone();
            scheduler
                .tasks
                .spawn(supervised(inspector, board.clone(), stop));
        }
        scheduler.tasks.close();
        scheduler
    }

    fn spawn_runner(
        &mut self,
        board: &Arc<Board>,
        (slot, target): (usize, usize),
        watch: &Arc<GraphWatch>,
        instruments: TargetInstruments,
        window: Option<WindowRunner>,
        timer: Timer,
    ) {
        let kpi = &board.slots()[slot].kpi;
        let (requests, receiver) = mpsc::unbounded_channel();
        let runner = Runner::new(
            (board.clone(), slot, target),
            watch.clone(),
            instruments,
            receiver,
            timer,
            window,
        );
        let stop = self.stop.clone();
        self.tasks.spawn(supervised(runner, board.clone(), stop));
        self.targets.push(TargetHandle {
            kpi: kpi.id.clone(),
            graph: watch.name.clone(),
            requests,
        });
    }

    /// Runs one KPI, or all of them, now, and waits for the outcomes. Empty if there is no such KPI.
    pub async fn refresh(&self, kpi: Option<&str>) -> Vec<TargetOutcome> {
        let requested: Vec<_> = self
            .targets
            .iter()
            .filter(|target| kpi.is_none_or(|id| *target.kpi == *id))
            .map(|target| (target, target.request()))
            .collect();
        let mut outcomes = Vec::with_capacity(requested.len());
        for (target, outcome) in requested {
            outcomes.push(TargetOutcome {
                kpi: target.kpi.clone(),
                graph: target.graph.clone(),
                outcome: outcome.await.unwrap_or_else(|_| stopping()),
            });
        }
        outcomes
    }

    /// Stops all runners; queries in flight are ended on the server too. Waits no longer than `patience`.
    pub async fn stop(&self, patience: Duration) {
        self.stop.cancel();
        if tokio::time::timeout(patience, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some runs did not end in time");
        }
    }
}

impl TargetHandle {
    fn request(&self) -> oneshot::Receiver<Outcome> {
        let (send, outcome) = oneshot::channel();
        // A runner that has ended drops the request, which the receiver notices.
        let _ = self.requests.send(send);
        outcome
    }
}

/// The outcome of a request to a runner that has ended.
fn stopping() -> Outcome {
    Outcome::NotAsked(Failure {
        reason: "stopping",
        message: "the exporter is stopping".to_owned(),
    })
}

/// The slots and targets on a board that belong to a graph.
fn targets_of(board: &Board, graph: &str) -> Vec<(usize, usize)> {
    let slots = board.slots().iter().enumerate();
    let targets = slots.flat_map(|(slot, kpi)| {
        kpi.targets()
            .iter()
            .enumerate()
            .map(move |(target, on)| (slot, target, on))
    });
    targets
        .filter(|(_, _, on)| *on.graph == *graph)
        .map(|(slot, target, _)| (slot, target))
        .collect()
}
