//! BMAD: a team of agents that works on projects, learns from how the work went, and passes on what it has learned.
//!
//! Its graph is that of `queries/README.md`. Each part of its life is a file in `bmad/`.

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
use super::page::Page;
use super::random::Random;
use super::time::{DAY, HOUR, WorkTime};

use lessons::Insight;
use patterns::Pattern;
use projects::{Group, Project};
use team::{Agent, Name};
use work::{Archived, Event, EventType};

/// What happens again and again, and how often.
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

/// What is going to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// The team comes together, and everything else is planned.
    Begin,
    /// An agent finishes a piece of work.
    Work,
    /// An agent draws a lesson from it.
    Learn,
    /// An agent passes a lesson on.
    Share,
    /// An agent loses its memory.
    LoseMemory,
    /// A brain is lost, and with it the memory of all who had theirs in it.
    LoseBrain,
    /// It is there again, empty.
    RestoreBrain(Group),
    /// An agent without a brain gets one.
    Adopt(Name),
    /// A pattern stops to work well.
    Outdate,
    /// A lesson becomes a pattern.
    Discover,
    /// A passing project begins.
    Found,
    /// It ends, and everything of it goes.
    Close(Group),
    /// Each night: what nobody applies is trusted less, what is trusted no more is forgotten.
    Fade,
    /// Each night: old events become counts.
    Archive,
}

/// The system as it stands.
#[derive(Debug)]
pub(super) struct Bmad {
    random: Random,
    agenda: Agenda<Plan>,
    agents: Vec<Agent>,
    brains: Vec<Group>,
    projects: Vec<Project>,
    patterns: Vec<Pattern>,
    insights: Vec<Insight>,
    /// Those that are not archived, in order of time.
    events: VecDeque<Event>,
    archive: BTreeMap<(Group, EventType), Archived>,
    /// How many events and patterns have been given a number.
    numbered: u64,
    /// How many lessons there have been.
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

    fn begin(&mut self, page: &mut Page<'_>) {
        self.open_standing_projects(page);
        self.gather_team(page);
        self.collect_patterns(page);
        for (plan, every) in ROUTINE {
            self.plan(page, plan, every);
        }
    }

    /// Plans something for about so long from now.
    fn plan(&mut self, page: &Page<'_>, plan: Plan, after: Duration) {
        self.agenda.add(page.at + self.random.about(after), plan);
    }

    /// A new number for an event or a pattern.
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

    fn happen(&mut self, page: &mut Page<'_>) {
        let Some(plan) = self.agenda.take() else {
            return;
        };
        match plan {
            Plan::Begin => self.begin(page),
            Plan::Work => self.work(page),
            Plan::Learn => self.learn(page),
            Plan::Share => self.share(page),
            Plan::LoseMemory => self.lose_memory(page),
            Plan::LoseBrain => self.lose_brain(page),
            Plan::RestoreBrain(group) => self.restore_brain(group, page),
            Plan::Adopt(name) => self.adopt(name, page),
            Plan::Outdate => self.outdate(),
            Plan::Discover => self.discover(page),
            Plan::Found => self.found(page),
            Plan::Close(group) => self.close(group, page),
            Plan::Fade => self.fade(page),
            Plan::Archive => self.archive(page),
        }
        if let Some((_, every)) = ROUTINE.iter().find(|(routine, _)| *routine == plan) {
            self.plan(page, plan, *every);
        }
    }
}
