//! What goes wrong for a while, one thing at a time.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    SlowTrajectories,
    /// The loss grows, and jobs fail.
    Diverging,
    /// Budgets do not last.
    Expensive,
}

impl shared::Trouble for Trouble {
    const ALL: &[Self] = &[
        Trouble::SlowTrajectories,
        Trouble::Diverging,
        Trouble::Expensive,
    ];

    fn metric(self) -> &'static str {
        match self {
            Trouble::SlowTrajectories => "training_trajectory_generation_duration_seconds",
            Trouble::Diverging => "training_loss",
            Trouble::Expensive => "training_budget_utilization_percent",
        }
    }

    fn told(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::SlowTrajectories, true) => {
                "the environments are slow: trajectories take far longer"
            }
            (Trouble::SlowTrajectories, false) => "the environments are as fast as before",
            (Trouble::Diverging, true) => "a bad learning rate makes training diverge",
            (Trouble::Diverging, false) => "the learning rate is right again",
            (Trouble::Expensive, true) => "an hour of training costs nearly twice as much",
            (Trouble::Expensive, false) => "an hour of training costs what it did before",
        }
        .to_owned()
    }
}
