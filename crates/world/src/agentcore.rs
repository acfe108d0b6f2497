//! AgentCore: training jobs that wait, run, iterate and use up a budget, until they complete, fail or are cancelled.

mod iterations;
mod jobs;
mod trouble;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::page::Page;
use super::random::Random;
use super::shared::{AGENT, CALM, JOB, Records, STEP, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use jobs::{Job, OWNERS};
use trouble::Trouble;

/// What `system` says.
pub(super) const SYSTEM: &str = "agentcore";

/// What happens again and again, and how often.
const ROUTINE: [(Plan, Duration); 3] = [
    (Plan::Create, HOUR.saturating_mul(2)),
    (Plan::Cancel, HOUR.saturating_mul(40)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// What is going to happen; a job by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// The agents are there, and everything else is planned.
    Begin,
    /// Someone wants an agent trained.
    Create,
    /// Someone takes a job back.
    Cancel,
    /// A job has its trajectories.
    Generated(u64),
    /// A job has updated its policy: one more iteration is done.
    Updated(u64),
    /// A job has saved a checkpoint.
    Saved(u64),
    /// Something goes wrong from now on, or is over.
    Trouble,
    /// What is old goes.
    Sweep,
}

/// The system as it stands.
#[derive(Debug)]
pub(super) struct AgentCore {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// All that are queued or run, by number.
    jobs: BTreeMap<u64, Job>,
    /// Those that are queued, in their order.
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

    fn begin(&mut self, page: &mut Page<'_>) {
        OWNERS
            .iter()
            .flatten()
            .for_each(|name| self.records.employ(name, page));
        self.create(page);
        for (plan, every) in ROUTINE {
            self.plan(page, plan, every);
        }
        self.plan(page, Plan::Trouble, CALM);
    }

    /// Plans something for about so long from now.
    fn plan(&mut self, page: &Page<'_>, plan: Plan, after: Duration) {
        self.agenda.add(page.at + self.random.about(after), plan);
    }
}

impl System for AgentCore {
    fn kinds(&self) -> &'static [Kind] {
        &[AGENT, JOB, STEP]
    }

    fn due(&self) -> WorkTime {
        self.agenda.due().unwrap_or(WorkTime::NEVER)
    }

    fn happen(&mut self, page: &mut Page<'_>) {
        let Some(plan) = self.agenda.take() else {
            return;
        };
        match plan {
            Plan::Begin => self.begin(page),
            Plan::Create => self.create(page),
            Plan::Cancel => self.cancel(page),
            Plan::Generated(job) => self.generated(job, page),
            Plan::Updated(job) => self.updated(job, page),
            Plan::Saved(job) => self.saved(job, page),
            Plan::Trouble => {
                let after = self.trouble.turn(&mut self.random, page);
                self.plan(page, Plan::Trouble, after);
            }
            Plan::Sweep => self.records.sweep(page),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(page, plan, *every);
        }
    }
}
