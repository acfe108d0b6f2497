//! Tasks: they arrive in waves, are queued, run and finish; some are cancelled or end early at a
//! gate.

use super::agents::Profile;
use super::query::Query;
use super::{LazyBird, Plan};
use crate::random::Range;
use crate::recorder::{Recorder, text};
use crate::shared::{GROUPS, PERFORMED_TASK, TASK, measured_ms, millis, percent, usd, work};
use crate::time::WorkTime;
use cypher::Literal;

/// The maximum number of running tasks.
const WORKERS: usize = 2;
/// The maximum length of the queue.
const FULL: usize = 25;
/// The number of tasks in a wave.
const WAVE: [(u32, f64); 7] = [
    (1, 5.0),
    (2, 5.0),
    (3, 4.0),
    (4, 3.0),
    (5, 2.0),
    (7, 1.5),
    (9, 1.0),
];
/// The size from which a wave is reported.
const BIG_WAVE: u32 = 7;
/// The planned number of iterations of a task.
const ITERATIONS: [(u32, f64); 5] = [(1, 25.0), (2, 30.0), (3, 25.0), (4, 9.0), (5, 5.0)];
/// The quality of a first draft; a task with a single iteration begins higher.
const DRAFT: (f64, f64) = (42.0, 66.0);
const EASY: f64 = 20.0;
/// The reduction of an agent's quality by the difficulty of a task: few are hard.
const HARD: [Range; 2] = [((0.0, 4.0), 90.0), ((14.0, 40.0), 10.0)];
/// The cost of a task if the most expensive agent had done all of it, relative to the actual cost.
const BASELINE: (f64, f64) = (0.9, 2.6);

/// A queued or running task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) number: u64,
    pub(super) group: &'static str,
    /// The current agent, and all agents so far.
    pub(super) agent: &'static Profile,
    pub(super) performers: Vec<&'static str>,
    started: WorkTime,
    pub(super) planned: u32,
    pub(super) iteration: u32,
    /// The next gate, from 1.
    pub(super) gate: u32,
    pub(super) quality: f64,
    /// The reduction of quality by its difficulty.
    pub(super) handicap: f64,
    cost: f64,
    /// Ends after the current step.
    cancelled: bool,
    /// The running call of the agent: number, latency, and whether it fails.
    pub(super) call: Option<(u64, f64, bool)>,
    /// The duration of the evaluation.
    pub(super) evaluation_ms: f64,
    /// The previous agent after a switch, and the quality at that time, if any was evaluated.
    pub(super) switched: Option<(&'static Profile, Option<f64>)>,
}

/// The end of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Success,
    Failed,
    /// Failed at a gate before the last.
    Early,
    Cancelled,
}

impl End {
    fn status(self) -> &'static str {
        match self {
            End::Success => "success",
            End::Failed | End::Early => "failed",
            End::Cancelled => "cancelled",
        }
    }
}

impl LazyBird {
    /// A wave of tasks arrives.
    pub(super) fn arrive(&mut self, recorder: &mut Recorder<'_>) {
        let wave = self.random.weighted(&WAVE).unwrap_or(1);
        if wave >= BIG_WAVE {
            recorder.report(
                "lazybird_task_queue_depth",
                format!("a wave of {wave} tasks arrived at LazyBird"),
            );
        }
        for _ in 0..wave {
            if self.queue.len() < FULL {
                self.queue_up(recorder);
            }
        }
        self.start(recorder);
    }

    fn queue_up(&mut self, recorder: &mut Recorder<'_>) {
        let group = self.random.weighted(&GROUPS).unwrap_or_default();
        let planned = self.random.weighted(&ITERATIONS).unwrap_or(1);
        let easy = if planned == 1 { EASY } else { 0.0 };
        let (draft, handicap) = (
            self.random.between(DRAFT.0, DRAFT.1),
            self.random.spread(&HARD),
        );
        let own = [("status", text("queued")), ("created_at", recorder.now())];
        let number = self.records.begin(TASK, group, own, recorder);
        let task = Task {
            number,
            group,
            agent: self.any_agent(),
            performers: Vec::new(),
            started: recorder.at,
            planned,
            iteration: 0,
            gate: 1,
            quality: draft + easy - handicap,
            handicap,
            cost: 0.0,
            cancelled: false,
            call: None,
            evaluation_ms: 0.0,
            switched: None,
        };
        self.tasks.insert(number, task);
        self.queue.push_back(number);
    }

