//! The temporary faults of this system.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The named skill fails most of the time.
    Broken(&'static str),
    /// The named skill takes much longer than usual.
    Hangs(&'static str),
    /// No session starts.
    Silence,
}

impl Trouble {
    /// The affected skill and the type of anomaly.
    pub(super) fn anomaly(self) -> Option<(&'static str, &'static str)> {
        match self {
            Trouble::Broken(skill) => Some((skill, "drop")),
            Trouble::Hangs(skill) => Some((skill, "pattern_shift")),
            Trouble::Silence => None,
        }
    }
}

impl shared::Trouble for Trouble {
    const ALL: &[Self] = &[
        Trouble::Broken("pytest-run"),
        Trouble::Broken("code-generate"),
        Trouble::Broken("ruff-check"),
        Trouble::Hangs("crackerjack-run"),
        Trouble::Hangs("refactor"),
        Trouble::Silence,
    ];

    fn metric(self) -> &'static str {
        match self {
            Trouble::Broken(_) => "skill_completion_rate",
            Trouble::Hangs(_) => "skill_duration_seconds",
            Trouble::Silence => "active_sessions_total",
        }
    }

    fn news(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::Broken(skill), true) => {
                format!("{skill} broke: most of its invocations fail")
            }
            (Trouble::Broken(skill), false) => format!("{skill} was repaired"),
            (Trouble::Hangs(skill), true) => format!("{skill} became much slower"),
            (Trouble::Hangs(skill), false) => format!("{skill} recovered its usual speed"),
            (Trouble::Silence, true) => "sessions stopped starting".to_owned(),
            (Trouble::Silence, false) => "sessions started again".to_owned(),
        }
    }
}
