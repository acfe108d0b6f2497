//! BMAD: a team of agents that works on projects, draws lessons from the outcomes and shares them.
//!
//! Its graph model is described in `queries/README.md`.

mod graph;
mod lessons;
mod patterns;
mod projects;
mod team;
mod work;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::random::Random;
use super::recorder::Recorder;
use super::time::{DAY, HOUR, WorkTime};

use lessons::Insight;
use patterns::Pattern;
use projects::{Group, Project};
use team::{Agent, Name};
use work::{Archived, Event, EventType};

/// The recurring plans and their intervals.
const ROUTINE: [(Plan, Duration); 10] = [
    (Plan::Work, DAY.checked_div(60).expect("not by zero")),
    (Plan::Learn, DAY.checked_div(9).expect("not by zero")),
    (Plan::Share, DAY.checked_div(5).expect("not by zero")),
    (Plan::LoseMemory, HOUR.saturating_mul(18)),
    (Plan::LoseBrain, DAY.saturating_mul(6)),
    (Plan::Outdate, DAY.saturating_mul(4)),
    (Plan::Discover, DAY.saturating_mul(3)),
    (Plan::Found, DAY.saturating_mul(5)),
    (Plan::Fade, DAY),
    (Plan::Archive, DAY),
];

/// A plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// Creates the team and adds all recurring plans.
    Begin,
    /// An agent finishes a piece of work.
    Work,
    /// An agent draws a lesson from it.
    Learn,
    /// An agent shares a lesson.
    Share,
    /// An agent loses its memory.
    LoseMemory,
    /// A brain is deleted, which orphans its members.
    LoseBrain,
    /// The brain is created again, empty.
    RestoreBrain(Group),
    /// An orphan is adopted by a brain.
    Adopt(Name),
    /// A pattern becomes outdated.
    Outdate,
    /// A lesson becomes a pattern.
    Discover,
    /// A temporary project begins.
    Found,
    /// The temporary project ends and its nodes are deleted.
    Close(Group),
    /// Each night: unused lessons lose confidence, and lessons without confidence are deleted.
    Fade,
    /// Each night: old events are aggregated.
    Archive,
}

/// The current state of the system.
#[derive(Debug)]
pub(super) struct Bmad {
    random: Random,
    agenda: Agenda<Plan>,
    agents: Vec<Agent>,
    brains: Vec<Group>,
    projects: Vec<Project>,
    patterns: Vec<Pattern>,
    insights: Vec<Insight>,
    /// Events that are not archived, in order of time.
    events: VecDeque<Event>,
    archive: BTreeMap<(Group, EventType), Archived>,
    /// The last number of an event or pattern.
    numbered: u64,
    /// The number of lessons so far.
    lessons: u64,
}

impl Bmad {
    pub(super) fn new(random: Random, beginning: WorkTime) -> Self {
        Self {
            random,
            agenda: Agenda::new(beginning, Plan::Begin),
            agents: Vec::new(),
            brains: Vec::new(),
            projects: Vec::new(),
            patterns: Vec::new(),
            insights: Vec::new(),
            events: VecDeque::new(),
            archive: BTreeMap::new(),
            numbered: 0,
            lessons: 0,
        }
    }

    fn begin(&mut self, recorder: &mut Recorder<'_>) {
        self.open_permanent_projects(recorder);
        self.gather_team(recorder);
        self.collect_patterns(recorder);
        for (plan, every) in ROUTINE {
            self.plan(recorder, plan, every);
        }
    }

    /// Adds a plan after about this duration.
    fn plan(&mut self, recorder: &Recorder<'_>, plan: Plan, after: Duration) {
        self.agenda
            .add(recorder.at + self.random.about(after), plan);
    }

    /// The next number for an event or a pattern.
    fn number(&mut self) -> u64 {
        self.numbered += 1;
        self.numbered
    }
}

impl System for Bmad {
    fn kinds(&self) -> &'static [Kind] {
        &graph::KINDS
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
            Plan::Work => self.work(recorder),
            Plan::Learn => self.learn(recorder),
            Plan::Share => self.share(recorder),
            Plan::LoseMemory => self.lose_memory(recorder),
            Plan::LoseBrain => self.lose_brain(recorder),
            Plan::RestoreBrain(group) => self.restore_brain(group, recorder),
            Plan::Adopt(name) => self.adopt(name, recorder),
            Plan::Outdate => self.outdate(),
            Plan::Discover => self.discover(recorder),
            Plan::Found => self.found(recorder),
            Plan::Close(group) => self.close(group, recorder),
            Plan::Fade => self.fade(recorder),
            Plan::Archive => self.archive(recorder),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(recorder, plan, *every);
        }
    }
}
