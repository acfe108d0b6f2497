//! Random worlds, the same for the same seed const_labels: all four systems and nodes without an
//! owner in one graph, properties missing, unknown kinds, work that still runs.

use super::window::EDGES;
use super::world::{
    Agent, Anomaly, Call, Count, DAY, HOUR, Job, Key, MINUTE, Number, Sample, Session, Step,
    Switch, System, Task, Text, Time, Whole, Work, World,
};
use test_support::random::Random;

/// How large a random world is, and how careless those who wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) agents: usize,
    pub(crate) tasks: usize,
    pub(crate) jobs: usize,
    pub(crate) sessions: usize,
    pub(crate) calls: usize,
    pub(crate) steps: usize,
    pub(crate) switches: usize,
    pub(crate) anomalies: usize,
    pub(crate) samples: usize,
    /// The system that half of the nodes belong to; without one all share alike.
    pub(crate) mostly: Option<&'static str>,
    /// A property is missing once in so many times; 1 is always.
    pub(crate) missing_one_in: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            agents: 40,
            tasks: 150,
            jobs: 80,
            sessions: 30,
            calls: 2000,
            steps: 800,
            switches: 200,
            anomalies: 60,
            samples: 400,
            mostly: None,
            missing_one_in: 9,
        }
    }
}

const SYSTEMS: [&str; 4] = ["lazybird", "agentos", "session_buddy", "agentcore"];
/// What each system usually does; what it does not is there all the same, now and then.
const CALLS: [&[&str]; 4] = [
    &["agent", "api", "db", "embedding", "cache"],
    &["a2a", "ccr", "cache", "rate_limit"],
    &["skill"],
    &["agent"],
];
const STEPS: [&[&str]; 4] = [
    &["iteration", "checkpoint", "evaluation", "guideline_match"],
    &["iteration"],
    &["iteration"],
    &[
        "trajectory_generation",
        "policy_update",
        "training_iteration",
        "checkpoint_save",
    ],
];
const CALL_KINDS: [&str; 10] = [
    "agent",
    "a2a",
    "ccr",
    "api",
    "db",
    "embedding",
    "cache",
    "rate_limit",
    "skill",
    "telepathy",
];
const STEP_KINDS: [&str; 9] = [
    "iteration",
    "checkpoint",
    "evaluation",
    "guideline_match",
    "trajectory_generation",
    "policy_update",
    "training_iteration",
    "checkpoint_save",
    "meditation",
];

// `unknown` is next to missing ones on purpose, an empty text and awkward characters too.
const AGENTS: [&str; 6] = [
    "claude_opus",
    "gemini_flash",
    "copilot",
    "unknown",
    "",
    "Zoë's \\ \"bot\"\n",
];
const LAYERS: [&str; 6] = ["memory", "disk", "embedding", "embedding", "unknown", ""];
const SERVICES: [&str; 5] = ["github", "openrouter", "embedding", "unknown", ""];
const SKILLS: [&str; 4] = ["pytest-run", "ruff-check", "unknown", ""];
const ENDPOINTS: [&str; 8] = [
    "/a2a/{agent}",
    "/agents/17/runs?limit=3",
    "/agents/ag_7/runs",
    "/users/jane@x.org",
    "/v1/chat-completions-2024-preview",
    "/v1.2/s3/2024",
    "/ccr",
    "unknown",
];
const PROVIDERS: [&str; 4] = ["claude", "deepseek", "gemini", "unknown"];
const WORKSPACES: [&str; 4] = ["ws-1", "ws-2", "unknown", ""];
const RESOURCES: [&str; 5] = ["cpu", "memory", "network", "unknown", ""];
const ERRORS: [&str; 4] = ["timeout", "http_500", "unknown", ""];
const ANOMALIES: [&str; 5] = [
    "performance_drop",
    "performance_spike",
    "pattern_shift",
    "unknown",
    "",
];
const TASK_STATES: [&str; 6] = [
    "queued",
    "running",
    "success",
    "success",
    "failed",
    "cancelled",
];
const JOB_STATES: [&str; 5] = ["queued", "running", "completed", "failed", "cancelled"];
const STEP_STATES: [&str; 6] = ["pass", "PASS", "warn", "fail", "FAIL", "Fail"];

