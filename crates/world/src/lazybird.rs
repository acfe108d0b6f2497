//! LazyBird: a pipeline of agents that work on coding tasks in iterations, with quality gates.
//!
//! Tasks are queued and run two at a time. Each iteration is a call to an agent and an evaluation
//! of its result.

mod agents;
mod iterations;
mod lookups;
mod query;
mod samples;
mod tasks;
mod trouble;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::random::Random;
use super::recorder::Recorder;
use super::shared::{AGENT, CALL, CALM, Records, SAMPLE, STEP, SWITCH, TASK, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use samples::Samples;
use tasks::Task;
use trouble::Trouble;

/// The value of the property `system`.
pub(super) const SYSTEM: &str = "lazybird";

/// The recurring plans and their intervals.
const ROUTINE: [(Plan, Duration); 4] = [
    (Plan::Arrive, HOUR.saturating_mul(3)),
    (Plan::Cancel, HOUR.saturating_mul(30)),
    (Plan::Sample, HOUR.checked_div(2).expect("not by zero")),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// A plan; tasks are identified by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// Creates the agents and adds all recurring plans.
    Begin,
    /// Tasks arrive.
    Arrive,
    /// A task is cancelled.
    Cancel,
    /// A task is prepared.
    Prepared(u64),
    /// The agent of a task answers or fails.
    Answered(u64),
    /// The evaluation of an iteration ends.
    Evaluated(u64),
    /// A fault begins or ends.
    Trouble,
    /// The machine is sampled.
    Sample,
    /// Old nodes are deleted.
    Sweep,
}

/// The current state of the system.
#[derive(Debug)]
pub(super) struct LazyBird {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Queued and running tasks by number.
    tasks: BTreeMap<u64, Task>,
    /// Queued tasks in order.
    queue: VecDeque<u64>,
    samples: Samples,
    trouble: Troubles<Trouble>,
}

impl LazyBird {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            agenda: Agenda::new(beginning(), Plan::Begin),
            records: Records::new(SYSTEM),
            tasks: BTreeMap::new(),
            queue: VecDeque::new(),
            samples: Samples::default(),
            trouble: Troubles::none(),
        }
    }

    fn begin(&mut self, recorder: &mut Recorder<'_>) {
        agents::PROFILES
            .iter()
            .for_each(|profile| self.records.employ(profile.name, recorder));
        self.arrive(recorder);
        self.sample(recorder);
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

impl System for LazyBird {
    fn kinds(&self) -> &'static [Kind] {
        &[AGENT, TASK, CALL, STEP, SWITCH, SAMPLE]
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
            Plan::Arrive => self.arrive(recorder),
            Plan::Cancel => self.cancel(recorder),
            Plan::Prepared(task) => self.prepared(task, recorder),
            Plan::Answered(task) => self.answered(task, recorder),
            Plan::Evaluated(task) => self.evaluated(task, recorder),
            Plan::Trouble => {
                let after = self.trouble.change(&mut self.random, recorder);
                self.plan(recorder, Plan::Trouble, after);
            }
            Plan::Sample => self.sample(recorder),
            Plan::Sweep => self.records.sweep(recorder),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(recorder, plan, *every);
        }
    }
}
