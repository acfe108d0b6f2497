//! What a graph of the shared model holds. Nodes point at each other by `key`, which is unique
//! among those of a label; a key that no node has is a relationship that is not there.

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A text property that may be missing; an empty text is there.
pub(crate) type Text = Option<String>;
/// A property that is a float, or an integer where some script wrote it so.
pub(crate) type Number = Option<f64>;
/// A property that is an integer.
pub(crate) type Count = Option<i64>;
pub(crate) type Key = usize;

/// A time property. One moment is the world's now; all times are seconds before it, negative ones
/// after it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Time {
    /// Not there.
    #[default]
    Missing,
    /// A datetime.
    Ago(i64),
    /// The same, but stored as a string by some careless script: no query may count it, none may
    /// stumble over it.
    Text(i64),
}

impl Time {
    /// Whether it is a datetime not older than `seconds`, and not still to come.
    pub(crate) fn within(self, seconds: i64) -> bool {
        self.ago().is_some_and(|ago| (0..=seconds).contains(&ago))
    }

    /// How old it is, when it is a datetime.
    pub(crate) fn ago(self) -> Option<i64> {
        match self {
            Time::Ago(ago) => Some(ago),
            Time::Missing | Time::Text(_) => None,
        }
    }
}

/// What an agent did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    Call(Key),
    Step(Key),
    Task(Key),
}

/// What an event is a part of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Whole {
    Job(Key),
    Session(Key),
    Task(Key),
}

/// `AIAgent`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agent {
    pub(crate) key: Key,
    /// Whose node it is; BMAD's have none. So on all nodes.
    pub(crate) system: Text,
    pub(crate) name: Text,
    pub(crate) status: Text,
    /// `PERFORMED`.
    pub(crate) performed: Vec<Work>,
    /// `OWNS`: jobs.
    pub(crate) owns: Vec<Key>,
}

/// `Task`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Task {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) status: Text,
    pub(crate) created_at: Time,
    pub(crate) started_at: Time,
    pub(crate) finished_at: Time,
    pub(crate) duration_ms: Number,
    pub(crate) quality: Number,
    pub(crate) coverage: Number,
    pub(crate) cost_usd: Number,
    pub(crate) baseline_cost_usd: Number,
    pub(crate) early_terminated: Option<bool>,
}

/// `TrainingJob`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) id: Text,
    pub(crate) status: Text,
    pub(crate) created_at: Time,
    pub(crate) started_at: Time,
    pub(crate) finished_at: Time,
    pub(crate) cost_usd: Number,
    pub(crate) budget_usd: Number,
    pub(crate) iteration: Count,
    pub(crate) iterations_total: Count,
    pub(crate) loss: Number,
    pub(crate) reward_mean: Number,
}

/// `Session`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) started_at: Time,
    pub(crate) ended_at: Time,
}

/// `Call`: one request to something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) kind: Text,
    pub(crate) target: Text,
    pub(crate) action: Text,
    pub(crate) status: Text,
    pub(crate) started_at: Time,
    /// When it ended.
    pub(crate) timestamp: Time,
    pub(crate) duration_ms: Number,
    pub(crate) tokens_in: Count,
    pub(crate) tokens_out: Count,
    pub(crate) cost_usd: Number,
    pub(crate) response_bytes: Count,
    pub(crate) error_type: Text,
    pub(crate) workspace_id: Text,
    /// `PART_OF`.
    pub(crate) part_of: Vec<Whole>,
}

/// `Step`: one timed stage of a task or a job.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) kind: Text,
    pub(crate) ordinal: Count,
    pub(crate) status: Text,
    /// When it ended.
    pub(crate) timestamp: Time,
    pub(crate) duration_ms: Number,
    pub(crate) serial_ms: Number,
    pub(crate) score: Number,
    pub(crate) type_errors: Count,
    pub(crate) test_failures: Count,
    pub(crate) vuln_critical: Count,
    pub(crate) vuln_high: Count,
    pub(crate) vuln_medium: Count,
    pub(crate) vuln_low: Count,
    /// `PART_OF`.
    pub(crate) part_of: Vec<Whole>,
}

/// `AgentSwitch`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switch {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) from_agent: Text,
    pub(crate) to_agent: Text,
    pub(crate) quality_delta: Number,
    pub(crate) cost_ratio: Number,
    pub(crate) timestamp: Time,
    /// `PART_OF`.
    pub(crate) part_of: Vec<Whole>,
}

/// `Anomaly`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Anomaly {
    pub(crate) key: Key,
    pub(crate) system: Text,
    /// The property `type`.
    pub(crate) kind: Text,
    pub(crate) target: Text,
    pub(crate) score: Number,
    pub(crate) timestamp: Time,
}

/// `Sample`: a measured value with no event behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) name: Text,
    pub(crate) value: Number,
    pub(crate) resource: Text,
    pub(crate) cache_layer: Text,
    pub(crate) timestamp: Time,
}

/// `System`.
#[derive(Clone, Debug, Default)]
pub(crate) struct System {
    pub(crate) key: Key,
    pub(crate) system: Text,
    pub(crate) name: Text,
    pub(crate) version: Text,
    pub(crate) protocols: Text,
    pub(crate) service: Text,
}

/// A whole graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) agents: Vec<Agent>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) calls: Vec<Call>,
    pub(crate) steps: Vec<Step>,
    pub(crate) switches: Vec<Switch>,
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) systems: Vec<System>,
}

impl World {
    pub(crate) fn job(&self, key: Key) -> Option<&Job> {
        self.jobs.iter().find(|job| job.key == key)
    }
}