/// Durations, with the bounds of many histograms and both neighbours of some among them.
const MILLISECONDS: [f64; 20] = [
    0.0, 0.5, 1.0, 5.0, 5.01, 50.0, 99.0, 100.0, 100.25, 200.0, 500.0, 999.0, 1000.0, 1001.0,
    2000.0, 5000.0, 9000.0, 10_000.0, 45_000.0, 300_000.5,
];
const DOLLARS: [f64; 10] = [0.0, 0.001, 0.01, 0.0101, 0.07, 0.1, 0.25, 0.5, 1.0, 3.0];
const SCORES: [f64; 14] = [
    0.0, 0.1, 0.3, 0.33, 0.7, 0.9, 1.0, 9.5, 10.0, 59.0, 60.0, 85.5, 99.0, 100.0,
];

/// Makes a world.
pub(crate) fn world(seed: u64, shape: Shape) -> World {
    let mut maker = Maker {
        random: Random::new(seed),
        shape,
    };
    World {
        agents: (0..shape.agents).map(|key| maker.agent(key)).collect(),
        tasks: (0..shape.tasks).map(|key| maker.task(key)).collect(),
        jobs: (0..shape.jobs).map(|key| maker.job(key)).collect(),
        sessions: (0..shape.sessions).map(|key| maker.session(key)).collect(),
        calls: (0..shape.calls).map(|key| maker.call(key)).collect(),
        steps: (0..shape.steps).map(|key| maker.step(key)).collect(),
        switches: (0..shape.switches).map(|key| maker.switch(key)).collect(),
        anomalies: (0..shape.anomalies).map(|key| maker.anomaly(key)).collect(),
        samples: (0..shape.samples).map(|key| maker.sample(key)).collect(),
        systems: systems(),
    }
}

/// The services themselves; BMAD's nodes of that label carry no `system`.
fn systems() -> Vec<System> {
    let text = |text: &str| Some(text.to_owned());
    vec![
        System {
            key: 0,
            system: text("agentos"),
            name: text("AgentOS"),
            version: text("0.2.0"),
            protocols: text("a2a_0.3.0,agui_0.1.0"),
            service: text("hyvve-agentos"),
        },
        System {
            key: 1,
            name: text("GitHub"),
            ..System::default()
        },
        System {
            key: 2,
            name: text("AgentOS"),
            version: text("9.9.9"),
            ..System::default()
        },
    ]
}

struct Maker {
    random: Random,
    shape: Shape,
}

impl Maker {
    /// Whose node it is: the index of a system, or nobody's.
    fn owner(&mut self) -> Option<usize> {
        let mostly = SYSTEMS
            .iter()
            .position(|system| Some(*system) == self.shape.mostly);
        if mostly.is_some() && self.random.one_in(2) {
            return mostly;
        }
        let owner = self.random.below(SYSTEMS.len() + 1);
        (owner < SYSTEMS.len()).then_some(owner)
    }

    fn agent(&mut self, key: Key) -> Agent {
        let Shape {
            tasks,
            calls,
            steps,
            jobs,
            ..
        } = self.shape;
        let busy = *self.random.pick(&[1, 1, tasks / 6]);
        let mut performed: Vec<_> = self.some(busy, tasks).into_iter().map(Work::Task).collect();
        // Some careless script says the same thing twice.
        performed.extend_from_within(..performed.len() / 2);
        performed.extend(self.some(3, calls).into_iter().map(Work::Call));
        performed.extend(self.some(3, steps).into_iter().map(Work::Step));
        Agent {
            key,
            system: system(self.owner()),
            name: self.text(&AGENTS),
            status: self.text(&["active", "retired"]),
            performed,
            owns: self.some(jobs / 8, jobs),
        }
    }

    /// Up to `most` keys of `of`, some perhaps twice, and one perhaps of no node.
    fn some(&mut self, most: usize, of: usize) -> Vec<Key> {
        (0..self.random.below(most + 1))
            .map(|_| self.random.below(of + 1))
            .collect()
    }

    fn task(&mut self, key: Key) -> Task {
        let status = self.text(&TASK_STATES);
        let ended = !matches!(status.as_deref(), Some("queued" | "running"));
        Task {
            key,
            // Mostly the only system that has tasks.
            system: if self.random.one_in(4) {
                system(self.owner())
            } else {
                system(Some(0))
            },
            status,
            created_at: self.time(),
            started_at: self.time(),
            finished_at: if ended { self.time() } else { Time::Missing },
            duration_ms: self.number(&MILLISECONDS),
            quality: self.number(&SCORES),
            coverage: self.number(&SCORES),
            cost_usd: self.number(&DOLLARS),
            baseline_cost_usd: self.number(&DOLLARS),
            early_terminated: (!self.missing()).then(|| self.random.one_in(3)),
        }
    }

