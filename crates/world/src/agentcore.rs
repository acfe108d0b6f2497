//! AgentCore: training jobs that are queued, iterate and spend a budget until they complete, fail
//! or are cancelled.

mod iterations;
mod jobs;
mod trouble;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::random::Random;
use super::recorder::Recorder;
use super::shared::{AGENT, CALM, JOB, Records, STEP, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use jobs::{Job, OWNERS};
use trouble::Trouble;

/// The value of the property `system`.
pub(super) const SYSTEM: &str = "agentcore";

/// The recurring plans and their intervals.
const ROUTINE: [(Plan, Duration); 3] = [
    (Plan::Create, HOUR.saturating_mul(2)),
    (Plan::Cancel, HOUR.saturating_mul(40)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// A plan; jobs are identified by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// Creates the agents and adds all recurring plans.
    Begin,
    /// A job is created.
    Create,
    /// A job is cancelled.
    Cancel,
    /// The trajectories of a job are generated.
    Generated(u64),
    /// The policy of a job is updated, which ends an iteration.
    Updated(u64),
    /// A checkpoint of a job is saved.
    Saved(u64),
    /// A fault begins or ends.
    Trouble,
    /// Old nodes are deleted.
    Sweep,
}

/// The current state of the system.
#[derive(Debug)]
pub(super) struct AgentCore {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Queued and running jobs by number.
    jobs: BTreeMap<u64, Job>,
    /// Queued jobs in order.
    queue: VecDeque<u64>,
    trouble: Troubles<Trouble>,
}

impl AgentCore {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            agenda: Agenda::new(beginning(), Plan::Begin),
            records: Records::new(SYSTEM),
            jobs: BTreeMap::new(),
            queue: VecDeque::new(),
            trouble: Troubles::none(),
        }
    }

    fn begin(&mut self, recorder: &mut Recorder<'_>) {
        OWNERS
            .iter()
            .flatten()
            .for_each(|name| self.records.employ(name, recorder));
        self.create(recorder);
        for (plan, every) in ROUTINE {
            self.plan(recorder, plan, every);
        }
        self.plan(recorder, Plan::Trouble, CALM);
    }

    /// Adds a plan after about this duration.
    fn plan(&mut self, recorder: &Recorder<'_>, plan: Plan, after: Duration) {
        self.agenda
            .add(recorder.at + self.random.about(after), plan);
    }
}

impl System for AgentCore {
    fn kinds(&self) -> &'static [Kind] {
        &[AGENT, JOB, STEP]
    }

    fn due(&self) -> WorkTime {
        self.agenda.due().unwrap_or(WorkTime::NEVER)
    }

    fn happen(&mut self, recorder: &mut Recorder<'_>) {
        let Some(plan) = self.agenda.pop() else {
            return;
        };
        match plan {
            Plan::Begin => self.begin(recorder),
            Plan::Create => self.create(recorder),
            Plan::Cancel => self.cancel(recorder),
            Plan::Generated(job) => self.generated(job, recorder),
            Plan::Updated(job) => self.updated(job, recorder),
            Plan::Saved(job) => self.saved(job, recorder),
            Plan::Trouble => {
                let after = self.trouble.change(&mut self.random, recorder);
                self.plan(recorder, Plan::Trouble, after);
            }
            Plan::Sweep => self.records.sweep(recorder),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(recorder, plan, *every);
        }
    }
}
