//! A2A requests: each passes a rate limit or is denied, runs, and ends with a response or an error.

use super::trouble::{FLOODER, Trouble};
use super::{AgentOs, Plan};
use crate::random::Range;
use crate::recorder::{Recorder, text};
use crate::shared::{CALL, COMMON, PERFORMED_CALL, count, millis, work};
use cypher::Literal;

/// The agents and their share of the requests.
pub(super) const AGENTS: [(&str, f64); 3] = [("navi", 5.0), ("pulse", 3.0), ("herald", 2.0)];
const OPERATIONS: [(Operation, f64); 3] = [
    (Operation::Query, 5.0),
    (Operation::Run, 3.5),
    (Operation::Health, 1.5),
];

/// The workspaces, their groups, and their share of the requests.
const WORKSPACES: [((&str, &str), f64); 3] = [
    (("ws-harvest", "faith-meats"), 5.0),
    (("ws-ledger", "diff-driven-saas"), 4.0),
    (("ws-commons", COMMON), 2.0),
];
/// Milliseconds between two batches of requests, and the number of requests in a batch.
const EVERY: (f64, f64) = (300.0, 3900.0);
const AT_ONCE: [(u32, f64); 4] = [(1, 6.0), (2, 2.0), (3, 1.5), (5, 0.4)];
/// The probability that the rate limit denies a request.
const DENIED: f64 = 0.015;
/// During a flood: the interval relative to the usual one, the share of the flooding workspace, and
/// the share of its requests that are denied.
const FLOOD: (f64, f64, f64) = (0.55, 0.5, 0.8);

/// The failure ratio of a normal and of a failing agent.
const FAILS: f64 = 0.012;
const FAILS_OFTEN: f64 = 0.3;
/// The factor on the latency of a slow agent.
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

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Query,
    Run,
    Health,
}

/// A running request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) group: &'static str,
    agent: &'static str,
    pub(super) operation: Operation,
    pub(super) ms: f64,
    /// Whether the cache lookup was a hit.
    pub(super) cached: bool,
}

impl AgentOs {
    /// Sends a batch of requests.
    pub(super) fn request(&mut self, recorder: &mut Recorder<'_>) {
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
            self.decide(agent, workspace, group, denied, recorder);
            if !denied {
                self.send(agent, group, recorder);
            }
        }
        // Larger batches are sent less often.
        let share = f64::from(agents) / 1.65 * if flooded { FLOOD.0 } else { 1.0 };
        let ms = self.random.between(EVERY.0, EVERY.1) * share;
        self.agenda.add(recorder.at + work(ms), Plan::Request);
    }

    /// Applies the rate limit to a request.
    fn decide(
        &mut self,
        agent: &str,
        workspace: &str,
        group: &str,
        denied: bool,
        recorder: &mut Recorder<'_>,
    ) {
        let own = [
            ("kind", text("rate_limit")),
            ("target", text(&format!("/a2a/{agent}"))),
            ("workspace_id", text(workspace)),
            ("status", text(if denied { "denied" } else { "allowed" })),
        ];
        self.records.event(CALL, group, own, recorder);
    }

    fn send(&mut self, agent: &'static str, group: &'static str, recorder: &mut Recorder<'_>) {
        let operation = self
            .random
            .weighted(&OPERATIONS)
            .unwrap_or(Operation::Health);
        let own = [
            ("kind", text("a2a")),
            ("target", text(agent)),
            ("action", text(operation.name())),
            ("status", text("running")),
            ("started_at", recorder.now()),
        ];
        let number = self.records.begin(CALL, group, own, recorder);
        self.records
            .link_agent(PERFORMED_CALL, agent, number, recorder);
        let cached = operation != Operation::Health && self.look_up(group, recorder);
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
        self.agenda
            .add(recorder.at + work(ms), Plan::Answered(number));
    }

    /// Ends a request, with its use of models and of the cache.
    pub(super) fn answered(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(request) = self.requests.remove(&number) else {
            return;
        };
        let often = self.trouble.is(Trouble::FailingAgent(request.agent));
        let fails = self.random.chance(if often { FAILS_OFTEN } else { FAILS });
        let result: [(&str, Literal); 2] = if fails {
            let reason = self.random.weighted(&ERRORS).unwrap_or_default();
            [("status", text("error")), ("error_type", text(reason))]
        } else {
            [
                ("status", text("success")),
                ("response_bytes", count(self.random.spread(&BYTES))),
            ]
        };
        let own = result
            .into_iter()
            .chain([("duration_ms", millis(request.ms))]);
        self.records.end(CALL, number, own, recorder);
        if request.operation == Operation::Run
            || (request.operation == Operation::Query && !request.cached)
        {
            self.route(&request, recorder);
        }
        if request.operation != Operation::Health && !fails {
            self.store(&request, recorder);
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

    /// The latency in milliseconds. Less than 5 % are slow, because the target is on the 95th
    /// percentile.
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
