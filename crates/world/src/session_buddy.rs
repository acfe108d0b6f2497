//! Session-Buddy: coding sessions that invoke skills in phases.

mod sessions;
mod skills;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::random::Random;
use super::recorder::Recorder;
use super::shared::{ANOMALY, CALL, CALM, Records, SESSION, Troubles, beginning};
use super::time::{HOUR, WorkTime};

use sessions::Session;
use trouble::Trouble;

/// The value of the property `system`.
pub(super) const SYSTEM: &str = "session_buddy";

/// The recurring plans and their intervals.
const ROUTINE: [(Plan, Duration); 3] = [
    (Plan::Open, Duration::from_secs(200 * 60)),
    (Plan::Detect, HOUR.saturating_mul(5)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// A plan; sessions are identified by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// Starts the first session and adds all recurring plans.
    Begin,
    /// A session starts.
    Open,
    /// A session invokes a skill.
    Invoke(u64),
    /// An invocation of a session ends.
    Ended(u64),
    /// Anomalies are detected.
    Detect,
    /// A fault begins or ends.
    Trouble,
    /// Old nodes are deleted.
    Sweep,
}

/// The current state of the system.
#[derive(Debug)]
pub(super) struct SessionBuddy {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Active sessions by number.
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

    fn begin(&mut self, recorder: &mut Recorder<'_>) {
        self.open(recorder);
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

impl System for SessionBuddy {
    fn kinds(&self) -> &'static [Kind] {
        &[SESSION, CALL, ANOMALY]
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
            Plan::Open => self.open(recorder),
            Plan::Invoke(session) => self.invoke(session, recorder),
            Plan::Ended(session) => self.ended(session, recorder),
            Plan::Detect => self.detect(recorder),
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
