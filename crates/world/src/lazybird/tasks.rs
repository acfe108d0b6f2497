//! Tasks: they arrive in waves, wait, run and finish; some are taken back, some end early at a gate.

use super::agents::Profile;
use super::query::Query;
use super::{LazyBird, Plan};
use crate::page::{Page, text};
use crate::random::Range;
use crate::shared::{GROUPS, PERFORMED_TASK, TASK, measured_ms, millis, percent, usd, work};
use crate::time::WorkTime;
use cypher::Literal;

/// How many run at one time.
const WORKERS: usize = 2;
/// Nobody adds to a queue that is as long.
const FULL: usize = 25;
/// How many come at once.
const WAVE: [(u32, f64); 7] = [
    (1, 5.0),
    (2, 5.0),
    (3, 4.0),
    (4, 3.0),
    (5, 2.0),
    (7, 1.5),
    (9, 1.0),
];
/// So many at once are worth a word.
const BIG_WAVE: u32 = 7;
/// How many iterations a task is thought to need.
const ITERATIONS: [(u32, f64); 5] = [(1, 25.0), (2, 30.0), (3, 25.0), (4, 9.0), (5, 5.0)];
/// What a first draft is worth; a task that one iteration is enough for begins better.
const DRAFT: (f64, f64) = (42.0, 66.0);
const EASY: f64 = 20.0;
/// How far below the usual an agent's work on a task stays: few are hard.
const HARD: [Range; 2] = [((0.0, 4.0), 90.0), ((14.0, 40.0), 10.0)];
/// What a task would have cost with the dearest agent all the way, by what it did.
const BASELINE: (f64, f64) = (0.9, 2.6);

/// A task that is queued or runs.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) number: u64,
    pub(super) group: &'static str,
    /// Who works on it, and all who did.
    pub(super) agent: &'static Profile,
    pub(super) performers: Vec<&'static str>,
    started: WorkTime,
    pub(super) planned: u32,
    pub(super) iteration: u32,
    /// The gate that it comes to next, from 1.
    pub(super) gate: u32,
    pub(super) quality: f64,
    /// How far below the usual the work on it stays.
    pub(super) handicap: f64,
    cost: f64,
    /// It ends as soon as what runs has ended.
    cancelled: bool,
    /// The agent's call that runs: its number, how long it takes and whether it fails.
    pub(super) call: Option<(u64, f64, bool)>,
    /// How long the evaluation takes.
    pub(super) evaluation_ms: f64,
    /// The agent that another has just taken over from, and the quality then, if anything had been evaluated.
    pub(super) switched: Option<(&'static Profile, Option<f64>)>,
}

