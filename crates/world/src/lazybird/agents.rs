//! The agents: their profiles and the order in which they replace each other.

use super::LazyBird;
use super::trouble::Trouble;
use crate::random::Range;

/// The profile of an agent.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: &'static str,
    /// Its weight in the choice for a new task.
    weight: f64,
    /// The average cost of a call in USD.
    pub(super) usd: f64,
    /// The latency of a call in milliseconds.
    latency: &'static [Range],
    /// The quality that its work converges to.
    pub(super) level: (f64, f64),
}

/// In order of cost.
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

/// The factor on the latency of slow agents.
const SLOW: f64 = 3.0;
/// The failure ratio of a normal and of a failing agent.
const FAILS: f64 = 0.015;
const FAILS_OFTEN: f64 = 0.45;

impl LazyBird {
    /// A random agent for a new task.
    pub(super) fn any_agent(&mut self) -> &'static Profile {
        let weights = [0, 1, 2, 3].map(|at| (at, PROFILES[at].weight));
        let chosen: usize = self.random.weighted(&weights).unwrap_or_default();
        &PROFILES[chosen]
    }

    /// The next better agent; for the best one the previous one.
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

    /// The latency of the next call in milliseconds.
    pub(super) fn latency(&mut self, agent: &Profile) -> f64 {
        let slow = if self.trouble.is(Trouble::SlowAgents) {
            SLOW
        } else {
            1.0
        };
        slow * self.random.spread(agent.latency)
    }

    /// Whether the next call fails.
    pub(super) fn fails(&mut self, agent: &Profile) -> bool {
        let often = self.trouble.is(Trouble::FailingAgent(agent.name));
        self.random.chance(if often { FAILS_OFTEN } else { FAILS })
    }
}
