//! Training jobs from their creation with a budget to their end.

use super::AgentCore;
use crate::recorder::{Recorder, text};
use crate::shared::{GROUPS, JOB, OWNS, usd};
use cypher::Literal;

/// The owners of jobs; some jobs have none.
pub(super) const OWNERS: [Option<&str>; 4] = [
    Some("support-agent"),
    Some("code-agent"),
    Some("research-agent"),
    None,
];
const CHOSEN: [(usize, f64); 4] = [(0, 5.0), (1, 4.0), (2, 2.0), (3, 1.5)];

/// The maximum numbers of running and of queued jobs.
const AT_ONCE: usize = 6;
const FULL: usize = 5;

/// The number of iterations of a job.
const ITERATIONS: (f64, f64) = (3.0, 10.0);
/// The budget in USD; 0 is no limit.
const BUDGETS: [(f64, f64); 4] = [(20.0, 4.0), (50.0, 4.0), (100.0, 5.0), (0.0, 1.0)];
/// The cost of jobs without a limit corresponds to this budget.
const USUAL: f64 = 50.0;
/// The part of the budget that all iterations need at the usual cost.
const NEEDED: [((f64, f64), f64); 4] = [
    ((0.3, 0.65), 97.0),
    ((0.75, 0.9), 1.0),
    ((0.9, 1.0), 1.0),
    ((1.0, 1.35), 1.0),
];

/// A queued or running job.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) group: &'static str,
    pub(super) owner: Option<&'static str>,
    pub(super) iterations: u32,
    pub(super) iteration: u32,
    pub(super) budget: f64,
    pub(super) cost: f64,
    /// The average cost of an iteration.
    pub(super) per_iteration: f64,
    pub(super) loss: f64,
    pub(super) reward: f64,
    /// The durations of trajectories, policy update and checkpoint in this iteration, in
    /// milliseconds.
    pub(super) generation_ms: f64,
    pub(super) update_ms: f64,
    pub(super) save_ms: f64,
    /// Ends after the current step.
    cancelled: bool,
}

/// The end of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    /// With the reason.
    Failed(&'static str),
    Cancelled,
}

impl AgentCore {
    /// Queues a new job, unless the queue is full.
    pub(super) fn create(&mut self, recorder: &mut Recorder<'_>) {
        if self.queue.len() >= FULL {
            return;
        }
        let owner = self.random.weighted(&CHOSEN).and_then(|at| OWNERS[at]);
        let iterations = self.random.between(ITERATIONS.0, ITERATIONS.1) as u32;
        let budget = self.random.weighted(&BUDGETS).unwrap_or_default();
        let needed = self.random.spread(&NEEDED) * if budget > 0.0 { budget } else { USUAL };
        let group = self.random.weighted(&GROUPS).unwrap_or_default();
        let own = [
            ("status", text("queued")),
            ("created_at", recorder.now()),
            ("iteration", Literal::Integer(0)),
            ("iterations_total", Literal::Integer(iterations.into())),
            ("cost_usd", usd(0.0)),
            ("budget_usd", usd(budget)),
        ];
        let number = self.records.begin(JOB, group, own, recorder);
        owner
            .iter()
            .for_each(|owner| self.records.link_agent(OWNS, owner, number, recorder));
        let job = Job {
            number,
            group,
            owner,
            iterations,
            iteration: 0,
            budget,
            cost: 0.0,
            per_iteration: needed / f64::from(iterations.max(1)),
            loss: self.random.between(1.8, 3.2),
            reward: self.random.between(-0.3, 0.1),
            generation_ms: 0.0,
            update_ms: 0.0,
            save_ms: 0.0,
            cancelled: false,
        };
        recorder.report(
            "training_jobs_created_total",
            format!("{} was created with {iterations} iterations", job.named()),
        );
        self.jobs.insert(number, job);
        self.queue.push_back(number);
        self.start(recorder);
    }

    /// Starts queued jobs while there is capacity.
    fn start(&mut self, recorder: &mut Recorder<'_>) {
        while self.jobs.len() - self.queue.len() < AT_ONCE {
            let Some(number) = self.queue.pop_front() else {
                return;
            };
            let Some(job) = self.jobs.remove(&number) else {
                continue;
            };
            self.records.change(
                JOB,
                number,
                [("status", text("running")), ("started_at", recorder.now())],
                recorder,
            );
            self.continue_job(job, recorder);
        }
    }

    /// Begins the next iteration of a job, unless it is complete or cancelled.
    pub(super) fn continue_job(&mut self, mut job: Job, recorder: &mut Recorder<'_>) {
        if job.cancelled {
            self.finish(&job, End::Cancelled, recorder);
        } else if job.iteration >= job.iterations {
            self.finish(&job, End::Completed, recorder);
        } else {
            self.generate(&mut job, recorder);
            self.jobs.insert(job.number, job);
        }
    }

    /// Cancels a job: a queued one ends immediately.
    pub(super) fn cancel(&mut self, recorder: &mut Recorder<'_>) {
        let Some(number) = self.random.pick(self.jobs.keys().copied().collect()) else {
            return;
        };
        if let Some(at) = self.queue.iter().position(|queued| *queued == number) {
            self.queue.remove(at);
            if let Some(job) = self.jobs.remove(&number) {
                self.finish(&job, End::Cancelled, recorder);
            }
        } else if let Some(job) = self.jobs.get_mut(&number) {
            job.cancelled = true;
        }
    }

    /// Ends a job and starts the next one.
    pub(super) fn finish(&mut self, job: &Job, end: End, recorder: &mut Recorder<'_>) {
        let (status, outcome, metric) = match end {
            End::Completed => ("completed", "completed", "training_jobs_completed_total"),
            End::Failed(_) => ("failed", "failed", "training_jobs_failed_total"),
            End::Cancelled => (
                "cancelled",
                "was cancelled",
                "training_jobs_cancelled_total",
            ),
        };
        self.records
            .end(JOB, job.number, [("status", text(status))], recorder);
        let why = if let End::Failed(why) = end {
            format!(": {why}")
        } else {
            String::new()
        };
        recorder.report(
            metric,
            format!(
                "{} {outcome} after {} iterations{why}",
                job.named(),
                job.iteration
            ),
        );
        self.start(recorder);
    }
}

impl Job {
    /// Its name in story lines.
    pub(super) fn named(&self) -> String {
        let of = self
            .owner
            .map_or(" without owner".to_owned(), |owner| format!(" of {owner}"));
        format!("training job {}{of}", self.number)
    }
}