/// How a task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Success,
    Failed,
    /// Failed before all iterations were done.
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
    /// A wave of tasks comes.
    pub(super) fn arrive(&mut self, page: &mut Page<'_>) {
        let wave = self.random.weighted(&WAVE).unwrap_or(1);
        if wave >= BIG_WAVE {
            page.tell(
                "lazybird_task_queue_depth",
                format!("{wave} tasks come to LazyBird at once"),
            );
        }
        for _ in 0..wave {
            if self.queue.len() < FULL {
                self.queue_up(page);
            }
        }
        self.start(page);
    }

    fn queue_up(&mut self, page: &mut Page<'_>) {
        let group = self.random.weighted(&GROUPS).unwrap_or_default();
        let planned = self.random.weighted(&ITERATIONS).unwrap_or(1);
        let easy = if planned == 1 { EASY } else { 0.0 };
        let (draft, handicap) = (
            self.random.between(DRAFT.0, DRAFT.1),
            self.random.spread(&HARD),
        );
        let own = [("status", text("queued")), ("created_at", page.now())];
        let number = self.records.begin(TASK, group, own, page);
        let task = Task {
            number,
            group,
            agent: self.any_agent(),
            performers: Vec::new(),
            started: page.at,
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

    /// Those that waited longest run, as many as can.
    fn start(&mut self, page: &mut Page<'_>) {
        while self.tasks.len() - self.queue.len() < WORKERS {
            let Some(number) = self.queue.pop_front() else {
                return;
            };
            let Some(mut task) = self.tasks.remove(&number) else {
                continue;
            };
            task.started = page.at;
            self.records.change(
                TASK,
                number,
                [("status", text("running")), ("started_at", page.now())],
                page,
            );
            self.assign(&mut task, page);
            self.tasks.insert(number, task);
            let ms = self.random.between(40.0, 300.0);
            self.agenda.add(page.at + work(ms), Plan::Prepared(number));
        }
    }

    /// The task's agent gets to work on it.
    pub(super) fn assign(&mut self, task: &mut Task, page: &mut Page<'_>) {
        if !task.performers.contains(&task.agent.name) {
            task.performers.push(task.agent.name);
            self.records
                .link_agent(PERFORMED_TASK, task.agent.name, task.number, page);
        }
    }

    /// It knows what it needs to begin.
    pub(super) fn prepared(&mut self, number: u64, page: &mut Page<'_>) {
        let Some(task) = self.tasks.remove(&number) else {
            return;
        };
        self.query(&task, Query::Select, page);
        self.look_up_guidelines(&task, page);
        self.call_api(&task, page);
        self.go_on(task, page);
    }

    /// A task between two stages: it has another iteration, unless someone has taken it back.
    pub(super) fn go_on(&mut self, mut task: Task, page: &mut Page<'_>) {
        if task.cancelled {
            self.finish(task, End::Cancelled, page);
        } else {
            self.iterate(&mut task, page);
            self.tasks.insert(task.number, task);
        }
    }

    /// Someone takes a task back: one that waits is out at once.
    pub(super) fn cancel(&mut self, page: &mut Page<'_>) {
        let Some(number) = self.random.pick(self.tasks.keys().copied().collect()) else {
            return;
        };
        if let Some(at) = self.queue.iter().position(|queued| *queued == number) {
            self.queue.remove(at);
            self.tasks.remove(&number);
            self.records
                .end(TASK, number, [("status", text("cancelled"))], page);
            page.tell(
                "lazybird_task_queue_depth",
                format!("task {number} is taken back before it begins"),
            );
        } else if let Some(task) = self.tasks.get_mut(&number) {
            task.cancelled = true;
            page.tell(
                "lazybird_active_tasks_count",
                format!("task {number} is cancelled while it runs"),
            );
        }
    }

    /// It is over, and the next one begins.
    pub(super) fn finish(&mut self, task: Task, end: End, page: &mut Page<'_>) {
        self.query(&task, Query::Update, page);
        if end == End::Success {
            self.call_api(&task, page);
        }
        let baseline = task.cost * self.random.between(BASELINE.0, BASELINE.1);
        let untested = self.random.between(-4.0, 28.0);
        let own = [
            ("status", text(end.status())),
            (
                "duration_ms",
                millis(measured_ms(page.at.since(task.started))),
            ),
            ("quality", percent(task.quality)),
            ("coverage", percent(task.quality - untested)),
            ("cost_usd", usd(task.cost)),
            ("baseline_cost_usd", usd(baseline)),
            ("early_terminated", Literal::Boolean(end == End::Early)),
        ];
        self.records.end(TASK, task.number, own, page);
        tell_end(&task, end, page);
        self.start(page);
    }
}

impl Task {
    /// What a call has cost.
    pub(super) fn pay(&mut self, amount: f64) {
        self.cost += amount;
    }
}

fn tell_end(task: &Task, end: End, page: &mut Page<'_>) {
    let Task {
        number,
        quality,
        gate,
        ..
    } = task;
    match end {
        End::Success | End::Cancelled => {}
        End::Early => {
            let told = format!("task {number} is terminated early at checkpoint {gate}");
            page.tell("lazybird_early_termination_total", told);
        }
        End::Failed => {
            let told = format!(
                "task {number} fails at the last checkpoint with a quality of {quality:.0}"
            );
            page.tell("lazybird_task_success_rate_percent", told);
        }
    }
}