    fn job(&mut self, key: Key) -> Job {
        let status = self.text(&JOB_STATES);
        let ended = !matches!(status.as_deref(), Some("queued" | "running"));
        Job {
            key,
            system: if self.random.one_in(4) {
                system(self.owner())
            } else {
                system(Some(3))
            },
            id: self.some_text(format!("job-{key}")),
            status,
            created_at: self.time(),
            started_at: self.time(),
            finished_at: if ended { self.time() } else { Time::Missing },
            cost_usd: self.unsure(&[0.0, 20.0, 75.0, 90.0, 90.5, 100.0, 120.0, 33.3]),
            budget_usd: self.number(&[0.0, 30.0, 100.0, 100.0, 99.9]),
            iteration: self.count(101),
            iterations_total: self.count(101),
            loss: self.number(&[0.0, 0.25, 1.5, 2.0]),
            reward_mean: self.number(&[-1.0, -0.5, 0.0, 0.75, 1.0]),
        }
    }

    fn session(&mut self, key: Key) -> Session {
        let ended = self.random.one_in(2);
        Session {
            key,
            system: if self.random.one_in(4) {
                system(self.owner())
            } else {
                system(Some(2))
            },
            started_at: self.time(),
            ended_at: if ended { self.time() } else { Time::Missing },
        }
    }

    fn call(&mut self, key: Key) -> Call {
        let owner = self.owner();
        let kind = self.kind(owner, &CALLS, &CALL_KINDS);
        let (targets, actions, states) = words(kind.as_deref().unwrap_or_default());
        // What still runs has no end, no duration and no result yet.
        let runs = self.random.one_in(8);
        let has_ended = |time: Time| if runs { Time::Missing } else { time };
        let (timestamp, duration, status) =
            (self.time(), self.number(&MILLISECONDS), self.text(states));
        Call {
            key,
            system: system(owner),
            kind,
            target: self.text(targets),
            action: self.text(actions),
            status: if runs {
                Some("running".to_owned())
            } else {
                status
            },
            started_at: self.time(),
            timestamp: has_ended(timestamp),
            duration_ms: duration.filter(|_| !runs),
            tokens_in: self.unsure_count(5000),
            tokens_out: self.unsure_count(900),
            cost_usd: self.unsure(&DOLLARS),
            response_bytes: self.count(200_000),
            error_type: self.text(&ERRORS),
            workspace_id: self.text(&WORKSPACES),
            part_of: if self.random.one_in(8) {
                self.part_of()
            } else {
                Vec::new()
            },
        }
    }

    fn step(&mut self, key: Key) -> Step {
        let owner = self.owner();
        Step {
            key,
            system: system(owner),
            kind: self.kind(owner, &STEPS, &STEP_KINDS),
            ordinal: self.count(4),
            status: self.text(&STEP_STATES),
            timestamp: self.time(),
            duration_ms: self.number(&MILLISECONDS),
            serial_ms: self.number(&MILLISECONDS),
            score: self.number(&SCORES),
            type_errors: self.unsure_count(9),
            test_failures: self.unsure_count(9),
            vuln_critical: self.unsure_count(3),
            vuln_high: self.unsure_count(4),
            vuln_medium: self.unsure_count(5),
            vuln_low: self.unsure_count(6),
            part_of: self.part_of(),
        }
    }

    fn switch(&mut self, key: Key) -> Switch {
        Switch {
            key,
            system: if self.random.one_in(4) {
                system(self.owner())
            } else {
                system(Some(0))
            },
            from_agent: self.text(&AGENTS),
            to_agent: self.text(&AGENTS),
            quality_delta: self
                .number(&[-25.0, -10.0, -9.5, -5.0, 0.0, 4.0, 5.0, 12.5, 20.0, 21.0]),
            cost_ratio: self.unsure(&[0.05, 0.5, 1.0, 2.0, 7.5]),
            timestamp: self.time(),
            part_of: self.part_of(),
        }
    }

    fn anomaly(&mut self, key: Key) -> Anomaly {
        Anomaly {
            key,
            system: if self.random.one_in(4) {
                system(self.owner())
            } else {
                system(Some(2))
            },
            kind: self.text(&ANOMALIES),
            target: self.text(&SKILLS),
            score: self.number(&[-3.0, 2.0, 2.5]),
            timestamp: self.time(),
        }
    }

    fn sample(&mut self, key: Key) -> Sample {
        Sample {
            key,
            system: system(self.owner()),
            name: self.text(&[
                "resource_utilization",
                "cache_size_mb",
                "memory_usage_mb",
                "mood",
            ]),
            value: self.unsure(&[0.0, 12.5, 50.0, 99.0, 512.0]),
            resource: self.text(&RESOURCES),
            cache_layer: self.text(&LAYERS),
            timestamp: if self.random.one_in(2) {
                self.time()
            } else {
                self.recent()
            },
        }
    }

