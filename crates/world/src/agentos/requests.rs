//! A2A requests: they pass a rate limit or do not, run, and end with a response or an error.

use super::trouble::{FLOODER, Trouble};
use super::{AgentOs, Plan};
use crate::page::{Page, text};
use crate::random::Range;
use crate::shared::{CALL, COMMON, PERFORMED_CALL, count, millis, work};
use cypher::Literal;

/// The agents, and how often each is asked.
pub(super) const AGENTS: [(&str, f64); 3] = [("navi", 5.0), ("pulse", 3.0), ("herald", 2.0)];
const OPERATIONS: [(Operation, f64); 3] = [
    (Operation::Query, 5.0),
    (Operation::Run, 3.5),
    (Operation::Health, 1.5),
];

/// The workspaces that ask, whose they are, and how often each does.
const WORKSPACES: [((&str, &str), f64); 3] = [
    (("ws-harvest", "faith-meats"), 5.0),
    (("ws-ledger", "diff-driven-saas"), 4.0),
    (("ws-commons", COMMON), 2.0),
];
/// The time from one asking to the next, in milliseconds, and how many agents are asked at once.
const EVERY: (f64, f64) = (300.0, 3900.0);
const AT_ONCE: [(u32, f64); 4] = [(1, 6.0), (2, 2.0), (3, 1.5), (5, 0.4)];
/// How often the rate limit denies.
const DENIED: f64 = 0.015;
/// While someone asks too much: how much of the usual time lies between two askings, how many of them are theirs, and how many
/// of these are denied.
const FLOOD: (f64, f64, f64) = (0.55, 0.5, 0.8);

/// How many requests fail, and how many of an agent that fails often.
const FAILS: f64 = 0.012;
const FAILS_OFTEN: f64 = 0.3;
/// A slow agent takes so many times as long.
const SLOW: f64 = 7.0;

const BYTES: [Range; 6] = [
    ((60.0, 500.0), 2.0),
    ((500.0, 1000.0), 3.0),
    ((1000.0, 5000.0), 5.0),
    ((5000.0, 10_000.0), 2.0),
    ((10_000.0, 50_000.0), 1.0),
    ((50_000.0, 180_000.0), 0.12),
];
const ERRORS: [(&str, f64); 3] = [
    ("timeout", 2.0),
    ("agent_unavailable", 3.0),
    ("invalid_request", 1.0),
];

/// What an agent is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Query,
    Run,
    Health,
}

/// A request that runs.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) group: &'static str,
    agent: &'static str,
    pub(super) operation: Operation,
    pub(super) ms: f64,
    /// Whether the cache had what it needs.
    pub(super) cached: bool,
}

impl AgentOs {
    /// Someone asks.
    pub(super) fn request(&mut self, page: &mut Page<'_>) {
        let flooded = self.trouble.is(Trouble::Flood);
        let floods = flooded && self.random.chance(FLOOD.1);
        let who = if floods {
            Some(FLOODER)
        } else {
            self.random.weighted(&WORKSPACES)
        };
        let agents = self.random.weighted(&AT_ONCE).unwrap_or(1);
        for _ in 0..agents {
            let agent = self.random.weighted(&AGENTS).unwrap_or_default();
            let denied = self.random.chance(if floods { FLOOD.2 } else { DENIED });
            let (workspace, group) = who.unwrap_or(FLOODER);
            self.decide(agent, workspace, group, denied, page);
            if !denied {
                self.ask(agent, group, page);
            }
        }
        // Who asks several at once asks less often.
        let share = f64::from(agents) / 1.65 * if flooded { FLOOD.0 } else { 1.0 };
        let ms = self.random.between(EVERY.0, EVERY.1) * share;
        self.agenda.add(page.at + work(ms), Plan::Request);
    }

    /// The rate limit lets a request pass, or not.
    fn decide(
        &mut self,
        agent: &str,
        workspace: &str,
        group: &str,
        denied: bool,
        page: &mut Page<'_>,
    ) {
        let own = [
            ("kind", text("rate_limit")),
            ("target", text(&format!("/a2a/{agent}"))),
            ("workspace_id", text(workspace)),
            ("status", text(if denied { "denied" } else { "allowed" })),
        ];
        self.records.event(CALL, group, own, page);
    }

    fn ask(&mut self, agent: &'static str, group: &'static str, page: &mut Page<'_>) {
        let operation = self
            .random
            .weighted(&OPERATIONS)
            .unwrap_or(Operation::Health);
        let own = [
            ("kind", text("a2a")),
            ("target", text(agent)),
            ("action", text(operation.name())),
            ("status", text("running")),
            ("started_at", page.now()),
        ];
        let number = self.records.begin(CALL, group, own, page);
        self.records.link_agent(PERFORMED_CALL, agent, number, page);
        let cached = operation != Operation::Health && self.look_up(group, page);
        let slow = if self.trouble.is(Trouble::SlowAgent(agent)) {
            SLOW
        } else {
            1.0
        };
        let ms = slow * self.random.spread(operation.latency());
        self.requests.insert(
            number,
            Request {
                group,
                agent,
                operation,
                ms,
                cached,
            },
        );
        self.agenda.add(page.at + work(ms), Plan::Answered(number));
    }

    /// A request ends, and with it what it needed models and the cache for.
    pub(super) fn answered(&mut self, number: u64, page: &mut Page<'_>) {
        let Some(request) = self.requests.remove(&number) else {
            return;
        };
        let often = self.trouble.is(Trouble::FailingAgent(request.agent));
        let fails = self.random.chance(if often { FAILS_OFTEN } else { FAILS });
        let told: [(&str, Literal); 2] = if fails {
            let reason = self.random.weighted(&ERRORS).unwrap_or_default();
            [("status", text("error")), ("error_type", text(reason))]
        } else {
            [
                ("status", text("success")),
                ("response_bytes", count(self.random.spread(&BYTES))),
            ]
        };
        let own = told
            .into_iter()
            .chain([("duration_ms", millis(request.ms))]);
        self.records.end(CALL, number, own, page);
        if request.operation == Operation::Run
            || (request.operation == Operation::Query && !request.cached)
        {
            self.route(&request, page);
        }
        if request.operation != Operation::Health && !fails {
            self.keep(&request, page);
        }
    }
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Query => "query",
            Operation::Run => "run",
            Operation::Health => "health",
        }
    }

    /// How long it takes, in milliseconds. Fewer than one in twenty take long: the target is the 95th percentile.
    fn latency(self) -> &'static [Range] {
        match self {
            Operation::Query => &[
                ((15.0, 100.0), 5.0),
                ((100.0, 300.0), 5.0),
                ((500.0, 2500.0), 0.15),
            ],
            Operation::Run => &[
                ((60.0, 250.0), 5.0),
                ((250.0, 480.0), 4.0),
                ((1500.0, 9000.0), 0.4),
                ((10e3, 16e3), 0.02),
            ],
            Operation::Health => &[((2.0, 10.0), 8.0), ((10.0, 40.0), 2.0)],
        }
    }
}
