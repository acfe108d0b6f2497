//! Jobs: they are created with a budget, wait, run, and end well or badly.

use super::AgentCore;
use crate::page::{Page, text};
use crate::shared::{GROUPS, JOB, OWNS, usd};
use cypher::Literal;

/// The agents that are trained, and nobody: some jobs have no owner.
pub(super) const OWNERS: [Option<&str>; 4] = [
    Some("support-agent"),
    Some("code-agent"),
    Some("research-agent"),
    None,
];
const CHOSEN: [(usize, f64); 4] = [(0, 5.0), (1, 4.0), (2, 2.0), (3, 1.5)];

/// How many run at one time, and how many wait at most.
const AT_ONCE: usize = 6;
const FULL: usize = 5;

/// How many iterations a job has.
const ITERATIONS: (f64, f64) = (3.0, 10.0);
/// What it may cost, in USD; 0 is as much as it likes.
const BUDGETS: [(f64, f64); 4] = [(20.0, 4.0), (50.0, 4.0), (100.0, 5.0), (0.0, 1.0)];
/// What the jobs with no limit cost is what others with this budget do.
const USUAL: f64 = 50.0;
/// The part of the budget that all iterations need at the usual price.
const NEEDED: [((f64, f64), f64); 4] = [
    ((0.3, 0.65), 97.0),
    ((0.75, 0.9), 1.0),
    ((0.9, 1.0), 1.0),
    ((1.0, 1.35), 1.0),
];

/// A job that is queued or runs.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) group: &'static str,
    pub(super) owner: Option<&'static str>,
    pub(super) iterations: u32,
    pub(super) iteration: u32,
    pub(super) budget: f64,
    pub(super) cost: f64,
    /// What an iteration costs on average.
    pub(super) per_iteration: f64,
    pub(super) loss: f64,
    pub(super) reward: f64,
    /// How long its trajectories and its policy update take in this iteration, in milliseconds, and its checkpoint.
    pub(super) generation_ms: f64,
    pub(super) update_ms: f64,
    pub(super) save_ms: f64,
    /// It ends as soon as what runs has ended.
    cancelled: bool,
}

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    /// And why.
    Failed(&'static str),
    Cancelled,
}

impl AgentCore {
    /// A new job waits, unless too many do.
    pub(super) fn create(&mut self, page: &mut Page<'_>) {
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
            ("created_at", page.now()),
            ("iteration", Literal::Integer(0)),
            ("iterations_total", Literal::Integer(iterations.into())),
            ("cost_usd", usd(0.0)),
            ("budget_usd", usd(budget)),
        ];
        let number = self.records.begin(JOB, group, own, page);
        owner
            .iter()
            .for_each(|owner| self.records.link_agent(OWNS, owner, number, page));
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
        page.tell(
            "training_jobs_created_total",
            format!(
                "{} is created with {iterations} iterations to do",
                job.named()
            ),
        );
        self.jobs.insert(number, job);
        self.queue.push_back(number);
        self.start(page);
    }

    /// Those that waited longest run, as many as can.
    fn start(&mut self, page: &mut Page<'_>) {
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
                [("status", text("running")), ("started_at", page.now())],
                page,
            );
            self.go_on(job, page);
        }
    }

    /// A job between two iterations: it has another one, unless it is done or someone has taken it back.
    pub(super) fn go_on(&mut self, mut job: Job, page: &mut Page<'_>) {
        if job.cancelled {
            self.finish(&job, End::Cancelled, page);
        } else if job.iteration >= job.iterations {
            self.finish(&job, End::Completed, page);
        } else {
            self.generate(&mut job, page);
            self.jobs.insert(job.number, job);
        }
    }

    /// Someone takes a job back: one that waits is out at once.
    pub(super) fn cancel(&mut self, page: &mut Page<'_>) {
        let Some(number) = self.random.pick(self.jobs.keys().copied().collect()) else {
            return;
        };
        if let Some(at) = self.queue.iter().position(|queued| *queued == number) {
            self.queue.remove(at);
            if let Some(job) = self.jobs.remove(&number) {
                self.finish(&job, End::Cancelled, page);
            }
        } else if let Some(job) = self.jobs.get_mut(&number) {
            job.cancelled = true;
        }
    }

    /// It is over, and the next one begins.
    pub(super) fn finish(&mut self, job: &Job, end: End, page: &mut Page<'_>) {
        let (status, metric) = match end {
            End::Completed => ("completed", "training_jobs_completed_total"),
            End::Failed(_) => ("failed", "training_jobs_failed_total"),
            End::Cancelled => ("cancelled", "training_jobs_cancelled_total"),
        };
        self.records
            .end(JOB, job.number, [("status", text(status))], page);
        let why = if let End::Failed(why) = end {
            format!(": {why}")
        } else {
            String::new()
        };
        page.tell(
            metric,
            format!(
                "{} is {status} after {} iterations{why}",
                job.named(),
                job.iteration
            ),
        );
        self.start(page);
    }
}

impl Job {
    /// What people call it.
    pub(super) fn named(&self) -> String {
        let of = self
            .owner
            .map_or(" of nobody".to_owned(), |owner| format!(" of {owner}"));
        format!("training job {}{of}", self.number)
    }
}