    /// One of what the owner usually does, or of everything.
    fn kind(
        &mut self,
        owner: Option<usize>,
        usual: &[&'static [&'static str]],
        all: &[&'static str],
    ) -> Text {
        let usual = owner
            .and_then(|owner| usual.get(owner))
            .copied()
            .filter(|_| !self.random.one_in(6));
        self.text(usual.unwrap_or(all))
    }

    fn part_of(&mut self) -> Vec<Whole> {
        let Shape {
            tasks,
            jobs,
            sessions,
            ..
        } = self.shape;
        let whole = |maker: &mut Self| match maker.random.below(4) {
            0 => Whole::Task(maker.random.below(tasks + 1)),
            1 => Whole::Session(maker.random.below(sessions + 1)),
            2.. => Whole::Job(maker.random.below(jobs + 1)),
        };
        // Mostly of one thing; sometimes of nothing, or of two.
        let wholes = *self.random.pick(&[0, 1, 1, 1, 1, 2]);
        (0..wholes).map(|_| whole(self)).collect()
    }

    fn missing(&mut self) -> bool {
        self.random.one_in(self.shape.missing_one_in)
    }

    fn some_text(&mut self, text: String) -> Text {
        (!self.missing()).then_some(text)
    }

    fn text(&mut self, from: &[&str]) -> Text {
        let text = (*self.random.pick(from)).to_owned();
        self.some_text(text)
    }

    fn number(&mut self, from: &[f64]) -> Number {
        let number = *self.random.pick(from);
        (!self.missing()).then_some(number)
    }

    /// The same, or what some script writes when it does not know.
    fn unsure(&mut self, from: &[f64]) -> Number {
        let unknown = *self.random.pick(&[-1.0, f64::NAN]);
        if self.random.one_in(9) {
            Some(unknown)
        } else {
            self.number(from)
        }
    }

    /// The same of integers.
    fn unsure_count(&mut self, end: usize) -> Count {
        if self.random.one_in(9) {
            Some(-1)
        } else {
            self.count(end)
        }
    }

    fn count(&mut self, end: usize) -> Count {
        let count = self.random.below(end);
        (!self.missing()).then(|| i64::try_from(count).expect("it is small"))
    }

    /// Up to 60 hours ago, often exactly at the end of a window. Close to the edges of the ranges
    /// that queries use it keeps away from what the time between writing and asking could change:
    /// inside by ten minutes, or outside by a second.
    fn time(&mut self) -> Time {
        if self.missing() {
            return Time::Missing;
        }
        let edge = *self.random.pick(&[HOUR, DAY]);
        match self.random.below(16) {
            0 => Time::Ago(edge - 600),
            1 => Time::Ago(edge + 1),
            2 => Time::Text(HOUR / 2),
            3 => Time::Ago(-HOUR),
            4..8 => Time::Ago(*self.random.pick(&EDGES)),
            8 => Time::Ago(-80 * 365 * DAY),
            _ => Time::Ago(HOUR / 2 + HOUR * self.up_to(60) + self.up_to(600)),
        }
    }

    /// Within the last hour; several at the same moment. Sometimes by a clock that is wrong.
    fn recent(&mut self) -> Time {
        if self.random.one_in(12) {
            return Time::Ago(-HOUR);
        }
        Time::Ago(1 + self.up_to(8) * MINUTE)
    }

    fn up_to(&mut self, end: usize) -> i64 {
        i64::try_from(self.random.below(end)).expect("it is small")
    }
}

fn system(owner: Option<usize>) -> Text {
    owner.map(|owner| SYSTEMS[owner].to_owned())
}

/// The targets, actions and results of a kind of call.
fn words(
    kind: &str,
) -> (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
) {
    const RESULTS: &[&str] = &["success", "success", "error"];
    match kind {
        "api" => (&SERVICES, &["get", "post"], RESULTS),
        "cache" => (
            &LAYERS,
            &["get", "get", "set", "delete"],
            &["hit", "hit", "miss", "success", "error"],
        ),
        "ccr" => (
            &PROVIDERS,
            &["reasoning", "long_context", "unknown"],
            &["success", "fallback", "error"],
        ),
        "db" => (
            &["neo4j", "unknown"],
            &["select", "insert", "merge", "unknown", ""],
            RESULTS,
        ),
        "rate_limit" => (&ENDPOINTS, &["check"], &["allowed", "denied"]),
        "skill" => (&SKILLS, &["setup", "execution", "unknown", ""], RESULTS),
        _ => (&AGENTS, &["refine", "query", "run", "unknown", ""], RESULTS),
    }
}
