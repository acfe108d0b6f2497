//! What goes wrong for a while, one thing at a time.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A skill, by name, fails more often than not.
    Broken(&'static str),
    /// A skill, by name, takes far longer than usual.
    Hangs(&'static str),
    /// No session starts.
    Silence,
}

impl Trouble {
    /// The skill that it is about, and the type of anomaly that it is.
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

    fn told(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::Broken(skill), true) => {
                format!("{skill} is broken: most of its invocations fail")
            }
            (Trouble::Broken(skill), false) => format!("{skill} is repaired"),
            (Trouble::Hangs(skill), true) => format!("{skill} takes far longer than usual"),
            (Trouble::Hangs(skill), false) => format!("{skill} is as fast as before"),
            (Trouble::Silence, true) => "no more sessions start".to_owned(),
            (Trouble::Silence, false) => "sessions start again".to_owned(),
        }
    }
}
