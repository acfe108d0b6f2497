//! LazyBird: a pipeline in which agents work on coding tasks, iteration by iteration, and gates decide what may go on.
//!
//! Tasks wait in a queue and run two at a time. Each iteration is a call to an agent and an evaluation of what it wrote.

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
use super::page::Page;
use super::random::Random;
use super::shared::{AGENT, CALL, CALM, Records, SAMPLE, STEP, SWITCH, TASK, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use samples::Samples;
use tasks::Task;
use trouble::Trouble;

/// What `system` says.
pub(super) const SYSTEM: &str = "lazybird";

/// What happens again and again, and how often.
const ROUTINE: [(Plan, Duration); 4] = [
    (Plan::Arrive, HOUR.saturating_mul(3)),
    (Plan::Cancel, HOUR.saturating_mul(30)),
    (Plan::Sample, HOUR.checked_div(2).expect("not by zero")),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// What is going to happen; a task by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// The agents are there, and everything else is planned.
    Begin,
    /// Some tasks come.
    Arrive,
    /// Someone takes a task back.
    Cancel,
    /// A task knows what it needs to begin.
    Prepared(u64),
    /// Its agent answers, or fails.
    Answered(u64),
    /// What the agent wrote has been evaluated.
    Evaluated(u64),
    /// Something goes wrong from now on, or is over.
    Trouble,
    /// The machine is measured.
    Sample,
    /// What is old goes.
    Sweep,
}

/// The system as it stands.
#[derive(Debug)]
pub(super) struct LazyBird {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// All that are queued or run, by number.
    tasks: BTreeMap<u64, Task>,
    /// Those that are queued, in their order.
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

    fn begin(&mut self, page: &mut Page<'_>) {
        agents::PROFILES
            .iter()
            .for_each(|profile| self.records.employ(profile.name, page));
        self.arrive(page);
        self.sample(page);
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

impl System for LazyBird {
    fn kinds(&self) -> &'static [Kind] {
        &[AGENT, TASK, CALL, STEP, SWITCH, SAMPLE]
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
            Plan::Arrive => self.arrive(page),
            Plan::Cancel => self.cancel(page),
            Plan::Prepared(task) => self.prepared(task, page),
            Plan::Answered(task) => self.answered(task, page),
            Plan::Evaluated(task) => self.evaluated(task, page),
            Plan::Trouble => {
                let after = self.trouble.turn(&mut self.random, page);
                self.plan(page, Plan::Trouble, after);
            }
            Plan::Sample => self.sample(page),
            Plan::Sweep => self.records.sweep(page),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(page, plan, *every);
        }
    }
}
