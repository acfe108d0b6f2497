//! AgentOS: agents that call each other, behind rate limits, with a cache, and with models that requests are routed to (CCR).

mod cache;
mod requests;
mod routing;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use super::System;
use super::agenda::Agenda;
use super::edit::Kind;
use super::page::{Page, text};
use super::random::Random;
use super::shared::{self, AGENT, CALL, CALM, COMMON, Records, Troubles, beginning};
use super::time::{DAY, HOUR, WorkTime};

use requests::{AGENTS, Request};
use trouble::Trouble;

/// What `system` says.
pub(super) const SYSTEM: &str = "agentos";

/// What happens again and again, and how often.
const ROUTINE: [(Plan, Duration); 2] = [
    (Plan::Upgrade, DAY.saturating_mul(5)),
    (Plan::Sweep, HOUR.saturating_mul(3)),
];

/// What is going to happen; a request by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// The agents are there, and everything else is planned.
    Begin,
    /// Someone asks an agent, or several at once.
    Request,
    /// A request has ended.
    Answered(u64),
    /// A new version runs.
    Upgrade,
    /// Something goes wrong from now on, or is over.
    Trouble,
    /// What is old goes.
    Sweep,
}

/// The system as it stands.
#[derive(Debug)]
pub(super) struct AgentOs {
    random: Random,
    agenda: Agenda<Plan>,
    records: Records,
    /// Those that run, by number.
    requests: BTreeMap<u64, Request>,
    trouble: Troubles<Trouble>,
    /// The last part of its version.
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

    fn begin(&mut self, page: &mut Page<'_>) {
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
            page,
        );
        AGENTS
            .iter()
            .for_each(|(name, _)| self.records.employ(name, page));
        self.request(page);
        for (plan, every) in ROUTINE {
            self.plan(page, plan, every);
        }
        self.plan(page, Plan::Trouble, CALM);
    }

    fn version(&self) -> String {
        format!("0.2.{}", self.patch)
    }

    fn upgrade(&mut self, page: &mut Page<'_>) {
        self.patch += 1;
        let version = self.version();
        self.records
            .change(shared::SYSTEM, 1, [("version", text(&version))], page);
        page.tell(
            "agentos_info",
            format!("AgentOS now runs in version {version}"),
        );
    }

    /// Plans something for about so long from now.
    fn plan(&mut self, page: &Page<'_>, plan: Plan, after: Duration) {
        self.agenda.add(page.at + self.random.about(after), plan);
    }
}

impl System for AgentOs {
    fn kinds(&self) -> &'static [Kind] {
        &[shared::SYSTEM, AGENT, CALL]
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
            Plan::Request => self.request(page),
            Plan::Answered(request) => self.answered(request, page),
            Plan::Upgrade => self.upgrade(page),
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
