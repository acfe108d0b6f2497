//! When a KPI runs, how a run goes, and what a failure does. A failing KPI touches no other.

mod clock;
mod run;
mod runner;
mod timer;
mod watch;
mod window_runner;
mod window_sizer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::Board;
use crate::graph::Graph;
use crate::instruments::{Instruments, TargetInstruments};
use crate::state::State;

use runner::{Request, Runner};
use timer::Timers;
use watch::GraphWatch;
use window_runner::WindowRunner;

pub use run::{Run, RunError, run, run_after, window};
pub use runner::Success;

/// Why the schedule could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The cron trigger did not take an expression.
    #[error("{kpi}: the cron trigger refuses its expression: {cause}")]
    Cron {
        /// The id.
        kpi: Arc<str>,
        /// What it said.
        cause: String,
    },
}

/// All runners of a process.
pub struct Scheduler {
    targets: Vec<LaneHandle>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// How to reach the runner of one KPI on one graph.
struct LaneHandle {
    kpi: Arc<str>,
    graph: Arc<str>,
    requests: mpsc::UnboundedSender<Request>,
}

/// The outcome of a run that someone asked for.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// The graph's name.
    pub graph: Arc<str>,
    /// How it went, or why it failed.
    pub result: Result<Success, String>,
}

impl Scheduler {
    /// Starts a runner for each KPI on each of its graphs; each runs at once. What window KPIs have counted before is taken
    /// from `state` and shown by the time this returns; without a state they count from their start.
    ///
    /// # Errors
    /// When the cron trigger does not take an expression.
    pub async fn start(
        board: &Arc<Board>,
        instruments: &Arc<Instruments>,
        graphs: &[(Arc<str>, Arc<Graph>)],
        state: Option<&State>,
    ) -> Result<Self, ScheduleError> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let mut scheduler = Self {
            targets: Vec::new(),
            tasks,
            stop,
        };
        let mut trigger = Timers::new(board.targets().count());
        for (name, graph) in graphs {
            let watch = Arc::new(GraphWatch::new(
                name.clone(),
                graph.clone(),
                board.clone(),
                instruments.clone(),
            ));
            scheduler.keep_watch(&watch);
            for (slot, target) in lanes_of(board, name) {
                let kpi = &board.slots()[slot].kpi;
                let instruments = instruments.target(kpi, name);
                let file = state.map(|state| state.file(kpi, name));
                let counting = WindowRunner::open(kpi, name, file, &instruments).await;
                scheduler
                    .keep_runner(
                        board,
                        (slot, target),
                        &watch,
                        instruments,
                        counting,
                        &mut trigger,
                    )
                    .await?;
            }
        }
        scheduler.tasks.close();
        Ok(scheduler)
    }

    fn keep_watch(&self, watch: &Arc<GraphWatch>) {
        let (watch, stop) = (watch.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = watch.keep() => {}
            }
        });
    }

    async fn keep_runner(
        &mut self,
        board: &Arc<Board>,
        (slot, target): (usize, usize),
        watch: &Arc<GraphWatch>,
        instruments: TargetInstruments,
        counting: Option<WindowRunner>,
        trigger: &mut Timers,
    ) -> Result<(), ScheduleError> {
        let kpi = &board.slots()[slot].kpi;
        let due = trigger.due(&kpi.id, &kpi.schedule).await;
        let due = due.map_err(|cause| ScheduleError::Cron {
            kpi: kpi.id.clone(),
            cause: cause.to_string(),
        })?;
        let (requests, receiver) = mpsc::unbounded_channel();
        let runner = Runner::new(
            (board.clone(), slot, target),
            watch.clone(),
            instruments,
            receiver,
            due,
            counting,
        );
        self.tasks.spawn(runner.keep(self.stop.clone()));
        self.targets.push(LaneHandle {
            kpi: kpi.id.clone(),
            graph: watch.name.clone(),
            requests,
        });
        Ok(())
    }

    /// Runs one KPI, or all of them, now, and waits. Empty when there is no such KPI.
    pub async fn refresh(&self, kpi: Option<&str>) -> Vec<Outcome> {
        let asked: Vec<_> = self
            .targets
            .iter()
            .filter(|target| kpi.is_none_or(|id| *target.kpi == *id))
            .map(LaneHandle::ask)
            .collect();
        let mut outcomes = Vec::with_capacity(asked.len());
        for (kpi, graph, answer) in asked {
            let result = answer
                .await
                .unwrap_or_else(|_| Err("the exporter is stopping".to_owned()));
            outcomes.push(Outcome { kpi, graph, result });
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

impl LaneHandle {
    fn ask(
        &self,
    ) -> (
        Arc<str>,
        Arc<str>,
        oneshot::Receiver<Result<Success, String>>,
    ) {
        let (send, answer) = oneshot::channel();
        // A runner that is gone drops the request, which the receiver sees.
        let _ = self.requests.send(send);
        (self.kpi.clone(), self.graph.clone(), answer)
    }
}

/// Where on the board the KPIs of a graph stand.
fn lanes_of(board: &Board, graph: &str) -> Vec<(usize, usize)> {
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