    /// Starts queued tasks while there is capacity.
    fn start(&mut self, recorder: &mut Recorder<'_>) {
        while self.tasks.len() - self.queue.len() < WORKERS {
            let Some(number) = self.queue.pop_front() else {
                return;
            };
            let Some(mut task) = self.tasks.remove(&number) else {
                continue;
            };
            task.started = recorder.at;
            self.records.change(
                TASK,
                number,
                [("status", text("running")), ("started_at", recorder.now())],
                recorder,
            );
            self.assign(&mut task, recorder);
            self.tasks.insert(number, task);
            let ms = self.random.between(40.0, 300.0);
            self.agenda
                .add(recorder.at + work(ms), Plan::Prepared(number));
        }
    }

    /// Assigns the task to its agent.
    pub(super) fn assign(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) {
        if !task.performers.contains(&task.agent.name) {
            task.performers.push(task.agent.name);
            self.records
                .link_agent(PERFORMED_TASK, task.agent.name, task.number, recorder);
        }
    }

    /// Ends the preparation of a task.
    pub(super) fn prepared(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(task) = self.tasks.remove(&number) else {
            return;
        };
        self.query(&task, Query::Select, recorder);
        self.look_up_guidelines(&task, recorder);
        self.call_api(&task, recorder);
        self.continue_task(task, recorder);
    }

    /// Begins the next iteration of a task, unless it is cancelled.
    pub(super) fn continue_task(&mut self, mut task: Task, recorder: &mut Recorder<'_>) {
        if task.cancelled {
            self.finish(task, End::Cancelled, recorder);
        } else {
            self.iterate(&mut task, recorder);
            self.tasks.insert(task.number, task);
        }
    }

    /// Cancels a task: a queued one ends immediately.
    pub(super) fn cancel(&mut self, recorder: &mut Recorder<'_>) {
        let Some(number) = self.random.pick(self.tasks.keys().copied().collect()) else {
            return;
        };
        if let Some(at) = self.queue.iter().position(|queued| *queued == number) {
            self.queue.remove(at);
            self.tasks.remove(&number);
            self.records
                .end(TASK, number, [("status", text("cancelled"))], recorder);
            recorder.report(
                "lazybird_task_queue_depth",
                format!("task {number} was cancelled in the queue"),
            );
        } else if let Some(task) = self.tasks.get_mut(&number) {
            task.cancelled = true;
            recorder.report(
                "lazybird_active_tasks_count",
                format!("task {number} was cancelled while it ran"),
            );
        }
    }

    /// Ends a task and starts the next one.
    pub(super) fn finish(&mut self, task: Task, end: End, recorder: &mut Recorder<'_>) {
        self.query(&task, Query::Update, recorder);
        if end == End::Success {
            self.call_api(&task, recorder);
        }
        let baseline = task.cost * self.random.between(BASELINE.0, BASELINE.1);
        let untested = self.random.between(-4.0, 28.0);
        let own = [
            ("status", text(end.status())),
            (
                "duration_ms",
                millis(measured_ms(recorder.at.since(task.started))),
            ),
            ("quality", percent(task.quality)),
            ("coverage", percent(task.quality - untested)),
            ("cost_usd", usd(task.cost)),
            ("baseline_cost_usd", usd(baseline)),
            ("early_terminated", Literal::Boolean(end == End::Early)),
        ];
        self.records.end(TASK, task.number, own, recorder);
        report_end(&task, end, recorder);
        self.start(recorder);
    }
}

impl Task {
    /// Adds the cost of a call.
    pub(super) fn pay(&mut self, amount: f64) {
        self.cost += amount;
    }
}

fn report_end(task: &Task, end: End, recorder: &mut Recorder<'_>) {
    let Task {
        number,
        quality,
        gate,
        ..
    } = task;
    match end {
        End::Success | End::Cancelled => {}
        End::Early => {
            let news = format!("task {number} was terminated early at checkpoint {gate}");
            recorder.report("lazybird_early_termination_total", news);
        }
        End::Failed => {
            let news = format!(
                "task {number} failed at the last checkpoint with a quality of {quality:.0}"
            );
            recorder.report("lazybird_task_success_rate_percent", news);
        }
    }
}
