//! Session-Buddy: coding sessions that come and go, in each of which skills are invoked phase by phase.

mod sessions;
mod skills;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::page::Page;
use super::random::Random;
use super::shared::{ANOMALY, CALL, CALM, Records, SESSION, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use sessions::Session;
use trouble::Trouble;

/// What `system` says.
pub(super) const SYSTEM: &str = "session_buddy";

/// What happens again and again, and how often.
const ROUTINE: [(Plan, Duration); 3] = [
    (Plan::Open, Duration::from_secs(200 * 60)),
    (Plan::Detect, HOUR.saturating_mul(5)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// What is going to happen; a session by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// The first session is there, and everything else is planned.
    Begin,
    /// A session starts.
    Open,
    /// A session invokes a skill.
    Invoke(u64),
    /// What it invoked has ended.
    Ended(u64),
    /// Someone looks for what is unusual.
    Detect,
    /// Something goes wrong from now on, or is over.
    Trouble,
    /// What is old goes.
    Sweep,
}

/// The system as it stands.
#[derive(Debug)]
pub(super) struct SessionBuddy {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Those that are on, by number.
    sessions: BTreeMap<u64, Session>,
    trouble: Troubles<Trouble>,
}

impl SessionBuddy {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            agenda: Agenda::new(beginning(), Plan::Begin),
            records: Records::new(SYSTEM),
            sessions: BTreeMap::new(),
            trouble: Troubles::none(),
        }
    }

    fn begin(&mut self, page: &mut Page<'_>) {
        self.open(page);
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

impl System for SessionBuddy {
    fn kinds(&self) -> &'static [Kind] {
        &[SESSION, CALL, ANOMALY]
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
            Plan::Open => self.open(page),
            Plan::Invoke(session) => self.invoke(session, page),
            Plan::Ended(session) => self.ended(session, page),
            Plan::Detect => self.detect(page),
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
