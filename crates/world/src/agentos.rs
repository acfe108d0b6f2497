//! AgentOS: agents that call each other, with rate limits, a cache, and requests routed to models
//! (CCR).

mod cache;
mod requests;
mod routing;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::random::Random;
use super::recorder::{Recorder, text};
use super::shared::{self, AGENT, CALL, CALM, COMMON, Records, Troubles, beginning};
use super::time::{DAY, HOUR, WorkTime};

use requests::{AGENTS, Request};
use trouble::Trouble;

/// The value of the property `system`.
pub(super) const SYSTEM: &str = "agentos";

/// The recurring plans and their intervals.
const ROUTINE: [(Plan, Duration); 2] = [
    (Plan::Upgrade, DAY.saturating_mul(5)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// A plan; requests are identified by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// Creates the agents and adds all recurring plans.
    Begin,
    /// A workspace calls one or several agents.
    Request,
    /// A request ends.
    Answered(u64),
    /// AgentOS is upgraded.
    Upgrade,
    /// A fault begins or ends.
    Trouble,
    /// Old nodes are deleted.
    Sweep,
}

/// The current state of the system.
#[derive(Debug)]
pub(super) struct AgentOs {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Running requests by number.
    requests: BTreeMap<u64, Request>,
    trouble: Troubles<Trouble>,
    /// The patch number of its version.
    patch: u32,
}

impl AgentOs {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            agenda: Agenda::new(beginning(), Plan::Begin),
            records: Records::new(SYSTEM),
            requests: BTreeMap::new(),
            trouble: Troubles::none(),
            patch: 0,
        }
    }

    fn begin(&mut self, recorder: &mut Recorder<'_>) {
        let own = [
            ("name", "AgentOS"),
            ("version", &self.version()),
            ("protocols", "a2a_0.3.0,agui_0.1.0"),
            ("service", "hyvve-agentos"),
        ];
        self.records.begin(
            shared::SYSTEM,
            COMMON,
            own.map(|(name, value)| (name, text(value))),
            recorder,
        );
        AGENTS
            .iter()
            .for_each(|(name, _)| self.records.employ(name, recorder));
        self.request(recorder);
        for (plan, every) in ROUTINE {
            self.plan(recorder, plan, every);
        }
        self.plan(recorder, Plan::Trouble, CALM);
    }

    fn version(&self) -> String {
        format!("0.2.{}", self.patch)
    }

    fn upgrade(&mut self, recorder: &mut Recorder<'_>) {
        self.patch += 1;
        let version = self.version();
        self.records
            .change(shared::SYSTEM, 1, [("version", text(&version))], recorder);
        recorder.report(
            "agentos_info",
            format!("AgentOS was upgraded to version {version}"),
        );
    }

    /// Adds a plan after about this duration.
    fn plan(&mut self, recorder: &Recorder<'_>, plan: Plan, after: Duration) {
        self.agenda
            .add(recorder.at + self.random.about(after), plan);
    }
}

impl System for AgentOs {
    fn kinds(&self) -> &'static [Kind] {
        &[shared::SYSTEM, AGENT, CALL]
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
            Plan::Request => self.request(recorder),
            Plan::Answered(request) => self.answered(request, recorder),
            Plan::Upgrade => self.upgrade(recorder),
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
