//! The skills and their anomalies.

use super::SessionBuddy;
use super::trouble::Trouble;
use crate::random::Range;
use crate::recorder::{Recorder, share, text};
use crate::shared::{ANOMALY, COMMON};

/// The profile of a skill.
#[derive(Debug)]
pub(super) struct Skill {
    pub(super) name: &'static str,
    /// The phases that invoke it.
    phases: &'static [&'static str],
    /// The probability that it completes.
    completes: f64,
    /// Its duration in milliseconds.
    latency: &'static [Range],
}

/// The phases of a session in order, and the phase after a failure.
pub(super) const PHASES: [&str; 4] = ["setup", "execution", "verification", "cleanup"];
pub(super) const ROLLBACK: &str = "rollback";

const QUICK: &[Range] = &[
    ((40.0, 100.0), 1.0),
    ((100.0, 500.0), 5.0),
    ((500.0, 2000.0), 4.0),
];
const STEADY: &[Range] = &[
    ((300.0, 1000.0), 3.0),
    ((1000.0, 5000.0), 6.0),
    ((5000.0, 10e3), 1.0),
];
const LONG: &[Range] = &[
    ((1000.0, 5000.0), 4.0),
    ((5000.0, 25e3), 5.0),
    ((60e3, 200e3), 0.1),
    ((300e3, 420e3), 0.03),
];

const SKILLS: [Skill; 12] = [
    Skill {
        name: "session-restore",
        phases: &["setup"],
        completes: 0.98,
        latency: QUICK,
    },
    Skill {
        name: "dependency-audit",
        phases: &["setup", "verification"],
        completes: 0.95,
        latency: STEADY,
    },
    Skill {
        name: "context-search",
        phases: &["setup", "execution"],
        completes: 0.97,
        latency: QUICK,
    },
    Skill {
        name: "code-generate",
        phases: &["execution"],
        completes: 0.94,
        latency: STEADY,
    },
    Skill {
        name: "refactor",
        phases: &["execution"],
        completes: 0.92,
        latency: STEADY,
    },
    Skill {
        name: "docs-build",
        phases: &["execution", "cleanup"],
        completes: 0.96,
        latency: STEADY,
    },
    Skill {
        name: "pytest-run",
        phases: &["verification"],
        completes: 0.9,
        latency: LONG,
    },
    Skill {
        name: "crackerjack-run",
        phases: &["verification"],
        completes: 0.91,
        latency: LONG,
    },
    Skill {
        name: "ruff-check",
        phases: &["execution", "verification"],
        completes: 0.97,
        latency: QUICK,
    },
    Skill {
        name: "changelog-update",
        phases: &["cleanup"],
        completes: 0.98,
        latency: QUICK,
    },
    Skill {
        name: "session-checkpoint",
        phases: &["cleanup", ROLLBACK],
        completes: 0.99,
        latency: QUICK,
    },
    Skill {
        name: "git-revert",
        phases: &[ROLLBACK],
        completes: 0.96,
        latency: QUICK,
    },
];

/// The probability that a broken skill completes, and the factor on the duration of a hanging one.
const BROKEN: f64 = 0.3;
const HANGS: f64 = 6.0;
/// The timeout in milliseconds.
const MOST: f64 = 450e3;

/// The probability that a detection finds an anomaly, normally and during a fault of a skill.
const UNUSUAL: f64 = 0.3;
const UNUSUAL_IN_TROUBLE: f64 = 0.95;
const TYPES: [(&str, f64); 3] = [("drop", 3.0), ("spike", 2.0), ("pattern_shift", 1.0)];
/// The threshold of an anomaly in standard deviations.
const DEVIATIONS: (f64, f64) = (2.0, 4.5);

impl SessionBuddy {
    /// A random skill for a phase.
    pub(super) fn any_skill(&mut self, phase: &str) -> Option<&'static Skill> {
        self.random.pick(
            SKILLS
                .iter()
                .filter(|skill| skill.phases.contains(&phase))
                .collect(),
        )
    }

    /// Its duration in milliseconds.
    pub(super) fn latency(&mut self, skill: &Skill) -> f64 {
        let slow = if self.trouble.is(Trouble::Hangs(skill.name)) {
            HANGS
        } else {
            1.0
        };
        (slow * self.random.spread(skill.latency)).min(MOST)
    }

    pub(super) fn completes(&mut self, skill: &Skill) -> bool {
        let broken = self.trouble.is(Trouble::Broken(skill.name));
        self.random
            .chance(if broken { BROKEN } else { skill.completes })
    }

    /// Compares the last hour with the day before.
    pub(super) fn detect(&mut self, recorder: &mut Recorder<'_>) {
        let in_trouble = self.trouble.now().and_then(Trouble::anomaly);
        if !self.random.chance(if in_trouble.is_some() {
            UNUSUAL_IN_TROUBLE
        } else {
            UNUSUAL
        }) {
            return;
        }
        let any = self
            .random
            .pick(SKILLS.iter().collect())
            .zip(self.random.weighted(&TYPES));
        let Some((skill, kind)) = in_trouble.or(any.map(|(skill, kind)| (skill.name, kind))) else {
            return;
        };
        let score = self.random.between(DEVIATIONS.0, DEVIATIONS.1);
        let score = if kind == "drop" { -score } else { score };
        let own = [
            ("type", text(kind)),
            ("target", text(skill)),
            ("score", share(score)),
        ];
        self.records.event(ANOMALY, COMMON, own, recorder);
        recorder.report(
            "anomalies_detected_total",
            format!(
                "{skill}: {} of {score:.1} standard deviations",
                kind.replace('_', " ")
            ),
        );
    }
}
