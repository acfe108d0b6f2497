//! The agents: what they are like, and who takes over from whom.

use super::LazyBird;
use super::trouble::Trouble;
use crate::random::Range;

/// What an agent is like.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: &'static str,
    /// How often it is chosen for a new task, compared with the others.
    weight: f64,
    /// What a call costs on average, in USD.
    pub(super) usd: f64,
    /// How long a call takes, in milliseconds.
    latency: &'static [Range],
    /// The quality that its work tends to.
    pub(super) level: (f64, f64),
}

/// The cheap ones first.
pub(super) const PROFILES: [Profile; 4] = [
    Profile {
        name: "gemini_flash",
        weight: 30.0,
        usd: 0.001,
        latency: &[
            ((250.0, 800.0), 8.0),
            ((800.0, 1800.0), 1.5),
            ((1800.0, 4000.0), 0.2),
        ],
        level: (76.0, 90.0),
    },
    Profile {
        name: "copilot",
        weight: 25.0,
        usd: 0.008,
        latency: &[
            ((400.0, 1000.0), 6.0),
            ((1000.0, 2200.0), 3.0),
            ((2200.0, 5000.0), 0.3),
        ],
        level: (78.0, 92.0),
    },
    Profile {
        name: "claude_sonnet",
        weight: 35.0,
        usd: 0.03,
        latency: &[
            ((600.0, 1500.0), 6.0),
            ((1500.0, 2800.0), 2.0),
            ((2800.0, 6000.0), 0.3),
        ],
        level: (86.0, 98.0),
    },
    Profile {
        name: "claude_opus",
        weight: 10.0,
        usd: 0.11,
        latency: &[
            ((900.0, 2200.0), 5.0),
            ((2200.0, 4500.0), 2.5),
            ((4500.0, 9000.0), 0.4),
            ((10e3, 14e3), 0.05),
        ],
        level: (90.0, 100.0),
    },
];

/// Slow agents take so many times as long.
const SLOW: f64 = 3.0;
/// How often a call fails, and how often it does with an agent that fails often.
const FAILS: f64 = 0.015;
const FAILS_OFTEN: f64 = 0.45;

impl LazyBird {
    /// The agent for a new task.
    pub(super) fn any_agent(&mut self) -> &'static Profile {
        let weights = [0, 1, 2, 3].map(|at| (at, PROFILES[at].weight));
        let chosen: usize = self.random.weighted(&weights).unwrap_or_default();
        &PROFILES[chosen]
    }

    /// The next better one; for the best only the one before it is left.
    pub(super) fn successor(&self, of: &Profile) -> &'static Profile {
        let better = PROFILES
            .iter()
            .position(|profile| profile.name == of.name)
            .map_or(0, |at| at + 1);
        &PROFILES[if better < PROFILES.len() {
            better
        } else {
            PROFILES.len() - 2
        }]
    }

    /// How long the agent's next call takes, in milliseconds.
    pub(super) fn latency(&mut self, agent: &Profile) -> f64 {
        let slow = if self.trouble.is(Trouble::SlowAgents) {
            SLOW
        } else {
            1.0
        };
        slow * self.random.spread(agent.latency)
    }

    /// Whether the agent's call fails.
    pub(super) fn fails(&mut self, agent: &Profile) -> bool {
        let often = self.trouble.is(Trouble::FailingAgent(agent.name));
        self.random.chance(if often { FAILS_OFTEN } else { FAILS })
    }
}
